#include "base/check.hpp"

#include <gtest/gtest.h>

namespace aftermile::base {
namespace {

TEST(Check, passes_when_the_assumption_holds) {
    check(true, "one is one");
    SUCCEED();
}

TEST(CheckDeathTest, broken_assumption_is_named_and_ends_the_process) {
    EXPECT_DEATH(check(false, "lists are sorted"), "broken assumption: lists are sorted");
}

}  // namespace
}  // namespace aftermile::base
