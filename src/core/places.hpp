// The clocks of a place. Where several zones fit, whoever asks says which way to err.
#pragma once

#include "base/zone.hpp"
#include "model/catalog.hpp"
#include "model/records.hpp"

namespace aftermile::core {

[[nodiscard]] model::PossibleZones zones_of(const model::Catalog& catalog, const model::Area& area);

// The one zone in which times of that place are read and shown: its westernmost.
[[nodiscard]] const base::Zone& zone_of(const model::Catalog& catalog, const model::Area& area);

// The scan's own zone, if its place has exactly one.
[[nodiscard]] const base::Zone* zone_of(const model::Catalog& catalog, const model::Place& place);

// 24:00 of that day wherever in the place it comes last: nobody is late before.
[[nodiscard]] base::Instant last_end_of(const model::PossibleZones& zones, base::LocalDay day);

// Is it quiet time there, in any zone that fits? Minutes of the local day; from > until spans
// midnight. If so, until when: the latest end over the zones.
[[nodiscard]] std::optional<base::Instant> quiet_until(const model::PossibleZones& zones,
                                                       base::Instant now, std::int64_t from_minute,
                                                       std::int64_t until_minute);

// Country and region as one word, for lanes: US-CA.
[[nodiscard]] std::string lane_end(const model::Area& area);
void append_lane_end(std::string& text, const model::Area& area);

}  // namespace aftermile::core
