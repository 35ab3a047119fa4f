#include "storage/sqlite/store.hpp"

#include <gtest/gtest.h>
namespace aftermile::storage::sqlite {
TEST(SqliteStore, commits_and_reads) {
    auto store = open_sqlite(testing::TempDir() + "smoke" + std::to_string(::getpid()));
    ASSERT_TRUE(store) << store.error().detail;
    auto writer = (*store)->writer();
    ASSERT_TRUE(writer) << writer.error().detail;
    ports::Batch batch;
    ports::Row row;
    row.table = ports::Table::merchants;
    row.id = 7;
    row.columns = {std::int64_t{5}};
    row.body = "hello";
    batch.rows.push_back(row);
    auto done = (*writer)->commit(batch);
    ASSERT_TRUE(done) << done.error().detail;
    auto reader = (*store)->reader();
    ASSERT_TRUE(reader) << reader.error().detail;
    auto got = (*reader)->get(ports::Table::merchants, 7, 7);
    ASSERT_TRUE(got && *got);
    EXPECT_EQ((*got)->body, "hello");
}
}
