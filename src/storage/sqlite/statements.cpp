#include "storage/sqlite/statements.hpp"

#include "storage/merchant_of.hpp"

namespace aftermile::storage::sqlite {

namespace {

using ports::Column;
using ports::Indexed;
using ports::TableSchema;

constexpr std::string_view fixed_tables_sql =
    "CREATE TABLE events (id INTEGER PRIMARY KEY, previous INTEGER NOT NULL, "
    "recorded_at INTEGER NOT NULL, payload BLOB NOT NULL, decision BLOB NOT NULL) STRICT;\n"
    "CREATE TABLE sealed (id INTEGER PRIMARY KEY, merchant INTEGER NOT NULL, about TEXT NOT NULL, "
    "owner TEXT NOT NULL, bytes BLOB NOT NULL, UNIQUE (merchant, about)) STRICT;\n"
    "CREATE TABLE admin (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, "
    "merchant INTEGER NOT NULL, body BLOB NOT NULL, expires_at INTEGER, "
    "UNIQUE (kind, name)) STRICT;\n"
    "CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;\n"
    "INSERT INTO counters (name, value) VALUES ('admin', 0), ('merchants', 0);\n";
// Dispatch asks over all merchants for what is due; while a channel is down many rows wait.
constexpr std::string_view outbox_index_sql = "CREATE INDEX outbox_next_at ON outbox (next_at);\n";

std::string parameter(std::size_t number) { return '?' + std::to_string(number); }

constexpr std::size_t first_column_parameter = 3;
std::string column_parameter(std::size_t column) {
    return parameter(first_column_parameter + column);
}
std::string body_parameter(const TableSchema& table) {
    return column_parameter(table.columns.size());
}

constexpr std::string_view round_sql =
    "(SELECT count(*) FROM temp.erased_keys e WHERE e.merchant = keys.merchant "
    "AND e.owner = keys.owner AND e.slot < keys.slot)";

// What stands for a part's column where the file's table has none of that name.
std::string expression(const ports::Part& part, const ports::PartColumn& column) {
    if (part.name == "events" && column.name == "merchant") {
        return "id >> " + std::to_string(merchant_shift);
    }
    if (part.name == "keys" && column.name == "round") {
        return std::string(round_sql);
    }
    return quoted(column.name);
}

// The id follows every index's columns without being named.
std::string_view end_of(const TableSchema& /*table*/) { return "body BLOB NOT NULL) STRICT"; }

}  // namespace

// The plus keeps the merchant out of indexes; the ids lead with the merchant too.
constinit const Dialect dialect{.parameter = '?',
                                .integer = "INTEGER",
                                .text = "TEXT",
                                .key_columns = "id INTEGER PRIMARY KEY, merchant INTEGER NOT NULL",
                                .end_of = end_of,
                                .index_end = "",
                                .merchant_without_index = "+merchant = ?1"};

std::string create_schema_sql(const SchemaView& schema) {
    return std::string(fixed_tables_sql) + create_tables_sql(dialect, schema) +
           std::string(outbox_index_sql);
}

std::string migrate_schema_sql(const SchemaView& schema, int from) {
    return migrate_tables_sql(dialect, schema, from);
}

std::string insert_sql(const TableSchema& table) {
    std::string values = "?1, ?2, ";
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        values += column_parameter(i) + ", ";
    }
    return "INSERT INTO " + quoted(table.name) + " (id, merchant, " + column_names(table) +
           "body) VALUES (" + values + body_parameter(table) + ')';
}

std::string update_unindexed_sql(const TableSchema& table) {
    std::string set;
    std::string same;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const Column& column = table.columns[i];
        if (column.indexed == Indexed::no) {
            set += quoted(column.name) + " = " + column_parameter(i) + ", ";
        } else {
            same += " AND " + quoted(column.name) + " IS " + column_parameter(i);
        }
    }
    return "UPDATE " + quoted(table.name) + " SET " + set + "body = " + body_parameter(table) +
           " WHERE id = ?1" + same;
}

std::string update_sql(const TableSchema& table) {
    std::string set;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        set += quoted(table.columns[i].name) + " = " + column_parameter(i) + ", ";
    }
    return "UPDATE " + quoted(table.name) + " SET " + set + "body = " + body_parameter(table) +
           " WHERE id = ?1";
}

std::string release_unique_sql(const TableSchema& table) {
    std::string set;
    for (const Column& column : table.columns) {
        if (column.indexed == Indexed::unique) {
            set += (set.empty() ? "" : ", ") + quoted(column.name) + " = NULL";
        }
    }
    if (set.empty()) {
        return {};
    }
    return "UPDATE " + quoted(table.name) + " SET " + set + " WHERE id = ?1";
}

std::string delete_sql(const TableSchema& table) {
    return "DELETE FROM " + quoted(table.name) + " WHERE id = ?1";
}

std::string load_sql(const TableSchema& table) {
    return "SELECT body FROM " + quoted(table.name) + " WHERE id = ?1";
}

std::string find_sql(const TableSchema& table, const ports::Column& column) {
    return "SELECT id FROM " + quoted(table.name) + " WHERE merchant = ?1 AND " +
           quoted(column.name) + " = ?2 ORDER BY id LIMIT ?3";
}

std::string load_range_sql(const TableSchema& table) {
    return "SELECT id, body FROM " + quoted(table.name) +
           " WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT ?3";
}

std::string page_of_part_sql(const ports::Part& part) {
    std::string columns;
    for (const ports::PartColumn& column : part.columns) {
        columns += expression(part, column) + ", ";
    }
    return "SELECT " + columns + "rowid FROM " + quoted(part.name) +
           " WHERE rowid > ?1 ORDER BY rowid LIMIT ?2";
}

std::string count_part_sql(const ports::Part& part) {
    return "SELECT count(*) FROM " + quoted(part.name);
}

}  // namespace aftermile::storage::sqlite
