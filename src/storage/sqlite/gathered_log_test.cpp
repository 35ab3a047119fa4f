#include "storage/sqlite/gathered_log.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <random>

#include "storage/conformance/suite.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/test_folder.hpp"

namespace aftermile::storage::sqlite {
namespace {

using conformance::must;

// SQLite's own file layer, which counts what is written to logs.
struct CountingDisk {
    static inline std::atomic<int> writes = 0;

    CountingDisk() {
        writes = 0;
        plain = sqlite3_vfs_find(nullptr);
        layer = *plain;
        layer.zName = "counting";
        layer.xOpen = [](sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
            const int code = plain->xOpen(plain, name, file, flags, out);
            if (code == SQLITE_OK && (flags & SQLITE_OPEN_WAL) != 0) {
                real = file->pMethods;
                methods = *real;
                methods.xWrite = [](sqlite3_file* to, const void* bytes, int count,
                                    sqlite3_int64 at) {
                    ++writes;
                    return real->xWrite(to, bytes, count, at);
                };
                file->pMethods = &methods;
            }
            return code;
        };
        sqlite3_vfs_register(&layer, 0);
    }
    ~CountingDisk() { sqlite3_vfs_unregister(&layer); }

  private:
    static inline sqlite3_vfs* plain = nullptr;
    static inline sqlite3_vfs layer{};
    static inline const sqlite3_io_methods* real = nullptr;
    static inline sqlite3_io_methods methods{};
};

constexpr const char* table =
    "PRAGMA journal_mode = WAL; CREATE TABLE things (id INTEGER PRIMARY KEY, what BLOB)";

void put(Connection& connection, std::int64_t id, std::size_t bytes, char filled_with) {
    auto statement = must(connection.prepare("INSERT OR REPLACE INTO things VALUES (?1, ?2)"));
    const std::string what(bytes, filled_with);
    statement.bind(1, id);
    statement.bind_bytes(2, what);
    must(statement.run());
}

void commit(Connection& connection) {
    const GatheredCommit gathered(connection.handle());
    must(connection.run("COMMIT"));
}

// Every row, as text.
std::string contents(Connection& connection) {
    auto statement = must(connection.prepare(
        "SELECT id || ':' || length(what) || ':' || hex(substr(what, 1, 1)) FROM things "
        "ORDER BY id"));
    std::string all;
    while (must(statement.step())) {
        all += std::string(statement.bytes(0)) + '\n';
    }
    return all;
}

TEST(GatheredLog, many_pages_of_a_commit_are_written_in_few_pieces) {
    const TestFolder folder;
    const CountingDisk disk;
    auto writing = must(Connection::open(folder.file("x.db"), gathered_log_over("counting")));
    must(writing.run(table));
    CountingDisk::writes = 0;
    must(writing.run("BEGIN IMMEDIATE"));
    for (std::int64_t id = 0; id < 100; ++id) {
        put(writing, id, 4'000, 'x');
    }
    commit(writing);
    EXPECT_GT(CountingDisk::writes, 0);
    EXPECT_LT(CountingDisk::writes, 100 / 16);
}

TEST(GatheredLog, others_read_a_commit_also_where_the_log_is_not_synced) {
    const TestFolder folder;
    auto writing = must(Connection::open(folder.file("x.db"), gathered_log_over({})));
    must(writing.run(std::string(table) + "; PRAGMA synchronous = OFF"));
    auto reading = must(Connection::open(folder.file("x.db"), {}));
    for (std::int64_t id = 0; id < 50; ++id) {
        must(writing.run("BEGIN IMMEDIATE"));
        put(writing, id, 9'000, 'x');
        commit(writing);
        EXPECT_EQ(must(reading.integer("SELECT count(*) FROM things")), id + 1);
        EXPECT_EQ(must(reading.integer("SELECT sum(length(what)) FROM things")), 9'000 * (id + 1));
    }
    EXPECT_EQ(must(reading.integer("SELECT count(*) FROM pragma_integrity_check "
                                   "WHERE integrity_check <> 'ok'")),
              0);
}

// Transactions larger than the page cache, which write pages to the log, read them back and change
// them again before they commit; some are rolled back, in part or as a whole.
TEST(GatheredLog, any_work_leaves_what_it_leaves_without_the_layer) {
    const TestFolder folder;
    auto gathered = must(Connection::open(folder.file("gathered.db"), gathered_log_over({})));
    auto plain = must(Connection::open(folder.file("plain.db"), {}));
    std::mt19937 random(7);
    const auto on_both = [&](const std::string& sql) {
        must(gathered.run(sql));
        must(plain.run(sql));
    };
    on_both(std::string(table) + "; PRAGMA cache_size = 10; PRAGMA wal_autocheckpoint = 200");
    for (int round = 0; round < 60; ++round) {
        on_both("BEGIN IMMEDIATE; SAVEPOINT part");
        for (int step = 0; step < 60; ++step) {
            const auto id = static_cast<std::int64_t>(random() % 400);
            const std::size_t bytes = random() % 6'000;
            const char with = static_cast<char>('a' + random() % 26);
            put(gathered, id, bytes, with);
            put(plain, id, bytes, with);
            if (random() % 16 == 0) {
                on_both("ROLLBACK TO part");
            }
            if (random() % 16 == 0) {
                on_both("RELEASE part; SAVEPOINT part");
            }
        }
        if (random() % 4 == 0) {
            on_both("ROLLBACK");
        } else {
            commit(gathered);
            must(plain.run("COMMIT"));
        }
        auto reading = must(Connection::open(folder.file("gathered.db"), {}));
        ASSERT_EQ(contents(reading), contents(plain)) << "round " << round;
    }
    EXPECT_EQ(must(gathered.integer("SELECT count(*) FROM pragma_integrity_check "
                                    "WHERE integrity_check <> 'ok'")),
              0);
}

// Pages that did not fit into the cache went to the log before the transaction was rolled back; the
// place that they had there is another connection's by the time the first one reads on.
TEST(GatheredLog, what_was_rolled_back_does_not_touch_what_another_committed) {
    const TestFolder folder;
    auto writing = must(Connection::open(folder.file("x.db"), gathered_log_over({})));
    must(writing.run(std::string(table) + "; PRAGMA cache_size = 10"));
    auto other = must(Connection::open(folder.file("x.db"), {}));
    for (std::int64_t round = 0; round < 20; ++round) {
        must(writing.run("BEGIN IMMEDIATE"));
        for (std::int64_t id = 0; id < 15 + round; ++id) {
            put(writing, 1'000 + id, 4'000, 'r');
        }
        must(writing.run("ROLLBACK"));
        put(other, round, 300'000, 'k');
        ASSERT_EQ(must(writing.integer("SELECT count(*) FROM things")), round + 1);
        auto third = must(Connection::open(folder.file("x.db"), {}));
        ASSERT_EQ(
            must(third.integer("SELECT count(*) FROM things WHERE substr(what, 1, 1) = x'6B'")),
            round + 1);
        ASSERT_EQ(must(third.integer("SELECT count(*) FROM pragma_integrity_check "
                                     "WHERE integrity_check <> 'ok'")),
                  0);
    }
}

TEST(GatheredLog, what_it_cannot_lie_over_is_refused) {
    const TestFolder folder;
    EXPECT_FALSE(Connection::open(folder.file("x.db"), gathered_log_over("no such layer")));
}

}  // namespace
}  // namespace aftermile::storage::sqlite
