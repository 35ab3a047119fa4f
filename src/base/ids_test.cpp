#include "base/ids.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <unordered_set>

namespace aftermile::base {
namespace {

struct ShipmentKind {
    static constexpr std::string_view prefix = "shp_";
};
using ShipmentId = Id<ShipmentKind>;

TEST(Ids, parts_come_back_at_their_limits) {
    const std::uint32_t merchant = (1U << id_merchant_bits) - 1;
    const std::uint64_t event = (std::uint64_t{1} << id_event_bits) - 1;
    const auto id = ShipmentId::of(merchant, event, (1U << id_ordinal_bits) - 1);
    EXPECT_EQ(id.merchant(), merchant);
    EXPECT_EQ(id.event_number(), event);
    EXPECT_EQ(id.value, std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(id.text(), "shp_7ZZZZZZZZZZZZ");
}

TEST(Ids, text_is_prefix_and_thirteen_digits) {
    EXPECT_EQ(ShipmentId{128}.text(), "shp_0000000000040");
    EXPECT_EQ(ShipmentId::of(4, 0, 128).text(), "shp_0001000000040");
}

RC_GTEST_PROP(Ids, text_parses_back, ()) {
    const auto value = *rc::gen::inRange<std::int64_t>(1, std::numeric_limits<std::int64_t>::max());
    const auto parsed = ShipmentId::parse(ShipmentId{value}.text());
    RC_ASSERT(parsed.has_value());
    RC_ASSERT(parsed->value == value);
}

TEST(Ids, other_kinds_lengths_letters_and_ranges_are_refused) {
    const auto code = [](std::string_view text) {
        const auto parsed = ShipmentId::parse(text);
        return parsed ? std::string("accepted") : parsed.error().code;
    };
    EXPECT_EQ(code("ord_0000000000040"), "wrong_id");
    EXPECT_EQ(code(""), "wrong_id");
    EXPECT_EQ(code("shp_"), "bad_id");
    EXPECT_EQ(code("shp_000000000040"), "bad_id");
    EXPECT_EQ(code("shp_00000000000040"), "bad_id");
    EXPECT_EQ(code("shp_000000000004l"), "bad_id");
    EXPECT_EQ(code("shp_000000000004I"), "bad_id");
    EXPECT_EQ(code("shp_000000000004a"), "bad_id");
    EXPECT_EQ(code("shp_8000000000000"), "bad_id");
    EXPECT_EQ(code("shp_0000000000000"), "bad_id");
    EXPECT_EQ(code(std::string_view("shp_000000000004\0", 17)), "bad_id");
}

TEST(Ids, neighbours_do_not_share_buckets) {
    std::unordered_set<std::size_t> buckets;
    for (std::uint64_t event = 1; event <= 256; ++event) {
        buckets.insert(std::hash<ShipmentId>{}(ShipmentId::of(1, event, 0)) & 255);
    }
    EXPECT_GT(buckets.size(), 128U);
}

}  // namespace
}  // namespace aftermile::base
