// Rows of the port to and from statements.
#pragma once

#include "base/result.hpp"
#include "ports/store.hpp"
#include "storage/sqlite/connection.hpp"

namespace aftermile::storage::sqlite {

// Binds id, merchant, columns and body as statements.hpp lays them out. A column of the wrong
// type or count is a bug of the caller: code `bad_row`.
[[nodiscard]] base::Result<void> bind_row(Statement& statement, const ports::Row& row);

// The columns and the body, from that column of the result on.
void read_row(const Statement& statement, ports::Table table, int first,
              std::vector<ports::Value>& columns, std::string& body);

void bind_event(Statement& statement, const ports::EventRow& event);
[[nodiscard]] ports::EventRow read_event(const Statement& statement);

// All of kind, name, merchant, body and expiry, from the first parameter on.
void bind_admin(Statement& statement, const ports::AdminRow& row);

}  // namespace aftermile::storage::sqlite
