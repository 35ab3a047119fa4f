// What a message may say: named values that a decision recorded. They stay typed until the moment
// of rendering, because a day is written differently in each locale.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/instant.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "base/zone.hpp"

namespace aftermile::text {

// Both ends included; a range of one day is written as that day.
struct DayRange {
    base::LocalDay earliest;
    base::LocalDay latest;
};

// An instant is shown in a place's zone, never in the server's.
struct Moment {
    base::Instant at;
    base::Zone zone;
};

struct Count {
    std::int64_t value = 0;
};

// One word out of a closed set ("weather"): templates ask for it, readers never see it.
struct Choice {
    std::string value;
};

// One entry a line: "2 x Enamel mug, white".
using Lines = std::vector<std::string>;

using Value =
    std::variant<std::string, base::LocalDay, DayRange, Moment, Count, base::Money, Choice, Lines>;

// An empty string, an empty Choice and an empty Lines count as absent.
using Fields = std::map<std::string, Value, std::less<>>;

// Longer texts are refused with `field_too_long`, longer lists cut never: same code.
inline constexpr std::size_t field_bytes_max = 2'000;
inline constexpr std::size_t lines_max = 200;

class Messages;

// Fields as a template sees them, written out in one locale. From a field `x`:
//   a day     x "Thursday 8 January", x_when "on Thursday 8 January", x_by "by Thursday 8 January"
//   a range   x "Thursday 8 to Saturday 10 January", x_when "between ... and ...", x_by its end
//   a moment  x "Thursday 8 January, 14:05", x_day, x_time, x_when (its day)
//   a count   x "3", and x_one, x_few, x_many or x_other by the locale's plural rules
//   a choice  x_weather and so on: a section without text
struct Merge {
    std::map<std::string, std::string, std::less<>> texts;
    std::map<std::string, Lines, std::less<>> lists;
    std::map<std::string, std::int64_t, std::less<>> counts;  // also in `texts`

    [[nodiscard]] bool has(std::string_view name) const;
};

// Codes: field_too_long, and those of the formatting functions.
[[nodiscard]] base::Result<Merge> merge_fields(const Messages& messages, std::string_view locale,
                                               const Fields& fields);

// The chain of locales to look in: "pt-BR" gives pt-BR, pt, en.
[[nodiscard]] std::vector<std::string> locale_chain(std::string_view locale);

}  // namespace aftermile::text
