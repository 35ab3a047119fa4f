#include "storage/postgres/reader.hpp"

#include <utility>

#include "storage/postgres/database.hpp"
#include "storage/postgres/rows.hpp"
#include "storage/postgres/statements.hpp"
#include "storage/queries.hpp"

namespace aftermile::storage::postgres {

namespace {

Parameters conditions_of(const ports::Query& query, IdRange ids) {
    Parameters parameters;
    parameters.add(std::int64_t{query.merchant}).add(ids.first).add(ids.last);
    for (const auto& filter : query.filters) {
        for (const auto& value : filter.values) {
            parameters.add(value);
        }
    }
    return parameters;
}

}  // namespace

base::Result<std::unique_ptr<PostgresReader>> PostgresReader::open(
    const Server& server, std::chrono::milliseconds limit) {
    auto connection = open_database(server, Role::reader, limit);
    if (!connection) {
        return std::unexpected(std::move(connection.error()));
    }
    return std::unique_ptr<PostgresReader>(new PostgresReader(std::move(*connection)));
}

base::Result<std::optional<ports::StoredRow>> PostgresReader::get(ports::Table table,
                                                                  model::MerchantNumber merchant,
                                                                  std::int64_t id) {
    auto answer = connection_.ask(get_sql(dialect, ports::schema_of(table)),
                                  Parameters().add(id).add(std::int64_t{merchant}));
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    std::optional<ports::StoredRow> found;
    if (answer->rows() > 0) {
        found.emplace().id = id;
        read_row(*answer, 0, table, 0, found->columns, found->body);
    }
    return found;
}

base::Result<std::vector<ports::StoredRow>> PostgresReader::list(const ports::Query& query) {
    if (auto good = check_query(query); !good) {
        return std::unexpected(std::move(good.error()));
    }
    Parameters parameters = conditions_of(query, page_of(query));
    parameters.add(static_cast<std::int64_t>(query.limit));
    auto answer =
        connection_.ask(list_sql(dialect, ports::schema_of(query.table), query), parameters);
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    std::vector<ports::StoredRow> rows;
    for (int row = 0; row < answer->rows(); ++row) {
        auto& found = rows.emplace_back();
        found.id = answer->integer(row, 0);
        read_row(*answer, row, query.table, 1, found.columns, found.body);
    }
    return rows;
}

base::Result<std::int64_t> PostgresReader::count(const ports::Query& query) {
    if (auto good = check_query(query); !good) {
        return std::unexpected(std::move(good.error()));
    }
    auto answer = connection_.ask(count_sql(dialect, ports::schema_of(query.table), query),
                                  conditions_of(query, ids_of(query.table, query.merchant)));
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    return answer->integer(0, 0);
}

base::Result<std::optional<ports::EventRow>> PostgresReader::event(model::MerchantNumber merchant,
                                                                   model::EventId id) {
    if (id.merchant() != merchant) {
        return std::optional<ports::EventRow>{};
    }
    auto answer =
        connection_.ask(get_event_sql, Parameters().add(std::int64_t{merchant}).add(id.value));
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    return answer->rows() > 0 ? std::optional(read_event(*answer, 0)) : std::nullopt;
}

base::Result<std::vector<ports::EventRow>> PostgresReader::chain(model::EventId head,
                                                                 std::size_t limit) {
    if (!head || limit == 0) {
        return std::vector<ports::EventRow>{};
    }
    auto answer = connection_.ask(chain_sql, Parameters()
                                                 .add(std::int64_t{head.merchant()})
                                                 .add(head.value)
                                                 .add(static_cast<std::int64_t>(limit)));
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    return read_events(*answer);
}

base::Result<std::vector<ports::EventRow>> PostgresReader::events_after(model::EventId after,
                                                                        std::size_t limit) {
    const IdRange ids = storage::events_after(after, limit);
    auto answer = connection_.ask(
        list_events_sql,
        Parameters().add(std::int64_t{after.merchant()}).add(ids.first).add(ids.last));
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    return read_events(*answer);
}

base::Result<std::optional<ports::SealedRow>> PostgresReader::sealed(model::MerchantNumber merchant,
                                                                     std::string_view about) {
    auto answer =
        connection_.ask(get_sealed_sql, Parameters().add(std::int64_t{merchant}).add_text(about));
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    std::optional<ports::SealedRow> found;
    if (answer->rows() > 0) {
        found = ports::SealedRow{.merchant = merchant,
                                 .owner = std::string(answer->bytes(0, 0)),
                                 .about = std::string(about),
                                 .bytes = std::string(answer->bytes(0, 1))};
    }
    return found;
}

}  // namespace aftermile::storage::postgres
