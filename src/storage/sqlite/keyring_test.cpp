#include "storage/sqlite/keyring.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <random>

#include "storage/conformance/suite.hpp"
#include "storage/sqlite/statements.hpp"
#include "storage/sqlite/store.hpp"
#include "storage/sqlite/test_folder.hpp"

namespace aftermile::storage::sqlite {
namespace {

using conformance::code_of;
using conformance::must;

std::map<std::string, std::string> wrapped_keys(const TestFolder& folder) {
    auto connection = must(Connection::open(folder.file("keyring.db"), ""));
    auto statement = must(connection.prepare("SELECT owner, wrapped FROM keys"));
    std::map<std::string, std::string> keys;
    while (must(statement.step())) {
        keys.emplace(statement.bytes(0), statement.bytes(1));
    }
    return keys;
}

bool on_disk(const TestFolder& folder, const std::string& bytes) {
    return std::ranges::any_of(
        std::filesystem::directory_iterator(folder.path()), [&](const auto& entry) {
            return folder.bytes_of(entry.path().filename()).find(bytes) != std::string::npos;
        });
}

TEST(SqliteKeyring, an_erased_key_is_nowhere_on_disk) {
    const TestFolder folder;
    auto keyring = must(SqliteKeyring::open(folder.path(), ""));
    std::mt19937 random(7);
    std::vector<std::string> owners;
    for (int i = 0; i < 2'000; ++i) {
        owners.push_back("owner" + std::to_string(random()));
    }
    // Many small transactions in no order, so that pages split and the journal is much used.
    for (std::size_t i = 0; i < owners.size(); i += 40) {
        must(keyring->keys_for(1, std::span(owners).subspan(i, 40)));
    }
    const auto wrapped = wrapped_keys(folder);
    ASSERT_EQ(wrapped.size(), owners.size());
    for (std::size_t i = 0; i < owners.size(); i += 97) {
        const std::string& secret = wrapped.at(owners[i]);
        ASSERT_EQ(secret.size(), 72U);
        ASSERT_TRUE(on_disk(folder, secret));
        must(keyring->erase(1, owners[i]));
        EXPECT_FALSE(on_disk(folder, secret)) << owners[i];
        // Not even a part of it, as a page that was reused would leave.
        EXPECT_FALSE(on_disk(folder, secret.substr(0, 16))) << owners[i];
        EXPECT_FALSE(on_disk(folder, secret.substr(56))) << owners[i];
        EXPECT_EQ(wrapped_keys(folder).at(owners[i]), std::string(72, '\0'));  // the tombstone
    }
    EXPECT_TRUE(must(keyring->find(1, owners[1])));
}

TEST(SqliteKeyring, keys_never_lie_bare_on_disk) {
    const TestFolder folder;
    auto keyring = must(SqliteKeyring::open(folder.path(), ""));
    const std::vector<std::string> owners = {"ann"};
    const auto keys = must(keyring->keys_for(1, owners));
    EXPECT_FALSE(on_disk(folder, keys[0]));
}

TEST(SqliteKeyring, a_wrapped_key_moved_to_another_owner_does_not_open) {
    const TestFolder folder;
    const std::vector<std::string> owners = {"ann", "ben"};
    must(must(SqliteKeyring::open(folder.path(), ""))->keys_for(1, owners));
    {
        auto connection = must(Connection::open(folder.file("keyring.db"), ""));
        must(
            connection.run("UPDATE keys SET wrapped = (SELECT wrapped FROM keys k "
                           "WHERE k.owner = 'ann') WHERE owner = 'ben'"));
    }
    auto keyring = must(SqliteKeyring::open(folder.path(), ""));
    EXPECT_TRUE(must(keyring->find(1, "ann")));
    EXPECT_EQ(code_of(keyring->find(1, "ben")), "cannot_open");
}

TEST(SqliteKeyring, keys_without_their_master_key_are_refused) {
    const TestFolder folder;
    const std::vector<std::string> owners = {"ann"};
    const auto keys = must(must(SqliteKeyring::open(folder.path(), ""))->keys_for(1, owners));
    std::filesystem::rename(folder.file("master.key"), folder.file("kept"));
    EXPECT_EQ(code_of(SqliteKeyring::open(folder.path(), "")), "master_key_missing");
    EXPECT_FALSE(std::filesystem::exists(folder.file("master.key")));
    std::ofstream(folder.file("master.key")) << std::string(32, 'x');
    EXPECT_EQ(code_of(SqliteKeyring::open(folder.path(), "")), "wrong_master_key");
    std::ofstream(folder.file("master.key")) << "short";
    EXPECT_EQ(code_of(SqliteKeyring::open(folder.path(), "")), "wrong_master_key");
    std::filesystem::rename(folder.file("kept"), folder.file("master.key"));
    EXPECT_EQ(must(must(SqliteKeyring::open(folder.path(), ""))->find(1, "ann")), keys[0]);
}

TEST(SqliteKeyring, an_erasure_cut_short_is_finished_at_the_next_opening) {
    const TestFolder folder;
    const std::vector<std::string> owners = {"ann", "ben"};
    must(must(SqliteKeyring::open(folder.path(), ""))->keys_for(1, owners));
    const std::string secret = wrapped_keys(folder).at("ann");
    {
        // The first half of an erasure, as a crash between the two would leave it.
        auto connection = must(Connection::open(folder.file("keyring.db"), ""));
        must(connection.run("PRAGMA journal_mode = PERSIST; PRAGMA secure_delete = ON;"));
        auto erase = must(connection.prepare(erase_key_sql));
        erase.bind(1, std::int64_t{1});
        must(erase.run());
        ASSERT_TRUE(on_disk(folder, secret));
    }
    must(SqliteKeyring::open(folder.path(), ""));
    EXPECT_FALSE(on_disk(folder, secret));
}

TEST(SqliteKeyring, its_files_are_for_their_owner_alone) {
    const TestFolder folder;
    auto store = must(open_sqlite(folder.path()));
    const std::vector<std::string> owners = {"ann"};
    must(store->keyring().keys_for(1, owners));
    for (const auto* name :
         {"master.key", "keyring.db", "keyring.db-journal", "aftermile.db", "aftermile.db-wal"}) {
        struct stat about{};
        ASSERT_EQ(::stat(folder.file(name).c_str(), &about), 0) << name;
        EXPECT_EQ(about.st_mode & 0777U, 0600U) << name;
    }
    EXPECT_EQ(folder.bytes_of("master.key").size(), 32U);
}

}  // namespace
}  // namespace aftermile::storage::sqlite
