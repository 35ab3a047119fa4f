// What a decision is: records put in their places, lines for the timeline, hand-overs for the
// outbox, and why. A value; nothing has happened until it is committed.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "model/event.hpp"
#include "model/trace.hpp"

namespace aftermile::core {

using Put = std::variant<model::Customer, model::Order, model::Shipment, model::Incident,
                         model::Notification, model::Ticket, model::Coverage, model::Claim,
                         model::LedgerEntry, model::Contribution, model::ReturnRisk,
                         model::PieceNumber, model::Merchant, model::ProfileVersion>;

// A record to hand over to the outside from `next_at` on, or (`gone`) no longer.
struct OutboxChange {
    std::string kind;  // mail
    std::int64_t id = 0;
    base::Instant next_at;
    std::int32_t attempts = 0;
    bool gone = false;
};

using model::EntryType;
using model::TimelineEntry;
using model::Trace;

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
    model::EventId previous;  // the subject's event before this one
    std::vector<Put> puts;    // at most one for each record
    std::vector<OutboxChange> outbox;
};

}  // namespace aftermile::core

template <>
inline constexpr auto aftermile::base::enum_names<aftermile::core::Outcome> =
    std::to_array<std::string_view>({"applied", "duplicate", "parked", "rejected"});
