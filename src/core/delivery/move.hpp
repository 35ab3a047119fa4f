// Scans after which the record of their shipment follows from the record before, the scans, and
// little else: its timers, what was told and which answers it points to. The row of such a record
// may be written later than its event (engine/sweep.hpp): the stored event brings an older row up
// to date without being decided again. Whatever else was decided commits with the event.
#pragma once

#include <optional>

#include "core/decisions.hpp"
#include "core/facts.hpp"

namespace aftermile::core::delivery {

// What must be stored with the event for `move` to repeat what these decisions change of its
// shipment; nothing when they change more of it than that, or another shipment.
[[nodiscard]] std::optional<model::Moved> moved_by(const model::Event& event, const Facts& facts,
                                                   const Decisions& decisions);

// The record as it stood after that event, from the record as it stood before.
void move(model::Shipment& shipment, const model::Event& event, const model::Moved& moved,
          const model::Catalog& catalog);

}  // namespace aftermile::core::delivery
