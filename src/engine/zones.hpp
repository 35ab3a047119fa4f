// Time zones of the machine's tz database as values. Loading reads the database once; deciding
// with a base::Zone reads nothing.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/zone.hpp"

namespace aftermile::engine {

struct LoadedZone {
    base::Zone zone;
    std::vector<base::Zone::Offset> offsets;  // what the zone was made from
};

// Every offset of that zone from 1970 until 2060 (the last one then holds for ever). Codes:
// `unknown_zone`, and `no_tz_database` when the machine has none. Safe from several threads.
[[nodiscard]] base::Result<LoadedZone> load_zone(std::string_view name);

// Whether two zones have shown the same local time ever since.
[[nodiscard]] bool same_clock_since(const LoadedZone& a, const LoadedZone& b, base::Instant since);

}  // namespace aftermile::engine
