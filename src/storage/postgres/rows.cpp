#include "storage/postgres/rows.hpp"

namespace aftermile::storage::postgres {

void read_row(const Answer& answer, int row, ports::Table table, int first,
              std::vector<ports::Value>& columns, std::string& body) {
    const std::size_t count = ports::schema_of(table).columns.size();
    columns.clear();
    columns.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        columns.push_back(answer.value(row, first++));
    }
    body = answer.bytes(row, first);
}

ports::EventRow read_event(const Answer& answer, int row) {
    return {.id = {answer.integer(row, 0)},
            .previous = {answer.integer(row, 1)},
            .recorded_at = base::instant_of(answer.integer(row, 2)),
            .payload = std::string(answer.bytes(row, 3)),
            .decision = std::string(answer.bytes(row, 4))};
}

std::vector<ports::EventRow> read_events(const Answer& answer) {
    std::vector<ports::EventRow> events;
    events.reserve(static_cast<std::size_t>(answer.rows()));
    for (int row = 0; row < answer.rows(); ++row) {
        events.push_back(read_event(answer, row));
    }
    return events;
}

}  // namespace aftermile::storage::postgres
