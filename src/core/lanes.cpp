#include "core/lanes.hpp"

#include <array>

#include "core/places.hpp"

namespace aftermile::core {

namespace {

template <class Use>
void each_cell(const ProfileBook& profile, const model::Shipment& shipment, Use use) {
    if (profile.cells.empty()) {
        return;
    }
    const model::Lane start{.carrier = shipment.carrier,
                            .service = shipment.service,
                            .from = lane_end(shipment.ship_from),
                            .to = lane_end(shipment.ship_to),
                            .warehouse = {},
                            .category = {}};
    for (auto at = profile.cells.lower_bound(start); at != profile.cells.end(); ++at) {
        const model::Lane& lane = at->first;
        if (lane.carrier != start.carrier || lane.service != start.service ||
            lane.from != start.from || lane.to != start.to) {
            break;
        }
        use(at->second);
    }
}

}  // namespace

LaneRate lane_rate(const ProfileBook& profile, const model::Shipment& shipment) {
    std::int64_t exposures = 0, exceptions = 0;
    each_cell(profile, shipment, [&](const model::ProfileCell& cell) {
        exposures += cell.exposures;
        for (const std::int64_t count : cell.exceptions) {
            exceptions += count;
        }
    });
    return {exposures > 0 ? exceptions * 1'000'000 / exposures : 0, exposures};
}

LaneGap lane_gap(const ProfileBook& profile, const model::Shipment& shipment,
                 std::int64_t percent) {
    std::array<std::int64_t, model::gap_steps> counts{};
    LaneGap gap;
    each_cell(profile, shipment, [&](const model::ProfileCell& cell) {
        for (std::size_t step = 0; step < cell.gaps.size() && step < counts.size(); ++step) {
            counts[step] += cell.gaps[step];
            gap.n += cell.gaps[step];
        }
    });
    std::int64_t covered = 0;
    for (std::size_t step = 0; step < counts.size() && covered * 100 < percent * gap.n; ++step) {
        covered += counts[step];
        gap.hours = static_cast<std::int64_t>(step + 1) * model::gap_step_hours;
    }
    return gap;
}

}  // namespace aftermile::core
