#include "base/zone.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace aftermile::base {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

Instant utc(const char* text) { return parse_instant(text).value(); }
LocalTime local(const char* text) { return parse_time(text)->local; }
LocalDay day(const char* text) { return *parse_day(text); }

// Offsets as in the IANA tz database, release 2024a, for the years around the tests.
Zone berlin() {
    return Zone("Europe/Berlin", {{utc("2025-03-30T01:00:00Z"), hours{2}},
                                  {utc("2025-10-26T01:00:00Z"), hours{1}},
                                  {utc("2026-03-29T01:00:00Z"), hours{2}},
                                  {utc("2026-10-25T01:00:00Z"), hours{1}}});
}
Zone sao_paulo() {
    return Zone("America/Sao_Paulo", {{utc("2017-02-19T02:00:00Z"), hours{-3}},
                                      {utc("2017-10-15T03:00:00Z"), hours{-2}},
                                      {utc("2018-02-18T02:00:00Z"), hours{-3}}});
}
Zone apia() {
    return Zone("Pacific/Apia", {{utc("2011-09-24T14:00:00Z"), hours{-10}},
                                 {utc("2011-12-30T10:00:00Z"), hours{14}}});
}

TEST(Zone, local_time_follows_the_offset_of_its_moment) {
    EXPECT_EQ(to_text(berlin().to_local(utc("2026-01-05T08:00:00Z"))), "2026-01-05T09:00:00");
    EXPECT_EQ(to_text(berlin().to_local(utc("2026-03-29T00:59:59Z"))), "2026-03-29T01:59:59");
    EXPECT_EQ(to_text(berlin().to_local(utc("2026-03-29T01:00:00Z"))), "2026-03-29T03:00:00");
    EXPECT_EQ(to_text(berlin().to_local(utc("2030-07-01T00:00:00Z"))), "2030-07-01T01:00:00");
}

TEST(Zone, first_offset_covers_everything_before_it) {
    EXPECT_EQ(to_text(berlin().to_local(utc("1990-01-01T00:00:00Z"))), "1990-01-01T02:00:00");
    EXPECT_EQ(berlin().earliest(local("1990-01-01T02:00:00")), utc("1990-01-01T00:00:00Z"));
    EXPECT_EQ(berlin().latest(local("1990-01-01T02:00:00")), utc("1990-01-01T00:00:00Z"));
}

TEST(Zone, skipped_time_gives_the_change_for_both) {
    EXPECT_EQ(berlin().earliest(local("2026-03-29T02:30:00")), utc("2026-03-29T01:00:00Z"));
    EXPECT_EQ(berlin().latest(local("2026-03-29T02:30:00")), utc("2026-03-29T01:00:00Z"));
    EXPECT_EQ(berlin().latest(local("2026-03-29T02:00:00")), utc("2026-03-29T01:00:00Z"));
    EXPECT_EQ(berlin().earliest(local("2026-03-29T03:00:00")), utc("2026-03-29T01:00:00Z"));
}

TEST(Zone, repeated_time_has_a_first_and_a_last) {
    EXPECT_EQ(berlin().earliest(local("2026-10-25T02:30:00")), utc("2026-10-25T00:30:00Z"));
    EXPECT_EQ(berlin().latest(local("2026-10-25T02:30:00")), utc("2026-10-25T01:30:00Z"));
    EXPECT_EQ(berlin().earliest(local("2026-10-25T03:00:00")), utc("2026-10-25T02:00:00Z"));
    EXPECT_EQ(berlin().latest(local("2026-10-25T03:00:00")), utc("2026-10-25T02:00:00Z"));
}

TEST(Zone, day_whose_midnight_is_skipped_starts_at_its_first_moment) {
    // Brazil's summer time of 2017 began at 00:00 on 15 October: the clocks went to 01:00.
    const Zone zone = sao_paulo();
    EXPECT_EQ(zone.start_of(day("2017-10-15")), utc("2017-10-15T03:00:00Z"));
    EXPECT_EQ(to_text(zone.to_local(zone.start_of(day("2017-10-15")))), "2017-10-15T01:00:00");
    EXPECT_EQ(zone.end_of(day("2017-10-14")), zone.start_of(day("2017-10-15")));
    EXPECT_EQ(zone.end_of(day("2017-10-15")) - zone.start_of(day("2017-10-15")), hours{23});
    EXPECT_EQ(zone.day_of(utc("2017-10-15T02:59:59Z")), day("2017-10-14"));
    EXPECT_EQ(zone.day_of(utc("2017-10-15T03:00:00Z")), day("2017-10-15"));
}

