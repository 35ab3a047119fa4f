// A decision in the making: one event, the facts it reads, and working copies of the records that
// it changes. Lives for one call of decide; `finish` turns it into a value.
//
//   Draft draft(event, facts, policy, now);
//   model::Shipment& shipment = draft.edit(shipment_id);     // a copy, made at the first edit
//   model::Ticket& ticket = draft.create<model::Ticket>();   // its id derives from the event
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "core/decisions.hpp"
#include "core/facts.hpp"
#include "model/policy.hpp"

namespace aftermile::core {

// Thrown where a decision reads what was not loaded, so that it never goes on from a gap; caught by
// `decide` and nowhere else.
struct Lacking {
    std::string what;
};

class Draft {
  public:
    Draft(const model::Event& event, const Facts& facts, const model::Policy& policy,
          base::Instant now)
        : event_(event), facts_(facts), policy_(policy), now_(now) {}
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    [[nodiscard]] const model::Event& event() const { return event_; }
    [[nodiscard]] const Facts& facts() const { return facts_; }
    [[nodiscard]] const model::Catalog& catalog() const { return *facts_.catalog; }
    [[nodiscard]] const model::Policy& policy() const { return policy_; }
    [[nodiscard]] base::Instant now() const { return now_; }

    // Why: this event, that rule, the versions read, the numbers compared.
    [[nodiscard]] model::Because because(base::Word rule,
                                         std::vector<model::Number> numbers = {}) const;

    // The record as it stands, edits included; null when there is none. Throws Lacking when it is
    // not known whether there is one.
    template <class Id>
    [[nodiscard]] const auto* look(Id id) {
        using Record = RecordOf<Id>;
        if (Record* mine = edited<Record>(id)) {
            return static_cast<const Record*>(mine);
        }
        if (!id) {
            return static_cast<const Record*>(nullptr);
        }
        const std::optional<const Record*> known = shelf_of<Record>(facts_).look(id);
        if (!known) {
            throw Lacking{id.text()};
        }
        return *known;
    }
    // Only for records that exist.
    template <class Id>
    [[nodiscard]] auto& edit(Id id) {
        using Record = RecordOf<Id>;
        if (Record* mine = edited<Record>(id)) {
            return *mine;
        }
        const Record* known = look(id);
        auto& mine = std::get<Mine<Record>>(records_);
        Record& record = *mine.emplace_back(known != nullptr ? std::make_shared<Record>(*known)
                                                             : std::make_shared<Record>());
        record.id = id;
        return record;
    }
    template <class Record>
    [[nodiscard]] Record& create() {
        auto& mine = std::get<Mine<Record>>(records_);
        auto& ordinal = std::get<Ordinal<Record>>(ordinals_).next;
        Record& record = *mine.emplace_back(std::make_shared<Record>());
        record.id =
            decltype(record.id)::of(event_.id.merchant(), event_.id.event_number(), ordinal++);
        return record;
    }
    [[nodiscard]] model::Merchant& edit_merchant();
    [[nodiscard]] const model::Merchant& merchant() const {
        return merchant_ != nullptr ? *merchant_ : facts_.merchant;
    }
    void publish_profile(model::ProfileVersion version);

    // Ids behind a name, as of before this event. Throws Lacking when they are not known.
    [[nodiscard]] std::span<const std::int64_t> ids_named(NameView key) const;
    // The shipments that this event created or changed.
    void each_edited_shipment(const auto& use) const {
        for (const auto& each : std::get<Mine<model::Shipment>>(records_)) {
            use(std::as_const(*each));
        }
    }

    void line(TimelineEntry entry) { decisions_.trace.entries.push_back(std::move(entry)); }
    void hand_over(OutboxChange change) { decisions_.outbox.push_back(std::move(change)); }

    // Chains this event to the subject's timeline. The first call decides.
    template <class Id>
    void chain_to(Id id) {
        if (chained_) {
            return;
        }
        auto& record = edit(id);
        decisions_.previous = record.last_event;
        record.last_event = event_.id;
        chained_ = true;
    }
    void explain(model::Because because) { decisions_.trace.because = std::move(because); }
    void answer(std::string id, std::string reference) {
        decisions_.id = std::move(id);
        decisions_.reference = std::move(reference);
    }

    [[nodiscard]] Decisions finish() &&;
    [[nodiscard]] Decisions duplicate() &&;
    [[nodiscard]] Decisions refuse(Outcome outcome, base::Error error) &&;

  private:
    template <class Id>
    struct RecordFor;
    template <class Id>
    using RecordOf = typename RecordFor<Id>::type;
    template <class Record>
    using Mine = std::vector<std::shared_ptr<Record>>;  // references to its records stay
    template <class Record>
    struct Ordinal {
        std::uint32_t next = 0;
    };
    template <class Record>
    static const auto& shelf_of(const Facts& facts);

