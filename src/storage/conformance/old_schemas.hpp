// A schema that grew: what every adapter must bring from each version to the last.
#pragma once

#include <array>

#include "storage/statements.hpp"

namespace aftermile::storage::conformance {

inline constexpr auto grown_orders = std::to_array<ports::Column>(
    {{"reference", ports::ColumnType::text, ports::Indexed::unique},
     {"due"},
     {"order", ports::ColumnType::integer, ports::Indexed::when_not_null, 2},
     {"note", ports::ColumnType::text, ports::Indexed::no, 3},
     {"early", ports::ColumnType::integer, ports::Indexed::when_not_null, 3,
      ports::Fill{"due", 5}}});
inline constexpr auto grown_outbox = std::to_array<ports::Column>({{"next_at"}});
inline constexpr auto grown_tickets =
    std::to_array<ports::Column>({{"state", ports::ColumnType::integer, ports::Indexed::yes, 2},
                                  {"late", ports::ColumnType::integer, ports::Indexed::yes, 3}});
inline constexpr auto grown_tables =
    std::to_array<ports::TableSchema>({{ports::Table::orders, "orders", grown_orders},
                                       {ports::Table::outbox, "outbox", grown_outbox},
                                       {ports::Table::tickets, "tickets", grown_tickets, 2}});
inline constexpr int grown_version = 3;

[[nodiscard]] constexpr SchemaView grown_schema(int version) { return {grown_tables, version}; }

}  // namespace aftermile::storage::conformance
