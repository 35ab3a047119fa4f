#include "connectors/carriers/easypost/codec.hpp"

#include <gtest/gtest.h>

#include "connectors/testing.hpp"

namespace aftermile::connectors::easypost {
namespace {

using model::Exception;
using model::Milestone;
using model::Scan;

std::string fixture(std::string_view name) {
    return testing::fixture("carriers/easypost/fixtures", name);
}

model::Catalog catalog() {
    testing::Rows rows;
    rows.carrier("fedex", "FedEx", {"FedExSmartPost"});
    rows.status("fedex", "", "OC", Milestone::info_received);
    rows.status("fedex", "", "PU", Milestone::accepted);
    rows.status("fedex", "", "SE", Milestone::in_transit).unspecific = true;
    rows.status("easypost", "pre_transit", "status_update", Milestone::info_received);
    rows.status("easypost", "", "label_created", Milestone::info_received);
    rows.status("easypost", "", "arrived_at_facility", Milestone::in_transit);
    rows.status("easypost", "", "departed_facility", Milestone::in_transit);
    rows.status("easypost", "", "weather_delay", Milestone::in_transit).exception =
        Exception::weather;
    rows.status("easypost", "in_transit", "unknown", Milestone::in_transit);
    rows.status("easypost", "in_transit", "", Milestone::in_transit);
    rows.status("easypost", "delivered", "arrived_at_destination", Milestone::delivered);
    return rows.build();
}

ports::Parsed parse(std::string_view body) {
    auto parsed = Codec().parse({}, body, catalog());
    EXPECT_TRUE(parsed.has_value()) << parsed.error().detail;
    return parsed ? *parsed : ports::Parsed{};
}

const Scan& scan(const ports::Parsed& parsed, std::size_t index) {
    return std::get<Scan>(parsed.inputs.at(index));
}

base::Result<void> check(std::string_view header, std::string_view body,
                         const std::vector<std::string>& secrets) {
    ports::WebhookHeaders headers;
    headers.all = {{"x-hmac-signature", std::string(header)}};
    return Codec().authenticate(headers, body, secrets);
}

constexpr std::string_view good_header =
    "hmac-sha256-hex=ce9846a497c6af72389e7d7fce83357fd276263880ac8621a9f52c82f161fe18";

TEST(EasyPostSignature, the_secret_is_normalised_before_it_signs) {
    const std::string body = fixture("batch_created.json");
    EXPECT_TRUE(check(good_header, body, {"s\u00e9cret"}).has_value());
    EXPECT_TRUE(check(good_header, body, {"another", "se\u0301cret"}).has_value());
}

TEST(EasyPostSignature, anything_else_is_refused) {
    const std::string body = fixture("batch_created.json");
    EXPECT_EQ(check(good_header, body + " ", {"s\u00e9cret"}).error().code, "bad_signature");
    EXPECT_EQ(check(good_header, body, {"secret"}).error().code, "bad_signature");
    EXPECT_EQ(check(good_header, body, {}).error().code, "bad_signature");
    EXPECT_EQ(check(good_header, body, {""}).error().code, "bad_signature");
    EXPECT_EQ(check("hmac-sha256-hex=zz", body, {"s\u00e9cret"}).error().code, "bad_signature");
    EXPECT_EQ(check("hmac-sha256-hex=", body, {"s\u00e9cret"}).error().code, "bad_signature");
    EXPECT_EQ(Codec().authenticate({}, body, {"s\u00e9cret"}).error().code, "no_signature");
}

TEST(EasyPost, every_tracking_detail_becomes_a_scan) {
    const auto parsed = parse(fixture("tracker_updated_fedex.json"));
    ASSERT_EQ(parsed.inputs.size(), 4U);
    const Scan& first = scan(parsed, 0);
    EXPECT_EQ(first.carrier, "fedex");
    EXPECT_EQ(first.tracking_number, "794612345678");
    EXPECT_EQ(first.source, "easypost");
    EXPECT_EQ(first.source_id, "trk_0a01");
    EXPECT_EQ(first.description, "Shipment information sent");
    EXPECT_EQ(first.place, (model::Place{"", "", "60601", "US"}));
    EXPECT_EQ(base::to_text(first.written), "2026-01-05T15:00:00");
    EXPECT_EQ(first.offset, std::chrono::minutes{0});
    EXPECT_EQ(scan(parsed, 1).place, (model::Place{"CHICAGO", "IL", "60607", "US"}));
}

TEST(EasyPost, the_carriers_own_code_beats_easyposts_words) {
    const auto parsed = parse(fixture("tracker_updated_fedex.json"));
    EXPECT_EQ(scan(parsed, 1).milestone, Milestone::accepted);  // its words say in_transit
    EXPECT_EQ(scan(parsed, 1).code, "PU");
}

TEST(EasyPost, an_unspecific_code_takes_the_exception_that_easypost_names) {
    const auto parsed = parse(fixture("tracker_updated_fedex.json"));
    EXPECT_EQ(scan(parsed, 2).code, "SE");
    EXPECT_EQ(scan(parsed, 2).exception, Exception::weather);
}

TEST(EasyPost, an_unknown_carrier_code_falls_back_to_words_and_is_named) {
    const auto parsed = parse(fixture("tracker_updated_fedex.json"));
    EXPECT_EQ(scan(parsed, 3).milestone, Milestone::in_transit);
    EXPECT_EQ(scan(parsed, 3).code, "easypost:in_transit/departed_facility");
    EXPECT_EQ(scan(parsed, 3).flags, 0);
    EXPECT_EQ(parsed.unknown_codes, std::vector<std::string>{"fedex/QQ"});
}

TEST(EasyPost, a_detail_that_says_nothing_leaves_the_word_to_the_status) {
    const auto parsed = parse(fixture("tracker_words.json"));
    ASSERT_EQ(parsed.inputs.size(), 6U);
    EXPECT_EQ(scan(parsed, 0).milestone, Milestone::info_received);
    EXPECT_EQ(scan(parsed, 1).milestone, Milestone::in_transit);
    EXPECT_EQ(scan(parsed, 2).milestone, Milestone::in_transit);  // arrived, not delivered
    EXPECT_EQ(scan(parsed, 5).milestone, Milestone::delivered);
    EXPECT_EQ(scan(parsed, 5).description, "Handed over");
}

TEST(EasyPost, unknown_words_keep_the_state_and_are_named) {
    const auto parsed = parse(fixture("tracker_words.json"));
    EXPECT_EQ(scan(parsed, 3).milestone, Milestone::in_transit);  // its status is known
    EXPECT_FALSE(scan(parsed, 4).milestone.has_value());
    EXPECT_TRUE(scan(parsed, 4).flags & model::scan_flag::unknown_code);
    EXPECT_EQ(parsed.unknown_codes,
              (std::vector<std::string>{"easypost/in_transit/teleported", "easypost/levitating/"}));
}

TEST(EasyPost, a_return_parcel_is_on_the_return_leg) {
    const auto parsed = parse(fixture("tracker_words.json"));
    EXPECT_TRUE(scan(parsed, 0).flags & model::scan_flag::return_leg);
    EXPECT_EQ(scan(parsed, 0).carrier, "royalmail");
    EXPECT_EQ(scan(parsed, 0).tracking_number, "EZ1000000001");
}

TEST(EasyPost, details_that_are_no_scans_are_left_out_with_their_reason) {
    const auto parsed = parse(fixture("tracker_words.json"));
    ASSERT_EQ(parsed.skipped.size(), 2U);
    EXPECT_EQ(parsed.skipped[0], "tracking_details/5: without a readable time");
    EXPECT_TRUE(parsed.skipped[1].starts_with("tracking_details/6: an error"));
    const auto error = parse(fixture("tracker_error.json"));
    EXPECT_TRUE(error.inputs.empty());
    EXPECT_FALSE(error.ignored.empty());
}

TEST(EasyPost, other_events_are_ignored_by_name) {
    const auto parsed = parse(fixture("batch_created.json"));
    EXPECT_TRUE(parsed.inputs.empty());
    EXPECT_EQ(parsed.ignored, "Events of kind \"batch.created\" are not acted on.");
    EXPECT_EQ(parse(R"({"object":"Event","description":"tracker.created"})").ignored,
              "The event carries no tracker.");
}

TEST(EasyPost, broken_bodies_are_refused_with_a_code) {
    const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
    const std::string whole = fixture("tracker_updated_fedex.json");
    for (const std::string& body :
         {std::string(), std::string("[]"), std::string("{\"a\":"), "{\"a\":" + deep + "}",
          std::string("{\"a\":\"\xff\"}"), whole.substr(0, whole.size() / 2)}) {
        const auto parsed = Codec().parse({}, body, catalog());
        ASSERT_FALSE(parsed.has_value()) << body.substr(0, 40);
        EXPECT_EQ(parsed.error().code, "bad_json");
    }
    EXPECT_EQ(Codec().parse({}, R"({"object":"Claim"})", catalog()).error().code, "not_easypost");
}

TEST(EasyPost, members_of_the_wrong_type_are_as_good_as_absent) {
    const auto parsed =
        parse(R"({"object":"Tracker","tracking_code":12,"tracking_details":{"a":1}})");
    EXPECT_EQ(parsed.ignored, "The tracker has no tracking code.");
    EXPECT_EQ(
        parse(R"({"object":"Tracker","tracking_code":"A","tracking_details":[1]})").skipped.size(),
        1U);
}

}  // namespace
}  // namespace aftermile::connectors::easypost
