#include "engine/catalog_load.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

namespace aftermile::engine {
namespace {

using model::Exception;
using model::Milestone;

const model::Catalog& shipped() {
    static const model::Catalog catalog = [] {
        auto loaded = load_catalog(embedded_catalog_files());
        EXPECT_TRUE(loaded.has_value()) << loaded.error().detail;
        return loaded ? std::move(*loaded) : model::Catalog();
    }();
    return catalog;
}

base::LocalDay day(std::string_view text) { return base::parse_day(text).value(); }

std::string zone_names(const model::Catalog& catalog, std::string_view country,
                       std::string_view region, std::string_view postcode = "") {
    std::string names;
    for (const auto* zone : catalog.zones_of(country, region, postcode).zones) {
        names.append(names.empty() ? "" : " ").append(zone->name());
    }
    return names;
}

constexpr std::string_view header =
    "type,code,reason,milestone,exception,clears,flags,source,checked_on,note\n";
constexpr std::string_view carrier_toml = "id = \"acme\"\nname = \"Acme\"\n";

base::Result<model::Catalog> load_rows(const std::string& rows) {
    const std::string csv = std::string(header) + rows;
    const std::vector<CatalogFile> files{{"catalog/carriers/acme.csv", csv},
                                         {"catalog/carriers/acme.toml", carrier_toml}};
    return load_catalog(files);
}

TEST(CatalogLoad, every_shipped_file_loads) {
    EXPECT_GT(shipped().statuses().size(), 400U);
    EXPECT_NE(shipped().version(), 0U);
    for (const auto* carrier : {"ups", "fedex", "usps", "dhl_express", "easypost", "shopify"}) {
        EXPECT_TRUE(shipped().has_status_table(carrier)) << carrier;
    }
}

TEST(CatalogLoad, the_version_follows_the_content) {
    const auto one = load_rows(",A,,in_transit,,,,spec,2026-01-01,\n");
    const auto same = load_rows(",A,,in_transit,,,,spec,2026-01-01,\n");
    const auto other = load_rows(",A,,delivered,,,,spec,2026-01-01,\n");
    ASSERT_TRUE(one && same && other);
    EXPECT_EQ(one->version(), same->version());
    EXPECT_NE(one->version(), other->version());
}

TEST(CatalogLoad, a_duplicate_key_is_refused_with_both_lines) {
    const auto loaded = load_rows(
        "I|M,A,,in_transit,,,,spec,2026-01-01,\n"
        "M,a,,delivered,,,,spec,2026-01-01,\n");
    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(loaded.error().code, "bad_catalog");
    EXPECT_NE(loaded.error().detail.find("acme.csv:3"), std::string::npos);
    EXPECT_NE(loaded.error().detail.find("acme.csv:2"), std::string::npos);
}

TEST(CatalogLoad, faults_are_named_by_file_and_line) {
    const std::map<std::string, std::string> faults{
        {",A,,flying,,,,spec,2026-01-01,\n", "unknown word \"flying\""},
        {",A,,,,,shiny,spec,2026-01-01,\n", "unknown flag \"shiny\""},
        {",A,,,,,,,2026-01-01,\n", "source"},
        {",A,,,,,,spec,soon,\n", "checked_on"},
        {",A,,,,,,spec\n", "expected 10 columns"},
        {",,,,,,,spec,2026-01-01,\n", "type or a code"},
    };
    for (const auto& [rows, fault] : faults) {
        const auto loaded = load_rows(rows);
        ASSERT_FALSE(loaded.has_value()) << rows;
        EXPECT_NE(loaded.error().detail.find("acme.csv:2"), std::string::npos) << rows;
        EXPECT_NE(loaded.error().detail.find(fault), std::string::npos) << loaded.error().detail;
    }
}

TEST(CatalogLoad, an_unknown_key_of_a_term_is_refused) {
    const std::string toml =
        "[[guarantee]]\nid = \"x\"\ncarrier = \"acme\"\nservices = [\"*\"]\nfrom = 2020-01-01\n"
        "guaranteed = true\ngrade = \"C\"\nsource = \"s\"\nsurprise = 1\n";
    const std::vector<CatalogFile> files{{"catalog/carriers/acme.toml", carrier_toml},
                                         {"catalog/terms/guarantees.toml", toml}};
    const auto loaded = load_catalog(files);
    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(loaded.error().detail, "catalog/terms/guarantees.toml:9: unknown key \"surprise\"");
}

TEST(CatalogLoad, broken_toml_is_named_by_line) {
    const std::vector<CatalogFile> files{{"catalog/carriers/acme.toml", "id = \"acme\"\nname =\n"}};
    const auto loaded = load_catalog(files);
    ASSERT_FALSE(loaded.has_value());
    EXPECT_NE(loaded.error().detail.find("acme.toml:2"), std::string::npos);
}

TEST(UpsCodes, the_same_letters_mean_different_things_by_type) {
    const auto milestone = [](std::string_view type, std::string_view code) {
        return shipped().find_status("ups", type, code, "")->meaning.milestone;
    };
    EXPECT_EQ(milestone("I", "DP"), Milestone::in_transit);
    EXPECT_EQ(milestone("M", "DP"), Milestone::info_received);
    EXPECT_EQ(milestone("I", "DS"), Milestone::at_destination);
    EXPECT_FALSE(milestone("X", "DS").has_value());
    EXPECT_EQ(milestone("D", "011"), Milestone::delivered);
}

TEST(UpsCodes, type_d_alone_is_not_a_delivery) {
    EXPECT_EQ(shipped().find_status("ups", "D", "", ""), nullptr);
    EXPECT_EQ(shipped().find_status("ups", "D", "021", "")->meaning.milestone,
              Milestone::out_for_delivery);
}

TEST(UpsCodes, an_exception_code_never_reads_as_movement) {
    for (const auto& row : shipped().statuses()) {
        if (row.carrier == "ups" && row.type == "X") {
            EXPECT_NE(row.meaning.milestone, Milestone::in_transit) << row.origin;
            EXPECT_NE(row.meaning.milestone, Milestone::delivered) << row.origin;
        }
    }
    EXPECT_EQ(shipped().find_status("ups", "X", "C5", "")->meaning.exception, Exception::weather);
    EXPECT_EQ(shipped().find_status("ups", "X", "AR", ""), nullptr);  // arrival is type I
}

TEST(UpsCodes, a_cancelled_arrival_is_a_correction_and_no_cancellation) {
    const auto* row = shipped().find_status("ups", "I", "CA", "");
    ASSERT_NE(row, nullptr);
    EXPECT_FALSE(row->meaning.milestone.has_value());
    EXPECT_EQ(row->meaning.flags, model::scan_flag::correction);
}

TEST(UpsCodes, a_parcel_at_an_access_point_is_not_with_its_recipient) {
    for (const auto* code : {"143", "144", "161"}) {
        EXPECT_EQ(shipped().find_status("ups", "D", code, "")->meaning.milestone,
                  Milestone::available_for_pickup);
    }
}

TEST(FedexCodes, the_reason_of_a_delay_beats_the_code) {
    EXPECT_EQ(shipped().find_status("fedex", "", "DY", "")->meaning.exception,
              Exception::delayed_by_carrier);
    EXPECT_EQ(shipped().find_status("fedex", "", "dy", "weather")->meaning.exception,
              Exception::weather);
    EXPECT_TRUE(shipped().find_status("fedex", "", "SE", "")->meaning.unspecific);
}

TEST(CarrierCodes, destroyed_parcels_are_flagged) {
    EXPECT_EQ(shipped().find_status("dhl_express", "", "DS", "")->meaning.flags,
              model::scan_flag::destroyed);
    EXPECT_EQ(shipped().find_status("usps", "", "TL", "")->meaning.flags,
              model::scan_flag::synthetic);
    EXPECT_EQ(shipped().find_status("usps", "", "DX", "")->meaning.exception, Exception::none);
    EXPECT_EQ(shipped().find_status("dhl_express", "", "CR", "")->meaning.clears,
              Exception::customs_or_documents);
}

TEST(Terms, ground_guarantees_are_suspended_with_their_reason) {
    const auto* ups = shipped().find_guarantee("ups", "Ground", day("2026-01-05"));
    ASSERT_NE(ups, nullptr);
    EXPECT_FALSE(ups->guaranteed);
    EXPECT_EQ(ups->reason, "guarantee_suspended");
    EXPECT_EQ(ups->evidence.shown_as(), model::Grade::unverified);
    EXPECT_FALSE(shipped().find_guarantee("fedex", "FEDEX_GROUND", day("2026-01-05"))->guaranteed);
    EXPECT_TRUE(
        shipped().find_guarantee("fedex", "PRIORITY_OVERNIGHT", day("2026-01-05"))->guaranteed);
    EXPECT_FALSE(
        shipped().find_guarantee("fedex", "PRIORITY_OVERNIGHT", day("2022-12-24"))->guaranteed);
    EXPECT_EQ(shipped().find_guarantee("ups", "Ground", day("2020-01-05")), nullptr);
}

TEST(Terms, windows_carry_their_clock_and_grade) {
    using model::ClaimGround;
    const auto shipped_on = day("2026-01-05");
    const auto* ups =
        shipped().find_window("ups", ClaimGround::late_guarantee, "NextDayAir", shipped_on);
    ASSERT_NE(ups, nullptr);
    EXPECT_EQ(ups->clock, model::ClaimClock::later_of_scheduled_and_delivery);
    EXPECT_EQ(ups->evidence.shown_as(), model::Grade::verified);
    const auto* pme = shipped().find_window("usps", ClaimGround::loss, "Express", shipped_on);
    const auto* usps =
        shipped().find_window("usps", ClaimGround::loss, "GroundAdvantage", shipped_on);
    EXPECT_EQ(pme->opens_after_days, 7);
    EXPECT_EQ(usps->opens_after_days, 15);
    EXPECT_EQ(usps->days, 60);
    EXPECT_EQ(usps->evidence.shown_as(), model::Grade::unverified);
    EXPECT_EQ(shipped().find_window("dhl_express", ClaimGround::loss, "", shipped_on), nullptr);
    EXPECT_EQ(shipped().find_window("usps", ClaimGround::late_guarantee, "Priority", shipped_on),
              nullptr);
}

TEST(Terms, only_grade_a_is_shown_as_verified) {
    for (const auto& row : shipped().guarantees()) {
        EXPECT_EQ(row.evidence.verified_on.has_value(), row.evidence.grade == 'A') << row.id;
    }
    for (const auto& row : shipped().windows()) {
        EXPECT_EQ(row.evidence.verified_on.has_value(), row.evidence.grade == 'A') << row.id;
    }
}

TEST(Places, brazilian_states_have_their_own_zones) {
    const model::Catalog& catalog = shipped();
    EXPECT_EQ(zone_names(catalog, "BR", "SP"), "America/Sao_Paulo");
    EXPECT_EQ(zone_names(catalog, "BR", "São Paulo"), "America/Sao_Paulo");
    EXPECT_EQ(zone_names(catalog, "BR", "AC"), "America/Rio_Branco");
    EXPECT_EQ(zone_names(catalog, "BR", "MT"), "America/Cuiaba");
    EXPECT_EQ(zone_names(catalog, "BR", "PE"), "America/Recife");
    EXPECT_EQ(zone_names(catalog, "BR", "", "24710-000"), "America/Sao_Paulo");
    EXPECT_EQ(zone_names(catalog, "BR", "", "69900"), "America/Rio_Branco");
}

TEST(Places, a_split_state_may_be_in_several_zones_west_first) {
    const model::Catalog& catalog = shipped();
    EXPECT_EQ(zone_names(catalog, "US", "US-TN"), "America/Chicago America/New_York");
    EXPECT_EQ(zone_names(catalog, "us", "Texas"), "America/Denver America/Chicago");
    EXPECT_EQ(zone_names(catalog, "US", "", "10001-1234"), "America/New_York");
    const auto anywhere = catalog.zones_of("US", "", "").zones;
    EXPECT_EQ(anywhere.front()->name(), "America/Adak");
    EXPECT_GE(anywhere.size(), 6U);
}

TEST(Places, islands_alone_differ_from_their_mainland) {
    EXPECT_EQ(zone_names(shipped(), "ES", "Madrid"), "Europe/Madrid");
    EXPECT_EQ(zone_names(shipped(), "ES", "GC"), "Atlantic/Canary");
    EXPECT_EQ(zone_names(shipped(), "DE", ""), "Europe/Berlin");
    EXPECT_FALSE(shipped().zones_of("ZZ", "", "").known);
}

TEST(Places, every_region_lies_in_a_listed_country) {
    for (const auto* country : {"US", "BR", "CA", "AU", "MX", "RU", "ID", "GB", "JP", "IN"}) {
        EXPECT_TRUE(shipped().zones_of(country, "", "").known) << country;
    }
}

}  // namespace
}  // namespace aftermile::engine
