#include "surface/http/target.hpp"

#include <gtest/gtest.h>

namespace aftermile::surface {
namespace {

Target parsed(std::string_view raw) {
    Target target;
    const auto result = parse_target(raw, target);
    EXPECT_TRUE(result.has_value()) << raw;
    return target;
}

bool is_refused(std::string_view raw) {
    Target target;
    return !parse_target(raw, target).has_value();
}

TEST(HttpTarget, decodes_each_segment_once) {
    const auto target = parsed("/v1/orders/ref:A%2FB%2541");
    EXPECT_EQ(target.segments, (std::vector<std::string>{"v1", "orders", "ref:A/B%41"}));
    EXPECT_EQ(target.path, "/v1/orders/ref:A/B%41");
}

TEST(HttpTarget, slash_at_the_end_is_dropped) {
    EXPECT_EQ(parsed("/v1/orders/").path, "/v1/orders");
    EXPECT_EQ(parsed("/").path, "/");
    EXPECT_TRUE(parsed("/").segments.empty());
}

TEST(HttpTarget, query_keeps_order_and_repetition) {
    const auto target = parsed("/x?kind=late&kind=lost&q=a+b%26c&flag");
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"kind", "late"}, {"kind", "lost"}, {"q", "a b&c"}, {"flag", ""}};
    EXPECT_EQ(target.query, expected);
}

TEST(HttpTarget, absolute_form_loses_its_authority) {
    EXPECT_EQ(parsed("http://shop.example/t/abc?x=1").path, "/t/abc");
    EXPECT_EQ(parsed("https://shop.example").path, "/");
}

TEST(HttpTarget, dot_segments_are_refused_also_when_encoded) {
    EXPECT_TRUE(is_refused("/a/../b"));
    EXPECT_TRUE(is_refused("/a/%2e%2E/b"));
    EXPECT_TRUE(is_refused("/a/."));
    EXPECT_FALSE(is_refused("/a/.../b"));
}

TEST(HttpTarget, broken_escapes_and_control_characters_are_refused) {
    EXPECT_TRUE(is_refused("/a%"));
    EXPECT_TRUE(is_refused("/a%4"));
    EXPECT_TRUE(is_refused("/a%zz"));
    EXPECT_TRUE(is_refused("/a%00"));
    EXPECT_TRUE(is_refused("/a%0d%0a"));
    EXPECT_TRUE(is_refused("/a?b=%g1"));
    EXPECT_TRUE(is_refused("/a#b"));
    EXPECT_TRUE(is_refused("a"));
    EXPECT_TRUE(is_refused("*"));
}

TEST(HttpTarget, parts_are_limited) {
    std::string path;
    for (int i = 0; i < 300; ++i) {
        path += "/a";
    }
    EXPECT_TRUE(is_refused(path));
    std::string query = "/?";
    for (int i = 0; i < 300; ++i) {
        query += "a=1&";
    }
    EXPECT_TRUE(is_refused(query));
}

}  // namespace
}  // namespace aftermile::surface
