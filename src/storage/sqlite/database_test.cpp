#include "storage/sqlite/database.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

#include "storage/conformance/old_schemas.hpp"
#include "storage/conformance/suite.hpp"
#include "storage/files.hpp"
#include "storage/sqlite/store.hpp"
#include "storage/sqlite/test_folder.hpp"

namespace aftermile::storage::sqlite {
namespace {

using conformance::code_of;
using conformance::must;
using ports::Column;

std::set<std::string> names_of(Connection& connection, std::string_view sql) {
    auto statement = must(connection.prepare(sql));
    std::set<std::string> names;
    while (must(statement.step())) {
        names.emplace(statement.bytes(0));
    }
    return names;
}
std::set<std::string> columns_of(Connection& connection, std::string_view table) {
    auto statement =
        must(connection.prepare("SELECT name || ' ' || type FROM pragma_table_info(?1)"));
    statement.bind_text(1, table);
    std::set<std::string> columns;
    while (must(statement.step())) {
        columns.emplace(statement.bytes(0));
    }
    EXPECT_FALSE(columns.empty());
    return columns;
}
constexpr std::string_view everything =
    "SELECT type || ' ' || name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'";

constexpr SchemaView version_1 = conformance::grown_schema(1);
constexpr SchemaView version_3 = conformance::grown_schema(conformance::grown_version);

Connection open(const TestFolder& folder) {
    return must(open_database(folder.path(), "", Role::admin));
}

TEST(SqliteDatabase, a_file_of_each_older_version_becomes_what_a_new_one_is) {
    for (int version = 1; version < version_3.version; ++version) {
        SCOPED_TRACE(version);
        const TestFolder folder;
        auto old = open(folder);
        must(prepare_schema(old, folder.path(), conformance::grown_schema(version)));
        EXPECT_EQ(must(old.integer("PRAGMA user_version")), version);
        must(
            old.run("INSERT INTO orders (id, merchant, reference, due, body) "
                    "VALUES (7, 1, 'R', 5, x'01'), (8, 1, 'S', 6, x'02')"));
        must(prepare_schema(old, folder.path(), version_3));
        EXPECT_EQ(must(old.integer("PRAGMA user_version")), 3);
        EXPECT_EQ(must(old.integer("SELECT count(*) FROM orders WHERE reference = 'R' "
                                   "AND \"order\" IS NULL AND note IS NULL AND body = x'01'")),
                  1);
        EXPECT_EQ(must(old.integer("SELECT sum(id) FROM orders WHERE early = 1")), 7);

        auto fresh = must(Connection::open(folder.file("fresh.db"), ""));
        must(prepare_schema(fresh, folder.path(), version_3));
        EXPECT_EQ(names_of(old, everything), names_of(fresh, everything));
        for (const auto& table : conformance::grown_tables) {
            EXPECT_EQ(columns_of(old, table.name), columns_of(fresh, table.name));
        }
    }
}

TEST(SqliteDatabase, what_was_there_before_a_migration_stays_as_a_snapshot) {
    const TestFolder folder;
    auto old = open(folder);
    must(prepare_schema(old, folder.path(), version_1));
    must(old.run("INSERT INTO outbox (id, merchant, next_at, body) VALUES (7, 1, 5, x'01')"));
    must(prepare_schema(old, folder.path(), version_3));
    auto snapshot = must(Connection::open(folder.file("before_version_3.db"), ""));
    EXPECT_EQ(must(snapshot.integer("PRAGMA user_version")), 1);
    EXPECT_EQ(must(snapshot.integer("SELECT next_at FROM outbox WHERE id = 7")), 5);
    EXPECT_FALSE(names_of(snapshot, everything).contains("table tickets"));
}

TEST(SqliteDatabase, a_migration_waits_for_no_running_writer) {
    const TestFolder folder;
    auto old = open(folder);
    must(prepare_schema(old, folder.path(), version_1));
    auto lock = must(FileLock::try_take(folder.file("lock")));
    ASSERT_TRUE(lock);
    EXPECT_EQ(code_of(prepare_schema(old, folder.path(), version_3)), "store_in_use");
    EXPECT_EQ(must(old.integer("PRAGMA user_version")), 1);
    lock.reset();
    must(prepare_schema(old, folder.path(), version_3));
}

TEST(SqliteDatabase, a_file_of_a_newer_version_is_refused_untouched) {
    const TestFolder folder;
    must(open_sqlite(folder.path()));
    {
        auto connection = open(folder);
        must(connection.run("PRAGMA user_version = 99"));
    }
    const auto refused = open_sqlite(folder.path());
    ASSERT_EQ(code_of(refused), "schema_too_new");
    EXPECT_NE(refused.error().detail.find("99"), std::string::npos);
    auto connection = open(folder);
    EXPECT_EQ(must(connection.integer("PRAGMA user_version")), 99);
}

TEST(SqliteDatabase, every_connection_has_its_settings) {
    const TestFolder folder;
    must(open_sqlite(folder.path()));
    for (const auto& [role, cache] :
         {std::pair{Role::writer, -65'536}, {Role::reader, -8'192}, {Role::admin, -2'048}}) {
        auto connection = must(open_database(folder.path(), "", role));
        EXPECT_EQ(names_of(connection, "PRAGMA journal_mode"), std::set<std::string>{"wal"});
        EXPECT_EQ(must(connection.integer("PRAGMA synchronous")), 2);
        EXPECT_EQ(must(connection.integer("PRAGMA page_size")), 4096);
        EXPECT_EQ(must(connection.integer("PRAGMA wal_autocheckpoint")), 524'288);
        EXPECT_EQ(must(connection.integer("PRAGMA journal_size_limit")), 2'147'483'648);
        EXPECT_EQ(must(connection.integer("PRAGMA secure_delete")), 0);
        EXPECT_EQ(must(connection.integer("PRAGMA cache_size")), cache);
        EXPECT_EQ(must(connection.integer("PRAGMA query_only")), role == Role::reader ? 1 : 0);
    }
}

std::string plan_of(Connection& connection, const std::string& sql) {
    auto statement = must(connection.prepare("EXPLAIN QUERY PLAN " + sql));
    std::string plan;
    while (must(statement.step())) {
        plan += std::string(statement.bytes(3)) + '\n';
    }
    return plan;
}

TEST(SqliteDatabase, lists_by_an_indexed_column_search_its_index) {
    using By = ports::Filter::Test;
    const TestFolder folder;
    must(open_sqlite(folder.path()));
    auto connection = open(folder);
    for (const auto& table : ports::all_tables()) {
        ports::Query query;
        query.table = table.table;
        const auto goes_by_id = [&] {
            const std::string plan = plan_of(connection, list_sql(dialect, table, query));
            return plan.find("USING INTEGER PRIMARY KEY") != std::string::npos &&
                   plan.find("SCAN") == std::string::npos &&
                   plan.find("TEMP B-TREE") == std::string::npos;
        };
        EXPECT_TRUE(goes_by_id()) << table.name;
        for (const Column& column : table.columns) {
            if (column.indexed == ports::Indexed::no) {
                query.filters = {{column.name, By::at_least, {ports::Value{}}}};
                EXPECT_TRUE(goes_by_id()) << table.name << ' ' << column.name;
                continue;
            }
            query.filters = {{column.name, By::is_null, {}}};
            EXPECT_TRUE(goes_by_id()) << table.name << ' ' << column.name;
            for (const By test : {By::not_null, By::at_most}) {
                query.filters = {{column.name, test, {}}};
                const std::string plan = plan_of(connection, list_sql(dialect, table, query));
                EXPECT_EQ(plan.find("SCAN"), std::string::npos) << plan;
            }
            query.filters = {{column.name, By::equal, {ports::Value{}}}};
            for (const auto& sql :
                 {list_sql(dialect, table, query), count_sql(dialect, table, query)}) {
                const std::string plan = plan_of(connection, sql);
                const std::string index = std::string(table.name) + '_' + std::string(column.name);
                EXPECT_NE(plan.find("INDEX " + index + ' '), std::string::npos) << sql << plan;
                EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << sql << plan;
            }
            if (column.type == ports::ColumnType::text) {
                const std::string plan = plan_of(connection, find_sql(table, column));
                EXPECT_NE(plan.find("INDEX"), std::string::npos) << plan;
                EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << plan;
            }
        }
    }
    EXPECT_NE(plan_of(connection, std::string(outbox_due_sql)).find("outbox_next_at"),
              std::string::npos);
    EXPECT_NE(plan_of(connection, std::string(remove_expired_admin_sql)).find("admin_expires_at"),
              std::string::npos);
}

}  // namespace
}  // namespace aftermile::storage::sqlite
