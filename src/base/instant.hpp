// Time as values. An Instant is UTC in microseconds; a local time or day means nothing without a
// Zone. Nothing here reads a clock, a file or the process's own zone.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace aftermile::base {

using Span = std::chrono::microseconds;
using Instant = std::chrono::sys_time<Span>;
using LocalTime = std::chrono::local_time<Span>;
using LocalDay = std::chrono::local_days;

[[nodiscard]] constexpr Instant instant_of(std::int64_t microseconds) {
    return Instant{Span{microseconds}};
}
[[nodiscard]] constexpr std::int64_t microseconds_of(Instant at) {
    return at.time_since_epoch().count();
}

// A time as somebody wrote it: with an offset it is an instant, without one only a local time.
struct WrittenTime {
    LocalTime local;                             // as written
    std::optional<std::chrono::minutes> offset;  // east of UTC; absent when none was written
    bool date_only = false;                      // "2026-01-05": local is that day's midnight

    // Only when an offset was written.
    [[nodiscard]] std::optional<Instant> instant() const;
};

// RFC 3339 with or without offset ("2026-01-05T08:00:00Z", "...+01:00", "...+0100", a blank for
// the T, no seconds, up to nine fractional digits of which six are kept) or a bare date. Refuses
// days and times that do not exist (30 February, 25:00; second 60 becomes 59) with code
// `bad_time`. Years 1900 to 9999.
[[nodiscard]] Result<WrittenTime> parse_time(std::string_view text);
// As above, but an offset is required (code `no_offset`).
[[nodiscard]] Result<Instant> parse_instant(std::string_view text);
// "YYYY-MM-DD", nothing else.
[[nodiscard]] Result<LocalDay> parse_day(std::string_view text);

// "2026-01-05T08:00:00Z"; fractional digits only when there are any.
[[nodiscard]] std::string to_text(Instant at);
[[nodiscard]] std::string to_text(LocalDay day);
[[nodiscard]] std::string to_text(LocalTime local);  // without offset

}  // namespace aftermile::base
