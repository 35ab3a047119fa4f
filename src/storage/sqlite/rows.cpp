#include "storage/sqlite/rows.hpp"

#include "storage/queries.hpp"

namespace aftermile::storage::sqlite {

base::Result<void> bind_row(Statement& statement, const ports::Row& row) {
    if (auto good = check_row(row); !good) {
        return good;
    }
    statement.bind(1, row.id);
    statement.bind(2, merchant_of(row.table, row.id));
    int at = 3;
    for (const ports::Value& value : row.columns) {
        statement.bind(at++, value);
    }
    statement.bind_bytes(at, row.body);
    return {};
}

void read_row(const Statement& statement, ports::Table table, int first,
              std::vector<ports::Value>& columns, std::string& body) {
    const std::size_t count = ports::schema_of(table).columns.size();
    columns.clear();
    columns.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        columns.push_back(statement.value(first++));
    }
    body = statement.bytes(first);
}

void bind_event(Statement& statement, const ports::EventRow& event) {
    statement.bind(1, event.id.value);
    statement.bind(2, event.previous.value);
    statement.bind(3, base::microseconds_of(event.recorded_at));
    statement.bind_bytes(4, event.payload);
    statement.bind_bytes(5, event.decision);
}

ports::EventRow read_event(const Statement& statement) {
    return {.id = {statement.integer(0)},
            .previous = {statement.integer(1)},
            .recorded_at = base::instant_of(statement.integer(2)),
            .payload = std::string(statement.bytes(3)),
            .decision = std::string(statement.bytes(4))};
}

void bind_admin(Statement& statement, const ports::AdminRow& row) {
    statement.bind_text(1, row.kind);
    statement.bind_text(2, row.name);
    statement.bind(3, std::int64_t{row.merchant});
    statement.bind_bytes(4, row.body);
    if (row.expires_at) {
        statement.bind(5, base::microseconds_of(*row.expires_at));
    } else {
        statement.bind_null(5);
    }
}

}  // namespace aftermile::storage::sqlite
