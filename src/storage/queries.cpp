#include "storage/queries.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace aftermile::storage {

namespace {

constexpr std::size_t list_limit_max = 1'000;
constexpr std::size_t values_max = 1'000;

bool fits(const ports::Value& value, ports::ColumnType type) {
    if (std::holds_alternative<std::monostate>(value)) {
        return true;
    }
    return std::holds_alternative<std::int64_t>(value) == (type == ports::ColumnType::integer);
}

std::unexpected<base::Error> bad_query(std::string detail, std::string_view column) {
    return base::fail("bad_query", std::move(detail), std::string(column), base::Family::internal);
}

bool takes_values(const ports::Filter& filter) {
    return filter.test != ports::Filter::Test::is_null &&
           filter.test != ports::Filter::Test::not_null;
}

base::Result<void> check_filter(ports::Table table, const ports::Filter& filter) {
    auto type = ports::ColumnType::integer;
    if (filter.column != "id") {
        const auto index = ports::column_index(table, filter.column);
        if (!index) {
            return bad_query("The table has no such column.", filter.column);
        }
        type = ports::schema_of(table).columns[*index].type;
    }
    if (filter.values.size() > values_max) {
        return bad_query("A filter has too many values.", filter.column);
    }
    if (filter.test != ports::Filter::Test::any_of &&
        filter.values.size() != (takes_values(filter) ? 1U : 0U)) {
        return bad_query("A filter has the wrong number of values.", filter.column);
    }
    const bool fit = std::ranges::all_of(
        filter.values, [type](const ports::Value& value) { return fits(value, type); });
    return fit ? base::Result<void>{} : bad_query("A value has another type.", filter.column);
}

}  // namespace

base::Result<void> check_row(const ports::Row& row) {
    const auto& schema = ports::schema_of(row.table);
    if (row.columns.size() != schema.columns.size()) {
        return base::fail("bad_row", "A row does not have its table's columns.",
                          std::string(schema.name), base::Family::internal);
    }
    for (std::size_t i = 0; i < row.columns.size(); ++i) {
        if (!fits(row.columns[i], schema.columns[i].type)) {
            return base::fail("bad_row", "A column has a value of another type.",
                              std::string(schema.columns[i].name), base::Family::internal);
        }
    }
    return {};
}

base::Result<void> check_query(const ports::Query& query) {
    if (query.limit == 0 || query.limit > list_limit_max) {
        return bad_query("A list gives 1 to 1,000 rows.", "limit");
    }
    std::size_t values = 0;
    for (const auto& filter : query.filters) {
        if (auto good = check_filter(query.table, filter); !good) {
            return good;
        }
        values += filter.values.size();
    }
    return values <= values_max ? base::Result<void>{} : bad_query("Too many values.", "");
}

base::Result<std::size_t> check_find(ports::Table table, std::string_view column) {
    const auto& schema = ports::schema_of(table);
    const auto index = ports::column_index(table, column);
    if (!index || schema.columns[*index].type != ports::ColumnType::text ||
        schema.columns[*index].indexed == ports::Indexed::no) {
        return bad_query("Rows are found by an indexed column of text.", column);
    }
    return *index;
}

IdRange page_of(const ports::Query& query) {
    IdRange ids = ids_of(query.table, query.merchant);
    if (!query.after) {
        return ids;
    }
    if (query.newest_first) {
        ids.last = std::min(ids.last, std::max(*query.after, ids.first) - 1);
    } else {
        ids.first = std::max(ids.first, std::min(*query.after, ids.last) + 1);
    }
    return ids;
}

IdRange events_after(model::EventId after, std::size_t limit) {
    constexpr std::uint64_t last_number = (std::uint64_t{1} << base::id_event_bits) - 1;
    constexpr std::uint32_t last_ordinal = (std::uint32_t{1} << base::id_ordinal_bits) - 1;
    const std::uint64_t from = after.event_number();
    const std::uint64_t to = from + std::min<std::uint64_t>(limit, last_number - from);
    return {.first = model::EventId::of(after.merchant(), from, last_ordinal).value,
            .last = model::EventId::of(after.merchant(), to, last_ordinal).value};
}

}  // namespace aftermile::storage
