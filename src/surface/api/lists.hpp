// Pages of lists: {"data", "has_more", "next_cursor"}. A cursor is signed and belongs to one
// list, merchant and set of filters.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "surface/api/views.hpp"

namespace aftermile::surface {

inline constexpr std::size_t page_limit_default = 50;
inline constexpr std::size_t page_limit_max = 100;

// limit, cursor of the query. Codes: bad_parameter, bad_cursor.
struct PageRequest {
    std::size_t limit = page_limit_default;
    std::optional<std::int64_t> after;
};
[[nodiscard]] base::Result<PageRequest> read_page(const ReadCall& call);
[[nodiscard]] std::string make_cursor(const ReadCall& call, std::int64_t last);

// Every parameter but limit and cursor; absent ones are not there.
[[nodiscard]] std::optional<std::string_view> parameter(const ReadCall& call,
                                                        std::string_view name);
// An instant parameter, of `since` and `until`. Code bad_parameter.
[[nodiscard]] base::Result<std::optional<base::Instant>> instant_parameter(const ReadCall& call,
                                                                           std::string_view name);
// A word of a closed set. Code bad_parameter.
template <class E>
[[nodiscard]] base::Result<std::optional<E>> word_parameter(const ReadCall& call,
                                                            std::string_view name) {
    const auto written = parameter(call, name);
    if (!written) {
        return std::nullopt;
    }
    const auto value = base::from_text<E>(*written);
    if (!value) {
        return base::fail("bad_parameter",
                          std::string(*written) + " is not a word of " + std::string(name) + ".",
                          std::string(name));
    }
    return value;
}

// A page of values that are all in memory; the cursor is a position.
[[nodiscard]] base::Result<std::string> page_of(
    ReadCall& call, std::size_t count,
    const std::function<Written(base::JsonWriter&, std::size_t)>& write);

// A page of the records that the query finds, ordered by a column of theirs; the cursor is a
// position. All rows are read for each page, of the records only those of the page.
template <class R>
[[nodiscard]] base::Result<std::string> page_by(ReadCall& call, Records& records,
                                                std::vector<ports::Filter> filters,
                                                bool newest_first, Records::Ranking ranking,
                                                const Records::RowTest& passes) {
    auto page = read_page(call);
    if (!page) {
        return std::unexpected(page.error());
    }
    ports::Query query;
    query.table = table_of<R>;
    query.merchant = records.merchant();
    query.filters = std::move(filters);
    query.newest_first = newest_first;
    // One more than is shown tells whether there is another page.
    const auto wanted = static_cast<std::size_t>(page->after.value_or(0)) + page->limit + 1;
    auto ids = records.first_by(std::move(query), ranking, wanted, passes);
    if (!ids) {
        return std::unexpected(ids.error());
    }
    View view{records, call.caller};
    return page_of(call, ids->size(), [&](base::JsonWriter& writer, std::size_t i) -> Written {
        auto record = records.need<R>((*ids)[i]);
        return record ? write_view(writer, view, *record) : std::unexpected(record.error());
    });
}

// The lists of records and the single records.
void add_list_routes(Router& router, Context& context);
// Incidents have their own list: sorted, and with filters on their shipment.
void add_incident_routes(Router& router, Context& context);

}  // namespace aftermile::surface
