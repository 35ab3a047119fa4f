// Dates, times, money and plurals as people of one locale write them. Pure: the locale and the
// zone are arguments, the machine's own are never asked. Unknown locales fall back along
// locale_chain. Example: format_day(day, "en") is "Thursday 8 January".
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "base/zone.hpp"
#include "text/fields.hpp"

namespace aftermile::text {

enum class Year : unsigned char { hide, show };

// Always with the weekday.
[[nodiscard]] std::string format_day(base::LocalDay day, std::string_view locale,
                                     Year year = Year::hide);
// "Thursday 8 to Saturday 10 January".
[[nodiscard]] std::string format_day_range(DayRange range, std::string_view locale,
                                           Year year = Year::hide);
// "14:05", in American English "2:05 PM".
[[nodiscard]] std::string format_time(base::Instant at, const base::Zone& zone,
                                      std::string_view locale);
// "Thursday 8 January, 14:05".
[[nodiscard]] std::string format_moment(base::Instant at, const base::Zone& zone,
                                        std::string_view locale, Year year = Year::hide);
// Exact: minor units are never turned into a binary fraction. "€49.99", "49,99 €".
[[nodiscard]] std::string format_money(base::Money money, std::string_view locale);
[[nodiscard]] std::string format_count(std::int64_t value, std::string_view locale);

// "3 hours ago", "in 2 days"; the largest whole unit up to days.
[[nodiscard]] std::string relative_time(base::Instant at, base::Instant now,
                                        std::string_view locale);
// "today", "tomorrow", "yesterday", else "in 3 days" or "3 days ago".
[[nodiscard]] std::string relative_day(base::LocalDay day, base::LocalDay today,
                                       std::string_view locale);

// The CLDR category: "zero", "one", "two", "few", "many" or "other".
[[nodiscard]] std::string plural_category(std::int64_t value, std::string_view locale);

// Fills a pattern of ICU MessageFormat with named arguments. Every name in the pattern must be
// among the texts or counts, nested ones too: `missing_field` names the one that is not;
// `bad_message` for a pattern that does not parse.
[[nodiscard]] base::Result<std::string> format_message(std::string_view pattern,
                                                       std::string_view locale,
                                                       const Merge& arguments);

}  // namespace aftermile::text
