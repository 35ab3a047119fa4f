#include "surface/http/router.hpp"

#include <gtest/gtest.h>

namespace aftermile::surface {
namespace {

void add(Router& router, Method method, const char* pattern) {
    router.add(method, pattern, {}, [](Request&, Responder) {});
}

Router sample() {
    Router router;
    add(router, Method::get, "/");
    add(router, Method::get, "/v1/shipments/{id}");
    add(router, Method::get, "/v1/shipments/{id}/timeline");
    add(router, Method::get, "/v1/shipments/recent");
    add(router, Method::post, "/v1/shipments");
    add(router, Method::put, "/v1/imports/{id}/parts/{n}");
    add(router, Method::get, "/console/{file...}");
    return router;
}

TEST(HttpRouter, literal_wins_over_parameter) {
    const auto router = sample();
    EXPECT_EQ(router.match(Method::get, {"v1", "shipments", "recent"}).route->pattern,
              "/v1/shipments/recent");
    const auto match = router.match(Method::get, {"v1", "shipments", "shp_1"});
    EXPECT_EQ(match.route->pattern, "/v1/shipments/{id}");
    EXPECT_EQ(match.values, std::vector<std::string>{"shp_1"});
}

TEST(HttpRouter, falls_back_to_the_parameter_when_the_literal_leads_nowhere) {
    const auto router = sample();
    const auto match = router.match(Method::get, {"v1", "shipments", "recent", "timeline"});
    ASSERT_NE(match.route, nullptr);
    EXPECT_EQ(match.route->pattern, "/v1/shipments/{id}/timeline");
    EXPECT_EQ(match.values, std::vector<std::string>{"recent"});
}

TEST(HttpRouter, rest_takes_what_is_left_or_nothing) {
    const auto router = sample();
    EXPECT_EQ(router.match(Method::get, {"console", "a", "b.js"}).values,
              std::vector<std::string>{"a/b.js"});
    EXPECT_EQ(router.match(Method::get, {"console"}).values, std::vector<std::string>{""});
}

TEST(HttpRouter, other_method_tells_which_are_allowed) {
    const auto router = sample();
    const auto match = router.match(Method::post, {"v1", "shipments", "shp_1"});
    EXPECT_EQ(match.route, nullptr);
    EXPECT_EQ(match.allow, "GET, HEAD");
}

TEST(HttpRouter, head_falls_back_to_get) {
    const auto router = sample();
    EXPECT_EQ(router.match(Method::head, {}).route->pattern, "/");
}

TEST(HttpRouter, unknown_and_empty_segments_match_nothing) {
    const auto router = sample();
    EXPECT_EQ(router.match(Method::get, {"v2"}).route, nullptr);
    EXPECT_TRUE(router.match(Method::get, {"v2"}).allow.empty());
    EXPECT_EQ(router.match(Method::get, {"v1", "shipments", ""}).route, nullptr);
}

TEST(HttpRouterDeathTest, same_route_twice_ends_the_process) {
    auto router = sample();
    EXPECT_DEATH(add(router, Method::get, "/"), "added once");
}

}  // namespace
}  // namespace aftermile::surface
