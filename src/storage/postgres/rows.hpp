// Rows of the port from answers.
#pragma once

#include "ports/store.hpp"
#include "storage/postgres/connection.hpp"

namespace aftermile::storage::postgres {

// The columns and the body, from that column of the answer on.
void read_row(const Answer& answer, int row, ports::Table table, int first,
              std::vector<ports::Value>& columns, std::string& body);

[[nodiscard]] ports::EventRow read_event(const Answer& answer, int row);
[[nodiscard]] std::vector<ports::EventRow> read_events(const Answer& answer);

}  // namespace aftermile::storage::postgres
