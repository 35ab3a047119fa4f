// The texts of SQL that the adapters share, made from the port's schema in either dialect. Names
// come from the schema and from here, never from input; every value is a parameter.
//
// One table per table of the schema: id, merchant, its columns, body. What an adapter adds beside
// them, and how it writes, is its own (sqlite/statements.hpp, postgres/statements.hpp).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ports/schema.hpp"
#include "ports/store.hpp"

namespace aftermile::storage {

// A schema as of a version; the store's own is everything in ports/schema.hpp.
struct SchemaView {
    std::span<const ports::TableSchema> tables;
    int version = 1;
};
[[nodiscard]] SchemaView current_schema();

// Where the two databases differ.
struct Dialect {
    char parameter;  // before a parameter's number
    std::string_view integer, text;
    std::string_view key_columns;  // what every table begins with
    // What every table ends with, from its body on.
    std::string_view (*end_of)(const ports::TableSchema& table);
    std::string_view index_end;  // what every index but a unique one has after its column
    // The condition that rows are the merchant's, where no index should be chosen for it.
    std::string_view merchant_without_index;
};

[[nodiscard]] std::string quoted(std::string_view name);
// Each column's name in quotes, each followed by a comma.
[[nodiscard]] std::string column_names(const ports::TableSchema& table);

// The schema's tables and indexes, all of them.
[[nodiscard]] std::string create_tables_sql(const Dialect& dialect, const SchemaView& schema);
// What brings a store of version `from` to the schema's version: tables and columns that came
// since. Columns added are null in the rows there, or filled as the schema says.
[[nodiscard]] std::string migrate_tables_sql(const Dialect& dialect, const SchemaView& schema,
                                             int from);

// Parameter 1 is the id, 2 the merchant: the row's columns, then its body.
[[nodiscard]] std::string get_sql(const Dialect& dialect, const ports::TableSchema& table);
// id and due of every row that is due some day.
[[nodiscard]] std::string each_due_sql(const ports::TableSchema& table);

// The conditions of a query: parameter 1 the merchant, 2 and 3 the first and last id, 4 and on the
// filters' values in their order. A list adds the limit as the last parameter.
[[nodiscard]] std::string list_sql(const Dialect& dialect, const ports::TableSchema& table,
                                   const ports::Query& query);
[[nodiscard]] std::string count_sql(const Dialect& dialect, const ports::TableSchema& table,
                                    const ports::Query& query);

}  // namespace aftermile::storage
