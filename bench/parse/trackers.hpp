// Webhook bodies as EasyPost documents them (Event with a whole Tracker), made up by a generator:
// no two alike, nobody's data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace aftermile::bench {

// `count` bodies of 6 to 20 tracking details: pre-transit to delivered, and every ninth detail on
// the way an exception; four carriers, places in three countries, times with an offset, in UTC, and
// local ones without either.
[[nodiscard]] std::vector<std::string> make_trackers(std::uint32_t count, std::uint64_t seed);

}  // namespace aftermile::bench
