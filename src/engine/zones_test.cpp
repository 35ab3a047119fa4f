#include "engine/zones.hpp"

#include <gtest/gtest.h>

namespace aftermile::engine {
namespace {

base::Instant at(std::string_view text) { return base::parse_instant(text).value(); }
base::LocalDay day(std::string_view text) { return base::parse_day(text).value(); }

TEST(Zones, sao_paulo_kept_summer_time_until_2019) {
    const auto loaded = load_zone("America/Sao_Paulo");
    ASSERT_TRUE(loaded.has_value());
    const base::Zone& zone = loaded->zone;
    // Summer time of 2017/18: 15 October to 18 February.
    EXPECT_EQ(zone.end_of(day("2017-10-13")), at("2017-10-14T03:00:00Z"));
    EXPECT_EQ(zone.end_of(day("2017-11-01")), at("2017-11-02T02:00:00Z"));
    EXPECT_EQ(zone.end_of(day("2018-03-01")), at("2018-03-02T03:00:00Z"));
    EXPECT_EQ(zone.end_of(day("2018-11-10")), at("2018-11-11T02:00:00Z"));
    EXPECT_EQ(zone.end_of(day("2020-01-10")), at("2020-01-11T03:00:00Z"));
}

TEST(Zones, a_day_that_starts_with_a_change_starts_at_its_first_moment) {
    const auto loaded = load_zone("America/Sao_Paulo");
    ASSERT_TRUE(loaded.has_value());
    // 15 October 2017: 00:00 did not exist, the day began at 01:00 -02:00.
    EXPECT_EQ(loaded->zone.start_of(day("2017-10-15")), at("2017-10-15T03:00:00Z"));
}

TEST(Zones, bahia_has_no_summer_time_in_2017) {
    const auto loaded = load_zone("America/Bahia");
    ASSERT_TRUE(loaded.has_value());
    EXPECT_EQ(loaded->zone.end_of(day("2017-12-01")), at("2017-12-02T03:00:00Z"));
}

TEST(Zones, an_unknown_zone_is_refused_by_name) {
    const auto loaded = load_zone("Atlantis/Capital");
    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(loaded.error().code, "unknown_zone");
    EXPECT_NE(loaded.error().detail.find("Atlantis/Capital"), std::string::npos);
}

TEST(Zones, zones_that_agree_since_a_day_are_told_from_others) {
    const auto boise = load_zone("America/Boise").value();
    const auto denver = load_zone("America/Denver").value();
    const auto phoenix = load_zone("America/Phoenix").value();
    EXPECT_TRUE(same_clock_since(boise, denver, at("2000-01-01T00:00:00Z")));
    EXPECT_FALSE(same_clock_since(boise, denver, at("1970-01-02T00:00:00Z")));
    EXPECT_FALSE(same_clock_since(phoenix, denver, at("2000-01-01T00:00:00Z")));
}

}  // namespace
}  // namespace aftermile::engine
