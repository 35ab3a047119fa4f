// What administration and the keyring promise.
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "storage/conformance/suite.hpp"

namespace aftermile::storage::conformance {
namespace {

ports::AdminRow key_row(std::string name, std::string body) {
    return {.kind = "key",
            .name = std::move(name),
            .merchant = 3,
            .body = std::move(body),
            .expires_at = base::instant_of(99)};
}

TEST_P(StoreContract, administration_adds_puts_gets_and_removes) {
    auto& admin = store_->admin();
    must(admin.add(key_row("b", "{}")));
    EXPECT_EQ(code_of(admin.add(key_row("b", "{1}"))), "exists");
    EXPECT_EQ(must(admin.get("key", "b")).value().body, "{}");
    must(admin.put(key_row("b", "{2}")));
    must(admin.put({.kind = "key", .name = "a", .merchant = 0, .body = "", .expires_at = {}}));
    must(admin.add({.kind = "user", .name = "b", .merchant = 0, .body = "u", .expires_at = {}}));

    const auto keys = must(admin.list("key"));
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_EQ(keys[0].name, "a");
    EXPECT_FALSE(keys[0].expires_at);
    EXPECT_EQ(keys[1].kind, "key");
    EXPECT_EQ(keys[1].merchant, 3U);
    EXPECT_EQ(keys[1].body, "{2}");
    EXPECT_EQ(keys[1].expires_at, base::instant_of(99));

    EXPECT_TRUE(must(admin.remove("key", "b")));
    EXPECT_FALSE(must(admin.remove("key", "b")));
    EXPECT_FALSE(must(admin.get("key", "b")));
    EXPECT_EQ(must(admin.get("user", "b")).value().body, "u");
}

TEST_P(StoreContract, the_version_of_administration_tells_every_change_and_nothing_else) {
    auto other = must(GetParam().open(place_, std::chrono::seconds(5)));
    std::set<std::int64_t> seen;
    const auto is_new = [&] {
        const auto here = must(store_->admin().version());
        EXPECT_EQ(here, must(other->admin().version()));
        return seen.insert(here).second;
    };
    EXPECT_TRUE(is_new());
    EXPECT_FALSE(is_new());
    must(store_->admin().put(key_row("a", "1")));
    EXPECT_TRUE(is_new());
    must(other->admin().put(key_row("a", "2")));
    EXPECT_TRUE(is_new());
    EXPECT_EQ(must(store_->admin().get("key", "a")).value().body, "2");
    EXPECT_EQ(code_of(other->admin().add(key_row("a", "3"))), "exists");
    EXPECT_FALSE(is_new());
    ports::Batch batch;
    batch.events.push_back(sample_event(1, 1));
    must(writer_->commit(batch));
    EXPECT_FALSE(is_new());
    EXPECT_TRUE(must(other->admin().remove("key", "a")));
    EXPECT_TRUE(is_new());
}

TEST_P(StoreContract, what_expired_is_removed_oldest_first_and_within_bounds) {
    auto& admin = store_->admin();
    const auto put = [&](std::string kind, std::string name, std::optional<std::int64_t> at) {
        ports::AdminRow row{std::move(kind), std::move(name), 0, "{}", std::nullopt};
        if (at) {
            row.expires_at = base::instant_of(*at);
        }
        must(admin.put(row));
    };
    put("idempotency", "a", 30);
    put("idempotency", "b", 10);
    put("idempotency", "c", 20);
    put("idempotency", "later", 41);
    put("idempotency", "never", std::nullopt);
    put("session", "other", 5);
    const auto before = must(admin.version());
    const auto sweep = [&](std::size_t most) {
        return must(admin.remove_expired("idempotency", base::instant_of(40), most));
    };
    EXPECT_EQ(sweep(2), 2U);
    EXPECT_TRUE(must(admin.get("idempotency", "a"))) << "b and c expired before it";
    EXPECT_EQ(sweep(2), 1U);
    EXPECT_EQ(sweep(2), 0U);
    EXPECT_EQ(must(admin.list("idempotency")).size(), 2U);
    EXPECT_TRUE(must(admin.get("session", "other")));
    EXPECT_EQ(must(admin.version()), before) << "nobody has to read anything again";
}

TEST_P(StoreContract, merchants_are_numbered_from_one_without_gaps) {
    auto other = must(GetParam().open(place_, std::chrono::seconds(5)));
    EXPECT_EQ(must(store_->admin().next_merchant()), 1U);
    EXPECT_EQ(must(other->admin().next_merchant()), 2U);
    other.reset();
    open();
    EXPECT_EQ(must(store_->admin().next_merchant()), 3U);
}

TEST_P(StoreContract, each_owner_has_one_lasting_key) {
    const std::vector<std::string> owners = {"ann", "ben", "ann"};
    const auto keys = must(store_->keyring().keys_for(1, owners));
    ASSERT_EQ(keys.size(), 3U);
    EXPECT_EQ(keys[0].size(), 32U);
    EXPECT_EQ(keys[0], keys[2]);
    EXPECT_NE(keys[0], keys[1]);
    EXPECT_NE(must(store_->keyring().keys_for(2, owners))[0], keys[0]);
    open();
    EXPECT_EQ(must(store_->keyring().keys_for(1, owners)), keys);
    EXPECT_EQ(must(store_->keyring().find(1, "ben")), keys[1]);
    EXPECT_FALSE(must(store_->keyring().find(1, "carl")));
    EXPECT_FALSE(must(store_->keyring().find(3, "ben")));
}

TEST_P(StoreContract, an_erased_owner_has_no_key_and_then_a_new_one) {
    const std::vector<std::string> owners = {"ann", "ben"};
    const auto keys = must(store_->keyring().keys_for(1, owners));
    must(store_->keyring().erase(1, "ann"));
    must(store_->keyring().erase(1, "nobody"));
    EXPECT_FALSE(must(store_->keyring().find(1, "ann")));
    EXPECT_EQ(must(store_->keyring().find(1, "ben")), keys[1]);
    open();
    EXPECT_FALSE(must(store_->keyring().find(1, "ann")));
    const auto again = must(store_->keyring().keys_for(1, owners));
    EXPECT_NE(again[0], keys[0]);
    EXPECT_EQ(again[1], keys[1]);
    must(store_->keyring().erase(1, "ann"));
    EXPECT_FALSE(must(store_->keyring().find(1, "ann")));
}

TEST_P(StoreContract, an_erasure_elsewhere_is_seen_here) {
    const std::vector<std::string> owners = {"ann"};
    must(store_->keyring().keys_for(1, owners));
    auto other = must(GetParam().open(place_, std::chrono::seconds(5)));
    must(other->keyring().erase(1, "ann"));
    EXPECT_FALSE(must(store_->keyring().find(1, "ann")));
}

TEST_P(StoreContract, many_may_open_and_administer_a_new_place_at_once) {
    const std::string place = place_ + "_new";
    std::mutex mutex;
    std::set<model::MerchantNumber> numbers;
    std::map<std::string, std::set<std::string>> keys;
    const auto work = [&](int which) {
        auto own = must(GetParam().open(place, std::chrono::seconds(5)));
        for (int i = 0; i < 5; ++i) {
            const auto number = must(own->admin().next_merchant());
            must(own->admin().add(key_row(std::to_string(which * 100 + i), "{}")));
            const std::vector<std::string> owners = {"ann", "ben" + std::to_string(i)};
            const auto made = must(own->keyring().keys_for(1, owners));
            const std::scoped_lock lock(mutex);
            EXPECT_TRUE(numbers.insert(number).second);
            keys[owners[0]].insert(made[0]);
            keys[owners[1]].insert(made[1]);
        }
    };
    std::vector<std::thread> threads;
    for (int which = 0; which < 4; ++which) {
        threads.emplace_back(work, which);
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(numbers.size(), 20U);
    EXPECT_EQ(*numbers.rbegin(), 20U);
    EXPECT_EQ(keys.size(), 6U);
    for (const auto& [owner, made] : keys) {
        EXPECT_EQ(made.size(), 1U) << owner;
    }
    auto own = must(GetParam().open(place, std::chrono::seconds(5)));
    EXPECT_EQ(must(own->admin().list("key")).size(), 20U);
    own.reset();
    forget(place);
}

TEST_P(StoreContract, administration_and_keys_take_calls_from_several_threads) {
    const std::vector<std::string> owners = {"ann", "ben"};
    const auto keys = must(store_->keyring().keys_for(1, owners));
    const auto work = [&](int which) {
        for (int i = 0; i < 20; ++i) {
            must(store_->admin().put(key_row(std::to_string(which), std::to_string(i))));
            EXPECT_GE(must(store_->admin().version()), i + 1);
            EXPECT_EQ(must(store_->keyring().keys_for(1, owners)), keys);
        }
    };
    std::thread first(work, 1);
    std::thread second(work, 2);
    for (std::uint64_t number = 1; number <= 20; ++number) {
        ports::Batch batch;
        batch.events.push_back(sample_event(1, number));
        must(writer_->commit(batch));
    }
    first.join();
    second.join();
    EXPECT_EQ(must(store_->admin().list("key")).size(), 2U);
}

}  // namespace
}  // namespace aftermile::storage::conformance
