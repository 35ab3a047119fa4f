#include "core/names.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aftermile::core {
namespace {

using Ids = std::vector<std::int64_t>;

std::optional<Ids> ids_of(const Names& names, NameView name) {
    const auto found = names.look(name);
    return found ? std::optional(Ids(found->begin(), found->end())) : std::nullopt;
}

TEST(Names, one_none_and_several_ids_take_each_others_place) {
    Names names(10);
    const NameView name = tracking_key("1Z1");
    EXPECT_EQ(ids_of(names, name), std::nullopt);
    for (const Ids& ids : {Ids{}, Ids{7}, Ids{7, 9}, Ids{3, 7, 9}, Ids{4}, Ids{5, 6}, Ids{}}) {
        names.put(name, ids);
        EXPECT_EQ(ids_of(names, name), ids);
    }
}

TEST(Names, the_same_text_of_another_kind_is_another_name) {
    Names names(10);
    names.put(tracking_key("A-1"), Ids{1});
    names.put(order_reference_key("A-1"), Ids{2, 3});
    EXPECT_EQ(ids_of(names, tracking_key("A-1")), Ids{1});
    EXPECT_EQ(ids_of(names, order_reference_key("A-1")), (Ids{2, 3}));
    EXPECT_EQ(ids_of(names, shipment_reference_key("A-1")), std::nullopt);
}

TEST(Names, a_trim_forgets_what_was_put_before_the_last_half) {
    Names names(100);
    const auto text = [](int n) { return "1Z" + std::to_string(n); };
    const auto put = [&](int n) {
        names.put(tracking_key(text(n)), n % 5 == 0 ? Ids{n, n + 1} : Ids{n});
    };
    for (int n = 0; n < 90; ++n) {
        put(n);
    }
    names.trim();  // fewer than the half: all stay
    for (int n = 80; n < 130; ++n) {
        put(n);
    }
    names.trim();  // all are of this time
    for (int n = 120; n < 230; ++n) {
        put(n);
    }
    names.trim();
    for (int n = 0; n < 230; ++n) {
        const auto found = ids_of(names, tracking_key(text(n)));
        EXPECT_EQ(found.has_value(), n >= 120) << n;
        EXPECT_TRUE(!found || *found == (n % 5 == 0 ? Ids{n, n + 1} : Ids{n})) << n;
    }
}

TEST(Names, answers_do_not_depend_on_the_key) {
    Names one(1'000), two(1'000, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    for (std::int64_t n = 0; n < 500; ++n) {
        const std::string text = std::to_string(n);
        one.put(tracking_key(text), Ids{n});
        two.put(tracking_key(text), Ids{n});
    }
    for (std::int64_t n = 0; n < 500; ++n) {
        const std::string text = std::to_string(n);
        EXPECT_EQ(ids_of(one, tracking_key(text)), Ids{n});
        EXPECT_EQ(ids_of(two, tracking_key(text)), Ids{n});
    }
}

}  // namespace
}  // namespace aftermile::core