TEST(Zone, day_that_ends_twice_lasts_an_hour_longer) {
    // It ended at 00:00 on 18 February 2018, back to 23:00 of the 17th.
    const Zone zone = sao_paulo();
    EXPECT_EQ(zone.end_of(day("2018-02-17")), utc("2018-02-18T03:00:00Z"));
    EXPECT_EQ(zone.end_of(day("2018-02-17")) - zone.start_of(day("2018-02-17")), hours{25});
    EXPECT_EQ(zone.earliest(local("2018-02-17T23:30:00")), utc("2018-02-18T01:30:00Z"));
    EXPECT_EQ(zone.latest(local("2018-02-17T23:30:00")), utc("2018-02-18T02:30:00Z"));
}

TEST(Zone, day_that_a_country_left_out_is_empty) {
    // Samoa crossed the date line at the end of 29 December 2011: there was no 30th.
    const Zone zone = apia();
    EXPECT_EQ(zone.start_of(day("2011-12-30")), utc("2011-12-30T10:00:00Z"));
    EXPECT_EQ(zone.end_of(day("2011-12-30")), utc("2011-12-30T10:00:00Z"));
    EXPECT_EQ(zone.day_of(utc("2011-12-30T09:59:59Z")), day("2011-12-29"));
    EXPECT_EQ(zone.day_of(utc("2011-12-30T10:00:00Z")), day("2011-12-31"));
}

TEST(Zone, utc_changes_nothing) {
    EXPECT_EQ(Zone::utc().earliest(local("2026-01-05T08:00:00")), utc("2026-01-05T08:00:00Z"));
    EXPECT_EQ(Zone::utc().end_of(day("2026-01-05")), utc("2026-01-06T00:00:00Z"));
}

TEST(Zone, equal_by_name_and_offsets) {
    EXPECT_EQ(berlin(), berlin());
    EXPECT_NE(berlin(), sao_paulo());
    EXPECT_NE(berlin(), Zone("Europe/Berlin", {{utc("2025-03-30T01:00:00Z"), hours{1}}}));
}

// Looked for one after the other, from the last.
std::chrono::seconds east_at(const std::vector<Zone::Offset>& offsets, Instant at) {
    for (std::size_t i = offsets.size(); i-- > 1;) {
        if (offsets[i].from <= at) {
            return offsets[i].east;
        }
    }
    return offsets.front().east;
}

RC_GTEST_PROP(Zone, every_moment_has_the_offset_that_began_last, ()) {
    std::vector<Zone::Offset> offsets;
    Instant from = utc("1900-01-01T00:00:00Z") + hours{24 * 365 * *rc::gen::inRange(-10, 160)};
    for (int n = *rc::gen::inRange(1, 60); n > 0; --n) {
        offsets.push_back({from, minutes{*rc::gen::inRange(-600, 600)}});
        from += hours{*rc::gen::element(1, 24 * 30, 24 * 182, 24 * 1'000)};
    }
    const Zone zone("Somewhere", offsets);
    const auto check_at = [&](Instant at) {
        RC_ASSERT(zone.to_local(at).time_since_epoch() ==
                  at.time_since_epoch() + east_at(offsets, at));
    };
    for (const Zone::Offset& offset : offsets) {
        check_at(offset.from - Span{1});
        check_at(offset.from);
    }
    check_at(utc("1900-01-01T00:00:00Z") +
             hours{*rc::gen::inRange(-24 * 365 * 100, 24 * 365 * 300)});
}

RC_GTEST_PROP(Zone, an_instant_lies_between_the_readings_of_its_local_time, ()) {
    const Zone zones[] = {berlin(), sao_paulo(), apia(), Zone::utc()};
    const Zone& zone = zones[*rc::gen::inRange(0, 4)];
    const Instant around = *rc::gen::element(
        utc("2026-03-29T01:00:00Z"), utc("2026-10-25T01:00:00Z"), utc("2017-10-15T03:00:00Z"),
        utc("2018-02-18T02:00:00Z"), utc("2011-12-30T10:00:00Z"));
    const Instant at = around + minutes{*rc::gen::inRange(-3000, 3000)};
    const LocalTime written = zone.to_local(at);
    RC_ASSERT(zone.earliest(written) <= at);
    RC_ASSERT(at <= zone.latest(written));
    RC_ASSERT(zone.to_local(zone.earliest(written)) == written);
    RC_ASSERT(zone.to_local(zone.latest(written)) == written);
    const LocalDay today = zone.day_of(at);
    RC_ASSERT(zone.start_of(today) <= at);
    RC_ASSERT(at < zone.end_of(today));
}

TEST(ZoneDeathTest, unsorted_offsets_are_a_bug) {
    EXPECT_DEATH(Zone("x", {}), "at least one offset");
    EXPECT_DEATH(Zone("x", {{instant_of(5), hours{0}}, {instant_of(5), hours{1}}}), "sorted");
    EXPECT_DEATH(Zone("x", {{instant_of(5), hours{27}}}), "26 hours");
}

}  // namespace
}  // namespace aftermile::base
