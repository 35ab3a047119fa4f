#include "storage/postgres/keyring.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "storage/conformance/suite.hpp"
#include "storage/postgres/database.hpp"
#include "storage/postgres/store.hpp"
#include "storage/postgres/test_place.hpp"

namespace aftermile::storage::postgres {
namespace {

using conformance::code_of;
using conformance::must;

std::unique_ptr<ports::Store> open(const TestPlace& place) {
    return must(open_postgres(place.path(), {.url = place.url()}));
}

std::string wrapped_key(Connection& connection, std::string_view owner) {
    const auto answer = must(
        connection.run("SELECT wrapped FROM keys WHERE owner = $1", Parameters().add_text(owner)));
    return answer.rows() == 1 ? std::string(answer.bytes(0, 0)) : std::string();
}

TEST(PostgresKeyring, after_an_erasure_no_version_of_the_row_holds_the_key) {
    const TestPlace place;
    auto store = open(place);
    const std::vector<std::string> owners{"ann", "ben"};
    must(store->keyring().keys_for(1, owners));
    auto other = must(open_database(place.server(), Role::admin));
    run_on_test_server("CREATE EXTENSION IF NOT EXISTS pageinspect SCHEMA public");
    const std::string secret = wrapped_key(other, "ann");
    ASSERT_EQ(secret.size(), 72U);
    const auto versions = [&] {  // also those that no query sees any more
        return must(other.run("SELECT count(*) FROM public.heap_page_items("
                              "public.get_raw_page('keys', 0)) WHERE position($1 IN t_data) > 0",
                              Parameters().add_bytes(secret)))
            .integer(0, 0);
    };
    EXPECT_EQ(versions(), 1);
    must(store->keyring().erase(1, "ann"));
    // Where another session, autovacuum's too, still looks from before the erasure, a later vacuum
    // removes it; erasing again is one.
    for (int tried = 0; versions() > 0 && tried < 400; ++tried) {
        std::this_thread::sleep_for(std::chrono::milliseconds(25));
        must(store->keyring().erase(1, "ann"));
    }
    EXPECT_EQ(versions(), 0);
    EXPECT_EQ(wrapped_key(other, "ann"), std::string(72, '\0'));  // the tombstone
    EXPECT_TRUE(must(store->keyring().find(1, "ben")));
}

TEST(PostgresKeyring, keys_never_lie_bare_in_the_database) {
    const TestPlace place;
    auto store = open(place);
    const std::vector<std::string> owners{"ann"};
    const auto keys = must(store->keyring().keys_for(1, owners));
    auto other = must(open_database(place.server(), Role::admin));
    EXPECT_EQ(wrapped_key(other, "ann").find(keys[0]), std::string::npos);
}

TEST(PostgresKeyring, a_wrapped_key_moved_to_another_owner_does_not_open) {
    const TestPlace place;
    auto store = open(place);
    const std::vector<std::string> owners{"ann", "ben"};
    must(store->keyring().keys_for(1, owners));
    auto other = must(open_database(place.server(), Role::admin));
    must(
        other.script("UPDATE keys SET wrapped = (SELECT wrapped FROM keys WHERE owner = 'ann') "
                     "WHERE owner = 'ben'"));
    EXPECT_TRUE(must(store->keyring().find(1, "ann")));
    EXPECT_EQ(code_of(store->keyring().find(1, "ben")), "cannot_open");
}

TEST(PostgresKeyring, keys_without_their_master_key_are_refused) {
    const TestPlace place;
    const std::vector<std::string> owners{"ann"};
    const auto keys = must(open(place)->keyring().keys_for(1, owners));
    const std::string file = place.path() + "/master.key";
    const std::string kept = place.path() + "/kept";
    const auto refusal = [&] { return code_of(open_postgres(place.path(), {.url = place.url()})); };
    std::filesystem::rename(file, kept);
    EXPECT_EQ(refusal(), "master_key_missing");
    EXPECT_FALSE(std::filesystem::exists(file));
    std::ofstream(file) << std::string(32, 'x');
    EXPECT_EQ(refusal(), "wrong_master_key");
    std::ofstream(file) << "short";
    EXPECT_EQ(refusal(), "wrong_master_key");
    std::filesystem::rename(kept, file);
    EXPECT_EQ(must(open(place)->keyring().find(1, "ann")), keys[0]);
}

TEST(PostgresKeyring, a_new_database_asks_for_a_master_key_of_its_own_folder) {
    const TestPlace place;
    const std::string elsewhere = place.path() + "/elsewhere";
    open(place);
    EXPECT_EQ(code_of(open_postgres(elsewhere, {.url = place.url()})), "master_key_missing");
    std::filesystem::copy_file(place.path() + "/master.key", elsewhere + "/master.key");
    must(open_postgres(elsewhere, {.url = place.url()}));
}

}  // namespace
}  // namespace aftermile::storage::postgres
