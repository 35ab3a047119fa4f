#include "text/format.hpp"

#include <fmt/format.h>
#include <unicode/messagepattern.h>
#include <unicode/msgfmt.h>
#include <unicode/numberformatter.h>
#include <unicode/plurrule.h>
#include <unicode/reldatefmt.h>
#include <unicode/smpdtfmt.h>
#include <unicode/timezone.h>
#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <vector>

namespace aftermile::text {
namespace {

using base::fail;
using base::Instant;
using base::LocalDay;
using base::LocalTime;
using base::Result;

// Patterns of Unicode UTS 35. CLDR's own skeletons put a comma where our messages want none and
// change between releases; a text that has been sent should not.
struct Style {
    std::string_view locale;
    const char* day;
    const char* day_in_range;  // the first day of a range within one month
    const char* year;          // appended
    const char* time;
    std::string_view range;
};

constexpr auto styles = std::to_array<Style>({
    {"en", "EEEE d MMMM", "EEEE d", " y", "HH:mm", "{} to {}"},
    {"en-US", "EEEE, MMMM d", "EEEE, MMMM d", ", y", "h:mm a", "{} to {}"},
    {"de", "EEEE, d. MMMM", "EEEE, d.", " y", "HH:mm", "{} bis {}"},
    {"pt-BR", "EEEE, d 'de' MMMM", "EEEE, d", " 'de' y", "HH:mm", "{} a {}"},
});

const Style& style_of(std::string_view locale) {
    for (const std::string& candidate : locale_chain(locale)) {
        for (const Style& style : styles) {
            if (style.locale == candidate) {
                return style;
            }
        }
    }
    return styles.front();
}

icu::Locale icu_locale(std::string_view locale) {
    return icu::Locale::createCanonical(std::string{style_of(locale).locale}.c_str());
}

icu::UnicodeString unicode(std::string_view text) {
    return icu::UnicodeString::fromUTF8(
        icu::StringPiece{text.data(), static_cast<int32_t>(text.size())});
}

std::string utf8(const icu::UnicodeString& text) {
    std::string out;
    text.toUTF8String(out);
    return out;
}

// The local time as if it were UTC: the zone has done its work before.
std::string format_local(LocalTime local, const char* pattern, std::string_view locale) {
    UErrorCode status = U_ZERO_ERROR;
    icu::SimpleDateFormat format{unicode(pattern), icu_locale(locale), status};
    if (U_FAILURE(status)) {
        return base::to_text(local);  // ICU's own data is missing: say it, if plainly
    }
    format.adoptTimeZone(icu::TimeZone::getGMT()->clone());
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(local.time_since_epoch());
    icu::UnicodeString out;
    format.format(static_cast<UDate>(ms.count()), out);
    return utf8(out);
}

std::string with_year(const char* pattern, const Style& style, Year year) {
    return year == Year::show ? std::string{pattern} + style.year : std::string{pattern};
}

std::string format_day_pattern(LocalDay day, const std::string& pattern, std::string_view locale) {
    return format_local(LocalTime{day.time_since_epoch()}, pattern.c_str(), locale);
}

std::string relative(double offset, URelativeDateTimeUnit unit, std::string_view locale,
                     bool words) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::RelativeDateTimeFormatter formatter{icu_locale(locale), status};
    icu::UnicodeString out;
    if (words) {
        formatter.format(offset, unit, out, status);
    } else {
        formatter.formatNumeric(offset, unit, out, status);
    }
    return U_FAILURE(status) ? fmt::format("{:+.0f}", offset) : utf8(out);
}

// Names that the pattern asks for, nested ones too.
Result<std::vector<std::string>> argument_names(const icu::UnicodeString& pattern) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::MessagePattern parsed{pattern, nullptr, status};
    if (U_FAILURE(status)) {
        return fail("bad_message", fmt::format("the pattern does not parse ({}): {}",
                                               u_errorName(status), utf8(pattern)));
    }
    std::vector<std::string> names;
    for (int32_t i = 0; i < parsed.countParts(); ++i) {
        const icu::MessagePattern::Part& part = parsed.getPart(i);
        if (part.getType() == UMSGPAT_PART_TYPE_ARG_NAME) {
            names.push_back(utf8(parsed.getSubstring(part)));
        }
    }
    return names;
}

}  // namespace

std::string format_day(LocalDay day, std::string_view locale, Year year) {
    const Style& style = style_of(locale);
    return format_day_pattern(day, with_year(style.day, style, year), locale);
}

