#include "storage/statements.hpp"

namespace aftermile::storage {

namespace {

using ports::Column;
using ports::ColumnType;
using ports::Filter;
using ports::Indexed;
using ports::TableSchema;

std::string parameter(const Dialect& dialect, std::size_t number) {
    return dialect.parameter + std::to_string(number);
}

std::string typed(const Dialect& dialect, const Column& column) {
    return quoted(column.name) + ' ' +
           std::string(column.type == ColumnType::integer ? dialect.integer : dialect.text);
}

std::string create_table(const Dialect& dialect, const TableSchema& table, int version) {
    std::string sql =
        "CREATE TABLE " + quoted(table.name) + " (" + std::string(dialect.key_columns) + ", ";
    for (const Column& column : table.columns) {
        if (column.since <= version) {
            sql += typed(dialect, column) + ", ";
        }
    }
    return sql + std::string(dialect.end_of(table)) + ";\n";
}

std::string index_name(const TableSchema& table, std::string_view column) {
    return quoted(std::string(table.name) + '_' + std::string(column));
}

std::string create_index(const Dialect& dialect, const TableSchema& table, const Column& column) {
    const std::string name = quoted(column.name);
    const std::string head =
        index_name(table, column.name) + " ON " + quoted(table.name) + " (merchant, " + name;
    const std::string end(dialect.index_end);
    switch (column.indexed) {
        case Indexed::no:
            return {};
        case Indexed::yes:
            return "CREATE INDEX " + head + end + ");\n";
        case Indexed::when_not_null:
            return "CREATE INDEX " + head + end + ") WHERE " + name + " IS NOT NULL;\n";
        case Indexed::unique:
            return "CREATE UNIQUE INDEX " + head + ") WHERE " + name + " IS NOT NULL;\n";
    }
    return {};
}

std::string add_table(const Dialect& dialect, const TableSchema& table, int version) {
    std::string sql = create_table(dialect, table, version);
    for (const Column& column : table.columns) {
        if (column.since <= version) {
            sql += create_index(dialect, table, column);
        }
    }
    return sql;
}

std::string add_column(const Dialect& dialect, const TableSchema& table, const Column& column) {
    const std::string name = quoted(table.name);
    std::string sql = "ALTER TABLE " + name + " ADD COLUMN " + typed(dialect, column) + ";\n";
    if (column.fill) {
        sql += "UPDATE " + name + " SET " + quoted(column.name) + " = 1 WHERE " +
               quoted(column.fill->column) + " = " + std::to_string(column.fill->value) + ";\n";
    }
    return sql + create_index(dialect, table, column);
}

// What expired is looked up by its time: stored replies come by the thousand.
constexpr int admin_index_since = 2;
constexpr std::string_view admin_index_sql =
    "CREATE INDEX admin_expires_at ON admin (kind, expires_at) WHERE expires_at IS NOT NULL;\n";

std::string step_to(const Dialect& dialect, const SchemaView& schema, int version) {
    std::string sql(version == admin_index_since ? admin_index_sql : std::string_view());
    for (const ports::GivenUpIndex& index : ports::given_up_indexes()) {
        if (index.since == version) {
            sql += "DROP INDEX IF EXISTS " +
                   index_name(ports::schema_of(index.table), index.column) + ";\n";
        }
    }
    for (const TableSchema& table : schema.tables) {
        if (table.since == version) {
            sql += add_table(dialect, table, version);
            continue;
        }
        for (const Column& column : table.columns) {
            if (table.since < version && column.since == version) {
                sql += add_column(dialect, table, column);
            }
        }
    }
    return sql;
}

std::string any_of(const Dialect& dialect, const std::string& name, std::size_t& next,
                   std::size_t count) {
    if (count == 0) {
        return "1 = 0";  // an empty list is no SQL
    }
    std::string values;
    for (std::size_t i = 0; i < count; ++i) {
        values += (i == 0 ? "" : ", ") + parameter(dialect, next++);
    }
    return name + " IN (" + values + ')';
}

std::string condition(const Dialect& dialect, const Filter& filter, std::string_view column,
                      std::size_t& next) {
    const std::string name = quoted(column);
    switch (filter.test) {
        case Filter::Test::equal:
            return name + " = " + parameter(dialect, next++);
        case Filter::Test::at_least:
            return name + " >= " + parameter(dialect, next++);
        case Filter::Test::at_most:
            return name + " <= " + parameter(dialect, next++);
        case Filter::Test::is_null:
            return name + " IS NULL";
        case Filter::Test::not_null:
            return name + " IS NOT NULL";
        case Filter::Test::any_of:
            return any_of(dialect, name, next, filter.values.size());
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
// and sort all of the merchant's rows for one page; by their ids they come in order.
std::string conditions(const Dialect& dialect, const TableSchema& table, const ports::Query& query,
                       std::size_t& next) {
    bool indexed = false;
    for (const Filter& filter : query.filters) {
        indexed = indexed || index_helps(table, filter);
    }
    const std::string merchant = indexed ? "merchant = " + parameter(dialect, 1)
                                         : std::string(dialect.merchant_without_index);
    std::string sql = " WHERE " + merchant + " AND id BETWEEN " + parameter(dialect, 2) + " AND " +
                      parameter(dialect, 3);
    next = 4;
    for (const Filter& filter : query.filters) {
        sql += " AND " + condition(dialect, filter, name_in(table, filter.column), next);
    }
    return sql;
}

}  // namespace

SchemaView current_schema() {
    return {.tables = ports::all_tables(), .version = ports::schema_version};
}

std::string quoted(std::string_view name) { return '"' + std::string(name) + '"'; }

std::string column_names(const TableSchema& table) {
    std::string names;
    for (const Column& column : table.columns) {
        names += quoted(column.name) + ", ";
    }
    return names;
}

std::string create_tables_sql(const Dialect& dialect, const SchemaView& schema) {
    std::string sql;
    for (const TableSchema& table : schema.tables) {
        if (table.since <= schema.version) {
            sql += add_table(dialect, table, schema.version);
        }
    }
    return schema.version >= admin_index_since ? sql + std::string(admin_index_sql) : sql;
}

std::string migrate_tables_sql(const Dialect& dialect, const SchemaView& schema, int from) {
    std::string sql;
    for (int version = from + 1; version <= schema.version; ++version) {
        sql += step_to(dialect, schema, version);
    }
    return sql;
}

std::string get_sql(const Dialect& dialect, const TableSchema& table) {
    return "SELECT " + column_names(table) + "body FROM " + quoted(table.name) +
           " WHERE id = " + parameter(dialect, 1) + " AND merchant = " + parameter(dialect, 2);
}

std::string each_due_sql(const TableSchema& table) {
    return "SELECT id, due FROM " + quoted(table.name) + " WHERE due IS NOT NULL";
}

std::string list_sql(const Dialect& dialect, const TableSchema& table, const ports::Query& query) {
    std::size_t next = 0;
    const std::string where = conditions(dialect, table, query, next);
    return "SELECT id, " + column_names(table) + "body FROM " + quoted(table.name) + where +
           (query.newest_first ? " ORDER BY id DESC" : " ORDER BY id") + " LIMIT " +
           parameter(dialect, next);
}

std::string count_sql(const Dialect& dialect, const TableSchema& table, const ports::Query& query) {
    std::size_t next = 0;
    return "SELECT count(*) FROM " + quoted(table.name) + conditions(dialect, table, query, next);
}

}  // namespace aftermile::storage
