// What the adapters check and derive alike before they ask their database.
#pragma once

#include <optional>

#include "base/result.hpp"
#include "model/event.hpp"
#include "ports/store.hpp"
#include "storage/merchant_of.hpp"

namespace aftermile::storage {

inline constexpr std::int64_t found_max = 16;  // ids that one `find` gives

// A row with its table's columns, each null or of its type; else a bug of the caller: `bad_row`.
[[nodiscard]] base::Result<void> check_row(const ports::Row& row);

// A bug of the caller, code `bad_query`: a column that is not of the table, a value of another
// type, a limit of none or more than 1,000, more than 1,000 values.
[[nodiscard]] base::Result<void> check_query(const ports::Query& query);
// The position of an indexed column of text, by which rows are found; else `bad_query`.
[[nodiscard]] base::Result<std::size_t> check_find(ports::Table table, std::string_view column);

// The merchant's ids, from where the page before ended.
[[nodiscard]] IdRange page_of(const ports::Query& query);

// The ids of `limit` events with numbers after that one's: greater than first, at most last.
[[nodiscard]] IdRange events_after(model::EventId after, std::size_t limit);

}  // namespace aftermile::storage
