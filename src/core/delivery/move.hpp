// Scans that only move their parcel: nothing but the shipment's own record changes, and what
// changes follows from the scans themselves, save its timers. Such a record's row may be written
// later than its event (engine/sweep.hpp): the stored event brings an older row up to date without
// being decided again.
#pragma once

#include <optional>

#include "core/decisions.hpp"
#include "core/facts.hpp"

namespace aftermile::core::delivery {

// What must be stored with the event for `move` to repeat these decisions; nothing when they
// change more than that.
[[nodiscard]] std::optional<model::Moved> only_moved(const model::Event& event, const Facts& facts,
                                                     const Decisions& decisions);

// The record as it stood after that event, from the record as it stood before.
void move(model::Shipment& shipment, const model::Event& event, const model::Moved& moved,
          const model::Catalog& catalog);

}  // namespace aftermile::core::delivery
