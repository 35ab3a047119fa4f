// What the store does when the disk fails and when the process dies.
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>

#include <atomic>
#include <fstream>

#include "base/failpoint.hpp"
#include "storage/conformance/faults.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/store.hpp"
#include "storage/sqlite/test_folder.hpp"
#include "storage/sqlite/writer.hpp"

namespace aftermile::storage::sqlite {
namespace {

using conformance::batch_of;
using conformance::code_of;
using conformance::must;
using conformance::whole_batches;

constexpr LogLimits soon_copied{.copied_from = 16, .rest = 4, .grown_by = 8};

// SQLite's own file layer, whose log refuses to be written or synced on demand, and whose database
// refuses to be synced.
struct FaultyDisk {
    static inline std::atomic<int> write_error = SQLITE_OK;
    static inline std::atomic<int> sync_error = SQLITE_OK;
    static inline std::atomic<int> database_sync_error = SQLITE_OK;
    static inline std::atomic<int> syncs = 0;  // of the log
    static inline std::atomic<int> database_syncs = 0;

    FaultyDisk() {
        write_error = SQLITE_OK;
        sync_error = SQLITE_OK;
        database_sync_error = SQLITE_OK;
        plain = sqlite3_vfs_find(nullptr);
        layer = *plain;
        layer.zName = "faulty";
        layer.xOpen = &open;
        sqlite3_vfs_register(&layer, 0);
    }
    ~FaultyDisk() { sqlite3_vfs_unregister(&layer); }

