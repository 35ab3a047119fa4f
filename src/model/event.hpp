// Events: everything that moves the data layer, time included. An event is stored as it was
// decided, so that deciding it again is possible for ever.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/merchant.hpp"
#include "model/scan.hpp"

namespace aftermile::model {

// An order or shipment as intake hands it on: the input without its personal part.
struct OrderFacts {
    std::string reference;
    std::optional<base::Instant> placed_at;
    std::optional<base::LocalTime> placed_local;  // zone-less: read at the destination
    std::optional<std::string> currency, financial_status;
    std::optional<TotalsInput> totals;
    std::string customer_reference, email_hash, phone_hash, locale;
    std::vector<ConsentInput> consents;
    std::optional<Area> ship_to;
    std::vector<OrderLine> lines;
    std::optional<PromiseInput> promised;
    std::optional<base::Instant> updated_at, cancelled_at;
    std::vector<std::string> cleared;
    bool imported = false;
    static constexpr auto fields() {
        using T = OrderFacts;
        return base::fields(
            base::field("reference", &T::reference), base::field("placed_at", &T::placed_at),
            base::field("placed_local", &T::placed_local), base::field("currency", &T::currency),
            base::field("financial_status", &T::financial_status),
            base::field("totals", &T::totals),
            base::field("customer_reference", &T::customer_reference),
            base::field("email_hash", &T::email_hash), base::field("phone_hash", &T::phone_hash),
            base::field("locale", &T::locale), base::field("consents", &T::consents),
            base::field("ship_to", &T::ship_to), base::field("lines", &T::lines),
            base::field("promised", &T::promised), base::field("updated_at", &T::updated_at),
            base::field("cancelled_at", &T::cancelled_at), base::field("cleared", &T::cleared),
            base::field("imported", &T::imported));
    }
};

struct ShipmentFacts {
    std::string reference;
    std::string order_reference;  // one of these two, or neither
    OrderId order;
    std::optional<std::string> carrier, service, account, tracking_number, warehouse;
    std::vector<std::string> pieces;
    std::optional<Area> ship_from, ship_to;
    std::optional<bool> residential, signature, saturday;
    std::optional<std::string> packaging, replaces, guaranteed_by;
    std::optional<base::Instant> label_created_at;
    std::optional<base::LocalTime> label_local;  // zone-less: read at the origin, else destination
    std::optional<base::Money> label_cost, declared_value;
    std::optional<base::Instant> voided_at, updated_at;
    std::optional<PromiseInput> promised;
    std::optional<std::int64_t> weight_grams;
    std::vector<std::int64_t> dimensions_mm;
    std::vector<ShipmentLineInput> lines;
    std::vector<std::string> cleared;
    bool imported = false;
    static constexpr auto fields() {
        using T = ShipmentFacts;
        return base::fields(
            base::field("reference", &T::reference),
            base::field("order_reference", &T::order_reference), base::field("order", &T::order),
            base::field("carrier", &T::carrier), base::field("service", &T::service),
            base::field("account", &T::account),
            base::field("tracking_number", &T::tracking_number),
            base::field("warehouse", &T::warehouse), base::field("pieces", &T::pieces),
            base::field("ship_from", &T::ship_from), base::field("ship_to", &T::ship_to),
            base::field("residential", &T::residential), base::field("signature", &T::signature),
            base::field("saturday", &T::saturday), base::field("packaging", &T::packaging),
            base::field("replaces", &T::replaces), base::field("guaranteed_by", &T::guaranteed_by),
            base::field("label_created_at", &T::label_created_at),
            base::field("label_local", &T::label_local), base::field("label_cost", &T::label_cost),
            base::field("declared_value", &T::declared_value),
            base::field("voided_at", &T::voided_at), base::field("updated_at", &T::updated_at),
            base::field("promised", &T::promised), base::field("weight_grams", &T::weight_grams),
            base::field("dimensions_mm", &T::dimensions_mm), base::field("lines", &T::lines),
            base::field("cleared", &T::cleared), base::field("imported", &T::imported));
    }
};

// A shopper's or agent's report; its words and photos are sealed, only these facts decide.
struct Report {
    ReportKind kind = ReportKind::damaged;
    std::string shipment_reference, tracking_number, carrier;  // or the id
    ShipmentId shipment;
    std::string piece;
    std::vector<ShipmentLineInput> lines;
    std::vector<std::string> evidence;  // names of sealed files
    std::string by;                     // shopper, or a user's or key's id
    bool withdrawn = false;             // takes an earlier report of this kind back
    static constexpr auto fields() {
        using T = Report;
        return base::fields(base::field("kind", &T::kind),
                            base::field("shipment_reference", &T::shipment_reference),
                            base::field("tracking_number", &T::tracking_number),
                            base::field("carrier", &T::carrier),
                            base::field("shipment", &T::shipment), base::field("piece", &T::piece),
                            base::field("lines", &T::lines), base::field("evidence", &T::evidence),
                            base::field("by", &T::by), base::field("withdrawn", &T::withdrawn));
    }
};

// Which record a timer belongs to.
enum class Subject : unsigned char { merchant, order, shipment, incident, notification, claim };
struct TimerFired {
    Subject subject = Subject::shipment;
    std::int64_t id = 0;
    base::Instant due;
    static constexpr auto fields() {
        return base::fields(base::field("subject", &TimerFired::subject),
                            base::field("id", &TimerFired::id),
                            base::field("due", &TimerFired::due));
    }
};

// A channel's answer to one attempt.
enum class DispatchOutcome : unsigned char { sent, retry, rejected, given_up, channel_down };
struct Dispatched {
    NotificationId notification;
    DispatchOutcome outcome = DispatchOutcome::sent;
    std::string reply;
    static constexpr auto fields() {
        return base::fields(base::field("notification", &Dispatched::notification),
                            base::field("outcome", &Dispatched::outcome),
                            base::field("reply", &Dispatched::reply));
    }
};

// The team's actions, attributed.
enum class IncidentAct : unsigned char {
    assign,
    note,
    snooze,
    remedy,
    merge,
    close,
    reopen,
};
struct IncidentAction {
    IncidentId incident;
    IncidentAct act = IncidentAct::note;
    std::string by, owner, text;
    std::optional<base::Instant> until;
    Remedy remedy = Remedy::none;
    std::optional<base::Money> amount;
    IncidentId into;
    static constexpr auto fields() {
        using T = IncidentAction;
        return base::fields(base::field("incident", &T::incident), base::field("act", &T::act),
                            base::field("by", &T::by), base::field("owner", &T::owner),
                            base::field("text", &T::text), base::field("until", &T::until),
                            base::field("remedy", &T::remedy), base::field("amount", &T::amount),
                            base::field("into", &T::into));
    }
};
enum class TicketAct : unsigned char { assign, note, pend, hold, solve, reopen };
struct TicketAction {
    TicketId ticket;
    TicketAct act = TicketAct::note;
    std::string by, assignee, text;
    static constexpr auto fields() {
        using T = TicketAction;
        return base::fields(base::field("ticket", &T::ticket), base::field("act", &T::act),
                            base::field("by", &T::by), base::field("assignee", &T::assignee),
                            base::field("text", &T::text));
    }
};
enum class ClaimAct : unsigned char {
    file,
    decide,
    add_evidence,
    escalate,
    withdraw,
    write_off,
    credit,
};
struct ClaimAction {
    ClaimId claim;
    ClaimAct act = ClaimAct::file;
    std::string by, method, case_number, text;
    std::vector<std::string> evidence;
    ClaimState verdict = ClaimState::approved;  // decide: approved, partial, denied
    std::optional<base::Money> amount;
    static constexpr auto fields() {
        using T = ClaimAction;
        return base::fields(base::field("claim", &T::claim), base::field("act", &T::act),
                            base::field("by", &T::by), base::field("method", &T::method),
                            base::field("case_number", &T::case_number),
                            base::field("text", &T::text), base::field("evidence", &T::evidence),
                            base::field("verdict", &T::verdict), base::field("amount", &T::amount));
    }
};

// Settings change by events, so that a decision can be made again from the log alone.
struct PolicyPublished {
    std::uint32_t version = 0;
    std::string toml;  // the whole document
    std::string by;
    static constexpr auto fields() {
        return base::fields(base::field("version", &PolicyPublished::version),
                            base::field("toml", &PolicyPublished::toml),
                            base::field("by", &PolicyPublished::by));
    }
};
struct ModeSwitched {
    Mode mode = Mode::shadow;
    std::string by;
    static constexpr auto fields() {
        return base::fields(base::field("mode", &ModeSwitched::mode),
                            base::field("by", &ModeSwitched::by));
    }
};
struct ChannelSwitched {
    Channel channel = Channel::email;
    bool paused = false;
    std::string by;
    static constexpr auto fields() {
        return base::fields(base::field("channel", &ChannelSwitched::channel),
                            base::field("paused", &ChannelSwitched::paused),
                            base::field("by", &ChannelSwitched::by));
    }
};

// The order of the alternatives is stored: append only.
using Payload =
    std::variant<OrderFacts, ShipmentFacts, Scan, Report, TimerFired, Dispatched, IncidentAction,
                 TicketAction, ClaimAction, PolicyPublished, ModeSwitched, ChannelSwitched>;

[[nodiscard]] std::string_view payload_name(const Payload& payload);  // e.g. tracking_event
[[nodiscard]] std::string encode_payload(const Payload& payload);     // alternative, then record
[[nodiscard]] base::Result<Payload> decode_payload(std::string_view bytes);
// The same into `payload`, which is of use only when it succeeds.
[[nodiscard]] base::Result<void> decode_payload(std::string_view bytes, Payload& payload);

struct Event {
    EventId id;
    base::Instant recorded_at;  // `now` of the decision
    Payload payload;
};

}  // namespace aftermile::model

namespace aftermile::base {
template <>
inline constexpr auto enum_names<model::Subject> = std::to_array<std::string_view>(
    {"merchant", "order", "shipment", "incident", "notification", "claim"});
template <>
inline constexpr auto enum_names<model::DispatchOutcome> =
    std::to_array<std::string_view>({"sent", "retry", "rejected", "given_up", "channel_down"});
template <>
inline constexpr auto enum_names<model::IncidentAct> = std::to_array<std::string_view>(
    {"assign", "note", "snooze", "remedy", "merge", "close", "reopen"});
template <>
inline constexpr auto enum_names<model::TicketAct> =
    std::to_array<std::string_view>({"assign", "note", "pend", "hold", "solve", "reopen"});
template <>
inline constexpr auto enum_names<model::ClaimAct> = std::to_array<std::string_view>(
    {"file", "decide", "add_evidence", "escalate", "withdraw", "write_off", "credit"});
}  // namespace aftermile::base
