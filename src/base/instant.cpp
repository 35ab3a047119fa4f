#include "base/instant.hpp"

namespace aftermile::base {
namespace {

using std::chrono::days;
using std::chrono::minutes;

constexpr int year_min = 1900;
constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t day_us = 86'400 * second_us;

// Reads left to right; the first thing out of place clears `good` and later reads give 0.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] bool at_end() const { return at_ == end_; }

    int digits(int count) {
        if (end_ - at_ < count) {
            return broken();
        }
        int value = 0;
        for (int i = 0; i < count; ++i) {
            const int digit = at_[i] - '0';
            if (digit < 0 || digit > 9) {
                return broken();
            }
            value = value * 10 + digit;
        }
        at_ += count;
        return value;
    }
    bool skip(char wanted) {
        if (at_ != end_ && *at_ == wanted) {
            ++at_;
            return true;
        }
        return false;
    }
    void expect(char wanted) {
        if (!skip(wanted)) {
            broken();
        }
    }
    // The digits after a decimal point as microseconds; digits seven to nine are read and dropped.
    int fraction_us() {
        int value = 0;
        int count = 0;
        for (; at_ != end_ && *at_ >= '0' && *at_ <= '9'; ++at_, ++count) {
            if (count < 6) {
                value = value * 10 + (*at_ - '0');
            }
        }
        if (count == 0 || count > 9) {
            return broken();
        }
        for (; count < 6; ++count) {
            value *= 10;
        }
        return value;
    }
    int broken() {
        good_ = false;
        at_ = end_;
        return 0;
    }

  private:
    const char* at_;
    const char* end_;
    bool good_ = true;
};

std::unexpected<Error> bad_time() {
    return fail("bad_time",
                "Write a time that exists as 2026-01-05T08:00:00+01:00, or a day as 2026-01-05.");
}

bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int month_length(int year, int month) {
    static constexpr signed char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : lengths[month - 1];
}

// Days since 1970-01-01 of a proleptic Gregorian date, and back, by Howard Hinnant's algorithms
// (howardhinnant.github.io/date_algorithms.html). std::chrono::year holds only 16 bits, and a
// stored instant can be any 64.
std::int64_t days_of(int year, int month, int day) {
    const int y = month <= 2 ? year - 1 : year;  // the year that starts in March
    const int era = y / 400;                     // y > 0 here
    const int year_of_era = y - era * 400;
    const int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return std::int64_t{era} * 146'097 + day_of_era - 719'468;
}

struct Civil {
    std::int64_t year;
    int month;
    int day;
};

Civil civil_of(std::int64_t days_since_1970) {
    // Split into eras before moving the epoch to 0000-03-01, so that no 64-bit day can wrap. The
    // move also makes the remainder positive.
    std::int64_t era = days_since_1970 / 146'097;
    std::int64_t rest = days_since_1970 % 146'097 + 719'468;
    era += rest / 146'097;
    rest %= 146'097;
    const int doe = static_cast<int>(rest);
    const int yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365;
    const int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const int shifted = (5 * doy + 2) / 153;
    const int month = shifted < 10 ? shifted + 3 : shifted - 9;
    return {era * 400 + yoe + (month <= 2 ? 1 : 0), month, doy - (153 * shifted + 2) / 5 + 1};
}

LocalDay read_day(Scanner& in) {
    const int year = in.digits(4);
    in.expect('-');
    const int month = in.digits(2);
    in.expect('-');
    const int day = in.digits(2);
    if (!in.good() || year < year_min || month < 1 || month > 12 || day < 1 ||
        day > month_length(year, month)) {
        in.broken();
        return {};
    }
    return LocalDay{days{days_of(year, month, day)}};
}

Span read_time_of_day(Scanner& in) {
    const int hour = in.digits(2);
    in.expect(':');
    const int minute = in.digits(2);
    int second = 0;
    int fraction = 0;
    if (in.skip(':')) {
        second = in.digits(2);
        if (in.skip('.')) {
            fraction = in.fraction_us();
        }
    }
    if (hour > 23 || minute > 59 || second > 60) {
        in.broken();
    }
    if (second == 60) {  // a leap second, which our count of time does not have
        second = 59;
    }
    return Span{((hour * 60 + minute) * 60 + second) * second_us + fraction};
}

std::optional<minutes> read_offset(Scanner& in) {
    if (in.at_end()) {
        return std::nullopt;
    }
    if (in.skip('Z') || in.skip('z')) {
        return minutes{0};
    }
    const bool west = in.skip('-');
    if (!west) {
        in.expect('+');
    }
    const int hour = in.digits(2);
    in.skip(':');
    const int minute = in.digits(2);
    if (hour > 23 || minute > 59) {
        in.broken();
    }
    const int east = hour * 60 + minute;
    return minutes{west ? -east : east};
}

void append_padded(std::string& out, std::int64_t value, int width) {
    char digits[20];
    int count = 0;
    for (; value != 0 || count < width; value /= 10) {
        digits[count++] = static_cast<char>('0' + value % 10);
    }
    while (count > 0) {
        out.push_back(digits[--count]);
    }
}

void append_day(std::string& out, std::int64_t days_since_1970) {
    const Civil civil = civil_of(days_since_1970);
    if (civil.year < 0) {
        out.push_back('-');
    }
    append_padded(out, civil.year < 0 ? -civil.year : civil.year, 4);
    out.push_back('-');
    append_padded(out, civil.month, 2);
    out.push_back('-');
    append_padded(out, civil.day, 2);
}

// "2026-01-05T08:00:00", with the microseconds that remain, trailing zeroes dropped.
std::string text_of_time(std::int64_t microseconds) {
    std::int64_t day = microseconds / day_us;
    std::int64_t rest = microseconds % day_us;
    if (rest < 0) {
        rest += day_us;
        --day;
    }
    std::string out;
    out.reserve(32);
    append_day(out, day);
    out.push_back('T');
    const std::int64_t second = rest / second_us;
    append_padded(out, second / 3600, 2);
    out.push_back(':');
    append_padded(out, second / 60 % 60, 2);
    out.push_back(':');
    append_padded(out, second % 60, 2);
    if (const std::int64_t fraction = rest % second_us; fraction != 0) {
        out.push_back('.');
        append_padded(out, fraction, 6);
        while (out.back() == '0') {
            out.pop_back();
        }
    }
    return out;
}

}  // namespace

