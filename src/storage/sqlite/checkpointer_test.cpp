#include "storage/sqlite/checkpointer.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "storage/conformance/suite.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/store.hpp"
#include "storage/sqlite/test_folder.hpp"
#include "storage/sqlite/writer.hpp"

namespace aftermile::storage::sqlite {
namespace {

using conformance::must;

constexpr LogLimits small{.copied_from = 64, .rest = 16, .grown_by = 32};
constexpr std::size_t event_bytes = 20'000;

class Checkpoints : public testing::Test {
  protected:
    Checkpoints()
        : store_(must(open_sqlite(folder_.path()))),
          writer_(must(SqliteWriter::open(folder_.path(), {}, small))) {}

    void commit(int events) {
        for (int i = 0; i < events; ++i) {
            ports::Batch batch;
            batch.events.push_back(conformance::sample_event(1, ++last_));
            batch.events.back().payload.assign(event_bytes, 'x');
            must(writer_->commit(batch));
        }
    }
    [[nodiscard]] std::uintmax_t log_bytes() const {
        return std::filesystem::file_size(folder_.file("aftermile.db-wal"));
    }
    [[nodiscard]] std::int64_t events() {
        auto connection = must(open_database(folder_.path(), {}, Role::reader));
        return must(connection.integer("SELECT count(*) FROM events"));
    }

    TestFolder folder_;
    std::unique_ptr<ports::Store> store_;
    std::unique_ptr<SqliteWriter> writer_;
    std::uint64_t last_ = 0;
};

TEST_F(Checkpoints, the_log_does_not_grow_with_what_is_written) {
    commit(2'000);
    EXPECT_LT(log_bytes(), 2'000 * event_bytes / 2);
    EXPECT_EQ(events(), 2'000);
    const auto database = std::filesystem::file_size(folder_.file("aftermile.db"));
    EXPECT_GT(database, 1'000 * event_bytes) << "copied while it was written, not at the end";
}

TEST_F(Checkpoints, a_log_that_a_reader_kept_is_started_anew_when_the_reader_is_gone) {
    auto connection = must(open_database(folder_.path(), {}, Role::reader));
    {
        auto reading = must(Transaction::begin(connection, Transaction::Kind::reading));
        EXPECT_EQ(must(connection.integer("SELECT count(*) FROM events")), 0);
        commit(200);
        EXPECT_GT(log_bytes(), 200 * event_bytes) << "nothing of it may be written over";
        EXPECT_EQ(must(connection.integer("SELECT count(*) FROM events")), 0);
    }
    const auto size = log_bytes();
    commit(200);
    EXPECT_LT(log_bytes(), size + 200 * event_bytes);
    EXPECT_EQ(events(), 400);
}

TEST_F(Checkpoints, a_writer_that_ends_while_its_log_is_copied_loses_nothing) {
    commit(100);
    writer_.reset();
    EXPECT_EQ(events(), 100);
    writer_ = must(SqliteWriter::open(folder_.path(), {}, small));
    commit(1);
    EXPECT_EQ(events(), 101);
}

}  // namespace
}  // namespace aftermile::storage::sqlite
