#include "core/lanes.hpp"

#include "core/places.hpp"

namespace aftermile::core {

namespace {

constexpr char separator = '\x1f';  // never in a name

// Null: nothing is published of it.
const RouteCounts* route_of(const ProfileBook& profile, const model::Shipment& shipment) {
    if (profile.routes.empty()) {
        return nullptr;
    }
    std::string key;
    key.reserve(shipment.label->carrier.size() + shipment.label->service.size() + 32);
    key.append(shipment.label->carrier).push_back(separator);
    key.append(shipment.label->service).push_back(separator);
    append_lane_end(key, shipment.label->ship_from);
    key.push_back(separator);
    append_lane_end(key, shipment.label->ship_to);
    const auto at = profile.routes.find(key);
    return at == profile.routes.end() ? nullptr : &at->second;
}

}  // namespace

std::string route_key(const model::Lane& lane) {
    return lane.carrier + separator + lane.service + separator + lane.from + separator + lane.to;
}

LaneRate lane_rate(const ProfileBook& profile, const model::Shipment& shipment) {
    const RouteCounts* route = route_of(profile, shipment);
    return route != nullptr && route->exposures > 0
               ? LaneRate{route->exceptions * 1'000'000 / route->exposures, route->exposures}
               : LaneRate{};
}

LaneGap lane_gap(const ProfileBook& profile, const model::Shipment& shipment,
                 std::int64_t percent) {
    LaneGap gap;
    const RouteCounts* route = route_of(profile, shipment);
    if (route == nullptr) {
        return gap;
    }
    for (const std::int64_t count : route->gaps) {
        gap.n += count;
    }
    std::int64_t covered = 0;
    for (std::size_t step = 0; step < route->gaps.size() && covered * 100 < percent * gap.n;
         ++step) {
        covered += route->gaps[step];
        gap.hours = static_cast<std::int64_t>(step + 1) * model::gap_step_hours;
    }
    return gap;
}

}  // namespace aftermile::core
