// Named invariants: what must hold of every decision before it is committed, whatever the code
// that made it believed. An event whose decision breaks one is parked with the invariant's name.
// To add one: a file beside this, and its row in violated.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/decisions.hpp"
#include "core/facts.hpp"

namespace aftermile::core::invariants {

// What is broken, as a sentence for an operator; nothing when it holds.
using Broken = std::optional<std::string>;

// Every record and every id that it points to belongs to the event's merchant.
[[nodiscard]] Broken one_merchant(const Facts& facts, const Decisions& decisions,
                                  const model::Event& event);
// New ids derive from this event; others existed before.
[[nodiscard]] Broken ids_derive(const Facts& facts, const Decisions& decisions,
                                const model::Event& event);
// Each incident has six answers, each a thing or a reason and not both.
[[nodiscard]] Broken six_answers(const Facts& facts, const Decisions& decisions,
                                 const model::Event& event);
// A subject has at most one open incident.
[[nodiscard]] Broken one_open_incident(const Facts& facts, const Decisions& decisions,
                                       const model::Event& event);
// Delivered goes back only by a carrier's correction, or where a scan from before tells of another
// piece or of the way back.
[[nodiscard]] Broken delivered_stays(const Facts& facts, const Decisions& decisions,
                                     const model::Event& event);
// One claim for each shipment, piece, side and ground; its window is in order; it is filed
// neither before it opens nor after its deadline.
[[nodiscard]] Broken claims_in_order(const Facts& facts, const Decisions& decisions,
                                     const model::Event& event);
// Ledger rows move a positive amount of a known currency between two accounts.
[[nodiscard]] Broken ledger_moves(const Facts& facts, const Decisions& decisions,
                                  const model::Event& event);
// A message names days that the promise ledger or the incident recorded, and nothing of what was
// imported is told to anyone.
[[nodiscard]] Broken messages_are_true(const Facts& facts, const Decisions& decisions,
                                       const model::Event& event);

}  // namespace aftermile::core::invariants