  private:
    // The log's files and the database's have methods of their own, which other threads may use by
    // the time another file is opened.
    static void layer_over_log(const sqlite3_io_methods* files) {
        if (real_log == nullptr) {
            log_methods = *files;
            log_methods.xWrite = [](sqlite3_file* to, const void* bytes, int count,
                                    sqlite3_int64 at) {
                return write_error != SQLITE_OK ? write_error.load()
                                                : real_log->xWrite(to, bytes, count, at);
            };
            log_methods.xSync = [](sqlite3_file* to, int kind) {
                ++syncs;
                return sync_error != SQLITE_OK ? sync_error.load() : real_log->xSync(to, kind);
            };
            real_log = files;
        }
    }
    static void layer_over_database(const sqlite3_io_methods* files) {
        if (real_database == nullptr) {
            database_methods = *files;
            database_methods.xSync = [](sqlite3_file* to, int kind) {
                ++database_syncs;
                return database_sync_error != SQLITE_OK ? database_sync_error.load()
                                                        : real_database->xSync(to, kind);
            };
            real_database = files;
        }
    }
    static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
        const int code = plain->xOpen(plain, name, file, flags, out);
        if (code == SQLITE_OK && (flags & SQLITE_OPEN_WAL) != 0) {
            layer_over_log(file->pMethods);
            file->pMethods = &log_methods;
        } else if (code == SQLITE_OK && (flags & SQLITE_OPEN_MAIN_DB) != 0) {
            layer_over_database(file->pMethods);
            file->pMethods = &database_methods;
        }
        return code;
    }
    static inline sqlite3_vfs* plain = nullptr;
    static inline sqlite3_vfs layer{};
    static inline const sqlite3_io_methods *real_log = nullptr, *real_database = nullptr;
    static inline sqlite3_io_methods log_methods{}, database_methods{};
};

TEST(SqliteFaults, a_full_disk_keeps_nothing_and_the_next_commit_may_succeed) {
    const TestFolder folder;
    FaultyDisk disk;
    auto store = must(open_sqlite(folder.path(), {.vfs = "faulty"}));
    auto writer = must(store->writer());
    must(writer->commit(batch_of(1)));
    FaultyDisk::write_error = SQLITE_FULL;
    const auto refused = writer->commit(batch_of(2));
    EXPECT_EQ(code_of(refused), "disk_full");
    EXPECT_EQ(refused.error().family, base::Family::retry);
    EXPECT_EQ(whole_batches(*store), 1U);
    FaultyDisk::write_error = SQLITE_IOERR_WRITE;
    EXPECT_EQ(code_of(writer->commit(batch_of(2))), "store_failed");
    FaultyDisk::write_error = SQLITE_OK;
    must(writer->commit(batch_of(2)));
    EXPECT_EQ(whole_batches(*store), 2U);
}

TEST(SqliteFaults, after_a_failed_sync_nothing_more_is_written) {
    const TestFolder folder;
    FaultyDisk disk;
    auto store = must(open_sqlite(folder.path(), {.vfs = "faulty"}));
    auto writer = must(store->writer());
    must(writer->commit(batch_of(1)));
    FaultyDisk::sync_error = SQLITE_IOERR_FSYNC;
    EXPECT_EQ(code_of(writer->commit(batch_of(2))), "store_broken");
    FaultyDisk::sync_error = SQLITE_OK;
    EXPECT_EQ(code_of(writer->commit(batch_of(2))), "store_broken");
    EXPECT_EQ(code_of(writer->commit(batch_of(3))), "store_broken");
    EXPECT_EQ(whole_batches(*store), 1U);
}

TEST(SqliteFaults, a_sync_apart_that_failed_once_keeps_failing) {
    const TestFolder folder;
    FaultyDisk disk;
    auto store = must(open_sqlite(folder.path(), {.vfs = "faulty"}));
    auto writer = must(store->writer());
    const auto sync = must(writer->sync_apart());
    must(writer->commit(batch_of(1)));
    must(sync->sync());
    FaultyDisk::sync_error = SQLITE_IOERR_FSYNC;
    must(writer->commit(batch_of(2)));  // returns before it is durable
    EXPECT_EQ(whole_batches(*store), 2U);
    EXPECT_EQ(code_of(sync->sync()), "store_broken");
    FaultyDisk::sync_error = SQLITE_OK;
    EXPECT_EQ(code_of(sync->sync()), "store_broken");
}

TEST(SqliteFaults, a_sync_apart_syncs_the_log_that_the_writer_writes) {
    const TestFolder folder;
    FaultyDisk disk;
    auto store = must(open_sqlite(folder.path(), {.vfs = "faulty"}));
    auto writer = must(SqliteWriter::open(folder.path(), "faulty", soon_copied));
    const auto sync = must(writer->sync_apart());
    FaultyDisk::syncs = 0;
    for (std::uint64_t n = 1; n <= 200; ++n) {  // the log begins anew several times
        must(writer->commit(batch_of(n)));
        const int before = FaultyDisk::syncs;
        must(sync->sync());
        EXPECT_GT(FaultyDisk::syncs, before);
    }
    EXPECT_EQ(whole_batches(*store), 200U);
}

TEST(SqliteFaults, after_a_copy_of_the_log_that_was_not_kept_nothing_more_is_written) {
    const TestFolder folder;
    FaultyDisk disk;
    auto store = must(open_sqlite(folder.path(), {.vfs = "faulty"}));
    auto writer = must(SqliteWriter::open(folder.path(), "faulty", soon_copied));
    FaultyDisk::database_sync_error = SQLITE_IOERR_FSYNC;
    std::uint64_t kept = 0;
    base::Result<void> done;
    while (done && kept < 10'000) {  // until the copying thread was given a turn
        done = writer->commit(batch_of(kept + 1));
        kept += done ? 1 : 0;
    }
    EXPECT_EQ(code_of(done), "store_broken");
    FaultyDisk::database_sync_error = SQLITE_OK;
    EXPECT_EQ(code_of(writer->commit(batch_of(kept + 1))), "store_broken");
    EXPECT_EQ(whole_batches(*store), kept);
}

class PacedCopy : public testing::Test {
  protected:
    PacedCopy() {
        must(connection_.run("CREATE TABLE t (x); PRAGMA wal_checkpoint"));
        must(connection_.run(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 40)"
            "INSERT INTO t SELECT zeroblob(3000) FROM n"));
        FaultyDisk::database_syncs = 0;
    }

