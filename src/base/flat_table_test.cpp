#include "base/flat_table.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>

namespace aftermile::base {
namespace {

struct Plain {
    std::uint64_t operator()(std::int64_t key) const { return static_cast<std::uint64_t>(key); }
};
struct AllTheSame {
    std::uint64_t operator()(std::int64_t) const { return 5; }
};

template <class Spread>
using Table = FlatTable<std::int64_t, std::shared_ptr<int>, Spread>;

template <class Spread>
void does_what_a_map_does(std::int64_t keys, int steps) {
    std::mt19937 random(7);
    Table<Spread> table;
    std::map<std::int64_t, int> map;
    for (int step = 0; step < steps; ++step) {
        const std::int64_t key =
            1 + static_cast<std::int64_t>(random() % static_cast<unsigned>(keys));
        switch (random() % 8) {
            case 0:
            case 1:
                table.erase(key);
                map.erase(key);
                break;
            case 2:
                if (step % 50 == 0) {
                    table.erase_if([&](std::int64_t each, const auto&) { return each % 3 == 0; });
                    std::erase_if(map, [](const auto& each) { return each.first % 3 == 0; });
                }
                break;
            default:
                table.bring_near(key);
                table[key] = std::make_shared<int>(step);
                map[key] = step;
        }
        ASSERT_EQ(table.size(), map.size());
        const std::int64_t asked =
            1 + static_cast<std::int64_t>(random() % static_cast<unsigned>(keys));
        const auto* found = table.find(asked);
        const auto expected = map.find(asked);
        ASSERT_EQ(found != nullptr, expected != map.end());
        if (found != nullptr) {
            ASSERT_EQ(**found, expected->second);
        }
    }
    std::map<std::int64_t, int> all;
    table.each([&](std::int64_t key, const auto& value) { all[key] = *value; });
    EXPECT_EQ(all, map);
}

TEST(FlatTable, does_what_a_map_does) { does_what_a_map_does<Plain>(3'000, 100'000); }

TEST(FlatTable, does_what_a_map_does_when_all_keys_share_a_home) {
    does_what_a_map_does<AllTheSame>(40, 20'000);
}

TEST(FlatTable, finds_nothing_under_the_empty_key) {
    Table<Plain> table;
    EXPECT_EQ(table.find(0), nullptr);
    table[1] = std::make_shared<int>(1);
    EXPECT_EQ(table.find(0), nullptr);
    table.erase(0);
    EXPECT_EQ(table.size(), 1U);
}

TEST(FlatTable, lets_go_of_what_was_taken_out) {
    Table<Plain> table;
    const auto value = std::make_shared<int>(1);
    table[1] = value;
    table[2] = value;
    table.erase(1);
    table.erase_if([](std::int64_t, const auto&) { return true; });
    EXPECT_EQ(value.use_count(), 1);
}

}  // namespace
}  // namespace aftermile::base
