#include <gtest/gtest.h>

#include <fmt/format.h>

#include <chrono>

#include "surface/api/bodies.hpp"

namespace aftermile::surface {
namespace {

model::Catalog small_catalog() {
    model::CatalogParts parts;
    parts.version = 7;
    model::Carrier ups;
    ups.id = "ups";
    ups.name = "UPS";
    parts.carriers.push_back(ups);
    model::StatusRow departed;
    departed.carrier = "ups";
    departed.type = "I";
    departed.code = "DP";
    departed.meaning.milestone = model::Milestone::in_transit;
    departed.source = "test";
    parts.statuses.push_back(departed);
    return model::Catalog::build(std::move(parts)).value();
}

Body<model::Scan> read(std::string body, BodyForm form = BodyForm::json) {
    auto read = read_tracking_events(body, form, small_catalog());
    EXPECT_TRUE(read.has_value()) << read.error().detail;
    return read.value_or(Body<model::Scan>{});
}

std::string refusal(std::string body, BodyForm form = BodyForm::json) {
    auto read = read_tracking_events(body, form, small_catalog());
    return read ? "taken" : read.error().code;
}

const FieldProblem& only_problem(const Body<model::Scan>& body, std::size_t at = 0) {
    static const FieldProblem none;
    EXPECT_EQ(body.elements.at(at).problems.size(), 1U);
    return body.elements.at(at).problems.empty() ? none : body.elements.at(at).problems.front();
}

constexpr std::string_view good =
    R"({"carrier":"UPS","tracking_number":"1z 999-aa1","code":{"type":"i","code":"dp"},)"
    R"("occurred_at":"2026-01-06T03:12:00-08:00","location":{"city":"Sparks","country":"us"}})";

TEST(TrackingEvents, a_code_becomes_the_meaning_of_its_row) {
    const auto body = read(std::string(good));
    ASSERT_TRUE(body.single);
    const model::Scan& scan = body.elements.at(0).input;
    EXPECT_TRUE(body.elements[0].problems.empty());
    EXPECT_EQ(scan.carrier, "ups");
    EXPECT_EQ(scan.tracking_number, "1Z999AA1");
    EXPECT_EQ(scan.milestone, model::Milestone::in_transit);
    EXPECT_EQ(scan.flags & model::scan_flag::unknown_code, 0);
    EXPECT_EQ(scan.offset, std::chrono::minutes(-480));
    EXPECT_EQ(scan.place.country, "US");
    EXPECT_EQ(scan.source, "api");
}

TEST(TrackingEvents, an_unknown_code_is_kept_and_never_guessed) {
    const auto body = read(R"({"carrier":"ups","tracking_number":"1Z1","code":{"code":"??"},
        "occurred_at":"2026-01-06"})");
    const model::Scan& scan = body.elements.at(0).input;
    EXPECT_FALSE(scan.milestone.has_value());
    EXPECT_NE(scan.flags & model::scan_flag::unknown_code, 0);
    EXPECT_TRUE(scan.date_only);
}

TEST(TrackingEvents, wrong_fields_and_types_are_named) {
    const auto unknown = read(R"({"carrier":"ups","tracking_number":"1Z1","milestone":"delivered",
        "occured_at":"2026-01-06","occurred_at":"2026-01-06"})");
    EXPECT_EQ(only_problem(unknown).pointer, "/occured_at");
    EXPECT_EQ(only_problem(unknown).code, "unknown_field");
    const auto typed = read(R"({"carrier":5,"tracking_number":"1Z1","milestone":"delivered",
        "occurred_at":"2026-01-06"})");
    EXPECT_EQ(typed.elements.at(0).problems.at(0).pointer, "/carrier");
    EXPECT_EQ(typed.elements.at(0).problems.at(0).code, "wrong_type");
    const auto nested = read(R"({"carrier":"ups","tracking_number":"1Z1","code":{"kode":"DP"},
        "occurred_at":"2026-01-06"})");
    EXPECT_EQ(nested.elements.at(0).problems.at(0).pointer, "/code/kode");
    const auto time = read(R"({"carrier":"ups","tracking_number":"1Z1","milestone":"delivered",
        "occurred_at":"yesterday"})");
    EXPECT_EQ(only_problem(time).pointer, "/occurred_at");
    const auto word = read(R"({"carrier":"ups","tracking_number":"1Z1","milestone":"arrived",
        "occurred_at":"2026-01-06"})");
    EXPECT_EQ(only_problem(word).code, "bad_value");
    const auto twice = read(R"({"carrier":"ups","carrier":"ups","tracking_number":"1Z1",
        "milestone":"delivered","occurred_at":"2026-01-06"})");
    EXPECT_EQ(only_problem(twice).code, "duplicate_key");
}

TEST(TrackingEvents, a_truncated_line_is_that_lines_error) {
    const auto body = read(std::string(good) + "\n{\"carrier\":\"ups\",\"tracki\n\n" +
                               std::string(good) + "\n[1]\n\xff\n" + std::string(good),
                           BodyForm::lines);
    ASSERT_EQ(body.elements.size(), 6U);
    EXPECT_TRUE(body.elements[0].problems.empty());
    EXPECT_EQ(only_problem(body, 1).code, "malformed_json");
    EXPECT_TRUE(body.elements[2].problems.empty());
    EXPECT_EQ(only_problem(body, 3).code, "wrong_type");
    EXPECT_FALSE(body.elements[4].problems.empty());
    EXPECT_TRUE(body.elements[5].problems.empty());
}

TEST(TrackingEvents, an_array_keeps_its_good_elements) {
    const auto body =
        read(fmt::format(R"([{},7,{{"carrier":"ups","extra":{{"deep":[1,2]}}}},{}])", good, good));
    ASSERT_EQ(body.elements.size(), 4U);
    EXPECT_FALSE(body.single);
    EXPECT_TRUE(body.elements[0].problems.empty());
    EXPECT_EQ(only_problem(body, 1).code, "wrong_type");
    EXPECT_FALSE(body.elements[2].problems.empty());
    EXPECT_TRUE(body.elements[3].problems.empty());
}

TEST(TrackingEvents, text_that_is_not_json_is_refused_whole) {
    EXPECT_EQ(refusal(""), "malformed_json");
    EXPECT_EQ(refusal("{"), "malformed_json");
    EXPECT_EQ(refusal("[" + std::string(good)), "malformed_json");
    EXPECT_EQ(refusal(std::string(good) + "}"), "malformed_json");
    EXPECT_EQ(refusal(std::string(good) + " {}"), "malformed_json");
    EXPECT_EQ(refusal("{\"carrier\":\"\xff\"}"), "bad_utf8");
    std::string deep(10'000, '[');
    EXPECT_NE(refusal(deep), "taken");
}

TEST(TrackingEvents, every_line_of_a_request_is_read) {
    std::string body;
    for (int i = 0; i < 100; ++i) {
        body += fmt::format(
            R"({{"carrier":"ups","tracking_number":"1Z{:016}","code":{{"type":"I","code":"DP"}},)"
            R"("description":"{}","occurred_at":"2026-01-06T03:12:00-08:00",)"
            R"("location":{{"city":"Louisville","region":"KY","postcode":"40213","country":"US"}},)"
            R"("source_id":"{:032}"}})"
            "\n",
            i, std::string(300, 'd'), i);
    }
    EXPECT_EQ(read_tracking_events(body, BodyForm::lines, small_catalog())->elements.size(), 100U);
}

}  // namespace
}  // namespace aftermile::surface
