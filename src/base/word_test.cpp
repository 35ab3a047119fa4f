#include "base/word.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "base/json.hpp"
#include "base/record.hpp"

namespace aftermile::base {
namespace {

struct Named {
    Word name;
    static constexpr auto fields() { return base::fields(field("name", &Named::name)); }
};
struct Text {
    std::string name;
    static constexpr auto fields() { return base::fields(field("name", &Text::name)); }
};

TEST(Word, copies_share_their_letters_and_outlive_the_first) {
    Word copy;
    const char* letters = nullptr;
    {
        const Word first = "protection.cover." + std::string("gold");
        letters = first.text().data();
        copy = first;
    }
    EXPECT_EQ(copy.text().data(), letters);
    EXPECT_EQ(copy, "protection.cover.gold");
    Word moved = std::move(copy);
    moved = Word(moved);
    EXPECT_EQ(moved, std::string("protection.cover.gold"));
    EXPECT_FALSE(moved == Word("protection.cover"));
    EXPECT_TRUE(Word().empty());
}

TEST(Word, copies_may_end_in_several_threads) {
    std::vector<std::thread> threads;
    const Word shared = Word::of("delivery.late");
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([shared] {
            for (int round = 0; round < 1'000; ++round) {
                const Word copy = shared;
                ASSERT_EQ(copy, "delivery.late");
            }
        });
    }
    for (std::thread& each : threads) {
        each.join();
    }
}

TEST(Word, is_stored_and_shown_as_the_text_it_is) {
    const std::string stored = encode(Named{"hours"});
    EXPECT_EQ(stored, encode(Text{"hours"}));
    EXPECT_EQ(decode<Named>(stored)->name, "hours");
    EXPECT_FALSE(decode<Named>(stored.substr(0, stored.size() - 1)));
    EXPECT_EQ(to_json(Named{"hours"}), R"({"name":"hours"})");
}

}  // namespace
}  // namespace aftermile::base
