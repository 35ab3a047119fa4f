// What will be posted, and when: the simulator's days as a list of bodies for the public API, in
// the order in which a shop, its warehouse, its carriers and its shoppers would send them. A pure
// function of the options: the same seed gives the same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.hpp"

namespace aftermile::sim {

enum class Door : unsigned char { orders, shipments, tracking_events, reports };
[[nodiscard]] std::string path_of(Door door);

struct Post {
    base::Instant at;  // when whoever sends it knows of it
    Door door = Door::orders;
    std::string body;  // one JSON object
};

struct PlanOptions {
    std::uint64_t seed = 1;
    int shipments = 5'000;  // before `now`
    int days = 90;
    int days_ahead = 30;  // the same trade goes on so long after `now`
    base::Instant start =
        base::instant_of(1'767'798'000'000'000);  // 2026-01-07T15:00:00Z, a Wednesday
    // Only what is posted later than this is kept: a store that holds the past wants the future.
    base::Instant after = base::Instant::min();

    [[nodiscard]] base::Instant now() const { return start + std::chrono::days{days}; }
    [[nodiscard]] base::Instant end() const { return now() + std::chrono::days{days_ahead}; }
};

// The guided case: its parcel is on its way when the demo begins, then nothing is heard of it.
inline constexpr const char* guided_order = "AF-GUIDE";
inline constexpr const char* guided_shipment = "AF-GUIDE-1";

// Oldest first; of one instant orders before shipments before scans before reports.
[[nodiscard]] std::vector<Post> make_plan(const PlanOptions& options);

}  // namespace aftermile::sim
