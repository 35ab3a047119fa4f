#include "storage/postgres/database.hpp"

#include <gtest/gtest.h>

#include <set>

#include "storage/conformance/old_schemas.hpp"
#include "storage/conformance/suite.hpp"
#include "storage/postgres/leases.hpp"
#include "storage/postgres/sharing.hpp"
#include "storage/postgres/store.hpp"
#include "storage/postgres/test_place.hpp"

namespace aftermile::storage::postgres {
namespace {

using conformance::code_of;
using conformance::grown_schema;
using conformance::must;

Connection open(const TestPlace& place, Role role = Role::admin) {
    return must(open_database(place.server(), role));
}

std::set<std::string> names_of(Connection& connection, std::string_view sql) {
    const auto answer = must(connection.run(sql));
    std::set<std::string> names;
    for (int row = 0; row < answer.rows(); ++row) {
        names.emplace(answer.bytes(row, 0));
    }
    EXPECT_FALSE(names.empty());
    return names;
}
constexpr std::string_view every_column =
    "SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || "
    "coalesce(collation_name, '') FROM information_schema.columns "
    "WHERE table_schema = current_schema()";
constexpr std::string_view every_index =
    "SELECT replace(indexdef, current_schema(), '') FROM pg_indexes "
    "WHERE schemaname = current_schema()";

TEST(PostgresDatabase, a_schema_of_each_older_version_becomes_what_a_new_one_is) {
    for (int version = 1; version < conformance::grown_version; ++version) {
        SCOPED_TRACE(version);
        const TestPlace place, fresh_place("_fresh");
        auto old = open(place);
        must(prepare_schema(old, grown_schema(version)));
        EXPECT_EQ(must(old.run(get_version_sql)).integer(0, 0), version);
        must(
            old.script("INSERT INTO orders (id, merchant, reference, due, body) "
                       "VALUES (7, 1, 'R', 5, '\\x01'), (8, 1, 'S', 6, '\\x02')"));
        must(prepare_schema(old, grown_schema(conformance::grown_version)));
        EXPECT_EQ(must(old.run(get_version_sql)).integer(0, 0), 3);
        EXPECT_EQ(must(old.run("SELECT count(*) FROM orders WHERE reference = 'R' "
                               "AND \"order\" IS NULL AND note IS NULL AND body = '\\x01'"))
                      .integer(0, 0),
                  1);
        EXPECT_EQ(must(old.run("SELECT sum(id)::int8 FROM orders WHERE early = 1")).integer(0, 0),
                  7);
        auto fresh = open(fresh_place);
        must(prepare_schema(fresh, grown_schema(conformance::grown_version)));
        EXPECT_EQ(names_of(old, every_column), names_of(fresh, every_column));
        EXPECT_EQ(names_of(old, every_index), names_of(fresh, every_index));
    }
}

TEST(PostgresDatabase, a_migration_waits_for_no_running_writer) {
    const TestPlace place;
    auto old = open(place);
    must(prepare_schema(old, grown_schema(1)));
    {
        auto writing = open(place, Role::writer);
        const Lease lease = must(acquire(writing, all_slots(), {.holder = "test"}));
        EXPECT_EQ(code_of(prepare_schema(old, grown_schema(3))), "store_in_use");
        EXPECT_EQ(must(old.run(get_version_sql)).integer(0, 0), 1);
        release(writing, lease);
    }
    must(prepare_schema(old, grown_schema(3)));
}

TEST(PostgresDatabase, a_migration_waits_for_a_worker_that_lost_its_session_and_ends_its_lease) {
    const TestPlace place;
    auto old = open(place);
    must(prepare_schema(old, grown_schema(1)));
    std::int64_t epoch = 0;
    {
        auto writing = open(place, Role::writer);
        epoch =
            must(acquire(writing, {}, {.holder = "test", .length = std::chrono::minutes{1}})).epoch;
    }
    EXPECT_EQ(code_of(prepare_schema(old, grown_schema(3))), "store_in_use");
    must(old.script("UPDATE leases SET lease_until = clock_timestamp() - interval '1 s'"));
    auto renewing = must(SlotSharing::open(place.server(), epoch));
    must(renewing.renew(std::chrono::minutes{1}));
    EXPECT_EQ(code_of(prepare_schema(old, grown_schema(3))), "store_in_use");
    must(old.script("UPDATE renewals SET until = clock_timestamp() - interval '1 s'"));
    must(prepare_schema(old, grown_schema(3)));
    EXPECT_EQ(code_of(renewing.renew(std::chrono::minutes{1})), "fenced")
        << "nor does it come back";
}

TEST(PostgresDatabase, a_store_in_a_later_schema_of_the_path_is_another_one) {
    const TestPlace place, later_place("_later");
    const auto later = must(open_postgres(later_place.path(), {.url = later_place.url()}));
    must(later->admin().add(
        {.kind = "key", .name = "a", .merchant = 1, .body = "{}", .expires_at = {}}));
    auto other = open(later_place);
    must(other.script(create_moving_sql));
    const auto store = must(open_postgres(
        place.path(), {.url = place.url() + "," + schema_of_place(later_place.path())}));
    EXPECT_TRUE(must(store->admin().list("key")).empty());
    EXPECT_EQ(must(open(place).run(has_schema_sql)).integer(0, 0), 1);
}

TEST(PostgresDatabase, a_schema_of_a_newer_version_is_refused_untouched) {
    const TestPlace place;
    auto store = must(open_postgres(place.path(), {.url = place.url()}));
    auto other = open(place);
    must(other.script("UPDATE schema_version SET version = 99"));
    const auto refused = open_postgres(place.path(), {.url = place.url()});
    ASSERT_EQ(code_of(refused), "schema_too_new");
    EXPECT_NE(refused.error().detail.find("99"), std::string::npos);
    // Nor does one that opened it before begin to write.
    EXPECT_EQ(code_of(store->writer()), "schema_too_new");
    EXPECT_EQ(must(other.run(get_version_sql)).integer(0, 0), 99);
}

TEST(PostgresDatabase, a_database_without_a_place_for_tables_is_refused) {
    const TestPlace place;
    drop_place(place.path());
    EXPECT_EQ(code_of(open_postgres(place.path(), {.url = place.url()})), "wrong_database");
}

TEST(PostgresDatabase, every_session_has_its_settings) {
    const TestPlace place;
    for (const Role role : {Role::writer, Role::loader, Role::reader, Role::admin, Role::intake}) {
        auto connection = open(place, role);
        const auto setting = [&](std::string_view name) {
            return std::string(
                must(connection.run("SELECT current_setting($1)", Parameters().add_text(name)))
                    .bytes(0, 0));
        };
        const bool plans = role == Role::writer || role == Role::loader;
        EXPECT_EQ(setting("synchronous_commit"), role == Role::intake ? "off" : "on");
        EXPECT_EQ(setting("jit"), "off");
        for (const auto* name : {"enable_hashjoin", "enable_mergejoin", "enable_seqscan"}) {
            EXPECT_EQ(setting(name), plans ? "off" : "on");
        }
        EXPECT_EQ(setting("default_transaction_read_only"),
                  role == Role::loader || role == Role::reader ? "on" : "off");
        EXPECT_EQ(setting("idle_in_transaction_session_timeout"),
                  role == Role::writer ? "30s" : "5s");
        const bool writes = role == Role::writer || role == Role::admin;
        EXPECT_EQ(setting("statement_timeout") == "0", writes);
    }
}

TEST(PostgresDatabase, every_table_leads_with_its_merchant) {
    const TestPlace place;
    must(open_postgres(place.path(), {.url = place.url()}));
    auto connection = open(place);
    const auto keys =
        names_of(connection,
                 "SELECT c.relname || ' ' || a.attname FROM pg_index i JOIN pg_class c "
                 "ON c.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = c.oid "
                 "AND a.attnum = i.indkey[0] WHERE i.indisprimary AND c.relnamespace = "
                 "current_schema()::regnamespace");
    for (const auto& table : ports::all_tables()) {
        EXPECT_TRUE(keys.contains(std::string(table.name) + " merchant")) << table.name;
    }
    for (const auto* name : {"events", "sealed", "keys"}) {
        EXPECT_TRUE(keys.contains(std::string(name) + " merchant")) << name;
    }
    EXPECT_EQ(must(connection.run("SELECT count(*) FROM pg_constraint WHERE contype = 'f' "
                                  "AND connamespace = current_schema()::regnamespace"))
                  .integer(0, 0),
              0);
}

// The plan of a statement whose parameters have those types.
std::string plan_of(Connection& connection, const std::string& sql, const std::string& types,
                    std::size_t count) {
    must(connection.script("PREPARE asked (" + types + ") AS " + sql));
    std::string nulls = "NULL";
    for (std::size_t i = 1; i < count; ++i) {
        nulls += ", NULL";
    }
    const auto answer = must(connection.run("EXPLAIN (COSTS OFF) EXECUTE asked (" + nulls + ')'));
    std::string plan = sql + '\n';
    for (int row = 0; row < answer.rows(); ++row) {
        plan += std::string(answer.bytes(row, 0)) + '\n';
    }
    must(connection.script("DEALLOCATE asked"));
    return plan;
}

void expect_by_index(const std::string& plan, std::string_view index) {
    EXPECT_NE(plan.find(index), std::string::npos) << plan;
    for (const auto* slow : {"Seq Scan", "Hash Join", "Merge Join", "Sort"}) {
        EXPECT_EQ(plan.find(slow), std::string::npos) << plan;
    }
}

TEST(PostgresDatabase, what_is_written_and_loaded_goes_by_its_key) {
    const TestPlace place;
    must(open_postgres(place.path(), {.url = place.url()}));
    auto connection = open(place, Role::writer);
    for (const auto& table : ports::all_tables()) {
        const std::string key = std::string(table.name) + "_pkey";
        std::string types = "bigint[], bigint[]";
        expect_by_index(plan_of(connection, delete_sql(table), types, 2), key);
        if (const std::string release = release_unique_sql(table); !release.empty()) {
            expect_by_index(plan_of(connection, release, types, 2), key);
        }
        for (const auto& column : table.columns) {
            types += column.type == ports::ColumnType::integer ? ", bigint[]" : ", text[]";
        }
        expect_by_index(
            plan_of(connection, update_sql(table), types + ", bytea[]", table.columns.size() + 3),
            key);
        expect_by_index(plan_of(connection, load_sql(table), "bigint, bigint[]", 2), key);
        expect_by_index(
            plan_of(connection, load_range_sql(table), "bigint, bigint, bigint, bigint", 4), key);
        for (const auto& column : table.columns) {
            if (column.type == ports::ColumnType::text && column.indexed != ports::Indexed::no) {
                const std::string plan =
                    plan_of(connection, find_sql(table, column), "bigint, text[], bigint", 3);
                EXPECT_NE(plan.find("Index"), std::string::npos) << plan;
                EXPECT_EQ(plan.find("Seq Scan"), std::string::npos) << plan;
            }
        }
    }
    expect_by_index(plan_of(connection, std::string(last_events_sql).substr(0), "bigint", 1),
                    "events_pkey");
    expect_by_index(plan_of(connection, std::string(outbox_due_sql), "bigint, bigint", 2),
                    "outbox_next_at");
}

}  // namespace
}  // namespace aftermile::storage::postgres
