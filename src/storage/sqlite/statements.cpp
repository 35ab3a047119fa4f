#include "storage/sqlite/statements.hpp"

#include <optional>

namespace aftermile::storage::sqlite {

namespace {

using ports::Column;
using ports::ColumnType;
using ports::Filter;
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

// What expired is looked up by its time: stored replies come by the thousand.
constexpr int admin_index_since = 2;
constexpr std::string_view admin_index_sql =
    "CREATE INDEX admin_expires_at ON admin (kind, expires_at) WHERE expires_at IS NOT NULL;\n";

std::string quoted(std::string_view name) { return '"' + std::string(name) + '"'; }

std::string parameter(std::size_t number) { return '?' + std::to_string(number); }

constexpr std::size_t first_column_parameter = 3;
std::string column_parameter(std::size_t column) {
    return parameter(first_column_parameter + column);
}
std::string body_parameter(const TableSchema& table) {
    return column_parameter(table.columns.size());
}

std::string_view type_of(const Column& column) {
    return column.type == ColumnType::integer ? " INTEGER" : " TEXT";
}

// Each column's name in quotes, each followed by a comma.
std::string column_names(const TableSchema& table) {
    std::string names;
    for (const Column& column : table.columns) {
        names += quoted(column.name) + ", ";
    }
    return names;
}

std::string create_table(const TableSchema& table, int version) {
    std::string sql = "CREATE TABLE " + quoted(table.name) +
                      " (id INTEGER PRIMARY KEY, merchant INTEGER NOT NULL, ";
    for (const Column& column : table.columns) {
        if (column.since <= version) {
            sql += quoted(column.name) + std::string(type_of(column)) + ", ";
        }
    }
    return sql + "body BLOB NOT NULL) STRICT;\n";
}

// The id follows every index's columns without being named.
std::string create_index(const TableSchema& table, const Column& column) {
    const std::string name = quoted(column.name);
    const std::string rest = quoted(std::string(table.name) + '_' + std::string(column.name)) +
                             " ON " + quoted(table.name) + " (merchant, " + name + ')';
    switch (column.indexed) {
        case Indexed::no:
            return {};
        case Indexed::yes:
            return "CREATE INDEX " + rest + ";\n";
        case Indexed::when_not_null:
            return "CREATE INDEX " + rest + " WHERE " + name + " IS NOT NULL;\n";
        case Indexed::unique:
            return "CREATE UNIQUE INDEX " + rest + " WHERE " + name + " IS NOT NULL;\n";
    }
    return {};
}

std::string add_table(const TableSchema& table, int version) {
    std::string sql = create_table(table, version);
    for (const Column& column : table.columns) {
        if (column.since <= version) {
            sql += create_index(table, column);
        }
    }
    return sql;
}

std::string step_to(const SchemaView& schema, int version) {
    std::string sql(version == admin_index_since ? admin_index_sql : std::string_view());
    for (const TableSchema& table : schema.tables) {
        if (table.since == version) {
            sql += add_table(table, version);
            continue;
        }
        for (const Column& column : table.columns) {
            if (table.since < version && column.since == version) {
                sql += "ALTER TABLE " + quoted(table.name) + " ADD COLUMN " + quoted(column.name) +
                       std::string(type_of(column)) + ";\n" + create_index(table, column);
            }
        }
    }
    return sql;
}

std::string any_of(std::size_t& next, std::size_t count) {
    std::string values;
    for (std::size_t i = 0; i < count; ++i) {
        values += (i == 0 ? "" : ", ") + parameter(next++);
    }
    return " IN (" + values + ')';
}

std::string condition(const Filter& filter, std::string_view column, std::size_t& next) {
    const std::string name = quoted(column);
    switch (filter.test) {
        case Filter::Test::equal:
            return name + " = " + parameter(next++);
        case Filter::Test::at_least:
            return name + " >= " + parameter(next++);
        case Filter::Test::at_most:
            return name + " <= " + parameter(next++);
        case Filter::Test::is_null:
            return name + " IS NULL";
        case Filter::Test::not_null:
            return name + " IS NOT NULL";
        case Filter::Test::any_of:
            return name + any_of(next, filter.values.size());
    }
    return {};
}

// The name as the schema has it, so that no text of the caller reaches the statement.
std::string_view name_in(const TableSchema& table, std::string_view name) {
    for (const Column& column : table.columns) {
        if (column.name == name) {
            return column.name;
        }
    }
    return "id";
}

bool index_helps(const TableSchema& table, const Filter& filter) {
    for (const Column& column : table.columns) {
        if (column.name == filter.column) {
            return column.indexed != Indexed::no && filter.test != Filter::Test::is_null;
        }
    }
    return false;
}

// Every index leads with the merchant. Where no filter narrows one further, going by it would read
// and sort all of the merchant's rows for one page; the plus keeps the merchant out of indexes and
// the ids, which lead with the merchant too, give the rows in order.
std::string conditions(const TableSchema& table, const ports::Query& query, std::size_t& next) {
    bool indexed = false;
    for (const Filter& filter : query.filters) {
        indexed = indexed || index_helps(table, filter);
    }
    std::string sql = indexed ? " WHERE merchant = ?1" : " WHERE +merchant = ?1";
    sql += " AND id BETWEEN ?2 AND ?3";
    next = 4;
    for (const Filter& filter : query.filters) {
        sql += " AND " + condition(filter, name_in(table, filter.column), next);
    }
    return sql;
}

}  // namespace

SchemaView current_schema() {
    return {.tables = ports::all_tables(), .version = ports::schema_version};
}

std::string create_schema_sql(const SchemaView& schema) {
    std::string sql(fixed_tables_sql);
    for (const TableSchema& table : schema.tables) {
        sql += add_table(table, schema.version);
    }
    if (schema.version >= admin_index_since) {
        sql += admin_index_sql;
    }
    return sql + std::string(outbox_index_sql);
}

std::string migrate_schema_sql(const SchemaView& schema, int from) {
    std::string sql;
    for (int version = from + 1; version <= schema.version; ++version) {
        sql += step_to(schema, version);
    }
    return sql;
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

std::string load_range_sql(const TableSchema& table) {
    return "SELECT id, body FROM " + quoted(table.name) +
           " WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT ?3";
}

std::string find_sql(const TableSchema& table, const Column& column) {
    return "SELECT id FROM " + quoted(table.name) + " WHERE merchant = ?1 AND " +
           quoted(column.name) + " = ?2 ORDER BY id LIMIT ?3";
}

std::string get_sql(const TableSchema& table) {
    return "SELECT " + column_names(table) + "body FROM " + quoted(table.name) +
           " WHERE id = ?1 AND merchant = ?2";
}

std::string each_due_sql(const TableSchema& table) {
    return "SELECT id, due FROM " + quoted(table.name) + " WHERE due IS NOT NULL";
}

std::string list_sql(const TableSchema& table, const ports::Query& query) {
    std::size_t next = 0;
    const std::string where = conditions(table, query, next);
    return "SELECT id, " + column_names(table) + "body FROM " + quoted(table.name) + where +
           (query.newest_first ? " ORDER BY id DESC" : " ORDER BY id") + " LIMIT " +
           parameter(next);
}

std::string count_sql(const TableSchema& table, const ports::Query& query) {
    std::size_t next = 0;
    return "SELECT count(*) FROM " + quoted(table.name) + conditions(table, query, next);
}

}  // namespace aftermile::storage::sqlite
