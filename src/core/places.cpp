#include "core/places.hpp"

#include <algorithm>

namespace aftermile::core {

model::PossibleZones zones_of(const model::Catalog& catalog, const model::Area& area) {
    return catalog.zones_of(area.country, area.region, area.postcode_area);
}

const base::Zone& zone_of(const model::Catalog& catalog, const model::Area& area) {
    return *zones_of(catalog, area).zones.front();
}

const base::Zone* zone_of(const model::Catalog& catalog, const model::Place& place) {
    if (place.country.empty()) {
        return nullptr;
    }
    const auto zones = catalog.zones_of(place.country, place.region, place.postcode);
    return zones.known && zones.zones.size() == 1 ? zones.zones.front() : nullptr;
}

base::Instant last_end_of(const model::PossibleZones& zones, base::LocalDay day) {
    base::Instant last = zones.zones.front()->end_of(day);
    for (const base::Zone* zone : zones.zones) {
        last = std::max(last, zone->end_of(day));
    }
    return last;
}

std::optional<base::Instant> quiet_until(const model::PossibleZones& zones, base::Instant now,
                                         std::int64_t from_minute, std::int64_t until_minute) {
    std::optional<base::Instant> until;
    if (from_minute == until_minute) {
        return until;
    }
    for (const base::Zone* zone : zones.zones) {
        const base::LocalTime local = zone->to_local(now);
        const auto day = std::chrono::floor<std::chrono::days>(local);
        const std::int64_t minute = std::chrono::floor<std::chrono::minutes>(local - day).count();
        const bool spans_midnight = from_minute > until_minute;
        const bool evening = spans_midnight && minute >= from_minute;
        const bool quiet = spans_midnight ? evening || minute < until_minute
                                          : minute >= from_minute && minute < until_minute;
        if (quiet) {
            const auto end_day = evening ? day + std::chrono::days{1} : day;
            const base::Instant end =
                zone->latest(base::LocalTime{end_day} + std::chrono::minutes{until_minute});
            until = until ? std::max(*until, end) : end;
        }
    }
    return until;
}

void append_lane_end(std::string& text, const model::Area& area) {
    text.append(area.country);
    if (!area.region.empty()) {
        text.append("-").append(area.region);
    }
}

std::string lane_end(const model::Area& area) {
    std::string text;
    append_lane_end(text, area);
    return text;
}

}  // namespace aftermile::core
