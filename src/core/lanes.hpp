// What the published profile says of the lane that a shipment is on. A lane is a carrier's service
// between two places: its cells of all warehouses and categories count together.
#pragma once

#include <cstdint>

#include "core/facts.hpp"

namespace aftermile::core {

// The name under which a book counts the lane's route.
[[nodiscard]] std::string route_key(const model::Lane& lane);

// Exceptions for each million exposures.
struct LaneRate {
    std::int64_t ppm = 0;
    std::int64_t n = 0;  // exposures
};
[[nodiscard]] LaneRate lane_rate(const ProfileBook& profile, const model::Shipment& shipment);

// The hours that `percent` of the lane's delivered parcels were never longer without a scan in
// transit, rounded up to the profile's step.
struct LaneGap {
    std::int64_t hours = 0;
    std::int64_t n = 0;  // delivered parcels that were seen in transit
};
[[nodiscard]] LaneGap lane_gap(const ProfileBook& profile, const model::Shipment& shipment,
                               std::int64_t percent);

}  // namespace aftermile::core
