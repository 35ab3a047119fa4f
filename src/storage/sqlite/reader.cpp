#include "storage/sqlite/reader.hpp"

#include <utility>

#include "storage/queries.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/rows.hpp"
#include "storage/sqlite/statements.hpp"

namespace aftermile::storage::sqlite {

namespace {

constexpr std::size_t cached_max = 256;
constexpr int steps_between_looks = 1'000;

// The position after the last value.
int bind_conditions(Statement& statement, const ports::Query& query, IdRange ids) {
    statement.bind(1, std::int64_t{query.merchant});
    statement.bind(2, ids.first);
    statement.bind(3, ids.last);
    int at = 4;
    for (const auto& filter : query.filters) {
        for (const auto& value : filter.values) {
            statement.bind(at++, value);
        }
    }
    return at;
}

}  // namespace

base::Result<std::unique_ptr<SqliteReader>> SqliteReader::open(const std::string& folder,
                                                               const std::string& vfs,
                                                               std::chrono::milliseconds limit) {
    auto connection = open_database(folder, vfs, Role::reader);
    if (!connection) {
        return std::unexpected(std::move(connection.error()));
    }
    std::unique_ptr<SqliteReader> reader(new SqliteReader(std::move(*connection), limit));
    sqlite3_progress_handler(reader->connection_.handle(), steps_between_looks, &past_deadline,
                             reader.get());
    return reader;
}

SqliteReader::~SqliteReader() {
    sqlite3_progress_handler(connection_.handle(), 0, nullptr, nullptr);
}

int SqliteReader::past_deadline(void* reader) {
    const auto* self = static_cast<const SqliteReader*>(reader);
    return std::chrono::steady_clock::now() > self->deadline_ ? 1 : 0;
}

void SqliteReader::hold_moment() {
    start_clock();
    connection_.hold_moment();
}

base::Result<Statement*> SqliteReader::statement(std::string_view sql) {
    std::string text(sql);
    if (const auto known = statements_.find(text); known != statements_.end()) {
        return &known->second;
    }
    if (statements_.size() >= cached_max) {
        statements_.clear();
    }
    auto prepared = connection_.prepare(sql);
    if (!prepared) {
        return std::unexpected(std::move(prepared.error()));
    }
    return &statements_.emplace(std::move(text), std::move(*prepared)).first->second;
}

base::Result<std::optional<ports::StoredRow>> SqliteReader::get(ports::Table table,
                                                                model::MerchantNumber merchant,
                                                                std::int64_t id) {
    start_clock();
    auto prepared = statement(get_sql(dialect, ports::schema_of(table)));
    if (!prepared) {
        return std::unexpected(std::move(prepared.error()));
    }
    Statement& wanted = **prepared;
    const ResetAtEnd reset(wanted);
    wanted.bind(1, id);
    wanted.bind(2, std::int64_t{merchant});
    const auto row = wanted.step();
    if (!row) {
        return std::unexpected(row.error());
    }
    std::optional<ports::StoredRow> found;
    if (*row) {
        found.emplace().id = id;
        read_row(wanted, table, 0, found->columns, found->body);
    }
    return found;
}

base::Result<std::vector<ports::StoredRow>> SqliteReader::list(const ports::Query& query) {
    start_clock();
    if (auto good = check_query(query); !good) {
        return std::unexpected(std::move(good.error()));
    }
    auto prepared = statement(list_sql(dialect, ports::schema_of(query.table), query));
    if (!prepared) {
        return std::unexpected(std::move(prepared.error()));
    }
    Statement& wanted = **prepared;
    const ResetAtEnd reset(wanted);
    const int limit_at = bind_conditions(wanted, query, page_of(query));
    wanted.bind(limit_at, static_cast<std::int64_t>(query.limit));
    std::vector<ports::StoredRow> rows;
    auto row = wanted.step();
    for (; row && *row; row = wanted.step()) {
        auto& found = rows.emplace_back();
        found.id = wanted.integer(0);
        read_row(wanted, query.table, 1, found.columns, found.body);
    }
    if (!row) {
        return std::unexpected(std::move(row.error()));
    }
    return rows;
}

base::Result<std::int64_t> SqliteReader::count(const ports::Query& query) {
    start_clock();
    if (auto good = check_query(query); !good) {
        return std::unexpected(std::move(good.error()));
    }
    auto prepared = statement(count_sql(dialect, ports::schema_of(query.table), query));
    if (!prepared) {
        return std::unexpected(std::move(prepared.error()));
    }
    Statement& wanted = **prepared;
    const ResetAtEnd reset(wanted);
    bind_conditions(wanted, query, ids_of(query.table, query.merchant));
    const auto row = wanted.step();
    if (!row) {
        return std::unexpected(row.error());
    }
    return wanted.integer(0);
}

base::Result<std::optional<ports::EventRow>> SqliteReader::event_of(model::EventId id) {
    auto prepared = statement(get_event_sql);
    if (!prepared) {
        return std::unexpected(std::move(prepared.error()));
    }
    Statement& wanted = **prepared;
    const ResetAtEnd reset(wanted);
    wanted.bind(1, id.value);
    const auto row = wanted.step();
    if (!row) {
        return std::unexpected(row.error());
    }
    return *row ? std::optional(read_event(wanted)) : std::nullopt;
}

base::Result<std::optional<ports::EventRow>> SqliteReader::event(model::MerchantNumber merchant,
                                                                 model::EventId id) {
    start_clock();
    if (id.merchant() != merchant) {
        return std::optional<ports::EventRow>{};
    }
    return event_of(id);
}

base::Result<std::vector<ports::EventRow>> SqliteReader::chain(model::EventId head,
                                                               std::size_t limit) {
    start_clock();
    const ports::OneMoment moment(*this);
    std::vector<ports::EventRow> events;
    for (model::EventId next = head; next && events.size() < limit;) {
        auto found = event_of(next);
        if (!found) {
            return std::unexpected(std::move(found.error()));
        }
        if (!*found) {
            break;
        }
        next = (*found)->previous;
        events.push_back(std::move(**found));
    }
    return events;
}

base::Result<std::vector<ports::EventRow>> SqliteReader::events_after(model::EventId after,
                                                                      std::size_t limit) {
    start_clock();
    auto prepared = statement(list_events_sql);
    if (!prepared) {
        return std::unexpected(std::move(prepared.error()));
    }
    const IdRange ids = storage::events_after(after, limit);
    Statement& wanted = **prepared;
    const ResetAtEnd reset(wanted);
    wanted.bind(1, ids.first);
    wanted.bind(2, ids.last);
    std::vector<ports::EventRow> events;
    auto row = wanted.step();
    for (; row && *row; row = wanted.step()) {
        events.push_back(read_event(wanted));
    }
    if (!row) {
        return std::unexpected(std::move(row.error()));
    }
    return events;
}

base::Result<std::optional<ports::SealedRow>> SqliteReader::sealed(model::MerchantNumber merchant,
                                                                   std::string_view about) {
    start_clock();
    auto prepared = statement(get_sealed_sql);
    if (!prepared) {
        return std::unexpected(std::move(prepared.error()));
    }
    Statement& wanted = **prepared;
    const ResetAtEnd reset(wanted);
    wanted.bind(1, std::int64_t{merchant});
    wanted.bind_text(2, about);
    const auto row = wanted.step();
    if (!row) {
        return std::unexpected(row.error());
    }
    std::optional<ports::SealedRow> found;
    if (*row) {
        found = ports::SealedRow{.merchant = merchant,
                                 .owner = std::string(wanted.bytes(0)),
                                 .about = std::string(about),
                                 .bytes = std::string(wanted.bytes(1))};
    }
    return found;
}

}  // namespace aftermile::storage::sqlite
