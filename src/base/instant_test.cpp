#include "base/instant.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace aftermile::base {
namespace {

using std::chrono::minutes;

std::string code_of(std::string_view text) {
    const auto parsed = parse_time(text);
    return parsed ? std::string("accepted") : parsed.error().code;
}

std::string instant_text(std::string_view text) {
    const auto parsed = parse_instant(text);
    return parsed ? to_text(*parsed) : parsed.error().code;
}

TEST(Instant, every_written_form_gives_its_instant) {
    EXPECT_EQ(instant_text("2026-01-05T08:00:00Z"), "2026-01-05T08:00:00Z");
    EXPECT_EQ(instant_text("2026-01-05t08:00:00z"), "2026-01-05T08:00:00Z");
    EXPECT_EQ(instant_text("2026-01-05T08:00:00+01:00"), "2026-01-05T07:00:00Z");
    EXPECT_EQ(instant_text("2026-01-05T08:00:00-0530"), "2026-01-05T13:30:00Z");
    EXPECT_EQ(instant_text("2026-01-05 08:00Z"), "2026-01-05T08:00:00Z");
    EXPECT_EQ(instant_text("2026-01-05T08:00:00.5Z"), "2026-01-05T08:00:00.5Z");
    EXPECT_EQ(instant_text("2026-01-05T08:00:00.123456789Z"), "2026-01-05T08:00:00.123456Z");
    EXPECT_EQ(instant_text("2016-12-31T23:59:60Z"), "2016-12-31T23:59:59Z");
    EXPECT_EQ(instant_text("2026-12-31T23:30:00-01:00"), "2027-01-01T00:30:00Z");
    EXPECT_EQ(microseconds_of(*parse_instant("1970-01-01T00:00:01Z")), 1'000'000);
}

TEST(Instant, without_offset_it_is_only_a_local_time) {
    const auto written = parse_time("2026-01-05T08:00:00");
    ASSERT_TRUE(written);
    EXPECT_FALSE(written->offset);
    EXPECT_FALSE(written->instant());
    EXPECT_FALSE(written->date_only);
    EXPECT_EQ(to_text(written->local), "2026-01-05T08:00:00");
    EXPECT_EQ(instant_text("2026-01-05T08:00:00"), "no_offset");
    EXPECT_EQ(instant_text("2026-01-05"), "no_offset");
}

TEST(Instant, as_written_and_offset_are_kept) {
    const auto written = parse_time("2026-07-05T08:00:00+02:00");
    ASSERT_TRUE(written);
    EXPECT_EQ(to_text(written->local), "2026-07-05T08:00:00");
    EXPECT_EQ(written->offset, minutes{120});
}

TEST(Instant, bare_date_is_that_days_midnight) {
    const auto written = parse_time("2024-02-29");
    ASSERT_TRUE(written);
    EXPECT_TRUE(written->date_only);
    EXPECT_EQ(to_text(written->local), "2024-02-29T00:00:00");
}

TEST(Instant, what_does_not_exist_is_refused) {
    for (const char* text : {"",
                             "2026",
                             "2026-1-05",
                             "2026-02-30",
                             "2025-02-29",
                             "1900-02-29",
                             "2026-13-01",
                             "2026-00-01",
                             "2026-01-00",
                             "2026-04-31",
                             "1899-12-31",
                             "0000-01-01",
                             "2026-01-05T",
                             "2026-01-05T25:00:00Z",
                             "2026-01-05T24:00:00Z",
                             "2026-01-05T08:60Z",
                             "2026-01-05T08:00:61Z",
                             "2026-01-05T08Z",
                             "2026-01-05T08:00:00.Z",
                             "2026-01-05T08:00:00.1234567890Z",
                             "2026-01-05T08:00:00,5Z",
                             "2026-01-05T08:00:00+24:00",
                             "2026-01-05T08:00:00+01:60",
                             "2026-01-05T08:00:00+01",
                             "2026-01-05T08:00:00Z ",
                             " 2026-01-05",
                             "2026-01-05Z",
                             "2026/01/05",
                             "+2026-01-05",
                             "2026-01-05T08:00:00 Z",
                             "2026-01-05T-1:00:00Z",
                             "20260105T080000Z"}) {
        EXPECT_EQ(code_of(text), "bad_time") << text;
    }
}

TEST(Instant, a_day_is_a_day_and_nothing_else) {
    EXPECT_EQ(to_text(*parse_day("2026-01-05")), "2026-01-05");
    EXPECT_EQ(to_text(*parse_day("9999-12-31")), "9999-12-31");
    EXPECT_EQ(to_text(*parse_day("1900-01-01")), "1900-01-01");
    for (const char* text : {"2026-01-05T08:00:00Z", "2026-01-5", "2026-02-29", "2026-01-05 "}) {
        ASSERT_FALSE(parse_day(text)) << text;
        EXPECT_EQ(parse_day(text).error().code, "bad_time");
    }
}

TEST(Instant, days_agree_with_the_standard_calendar) {
    using namespace std::chrono;
    for (auto day = local_days{year{1900} / 1 / 1}; day <= local_days{year{2400} / 12 / 31};
         day += days{1}) {
        const year_month_day expected{day};
        const std::string text = to_text(day);
        const auto parsed = parse_day(text);
        ASSERT_TRUE(parsed) << text;
        ASSERT_EQ(*parsed, day) << text;
        ASSERT_EQ(std::stoi(text.substr(0, 4)), static_cast<int>(expected.year()));
        ASSERT_EQ(std::stoul(text.substr(5, 2)), static_cast<unsigned>(expected.month()));
        ASSERT_EQ(std::stoul(text.substr(8, 2)), static_cast<unsigned>(expected.day()));
    }
}

RC_GTEST_PROP(Instant, text_parses_back, ()) {
    const auto at = instant_of(*rc::gen::inRange<std::int64_t>(-2'208'988'800'000'000,     // 1900
                                                               253'402'300'799'999'999));  // 9999
    const auto parsed = parse_instant(to_text(at));
    RC_ASSERT(parsed.has_value());
    RC_ASSERT(*parsed == at);
}

TEST(Instant, any_stored_value_has_a_text) {
    EXPECT_EQ(to_text(instant_of(std::numeric_limits<std::int64_t>::max())),
              "294247-01-10T04:00:54.775807Z");
    EXPECT_EQ(to_text(instant_of(std::numeric_limits<std::int64_t>::min())),
              "-290308-12-21T19:59:05.224192Z");
    EXPECT_EQ(to_text(instant_of(-1)), "1969-12-31T23:59:59.999999Z");
}

}  // namespace
}  // namespace aftermile::base
