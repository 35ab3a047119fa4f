// One parcel's way: what its carrier scans, and what goes wrong on it. Every misfortune that the
// product must answer is drawn here, at the rates in journey.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/bodies.hpp"
#include "sim/random.hpp"

namespace aftermile::sim {

enum class Misfortune : unsigned char {
    none,
    late,
    silence,          // nothing is heard for days, then it moves on
    scans_held_back,  // the carrier had scanned it, and tells days later
    attempt_failed,
    address_problem,
    delayed_by_carrier,
    damaged,
    lost,
    lost_and_found,
    not_received,    // the shopper says so
    contents_wrong,  // likewise
    returned,
    never_handed_over,
};

struct Step {
    ScanBody scan;
    base::Instant known_at;  // when the carrier tells of it
};
struct Report {
    std::string_view kind, words;
    base::Instant at;
};
struct Journey {
    Misfortune misfortune = Misfortune::none;
    std::vector<Step> steps;  // in the order in which they happen
    std::vector<Report> reports;
};

// The day the storm begins on its lane, and how long it blows, counted from the plan's start.
inline constexpr int storm_day = 46;
inline constexpr int storm_days = 12;

// Working days on the way, by the carrier's own table.
[[nodiscard]] int transit_days(const Service& service, const City& from, const City& to);
[[nodiscard]] base::LocalDay after_working_days(base::LocalDay day, int count);

[[nodiscard]] Misfortune draw_misfortune(Random& random, const Service& service);
[[nodiscard]] Journey travel(Random& random, const Parcel& parcel, Misfortune misfortune,
                             base::Instant start);

}  // namespace aftermile::sim