std::string format_day_range(DayRange range, std::string_view locale, Year year) {
    if (range.earliest == range.latest) {
        return format_day(range.earliest, locale, year);
    }
    const Style& style = style_of(locale);
    const std::chrono::year_month_day first{range.earliest};
    const std::chrono::year_month_day last{range.latest};
    const bool one_month = first.year() == last.year() && first.month() == last.month();
    const bool one_year = first.year() == last.year();
    const std::string from = one_month  ? style.day_in_range
                             : one_year ? style.day
                                        : with_year(style.day, style, year);
    return fmt::format(fmt::runtime(style.range), format_day_pattern(range.earliest, from, locale),
                       format_day(range.latest, locale, year));
}

std::string format_time(Instant at, const base::Zone& zone, std::string_view locale) {
    return format_local(zone.to_local(at), style_of(locale).time, locale);
}

std::string format_moment(Instant at, const base::Zone& zone, std::string_view locale, Year year) {
    return fmt::format("{}, {}", format_day(zone.day_of(at), locale, year),
                       format_time(at, zone, locale));
}

std::string format_money(base::Money money, std::string_view locale) {
    const std::string decimal = base::decimal_text(money);
    UErrorCode status = U_ZERO_ERROR;
    const std::string code{money.currency.code()};
    const icu::CurrencyUnit unit{unicode(code.empty() ? "XXX" : code).getBuffer(), status};
    icu::number::FormattedNumber number =
        icu::number::NumberFormatter::withLocale(icu_locale(locale))
            .unit(unit)
            .precision(icu::number::Precision::fixedFraction(money.currency.exponent()))
            .formatDecimal({decimal.data(), static_cast<int32_t>(decimal.size())}, status);
    const icu::UnicodeString out = number.toString(status);
    return U_FAILURE(status) ? fmt::format("{} {}", decimal, code) : utf8(out);
}

std::string format_count(std::int64_t value, std::string_view locale) {
    UErrorCode status = U_ZERO_ERROR;
    icu::number::FormattedNumber number =
        icu::number::NumberFormatter::withLocale(icu_locale(locale)).formatInt(value, status);
    const icu::UnicodeString out = number.toString(status);
    return U_FAILURE(status) ? fmt::format("{}", value) : utf8(out);
}

std::string relative_time(Instant at, Instant now, std::string_view locale) {
    using namespace std::chrono;
    const std::int64_t away = duration_cast<seconds>(at - now).count();
    const std::int64_t size = std::abs(away);
    const auto whole = [&](std::int64_t unit) {
        const std::int64_t units = away / unit;
        return static_cast<double>(units);
    };
    if (size < 60) {
        return relative(0, UDAT_REL_UNIT_SECOND, locale, true);  // "now"
    }
    if (size < 3'600) {
        return relative(whole(60), UDAT_REL_UNIT_MINUTE, locale, false);
    }
    if (size < 86'400) {
        return relative(whole(3'600), UDAT_REL_UNIT_HOUR, locale, false);
    }
    return relative(whole(86'400), UDAT_REL_UNIT_DAY, locale, false);
}

std::string relative_day(LocalDay day, LocalDay today, std::string_view locale) {
    const auto days = (day - today).count();
    const bool words = days >= -1 && days <= 1;  // German would say "vorgestern" where we count
    return relative(static_cast<double>(days), UDAT_REL_UNIT_DAY, locale, words);
}

std::string plural_category(std::int64_t value, std::string_view locale) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::PluralRules> rules{
        icu::PluralRules::forLocale(icu_locale(locale), status)};
    return U_FAILURE(status) ? "other" : utf8(rules->select(static_cast<double>(value)));
}

Result<std::string> format_message(std::string_view pattern, std::string_view locale,
                                   const Merge& arguments) {
    const icu::UnicodeString text = unicode(pattern);
    const Result<std::vector<std::string>> names = argument_names(text);
    if (!names) {
        return std::unexpected(names.error());
    }
    std::vector<icu::UnicodeString> keys;
    std::vector<icu::Formattable> values;
    for (const std::string& name : *names) {
        const auto count = arguments.counts.find(name);
        const auto word = arguments.texts.find(name);
        if (count == arguments.counts.end() && word == arguments.texts.end()) {
            return fail("missing_field", fmt::format("the message needs {}: {}", name, pattern),
                        fmt::format("/{}", name));
        }
        keys.push_back(unicode(name));
        values.push_back(count != arguments.counts.end()
                             ? icu::Formattable{static_cast<int64_t>(count->second)}
                             : icu::Formattable{unicode(word->second)});
    }
    UErrorCode status = U_ZERO_ERROR;
    const icu::MessageFormat format{text, icu_locale(locale), status};
    icu::UnicodeString out;
    format.format(keys.data(), values.data(), static_cast<int32_t>(keys.size()), out, status);
    if (U_FAILURE(status)) {
        return fail("bad_message", fmt::format("the pattern cannot be filled ({}): {}",
                                               u_errorName(status), pattern));
    }
    return utf8(out);
}

}  // namespace aftermile::text
