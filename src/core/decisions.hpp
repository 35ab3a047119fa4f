// What a decision is: records put in their places, lines for the timeline, hand-overs for the
// outbox, and why. A value; nothing has happened until it is committed.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "core/facts.hpp"
#include "model/event.hpp"
#include "model/trace.hpp"

namespace aftermile::core {

using Put =
    std::variant<Shared<model::Customer>, Shared<model::Order>, Shared<model::Shipment>,
                 Shared<model::Incident>, Shared<model::Notification>, Shared<model::Ticket>,
                 Shared<model::Coverage>, Shared<model::Claim>, Shared<model::LedgerEntry>,
                 Shared<model::Contribution>, Shared<model::ReturnRisk>, Shared<model::PieceNumber>,
                 Shared<model::Merchant>, Shared<model::ProfileVersion>>;

// The record in its own type.
decltype(auto) visit_put(auto&& use, const Put& put) {
    return std::visit([&](const auto& shared) -> decltype(auto) { return use(*shared); }, put);
}
// Null when it is of another kind.
template <class Record>
[[nodiscard]] const Record* put_of(const Put& put) {
    const auto* shared = std::get_if<Shared<Record>>(&put);
    return shared != nullptr ? shared->get() : nullptr;
}

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
