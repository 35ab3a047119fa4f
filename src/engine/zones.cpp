#include "engine/zones.hpp"

#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <string>

namespace aftermile::engine {

namespace {

using std::chrono::sys_days;
using std::chrono::year;

constexpr base::Instant first_instant = sys_days{year{1970} / 1 / 1};
constexpr base::Instant last_instant = sys_days{year{2060} / 1 / 1};

}  // namespace

base::Result<LoadedZone> load_zone(std::string_view name) {
    const date::time_zone* zone = nullptr;
    try {
        (void)date::get_tzdb();
    } catch (const std::exception& error) {
        return base::fail("no_tz_database",
                          std::string("The machine's time zone database cannot be read (") +
                              error.what() + "): install the package tzdata.",
                          {}, base::Family::internal);
    }
    try {
        zone = date::locate_zone(std::string(name));
    } catch (const std::exception&) {
        return base::fail("unknown_zone", "The machine's time zone database has no zone \"" +
                                              std::string(name) + "\".");
    }
    std::vector<base::Zone::Offset> offsets;
    try {
        for (base::Instant at = first_instant; at < last_instant;) {
            const auto info = zone->get_info(std::chrono::floor<std::chrono::seconds>(at));
            if (offsets.empty() || offsets.back().east != info.offset) {
                offsets.push_back({at, info.offset});  // a mere change of name is no change
            }
            if (info.end >= std::chrono::floor<std::chrono::seconds>(last_instant)) {
                break;
            }
            at = info.end;
        }
    } catch (const std::exception& error) {
        return base::fail("unknown_zone",
                          "The zone \"" + std::string(name) + "\" cannot be read: " + error.what());
    }
    return LoadedZone{base::Zone(std::string(name), offsets), offsets};
}

bool same_clock_since(const LoadedZone& a, const LoadedZone& b, base::Instant since) {
    const auto from = [since](const LoadedZone& zone) {
        const auto after =
            std::ranges::upper_bound(zone.offsets, since, {}, &base::Zone::Offset::from);
        return after == zone.offsets.begin() ? after : after - 1;
    };
    auto first = from(a);
    auto second = from(b);
    if (first->east != second->east) {
        return false;
    }
    return std::equal(first + 1, a.offsets.end(), second + 1, b.offsets.end());
}

}  // namespace aftermile::engine
