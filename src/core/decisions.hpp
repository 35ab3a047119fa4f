// What a decision is: records put in their places, lines for the timeline, hand-overs for the
// outbox, and why. A value; nothing has happened until it is committed.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "model/event.hpp"

namespace aftermile::core {

using Put = std::variant<model::Customer, model::Order, model::Shipment, model::Incident,
                         model::Notification, model::Ticket, model::Coverage, model::Claim,
                         model::LedgerEntry, model::Contribution, model::ReturnRisk,
                         model::Merchant, model::ProfileVersion>;

// A record to hand over to the outside from `next_at` on, or (`gone`) no longer.
struct OutboxChange {
    std::string kind;  // mail
    std::int64_t id = 0;
    base::Instant next_at;
    std::int32_t attempts = 0;
    bool gone = false;
};

enum class EntryType : unsigned char {
    scan, message, ticket, claim, cover, promise, incident, note, risk, performance, order,
};

// One line of a timeline. The sentence is `timeline.<text>` of the message catalogue with
// `text_fields` filled in, so that it can be read in any locale.
struct TimelineEntry {
    EntryType type = EntryType::scan;
    std::string id;  // of the record that it is about
    std::string text;
    std::vector<model::MessageField> text_fields;
    std::optional<base::Instant> occurred_at;
    std::optional<model::Milestone> milestone;
    model::Because because;
    static constexpr auto fields() {
        using T = TimelineEntry;
        return std::tuple{base::field("type", &T::type), base::field("id", &T::id),
                          base::field("text", &T::text),
                          base::field("text_fields", &T::text_fields),
                          base::field("occurred_at", &T::occurred_at),
                          base::field("milestone", &T::milestone),
                          base::field("because", &T::because)};
    }
};

// Stored with the event (EventRow::decision).
struct Trace {
    model::Because because;
    std::vector<TimelineEntry> entries;
    static constexpr auto fields() {
        return std::tuple{base::field("because", &Trace::because),
                          base::field("entries", &Trace::entries)};
    }
};

enum class Outcome : unsigned char {
    applied,    // committed with everything it caused
    duplicate,  // known already: nothing is stored, the sender may forget it
    parked,     // stored and set aside, with `error`: an operator decides
    rejected,   // not stored, with `error`: the sender must change it
};

struct Decisions {
    Outcome outcome = Outcome::applied;
    std::optional<base::Error> error;
    std::string id, reference;  // of the record that the sender spoke of, for the reply
    Trace trace;
    model::EventId previous;    // the subject's event before this one
    std::vector<Put> puts;      // at most one for each record
    std::vector<OutboxChange> outbox;
};

}  // namespace aftermile::core

template <>
inline constexpr auto aftermile::base::enum_names<aftermile::core::EntryType> =
    std::to_array<std::string_view>({"scan", "message", "ticket", "claim", "cover", "promise",
                                     "incident", "note", "risk", "performance", "order"});
template <>
inline constexpr auto aftermile::base::enum_names<aftermile::core::Outcome> =
    std::to_array<std::string_view>({"applied", "duplicate", "parked", "rejected"});
