// The one description of what is stored: every adapter makes its tables, indexes and statements
// from this list, and every record says here which of its members stand beside its body as
// columns. A new table or column is written once, at the end of its list, with the version that
// added it.
//
// Every table has `id` (its key, leading with the merchant), `merchant` and `body` (the encoded
// record, base/record.hpp) beside the columns listed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace aftermile::ports {

enum class Table : unsigned char {
    customers,
    orders,
    shipments,
    incidents,
    notifications,
    tickets,
    coverages,
    claims,
    ledger,
    contributions,
    risks,
    merchants,  // id = merchant number
    profiles,   // id = merchant << 43 | version
    policies,   // id = merchant << 43 | version
    outbox,     // id = the record's to hand over; a row is gone when that is done
    parked,     // id = the event's
    sweeps,     // id = merchant << 43 | 1
    pieces,     // numbers of pieces that are not their shipment's
};
inline constexpr std::size_t table_count = 18;

enum class ColumnType : unsigned char { integer, text };
enum class Indexed : unsigned char {
    no,
    yes,            // (merchant, column, id)
    when_not_null,  // the same, only rows whose column is not null
    unique,         // (merchant, column), only rows whose column is not null
};
// What the rows that are there get when their column is added: 1 where another one has this value.
struct Fill {
    std::string_view column;
    std::int64_t value = 0;
};
struct Column {
    std::string_view name;
    ColumnType type = ColumnType::integer;
    Indexed indexed = Indexed::no;
    int since = 1;                  // the schema's version that added it
    std::optional<Fill> fill = {};  // without: null
};
struct TableSchema {
    Table table;
    std::string_view name;
    std::span<const Column> columns;
    int since = 1;  // the schema's version that added it
};

// Raised by one with every table or column added and every index given up. A store of a lower
// version is brought here when it is opened; one of a higher version is refused.
inline constexpr int schema_version = 4;

// An index that a version gave up.
struct GivenUpIndex {
    Table table;
    std::string_view column;
    int since;
};
[[nodiscard]] std::span<const GivenUpIndex> given_up_indexes();

[[nodiscard]] const TableSchema& schema_of(Table table);
[[nodiscard]] std::span<const TableSchema> all_tables();
// The position of that column in the table's list, if it has one.
[[nodiscard]] std::optional<std::size_t> column_index(Table table, std::string_view name);

using Value = std::variant<std::monostate, std::int64_t, std::string>;

}  // namespace aftermile::ports