    template <class Record, class Id>
    Record* edited(Id id) {
        for (const auto& record : std::get<Mine<Record>>(records_)) {
            if (record->id == id) {
                return record.get();
            }
        }
        return nullptr;
    }

    const model::Event& event_;
    const Facts& facts_;
    const model::Policy& policy_;
    base::Instant now_;
    std::tuple<Mine<model::Customer>, Mine<model::Order>, Mine<model::Shipment>,
               Mine<model::Incident>, Mine<model::Notification>, Mine<model::Ticket>,
               Mine<model::Coverage>, Mine<model::Claim>, Mine<model::LedgerEntry>,
               Mine<model::Contribution>, Mine<model::ReturnRisk>, Mine<model::PieceNumber>>
        records_;
    std::tuple<Ordinal<model::Customer>, Ordinal<model::Order>, Ordinal<model::Shipment>,
               Ordinal<model::Incident>, Ordinal<model::Notification>, Ordinal<model::Ticket>,
               Ordinal<model::Coverage>, Ordinal<model::Claim>, Ordinal<model::LedgerEntry>,
               Ordinal<model::Contribution>, Ordinal<model::ReturnRisk>,
               Ordinal<model::PieceNumber>>
        ordinals_;
    std::shared_ptr<model::Merchant> merchant_;               // null: unchanged
    std::shared_ptr<const model::ProfileVersion> published_;  // null: none
    Decisions decisions_;
    bool chained_ = false;
};

template <>
struct Draft::RecordFor<model::CustomerId> {
    using type = model::Customer;
};
template <>
struct Draft::RecordFor<model::OrderId> {
    using type = model::Order;
};
template <>
struct Draft::RecordFor<model::ShipmentId> {
    using type = model::Shipment;
};
template <>
struct Draft::RecordFor<model::IncidentId> {
    using type = model::Incident;
};
template <>
struct Draft::RecordFor<model::NotificationId> {
    using type = model::Notification;
};
template <>
struct Draft::RecordFor<model::TicketId> {
    using type = model::Ticket;
};
template <>
struct Draft::RecordFor<model::CoverageId> {
    using type = model::Coverage;
};
template <>
struct Draft::RecordFor<model::ClaimId> {
    using type = model::Claim;
};
template <>
struct Draft::RecordFor<model::ContributionId> {
    using type = model::Contribution;
};
template <>
struct Draft::RecordFor<model::RiskId> {
    using type = model::ReturnRisk;
};

template <class Record>
const auto& Draft::shelf_of(const Facts& facts) {
    if constexpr (std::same_as<Record, model::Customer>) {
        return facts.customers;
    } else if constexpr (std::same_as<Record, model::Order>) {
        return facts.orders;
    } else if constexpr (std::same_as<Record, model::Shipment>) {
        return facts.shipments;
    } else if constexpr (std::same_as<Record, model::Incident>) {
        return facts.incidents;
    } else if constexpr (std::same_as<Record, model::Notification>) {
        return facts.notifications;
    } else if constexpr (std::same_as<Record, model::Ticket>) {
        return facts.tickets;
    } else if constexpr (std::same_as<Record, model::Coverage>) {
        return facts.coverages;
    } else if constexpr (std::same_as<Record, model::Claim>) {
        return facts.claims;
    } else if constexpr (std::same_as<Record, model::Contribution>) {
        return facts.contributions;
    } else {
        static_assert(std::same_as<Record, model::ReturnRisk>);
        return facts.risks;
    }
}

// Sets, replaces or removes the one timer of that kind.
void set_timer(model::Timers& timers, model::TimerKind kind, std::optional<base::Instant> due);
[[nodiscard]] std::optional<base::Instant> timer_of(const model::Timers& timers,
                                                    model::TimerKind kind);
// Takes out the timers that are due; they ask to be decided about, and carry no verdict.
[[nodiscard]] model::Timers take_due(model::Timers& timers, base::Instant now);

// For `because`: hours between two instants, and instants as numbers.
[[nodiscard]] std::int64_t whole_hours(base::Span span);
[[nodiscard]] model::Number compare_instants(base::Word name, base::Instant left, model::Op op,
                                             base::Instant right);

// Fields of a message or timeline sentence.
[[nodiscard]] model::MessageField text_field(base::Word name, std::string value);
[[nodiscard]] model::MessageField choice_field(base::Word name, std::string_view word);
[[nodiscard]] model::MessageField day_field(base::Word name, base::LocalDay day);
[[nodiscard]] model::MessageField instant_field(base::Word name, base::Instant at,
                                                const base::Zone& zone);
[[nodiscard]] model::MessageField money_field(base::Word name, base::Money money);

}  // namespace aftermile::core
