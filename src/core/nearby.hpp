// Deciding about one of 100,000 parcels waits for memory more than it computes: each record lies
// somewhere, and mostly one has to be read to know where the next one is. Walked for many events at
// once, ring by ring, those waits overlap (docs/performance.md).
#pragma once

#include <span>
#include <vector>

#include "core/facts.hpp"

namespace aftermile::core {

// Brings near what deciding these scans will read, as far as the facts know it; other events are
// passed over. Nothing is changed. Returns the shipments that the scans name.
[[nodiscard]] std::vector<model::ShipmentId> bring_near(
    std::span<const model::Payload* const> payloads, const Facts& facts);

// The same for a record that will be read whole, a ring at a time: itself, then what it points to.
void bring_near(const model::Shipment& shipment);
void bring_near_rest(const model::Shipment& shipment);

}  // namespace aftermile::core
