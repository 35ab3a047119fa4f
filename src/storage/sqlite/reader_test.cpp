#include <gtest/gtest.h>

#include "storage/conformance/suite.hpp"
#include "storage/sqlite/store.hpp"
#include "storage/sqlite/test_folder.hpp"

namespace aftermile::storage::sqlite {
namespace {

using conformance::id_at;
using conformance::must;
using conformance::sample_row;
using ports::Table;

TEST(SqliteReader, the_calls_of_one_answer_see_one_moment) {
    const TestFolder folder;
    const auto store = must(open_sqlite(folder.path()));
    const auto writer = must(store->writer());
    const auto reader = must(store->reader());
    const auto put_order = [&](int n) {
        must(writer->commit({.events = {},
                             .rows = {sample_row(Table::orders, id_at(Table::orders, 1, n), n)},
                             .sealed = {},
                             .admin = {}}));
    };
    ports::Query orders;
    orders.table = Table::orders;
    orders.merchant = 1;
    put_order(1);
    {
        const ports::OneMoment moment(*reader);
        EXPECT_EQ(must(reader->count(orders)), 1);
        put_order(2);
        EXPECT_EQ(must(reader->count(orders)), 1);
        EXPECT_TRUE(must(reader->chain(model::EventId::of(1, 1, 0), 10)).empty());
        EXPECT_EQ(must(reader->count(orders)), 1);  // what lay within did not end it
        EXPECT_FALSE(must(reader->get(Table::orders, 1, id_at(Table::orders, 1, 2))));
    }
    EXPECT_EQ(must(reader->count(orders)), 2);
}

TEST(SqliteReader, a_loader_sees_one_moment_and_then_what_was_committed_meanwhile) {
    const TestFolder folder;
    const auto store = must(open_sqlite(folder.path()));
    const auto writer = must(store->writer());
    const auto loader = must(store->loader());
    const std::int64_t ids[] = {id_at(Table::orders, 1, 1), id_at(Table::orders, 1, 2), 3, 4, 5};
    const auto put_order = [&](int n) {
        must(writer->commit({.events = {},
                             .rows = {sample_row(Table::orders, ids[n], n)},
                             .sealed = {},
                             .admin = {}}));
    };
    const auto there = [&] {
        std::size_t count = 0;
        must(loader->load(Table::orders, ids, [&](std::int64_t, std::string_view) { ++count; }));
        return count;
    };
    put_order(0);
    {
        const ports::OneMoment moment(*loader);
        EXPECT_EQ(there(), 1U);
        put_order(1);
        EXPECT_EQ(there(), 1U);
    }
    EXPECT_EQ(there(), 2U);
}

}  // namespace
}  // namespace aftermile::storage::sqlite
