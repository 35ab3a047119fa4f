#include "base/short_turns.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace aftermile::base {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

TEST(ShortTurns, only_the_thread_that_asks_gets_turns_of_a_tenth_of_a_millisecond) {
    const nanoseconds before = length_of_turns();
    const bool kernel_knows = before > nanoseconds{0};
    nanoseconds asked{0};
    std::thread([&asked] {
        take_short_turns();
        asked = length_of_turns();
    }).join();
    EXPECT_EQ(asked, kernel_knows ? microseconds{100} : microseconds{0});
    EXPECT_EQ(length_of_turns(), before);
}

}  // namespace
}  // namespace aftermile::base
