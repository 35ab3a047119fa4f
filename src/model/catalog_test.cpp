#include "model/catalog.hpp"

#include <gtest/gtest.h>

namespace aftermile::model {
namespace {

using base::LocalDay;

LocalDay day(std::string_view text) { return base::parse_day(text).value(); }

StatusRow row(std::string type, std::string code, std::string reason,
              std::optional<Milestone> milestone, Exception exception = Exception::none) {
    StatusRow made;
    made.carrier = "ups";
    made.type = std::move(type);
    made.code = std::move(code);
    made.reason = std::move(reason);
    made.meaning.milestone = milestone;
    made.meaning.exception = exception;
    made.origin = "ups.csv:" + made.code;
    return made;
}

Carrier ups() {
    Carrier made;
    made.id = "ups";
    made.name = "UPS";
    made.tracking_url = "https://track.example/{number}";
    made.aliases = {"UPSDAP", "United Parcel Service"};
    made.services = {{"ground", {"Ground", "03"}}, {"next_day_air", {"NextDayAir"}}};
    made.origin = "ups.toml:1";
    return made;
}

ClaimWindow window(std::string id, std::vector<std::string> services, std::optional<LaneScope> lane,
                   std::int64_t days) {
    ClaimWindow made;
    made.id = std::move(id);
    made.carrier = "ups";
    made.ground = ClaimGround::loss;
    made.services = std::move(services);
    made.lane = lane;
    made.from = day("2020-01-01");
    made.days = days;
    made.origin = made.id;
    return made;
}

CatalogParts parts() {
    CatalogParts made;
    made.carriers.push_back(ups());
    return made;
}

Catalog built(CatalogParts made) {
    auto catalog = Catalog::build(std::move(made));
    EXPECT_TRUE(catalog.has_value()) << catalog.error().detail;
    return std::move(*catalog);
}

TEST(Catalog, status_with_type_beats_the_code_alone) {
    auto made = parts();
    made.statuses = {row("I", "DP", "", Milestone::in_transit),
                     row("M", "DP", "", Milestone::info_received),
                     row("", "011", "", Milestone::delivered),
                     row("I", "DP", "07", std::nullopt, Exception::weather)};
    const Catalog catalog = built(std::move(made));
    EXPECT_EQ(catalog.find_status("ups", "I", "DP", "")->meaning.milestone, Milestone::in_transit);
    EXPECT_EQ(catalog.find_status("ups", "m", " dp ", "")->meaning.milestone,
              Milestone::info_received);
    EXPECT_EQ(catalog.find_status("ups", "D", "011", "x")->meaning.milestone, Milestone::delivered);
    EXPECT_EQ(catalog.find_status("ups", "I", "DP", "07")->meaning.exception, Exception::weather);
}

TEST(Catalog, a_row_bound_to_a_type_says_nothing_of_other_types) {
    auto made = parts();
    made.statuses = {row("I", "DS", "", Milestone::at_destination)};
    const Catalog catalog = built(std::move(made));
    EXPECT_EQ(catalog.find_status("ups", "X", "DS", ""), nullptr);
    EXPECT_EQ(catalog.find_status("ups", "", "DS", ""), nullptr);
    EXPECT_EQ(catalog.find_status("fedex", "I", "DS", ""), nullptr);
    EXPECT_TRUE(catalog.has_status_table("ups"));
    EXPECT_FALSE(catalog.has_status_table("fedex"));
}

TEST(Catalog, two_rows_with_one_key_are_refused_by_name) {
    auto made = parts();
    made.statuses = {row("I", "DP", "", Milestone::in_transit),
                     row("i", "dp", "", Milestone::accepted)};
    const auto catalog = Catalog::build(std::move(made));
    ASSERT_FALSE(catalog.has_value());
    EXPECT_EQ(catalog.error().code, "bad_catalog");
    EXPECT_NE(catalog.error().detail.find("ups.csv:dp"), std::string::npos);
}

TEST(Catalog, an_unknown_code_keeps_the_state_and_is_flagged) {
    const Catalog catalog;
    Scan scan;
    scan.carrier = "ups";
    EXPECT_EQ(apply_status(catalog, scan, "i", "zz", ""), nullptr);
    EXPECT_EQ(scan.code, "I/ZZ");
    EXPECT_FALSE(scan.milestone.has_value());
    EXPECT_EQ(scan.flags, scan_flag::unknown_code);
}

TEST(Catalog, a_known_code_fills_the_scan) {
    auto made = parts();
    made.statuses = {
        row("", "064", "", Milestone::attempt_failed, Exception::refused_or_returning)};
    made.statuses[0].meaning.flags = scan_flag::refused;
    const Catalog catalog = built(std::move(made));
    Scan scan;
    scan.carrier = "ups";
    ASSERT_NE(apply_status(catalog, scan, "", "064", ""), nullptr);
    EXPECT_EQ(scan.milestone, Milestone::attempt_failed);
    EXPECT_EQ(scan.exception, Exception::refused_or_returning);
    EXPECT_EQ(scan.flags, scan_flag::refused);
}

TEST(Catalog, carriers_are_found_by_any_spelling) {
    const Catalog catalog = built(parts());
    EXPECT_EQ(catalog.carrier_id("UpsDap"), "ups");
    EXPECT_EQ(catalog.carrier_id("u.p.s."), "ups");
    EXPECT_EQ(catalog.carrier_id("united parcel service"), "ups");
    EXPECT_EQ(catalog.carrier_id("Royal Mail (UK)"), "royal_mail_uk");
    EXPECT_EQ(catalog.find_carrier(""), nullptr);
}

TEST(Catalog, a_name_of_two_carriers_is_refused) {
    auto made = parts();
    Carrier other = ups();
    other.id = "upsilon";
    made.carriers.push_back(other);
    EXPECT_FALSE(Catalog::build(std::move(made)).has_value());
}

TEST(Catalog, a_tracking_page_takes_no_foreign_signs) {
    const Catalog catalog = built(parts());
    EXPECT_EQ(catalog.tracking_page("ups", "1Z9"), "https://track.example/1Z9");
    EXPECT_EQ(catalog.tracking_page("ups", "1Z9&x=<"), "");
    EXPECT_EQ(catalog.tracking_page("nobody", "1Z9"), "");
}

TEST(Catalog, a_guarantee_holds_from_its_first_day_until_before_its_last) {
    auto made = parts();
    Guarantee old;
    old.id = "old";
    old.carrier = "ups";
    old.services = {"ground"};
    old.from = day("2020-01-01");
    old.until = day("2021-01-01");
    old.origin = "old";
    Guarantee young = old;
    young.id = "young";
    young.from = day("2021-01-01");
    young.until.reset();
    made.guarantees = {old, young};
    const Catalog catalog = built(std::move(made));
    EXPECT_EQ(catalog.find_guarantee("ups", "Ground", day("2019-12-31")), nullptr);
    EXPECT_EQ(catalog.find_guarantee("ups", "UPS Ground", day("2020-12-31"))->id, "old");
    EXPECT_EQ(catalog.find_guarantee("UPS", "03", day("2021-01-01"))->id, "young");
    EXPECT_EQ(catalog.find_guarantee("ups", "next_day_air", day("2021-01-01")), nullptr);
}

TEST(Catalog, overlapping_terms_are_refused) {
    auto made = parts();
    made.windows = {window("a", {"ground"}, {}, 10), window("b", {"ground"}, {}, 20)};
    EXPECT_FALSE(Catalog::build(std::move(made)).has_value());
}

TEST(Catalog, terms_for_an_unknown_service_are_refused) {
    auto made = parts();
    made.windows = {window("a", {"grond"}, {}, 10)};
    EXPECT_FALSE(Catalog::build(std::move(made)).has_value());
}

TEST(Catalog, only_the_carriers_own_page_verifies_a_fact) {
    auto made = parts();
    made.windows = {window("a", {}, {}, 10)};
    made.windows[0].evidence.grade = 'B';
    made.windows[0].evidence.verified_on = day("2026-11-22");
    EXPECT_FALSE(Catalog::build(std::move(made)).has_value());
    EXPECT_EQ(Evidence{}.shown_as(), Grade::unverified);
}

TEST(Catalog, the_most_exact_window_wins) {
    auto made = parts();
    made.windows = {window("any", {}, {}, 10), window("abroad", {}, LaneScope::international, 20),
                    window("ground", {"ground"}, {}, 30)};
    const Catalog catalog = built(std::move(made));
    const LocalDay shipped = day("2024-05-01");
    const auto find = [&](std::string_view service, LaneScope lane) {
        return catalog.find_window("ups", ClaimGround::loss, service, shipped, lane)->id;
    };
    EXPECT_EQ(find("ground", LaneScope::international), "ground");
    EXPECT_EQ(find("next_day_air", LaneScope::international), "abroad");
    EXPECT_EQ(find("never heard of", LaneScope::domestic), "any");
    EXPECT_EQ(catalog.find_window("ups", ClaimGround::damage, "ground", shipped), nullptr);
}

TEST(Catalog, a_window_of_months_ends_with_the_month) {
    ClaimWindow months = window("m", {}, {}, 0);
    months.months = 6;
    EXPECT_EQ(claim_days(months, day("2025-08-31")).last, day("2026-02-28"));
    ClaimWindow days = window("d", {}, {}, 60);
    days.opens_after_days = 7;
    EXPECT_EQ(claim_days(days, day("2026-01-01")).opens, day("2026-01-08"));
    EXPECT_EQ(claim_days(days, day("2026-01-01")).last, day("2026-03-02"));
}

TEST(Catalog, an_unknown_country_is_utc_and_says_so) {
    const Catalog catalog;
    const auto zones = catalog.zones_of("QQ", "", "");
    ASSERT_EQ(zones.zones.size(), 1U);
    EXPECT_FALSE(zones.known);
    EXPECT_EQ(*zones.zones[0], base::Zone::utc());
}

TEST(Catalog, a_place_has_its_zones_however_it_is_written) {
    auto made = parts();
    for (const auto* name : {"East", "West", "Only", "Other"}) {
        made.zones.emplace_back(
            name, std::vector<base::Zone::Offset>{{base::instant_of(0), std::chrono::hours{3}}});
    }
    made.places = {{"XX", "", {}, {"East", "West"}, "x:1"},
                   {"XX", "AB", {"Abernia", "LONGEST"}, {"East"}, "x:2"},
                   {"XX", "7", {}, {"West"}, "x:3"},
                   {"YY", "", {}, {"Only"}, "y:1"},
                   {"Z1", "", {}, {"Other"}, "z:1"}};
    const Catalog catalog = built(std::move(made));
    const auto names = [&](std::string_view country, std::string_view region) {
        std::string all;
        const auto zones = catalog.zones_of(country, region, "");
        for (const base::Zone* zone : zones.zones) {
            all += zone->name() + ' ';
        }
        return all + (zones.known ? "" : "unknown");
    };
    for (const auto* region : {"AB", "ab", " Ab ", "XX-AB", "xx-ab", "Abernia", "LONGEST"}) {
        EXPECT_EQ(names("XX", region), "East ") << region;
        EXPECT_EQ(names("xx", region), "East ") << region;
    }
    EXPECT_EQ(names("XX", "7"), "West ");
    EXPECT_EQ(names("XX", ""), "East West ");
    EXPECT_EQ(names("XX", "B"), "East West ");
    EXPECT_EQ(names("YY", "AB"), "Only ");
    EXPECT_EQ(names("Z1", "AB"), "Other ");
    for (const auto* country : {"", "X", "XXX", "ZZ", "[[", "@@"}) {
        EXPECT_EQ(names(country, "AB"), "UTC unknown") << country;
    }
}

TEST(Catalog, pointers_survive_a_move) {
    auto made = parts();
    made.statuses = {row("", "011", "", Milestone::delivered)};
    made.zones = {base::Zone("Here", {{base::instant_of(0), std::chrono::hours{3}}})};
    made.places = {{"XX", "", {}, {"Here"}, "x:1"}};
    Catalog first = built(std::move(made));
    const StatusRow* status = first.find_status("ups", "", "011", "");
    const base::Zone* zone = first.zones_of("xx", "", "").zones[0];
    const Catalog second = std::move(first);
    EXPECT_EQ(second.find_status("ups", "", "011", ""), status);
    EXPECT_EQ(second.zones_of("XX", "anything", "").zones[0], zone);
}

TEST(Catalog, tracking_numbers_lose_blanks_and_hyphens) {
    EXPECT_EQ(normalise_tracking_number(" 1z 999-aa1\t"), "1Z999AA1");
    EXPECT_EQ(normalise_code("  oFd "), "OFD");
    EXPECT_EQ(normalise_code(std::string(100, 'a')).size(), 40U);
}

}  // namespace
}  // namespace aftermile::model
