#include "surface/api/yaml.hpp"

#include <gtest/gtest.h>

#include "base/embedded.hpp"
#include "base/json.hpp"

namespace aftermile::surface {
namespace {

std::string json_of(std::string_view yaml) {
    auto json = yaml_to_json(yaml);
    return json ? *json : json.error().code;
}

TEST(Yaml, maps_lists_and_scalars_become_json) {
    EXPECT_EQ(json_of("a: 1\nb: [x, 'y, z', \"q\\n\"]\nc: {d: true, 'e': null}\n"),
              R"({"a":1,"b":["x","y, z","q\n"],"c":{"d":true,"e":null}})");
    EXPECT_EQ(json_of("a:\n- b: 1\n  c: 2\n- d\n"), R"({"a":[{"b":1,"c":2},"d"]})");
    EXPECT_EQ(json_of("# a comment\nversion: 0.1.0\nday: \"2026-01-05\"\n"),
              R"({"version":"0.1.0","day":"2026-01-05"})");
}

TEST(Yaml, long_scalars_go_on_in_deeper_lines) {
    EXPECT_EQ(json_of("a: one\n  two\nb: 'it''s\n  long'\n"), R"({"a":"one two","b":"it's long"})");
    EXPECT_EQ(json_of("a: |\n  one\n    two\n\nb: 1\n"), R"({"a":"one\n  two\n","b":1})");
}

TEST(Yaml, what_it_does_not_read_is_refused) {
    EXPECT_EQ(json_of("a: {b\n"), "bad_yaml");
    EXPECT_EQ(json_of("a: 'open\n"), "bad_yaml");
}

TEST(Yaml, the_whole_description_of_the_api_is_read) {
    const auto* file = base::find_embedded("openapi/aftermile.yaml");
    ASSERT_NE(file, nullptr);
    const auto json = base::JsonDocument::parse(json_of(file->bytes));
    ASSERT_TRUE(json.has_value());
    EXPECT_EQ(json->root()["openapi"].as_text(), "3.1.0");
    EXPECT_GT(json->root()["paths"].size(), 40U);
}

}  // namespace
}  // namespace aftermile::surface
