#include "storage/sqlite/page_cache.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "storage/conformance/suite.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/test_folder.hpp"

namespace aftermile::storage::sqlite {
namespace {

using conformance::must;

// With auto_vacuum the file ends sooner after every transaction that deletes: pages past the end
// have to leave the cache, and their numbers come back with other contents.
TEST(PageCache, a_database_that_shrinks_and_grows_holds_what_was_written) {
    const TestFolder folder;
    auto connection = must(Connection::open(folder.file("x.db"), {}));
    EXPECT_TRUE(use_watched_page_cache());
    must(
        connection.run("PRAGMA auto_vacuum = FULL; PRAGMA journal_mode = WAL;"
                       "CREATE TABLE things (id INTEGER PRIMARY KEY, what TEXT);"
                       "CREATE INDEX things_what ON things (what)"));
    auto insert = must(connection.prepare("INSERT OR REPLACE INTO things VALUES (?1, ?2)"));
    auto remove = must(connection.prepare("DELETE FROM things WHERE id = ?1"));
    std::mt19937 random(11);
    std::map<std::int64_t, std::string> expected;
    std::int64_t most_pages = 0, pages_after_shrinking = 0;
    for (int round = 0; round < 80; ++round) {
        must(connection.run("BEGIN IMMEDIATE"));
        const bool grows = round % 4 < 2;
        for (int step = 0; step < 150; ++step) {
            const auto id = static_cast<std::int64_t>(random() % 500);
            if (grows) {
                std::string what = std::to_string(random());
                what.resize(20 + random() % 900, 'x');
                insert.bind(1, id);
                insert.bind_text(2, what);
                must(insert.run());
                expected[id] = std::move(what);
            } else {
                remove.bind(1, id);
                must(remove.run());
                expected.erase(id);
            }
        }
        must(connection.run("COMMIT"));
        const auto pages = must(connection.integer("PRAGMA page_count"));
        most_pages = std::max(most_pages, pages);
        pages_after_shrinking = grows ? pages_after_shrinking : pages;
        std::map<std::int64_t, std::string> found;
        auto all = must(connection.prepare("SELECT id, what FROM things"));
        while (must(all.step())) {
            found.emplace(all.integer(0), all.bytes(1));
        }
        ASSERT_EQ(found, expected) << "round " << round;
    }
    EXPECT_LT(pages_after_shrinking, most_pages);
    EXPECT_EQ(must(connection.integer("SELECT count(*) FROM pragma_integrity_check "
                                      "WHERE integrity_check <> 'ok'")),
              0);
}

}  // namespace
}  // namespace aftermile::storage::sqlite