    const TestFolder folder_;
    FaultyDisk disk_;
    Connection connection_ = must(open_database(folder_.path(), "faulty", Role::admin));
};

TEST_F(PacedCopy, is_synced_after_each_part_and_at_its_end) {
    const PacedWrites paced(connection_.handle(), 16);
    const LogCopied log = must(copy_log(connection_));
    EXPECT_GE(log.copied, 40);
    EXPECT_EQ(log.copied, log.pages);
    EXPECT_EQ(FaultyDisk::database_syncs, 3);
}

TEST_F(PacedCopy, is_as_it_was_afterwards) {
    {
        const PacedWrites paced(connection_.handle(), 16);
    }
    must(copy_log(connection_));
    EXPECT_EQ(FaultyDisk::database_syncs, 1);
}

TEST_F(PacedCopy, whose_part_cannot_be_synced_has_failed_like_one_whose_end_cannot) {
    const PacedWrites paced(connection_.handle(), 16);
    FaultyDisk::database_sync_error = SQLITE_IOERR_FSYNC;
    EXPECT_EQ(code_of(copy_log(connection_)), "store_broken");
    EXPECT_EQ(FaultyDisk::database_syncs, 1);
}

// Dies while the log is copied for the third time.
void commit_until_killed(const TestFolder& folder, const std::string& acknowledged) {
    base::arm_failpoints("after_copy:3", "");
    auto store = must(open_sqlite(folder.path()));
    auto writer = must(SqliteWriter::open(folder.path(), {}, soon_copied));
    for (std::uint64_t number = 1; number <= 100'000; ++number) {
        must(writer->commit(batch_of(number)));
        std::ofstream(acknowledged, std::ios::app) << number << '\n';
    }
}

TEST(SqliteFaults, what_was_committed_outlives_a_death_while_the_log_is_copied) {
    const TestFolder folder;
    const std::string acknowledged = folder.file("acknowledged");
    EXPECT_EXIT(commit_until_killed(folder, acknowledged), testing::KilledBySignal(SIGKILL), "");
    std::uint64_t last = 0, number = 0;
    for (std::ifstream lines(acknowledged); lines >> number;) {
        last = number;
    }
    auto store = must(open_sqlite(folder.path()));
    const auto whole = whole_batches(*store);
    EXPECT_GT(whole, 0U);
    EXPECT_TRUE(whole == last || whole == last + 1) << whole << " of " << last;
    auto writer = must(store->writer());
    must(writer->commit(batch_of(whole + 1)));
    EXPECT_EQ(whole_batches(*store), whole + 1);
}

class SqliteCrash : public testing::TestWithParam<std::pair<const char*, std::uint64_t>> {};

TEST_P(SqliteCrash, a_batch_is_there_whole_or_not_at_all) {
    const TestFolder folder;
    const auto [point, survivors] = GetParam();
    EXPECT_EXIT(
        {
            base::arm_failpoints(std::string(point) + ":3", "");
            auto store = must(open_sqlite(folder.path()));
            auto writer = must(store->writer());
            for (std::uint64_t number = 1; number <= 5; ++number) {
                must(writer->commit(batch_of(number)));
            }
        },
        testing::KilledBySignal(SIGKILL), "");
    auto store = must(open_sqlite(folder.path()));
    EXPECT_EQ(whole_batches(*store), survivors);
    auto writer = must(store->writer());
    must(writer->commit(batch_of(survivors + 1)));
    EXPECT_EQ(whole_batches(*store), survivors + 1);
}
INSTANTIATE_TEST_SUITE_P(Points, SqliteCrash,
                         testing::Values(std::pair{"before_commit", 2U},
                                         std::pair{"inside_commit", 2U},
                                         std::pair{"after_commit", 3U}));

}  // namespace
}  // namespace aftermile::storage::sqlite
