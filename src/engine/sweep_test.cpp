#include "engine/sweep.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "engine/limits.hpp"

namespace aftermile::engine {
namespace {

std::vector<std::int64_t> values(const std::vector<model::ShipmentId>& ids) {
    std::vector<std::int64_t> all;
    for (const model::ShipmentId id : ids) {
        all.push_back(id.value);
    }
    return all;
}

TEST(Sweep, a_mark_comes_only_when_every_row_of_its_cycle_was_given) {
    Sweep sweep;
    for (std::int64_t id = 1; id <= 1'000; ++id) {
        sweep.behind(model::ShipmentId{id});
    }
    std::set<std::int64_t> given;
    for (std::uint64_t event = 5'000; !sweep.mark(); ++event) {
        for (const std::int64_t id : values(sweep.next(event, std::nullopt))) {
            EXPECT_TRUE(given.insert(id).second);
        }
        sweep.behind(model::ShipmentId{7});  // behind again: for the next cycle
    }
    EXPECT_EQ(given.size(), 1'000U);
    EXPECT_EQ(sweep.mark(), 5'000U) << "of the cycle's begin, not of its end";
    EXPECT_FALSE(sweep.empty());
    EXPECT_EQ(values(sweep.next(6'000, std::nullopt)), std::vector<std::int64_t>{7});
    EXPECT_EQ(sweep.mark(), 6'000U);
    EXPECT_TRUE(sweep.empty());
}

TEST(Sweep, rows_come_in_the_order_of_their_keys) {
    Sweep sweep;
    for (const std::int64_t id : {9, 3, 7, 1}) {
        sweep.behind(model::ShipmentId{id});
    }
    const auto rows = values(sweep.next(1, limits::sweep_share_max));
    EXPECT_EQ(rows, (std::vector<std::int64_t>{1, 3, 7, 9}));
}

TEST(Sweep, a_row_that_its_batch_writes_is_behind_no_more) {
    Sweep sweep;
    sweep.behind(model::ShipmentId{1});
    sweep.written(model::ShipmentId{1});
    EXPECT_TRUE(sweep.empty());
    EXPECT_EQ(sweep.size(), 0U);
}

}  // namespace
}  // namespace aftermile::engine
