// Opening sessions, each with the settings of its role, and bringing the schema up to date.
#pragma once

#include <chrono>
#include <string>

#include "base/result.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/statements.hpp"

namespace aftermile::storage::postgres {

enum class Role : unsigned char { writer, loader, reader, admin, intake };

// `read_limit` ends a reader's statements; other roles have limits of their own.
[[nodiscard]] base::Result<Connection> open_database(
    const Server& server, Role role,
    std::chrono::milliseconds read_limit = std::chrono::seconds(5));

// 0 where there is none yet.
[[nodiscard]] base::Result<std::int64_t> version_of(Connection& connection);

// Makes the schema in an empty database schema, or brings an older one to `schema`'s version, in
// one transaction and one process at a time. Codes: schema_too_new, store_in_use (somebody writes
// in the older one, or a worker's lease lasts on), wrong_database (not UTF-8, or no schema to make
// tables in), moving (a move into it is not finished: only the move itself may open it).
enum class HalfMoved : unsigned char { refused, expected };
[[nodiscard]] base::Result<void> prepare_schema(Connection& connection, const SchemaView& schema,
                                                HalfMoved half_moved = HalfMoved::refused);

}  // namespace aftermile::storage::postgres
