// The incident with its six answers, and the records that the answers point to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/records.hpp"

namespace aftermile::model {

// In the fixed order of the product; all six are always present.
enum class AnswerKind : unsigned char {
    customer_told,
    ticket,
    cover,
    carrier_claim,
    performance,
    return_risk,
};
inline constexpr std::size_t answer_count = 6;

// Either the thing done (`id`) or the explicit reason why not (`none`), never both or neither.
struct AnswerRevision {
    std::string id;
    std::string none;  // a code of docs/reference/reasons, with its value: quiet_hours_until 08:00
    base::Instant at;
    Because because;
    static constexpr auto fields() {
        using T = AnswerRevision;
        return base::fields(base::field("id", &T::id), base::field("none", &T::none),
                            base::field("at", &T::at), base::field("because", &T::because));
    }
};
struct Answer {
    std::string id;
    std::string none;
    base::Instant at;
    Because because;
    std::vector<AnswerRevision> history;  // earlier answers, oldest first
    static constexpr auto fields() {
        using T = Answer;
        return base::fields(base::field("id", &T::id), base::field("none", &T::none),
                            base::field("at", &T::at), base::field("because", &T::because),
                            base::field("history", &T::history));
    }
};

struct IncidentException {
    Exception kind = Exception::none;
    base::Instant opened_at;  // when it came true, not when we learnt it
    base::Instant known_at;
    std::optional<base::Instant> cleared_at;
    bool retracted = false;              // later evidence says that it never was
    std::optional<base::Instant> basis;  // silence: the last physical scan known then
    Because because;
    static constexpr auto fields() {
        using T = IncidentException;
        return base::fields(base::field("kind", &T::kind), base::field("opened_at", &T::opened_at),
                            base::field("known_at", &T::known_at),
                            base::field("cleared_at", &T::cleared_at),
                            base::field("retracted", &T::retracted),
                            base::field("basis", &T::basis), base::field("because", &T::because));
    }
};

struct TeamNote {
    std::string author;  // a user's or key's id
    base::Instant at;
    std::string text;
    static constexpr auto fields() {
        return base::fields(base::field("author", &TeamNote::author),
                            base::field("at", &TeamNote::at), base::field("text", &TeamNote::text));
    }
};

struct Incident {
    static constexpr std::string_view kind_name = "incident";
    IncidentId id;
    ShipmentId shipment;  // none while its subject is the order
    OrderId order;
    CustomerId customer;
    Exception kind = Exception::none;  // the gravest open, else the gravest ever
    Severity severity = Severity::normal;
    std::vector<IncidentException> exceptions;
    std::string owner;
    CustomerState customer_state = CustomerState::open;
    MoneyState money_state = MoneyState::open;
    std::vector<Answer> answers;  // answer_count of them
    Funding funding = Funding::none;
    Remedy remedy = Remedy::none;
    base::Money money_customer, money_insurer, money_carrier;  // settled so far, from the ledger
    base::Instant opened_at;
    std::optional<base::Instant> deadline, next_contact_due, snoozed_until, closed_at;
    IncidentId merged_into;
    std::vector<TeamNote> notes;
    std::vector<Told> told;
    bool imported = false;
    Timers timers;
    EventId last_event;
    static constexpr auto fields() {
        using T = Incident;
        return base::fields(
            base::field("id", &T::id), base::field("shipment", &T::shipment),
            base::field("order", &T::order), base::field("customer", &T::customer),
            base::field("kind", &T::kind), base::field("severity", &T::severity),
            base::field("exceptions", &T::exceptions), base::field("owner", &T::owner),
            base::field("customer_state", &T::customer_state),
            base::field("money_state", &T::money_state), base::field("answers", &T::answers),
            base::field("funding", &T::funding), base::field("remedy", &T::remedy),
            base::field("money_customer", &T::money_customer),
            base::field("money_insurer", &T::money_insurer),
            base::field("money_carrier", &T::money_carrier),
            base::field("opened_at", &T::opened_at), base::field("deadline", &T::deadline),
            base::field("next_contact_due", &T::next_contact_due),
            base::field("snoozed_until", &T::snoozed_until),
            base::field("closed_at", &T::closed_at), base::field("merged_into", &T::merged_into),
            base::field("notes", &T::notes), base::field("imported", &T::imported),
            base::field("timers", &T::timers), base::field("last_event", &T::last_event),
            base::field("told", &T::told));
    }
};

// A value for a template: how it is written is decided when it is rendered, per locale. Two days
// named x_earliest and x_latest make the range x. A choice is one word of a closed set that a
// template asks for and a reader never sees; lines are entries separated by line feeds.
enum class FieldType : unsigned char { text, day, instant, count, money, choice, lines };
struct MessageField {
    base::Word name;
    FieldType type = FieldType::text;
    std::string text;         // text; for instant the zone's name
    std::int64_t number = 0;  // day: days since 1970; instant: microseconds; money: minor units
    base::Currency currency;
    static constexpr auto fields() {
        using T = MessageField;
        return base::fields(base::field("name", &T::name), base::field("type", &T::type),
                            base::field("text", &T::text), base::field("number", &T::number),
                            base::field("currency", &T::currency));
    }
};

struct Notification {
    static constexpr std::string_view kind_name = "notification";
    NotificationId id;
    NotificationKind kind = NotificationKind::shipped;
    Channel channel = Channel::email;
    Sender sender = Sender::aftermile;
    NotificationState state = NotificationState::decided;
    CustomerId customer;
    OrderId order;
    ShipmentId shipment;
    IncidentId incident;
    std::string locale;
    std::string variant;  // the exception's name where the text depends on it
    std::vector<MessageField> message_fields;
    base::Instant decided_at;
    std::optional<base::Instant> not_before, sent_at;
    std::int32_t attempts = 0;
    std::string reply;  // the channel's last answer
    Because because;
    Timers timers;
    EventId last_event;
    static constexpr auto fields() {
        using T = Notification;
        return base::fields(
            base::field("id", &T::id), base::field("kind", &T::kind),
            base::field("channel", &T::channel), base::field("sender", &T::sender),
            base::field("state", &T::state), base::field("customer", &T::customer),
            base::field("order", &T::order), base::field("shipment", &T::shipment),
            base::field("incident", &T::incident), base::field("locale", &T::locale),
            base::field("variant", &T::variant), base::field("message_fields", &T::message_fields),
            base::field("decided_at", &T::decided_at), base::field("not_before", &T::not_before),
            base::field("sent_at", &T::sent_at), base::field("attempts", &T::attempts),
            base::field("reply", &T::reply), base::field("because", &T::because),
            base::field("timers", &T::timers), base::field("last_event", &T::last_event));
    }
};

struct Ticket {
    static constexpr std::string_view kind_name = "ticket";
    TicketId id;
    IncidentId incident;
    OrderId order;
    ShipmentId shipment;
    CustomerId customer;
    TicketState state = TicketState::open;
    Severity severity = Severity::normal;
    Exception kind = Exception::none;
    std::string assignee;               // a team or user of the policy
    std::vector<MessageField> context;  // prefilled, in the order shown
    std::vector<TeamNote> notes;
    base::Instant opened_at;
    bool touched = false;  // a person has acted on it
    Because because;
    EventId last_event;
    static constexpr auto fields() {
        using T = Ticket;
        return base::fields(
            base::field("id", &T::id), base::field("incident", &T::incident),
            base::field("order", &T::order), base::field("shipment", &T::shipment),
            base::field("customer", &T::customer), base::field("state", &T::state),
            base::field("severity", &T::severity), base::field("kind", &T::kind),
            base::field("assignee", &T::assignee), base::field("context", &T::context),
            base::field("notes", &T::notes), base::field("opened_at", &T::opened_at),
            base::field("touched", &T::touched), base::field("because", &T::because),
            base::field("last_event", &T::last_event));
    }
};

struct Coverage {
    static constexpr std::string_view kind_name = "coverage";
    CoverageId id;
    ShipmentId shipment;
    OrderId order;
    CoverageState state = CoverageState::active;
    Funding funding = Funding::none;
    Remedy remedy = Remedy::none;
    std::string rule;   // the policy row
    base::Money limit;  // what the funding pays at most
    base::Instant decided_at;
    Because because;
    EventId last_event;
    static constexpr auto fields() {
        using T = Coverage;
        return base::fields(base::field("id", &T::id), base::field("shipment", &T::shipment),
                            base::field("order", &T::order), base::field("state", &T::state),
                            base::field("funding", &T::funding), base::field("remedy", &T::remedy),
                            base::field("rule", &T::rule), base::field("limit", &T::limit),
                            base::field("decided_at", &T::decided_at),
                            base::field("because", &T::because),
                            base::field("last_event", &T::last_event));
    }
};

struct ClaimStep {
    ClaimState state = ClaimState::eligible;
    base::Instant at;
    std::string by;  // a user's or key's id, or the rule
    std::string note;
    static constexpr auto fields() {
        using T = ClaimStep;
        return base::fields(base::field("state", &T::state), base::field("at", &T::at),
                            base::field("by", &T::by), base::field("note", &T::note));
    }
};

struct Claim {
    static constexpr std::string_view kind_name = "claim";
    ClaimId id;
    ClaimSide side = ClaimSide::carrier;
    ClaimGround ground = ClaimGround::loss;
    ClaimState state = ClaimState::eligible;
    ShipmentId shipment;
    OrderId order;
    IncidentId incident;
    std::string piece;
    std::string carrier;
    base::Money amount;                         // asked for
    std::optional<base::Money> decided_amount;  // granted
    std::optional<base::Instant> opens_at, deadline;
    std::string terms;                // the dated row that gives the window
    Grade grade = Grade::unverified;  // of that row
    std::string case_number, method, filed_by;
    std::vector<std::string> evidence;  // what is attached or still missing, by name
    std::vector<ClaimStep> steps;
    base::Instant opened_at;
    Because because;
    Timers timers;
    EventId last_event;
    static constexpr auto fields() {
        using T = Claim;
        return base::fields(
            base::field("id", &T::id), base::field("side", &T::side),
            base::field("ground", &T::ground), base::field("state", &T::state),
            base::field("shipment", &T::shipment), base::field("order", &T::order),
            base::field("incident", &T::incident), base::field("piece", &T::piece),
            base::field("carrier", &T::carrier), base::field("amount", &T::amount),
            base::field("decided_amount", &T::decided_amount),
            base::field("opens_at", &T::opens_at), base::field("deadline", &T::deadline),
            base::field("terms", &T::terms), base::field("grade", &T::grade),
            base::field("case_number", &T::case_number), base::field("method", &T::method),
            base::field("filed_by", &T::filed_by), base::field("evidence", &T::evidence),
            base::field("steps", &T::steps), base::field("opened_at", &T::opened_at),
            base::field("because", &T::because), base::field("timers", &T::timers),
            base::field("last_event", &T::last_event));
    }
};

// Double entry: every row moves one amount from one account to another.
enum class Account : unsigned char {
    customer_remedies,  // what shoppers were given
    reserve,            // the merchant's own protection reserve
    insurer_receivable,
    carrier_receivable,
    carrier_recoveries,  // credited by carriers
    insurer_recoveries,
    merchandise_cost,
    written_off,
    bank,
};
struct LedgerEntry {
    static constexpr std::string_view kind_name = "ledger_entry";
    LedgerId id;
    IncidentId incident;
    ClaimId claim;
    base::Instant at;
    Account debit = Account::customer_remedies;
    Account credit = Account::reserve;
    base::Money amount;  // positive
    LedgerId reverses;
    Because because;
    static constexpr auto fields() {
        using T = LedgerEntry;
        return base::fields(base::field("id", &T::id), base::field("incident", &T::incident),
                            base::field("claim", &T::claim), base::field("at", &T::at),
                            base::field("debit", &T::debit), base::field("credit", &T::credit),
                            base::field("amount", &T::amount),
                            base::field("reverses", &T::reverses),
                            base::field("because", &T::because));
    }
};

// What one event adds to a lane's profile.
enum class ContributionKind : unsigned char { exposure, outcome, exception };
struct Lane {
    std::string carrier, service;
    std::string from, to;  // country-region of origin and destination, e.g. US-CA
    std::string warehouse, category;
    static constexpr auto fields() {
        using T = Lane;
        return base::fields(base::field("carrier", &T::carrier),
                            base::field("service", &T::service), base::field("from", &T::from),
                            base::field("to", &T::to), base::field("warehouse", &T::warehouse),
                            base::field("category", &T::category));
    }
    friend auto operator<=>(const Lane&, const Lane&) = default;
};
struct Contribution {
    static constexpr std::string_view kind_name = "contribution";
    ContributionId id;
    ContributionKind kind = ContributionKind::exposure;
    ShipmentId shipment;
    OrderId order;
    IncidentId incident;
    Lane lane;
    Exception exception = Exception::none;
    bool on_time = false;              // outcome: delivered within the promise
    std::int64_t transit_minutes = 0;  // outcome: hand-off to delivery
    base::Instant effective_at;
    ContributionId retracts;  // counts that earlier one back
    Because because;
    // Outcome: the longest time without a physical scan that began in transit; none: never there.
    std::optional<std::int64_t> gap_minutes;
    static constexpr auto fields() {
        using T = Contribution;
        return base::fields(
            base::field("id", &T::id), base::field("kind", &T::kind),
            base::field("shipment", &T::shipment), base::field("order", &T::order),
            base::field("incident", &T::incident), base::field("lane", &T::lane),
            base::field("exception", &T::exception), base::field("on_time", &T::on_time),
            base::field("transit_minutes", &T::transit_minutes),
            base::field("effective_at", &T::effective_at), base::field("retracts", &T::retracts),
            base::field("because", &T::because), base::field("gap_minutes", &T::gap_minutes));
    }
};

enum class RiskLevel : unsigned char { low, raised, high };
struct ReturnRisk {
    static constexpr std::string_view kind_name = "return_risk";
    RiskId id;
    IncidentId incident;
    OrderId order;
    ShipmentId shipment;
    RiskLevel level = RiskLevel::raised;
    std::string incentive;  // the policy row's offer, e.g. bonus_credit
    base::Money incentive_amount;
    base::Instant flagged_at;
    bool retracted = false;
    Because because;
    EventId last_event;
    static constexpr auto fields() {
        using T = ReturnRisk;
        return base::fields(
            base::field("id", &T::id), base::field("incident", &T::incident),
            base::field("order", &T::order), base::field("shipment", &T::shipment),
            base::field("level", &T::level), base::field("incentive", &T::incentive),
            base::field("incentive_amount", &T::incentive_amount),
            base::field("flagged_at", &T::flagged_at), base::field("retracted", &T::retracted),
            base::field("because", &T::because), base::field("last_event", &T::last_event));
    }
};

}  // namespace aftermile::model

namespace aftermile::base {
template <>
inline constexpr auto enum_names<model::AnswerKind> = std::to_array<std::string_view>(
    {"customer_told", "ticket", "cover", "carrier_claim", "performance", "return_risk"});
template <>
inline constexpr auto enum_names<model::FieldType> = std::to_array<std::string_view>(
    {"text", "day", "instant", "count", "money", "choice", "lines"});
template <>
inline constexpr auto enum_names<model::Account> = std::to_array<std::string_view>(
    {"customer_remedies", "reserve", "insurer_receivable", "carrier_receivable",
     "carrier_recoveries", "insurer_recoveries", "merchandise_cost", "written_off", "bank"});
template <>
inline constexpr auto enum_names<model::ContributionKind> =
    std::to_array<std::string_view>({"exposure", "outcome", "exception"});
template <>
inline constexpr auto enum_names<model::RiskLevel> =
    std::to_array<std::string_view>({"low", "raised", "high"});
}  // namespace aftermile::base
