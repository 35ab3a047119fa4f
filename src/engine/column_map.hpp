// How the rows of somebody's file become orders, shipments and scans: a TOML document that names
// columns. examples/olist.toml is a complete one.
//
//   a value is   "column"                       that column; empty cells count as absent
//                { value = "BRL" }              always this
//                { template = "OL-{order_id}" } columns filled in; absent when one of them is
//                { column = "price", round = "half_even" }    money computed in binary fractions,
//                              69.69999999999999: rounded to the currency's minor units
//                { column = "state", map = { "SP" = "BR-SP" } }   words replaced; others stay
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "model/inputs.hpp"
#include "model/scan.hpp"

namespace aftermile::engine {

// A row's cells by column; nested JSON members as "a.b".
using SourceRow = std::map<std::string, std::string, std::less<>>;

struct ColumnValue {
    std::string column, value, pattern;
    std::map<std::string, std::string, std::less<>> words;
    std::optional<base::Rounding> rounding;  // absent: more decimals than there are is an error
    // Nothing for an absent or empty cell.
    [[nodiscard]] std::optional<std::string> of(const SourceRow& row) const;
};
using ColumnValues = std::map<std::string, ColumnValue, std::less<>>;  // by field: ship_to.region

struct ScanMap {
    ColumnValues values;
    std::size_t line = 0;
};

struct ColumnMap {
    ColumnValues order, shipment;
    std::vector<ColumnValues> lines;
    std::vector<ScanMap> scans;

    // Code `bad_map`, naming line and key: unknown fields, and order without a reference.
    [[nodiscard]] static base::Result<ColumnMap> parse(std::string_view document);
    // Every column that the map names.
    [[nodiscard]] std::vector<std::string> columns() const;
};

struct MappedScan {
    model::Scan scan;
    bool known = false;  // milestone or exception given: no status table is asked
    std::string type, code, reason;
};

// What one row yields. A scan or shipment whose time is absent is left out.
struct MappedRow {
    std::optional<model::OrderInput> order;
    std::optional<model::ShipmentInput> shipment;
    std::vector<MappedScan> scans;
};
// Problems name the column at fault as their pointer.
[[nodiscard]] base::Result<MappedRow> map_row(const ColumnMap& map, const SourceRow& row,
                                              base::Problems& problems);

}  // namespace aftermile::engine