std::optional<Instant> WrittenTime::instant() const {
    if (!offset) {
        return std::nullopt;
    }
    return Instant{local.time_since_epoch() - *offset};
}

Result<WrittenTime> parse_time(std::string_view text) {
    Scanner in(text);
    WrittenTime written;
    written.local = LocalTime{read_day(in)};
    if (in.good() && in.at_end()) {
        written.date_only = true;
        return written;
    }
    if (!in.skip('T') && !in.skip(' ')) {
        in.expect('t');
    }
    written.local += read_time_of_day(in);
    if (in.good()) {
        written.offset = read_offset(in);
    }
    if (!in.good() || !in.at_end()) {
        return bad_time();
    }
    return written;
}

Result<Instant> parse_instant(std::string_view text) {
    const auto written = parse_time(text);
    if (!written) {
        return std::unexpected(written.error());
    }
    const auto at = written->instant();
    if (!at) {
        return fail("no_offset",
                    "Write the offset from UTC behind the time: 2026-01-05T08:00:00+01:00.");
    }
    return *at;
}

Result<LocalDay> parse_day(std::string_view text) {
    Scanner in(text);
    const LocalDay day = read_day(in);
    if (!in.good() || !in.at_end()) {
        return fail("bad_time", "Write a day that exists as 2026-01-05.");
    }
    return day;
}

std::string to_text(Instant at) { return text_of_time(microseconds_of(at)) + "Z"; }

std::string to_text(LocalDay day) {
    std::string out;
    append_day(out, day.time_since_epoch().count());
    return out;
}

std::string to_text(LocalTime local) { return text_of_time(local.time_since_epoch().count()); }

}  // namespace aftermile::base
