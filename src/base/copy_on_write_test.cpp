#include "base/copy_on_write.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "base/record.hpp"

namespace aftermile::base {
namespace {

struct Inner {
    std::string name;
    std::vector<std::string> parts;
    static constexpr auto fields() {
        return base::fields(field("name", &Inner::name), field("parts", &Inner::parts));
    }
};
struct Outer {
    int first = 0;
    CopyOnWrite<Inner> inner;
    int last = 0;
    static constexpr auto fields() {
        return base::fields(field("first", &Outer::first), fields_of(&Outer::inner),
                            field("last", &Outer::last));
    }
};
struct Flat {
    int first = 0;
    std::string name;
    std::vector<std::string> parts;
    int last = 0;
    static constexpr auto fields() {
        return base::fields(field("first", &Flat::first), field("name", &Flat::name),
                            field("parts", &Flat::parts), field("last", &Flat::last));
    }
};

TEST(CopyOnWrite, copies_are_one_value_until_one_is_edited) {
    CopyOnWrite<Inner> one;
    one.edit().name = "first";
    CopyOnWrite<Inner> two = one;
    EXPECT_TRUE(one.shares(two));
    two.edit().name = "second";
    EXPECT_FALSE(one.shares(two));
    EXPECT_EQ(one->name, "first");
    EXPECT_EQ(two->name, "second");
}

TEST(CopyOnWrite, what_nobody_shares_is_edited_in_its_place) {
    CopyOnWrite<Inner> only;
    const Inner* before = &*only;
    std::optional copy = only;
    copy.reset();
    only.edit().parts.emplace_back("a");
    EXPECT_EQ(&*only, before);
}

TEST(CopyOnWrite, its_fields_are_stored_as_the_records_own) {
    Outer record;
    record.first = 1;
    record.inner.edit() = {.name = "n", .parts = {"a", "b"}};
    record.last = 2;
    EXPECT_EQ(encode(record), encode(Flat{1, "n", {"a", "b"}, 2}));
    const auto back = decode<Outer>(encode(record));
    ASSERT_TRUE(back);
    EXPECT_EQ(encode(*back), encode(record));
}

TEST(CopyOnWrite, reading_into_a_copy_leaves_the_other_alone) {
    Outer one;
    one.inner.edit().name = "kept";
    Outer two = one;
    ASSERT_TRUE(decode_into(encode(Flat{3, "read", {}, 4}), two));
    EXPECT_EQ(one.inner->name, "kept");
    EXPECT_EQ(two.inner->name, "read");
}

}  // namespace
}  // namespace aftermile::base
