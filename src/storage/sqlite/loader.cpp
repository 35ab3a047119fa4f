#include "storage/sqlite/loader.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "ports/due.hpp"
#include "storage/queries.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/rows.hpp"
#include "storage/sqlite/statements.hpp"

namespace aftermile::storage::sqlite {

namespace {

// Fewer reads than this are not worth a transaction of their own.
constexpr std::size_t reads_for_transaction = 4;

}  // namespace

base::Result<std::unique_ptr<SqliteLoader>> SqliteLoader::open(const std::string& folder,
                                                               const std::string& vfs) {
    auto connection = open_database(folder, vfs, Role::loader);
    if (!connection) {
        return std::unexpected(std::move(connection.error()));
    }
    return std::unique_ptr<SqliteLoader>(new SqliteLoader(std::move(*connection)));
}

base::Result<void> SqliteLoader::load(
    ports::Table table, std::span<const std::int64_t> ids,
    const std::function<void(std::int64_t, std::string_view)>& found) {
    auto& statement = statements_of(table).load;
    if (auto good = ready(statement, [&] { return load_sql(ports::schema_of(table)); }); !good) {
        return good;
    }
    std::optional<ports::OneMoment> moment;  // its locks are taken once
    if (ids.size() >= reads_for_transaction) {
        moment.emplace(*this);
    }
    for (const std::int64_t id : ids) {
        statement.bind(1, id);
        auto row = statement.step();
        if (!row) {
            return std::unexpected(std::move(row.error()));
        }
        if (*row) {
            const ResetAtEnd reset(statement);
            found(id, statement.bytes(0));
        }
    }
    return {};
}

base::Result<void> SqliteLoader::find(ports::Table table, std::string_view column,
                                      model::MerchantNumber merchant,
                                      std::span<const std::string_view> keys,
                                      const std::function<void(std::size_t, std::int64_t)>& found) {
    const auto index = check_find(table, column);
    if (!index) {
        return std::unexpected(index.error());
    }
    const auto& schema = ports::schema_of(table);
    auto& statements = statements_of(table).find;
    statements.resize(schema.columns.size());
    auto& statement = statements[*index];
    const auto text = [&] { return find_sql(schema, schema.columns[*index]); };
    if (auto good = ready(statement, text); !good) {
        return good;
    }
    statement.bind(1, std::int64_t{merchant});
    statement.bind(3, found_max);
    for (std::size_t n = 0; n < keys.size(); ++n) {
        const ResetAtEnd reset(statement);
        statement.bind_text(2, keys[n]);
        auto row = statement.step();
        for (; row && *row; row = statement.step()) {
            found(n, statement.integer(0));
        }
        if (!row) {
            return std::unexpected(std::move(row.error()));
        }
    }
    return {};
}

base::Result<void> SqliteLoader::load_after(
    ports::Table table, model::MerchantNumber merchant, std::int64_t after, std::size_t limit,
    const std::function<void(std::int64_t, std::string_view)>& found) {
    auto& statement = statements_of(table).load_range;
    const auto text = [&] { return load_range_sql(ports::schema_of(table)); };
    if (auto good = ready(statement, text); !good) {
        return good;
    }
    const IdRange ids = ids_of(table, merchant);
    if (after >= ids.last) {
        return {};
    }
    const ResetAtEnd reset(statement);
    statement.bind(1, std::max(ids.first, after + 1));
    statement.bind(2, ids.last);
    statement.bind(3, static_cast<std::int64_t>(limit));
    auto row = statement.step();
    for (; row && *row; row = statement.step()) {
        found(statement.integer(0), statement.bytes(1));
    }
    if (!row) {
        return std::unexpected(std::move(row.error()));
    }
    return {};
}

base::Result<std::vector<model::EventId>> SqliteLoader::last_events() {
    if (auto good = ready(last_event_before_, [] { return last_event_before_sql; }); !good) {
        return std::unexpected(std::move(good.error()));
    }
    // From the log's end, one hop a merchant: each merchant's events lie together.
    std::vector<model::EventId> last;
    std::int64_t before = std::numeric_limits<std::int64_t>::max();
    while (true) {
        last_event_before_.bind(1, before);
        auto row = last_event_before_.step();
        if (!row) {
            return std::unexpected(std::move(row.error()));
        }
        if (!*row) {
            return last;
        }
        const model::EventId event{last_event_before_.integer(0)};
        last_event_before_.reset();
        last.push_back(event);
        before = static_cast<std::int64_t>(event.merchant()) << merchant_shift;
    }
}

base::Result<void> SqliteLoader::due_of(const ports::TableSchema& table, model::Subject subject,
                                        const std::function<void(const ports::DueRow&)>& found) {
    auto statement = connection_.prepare(each_due_sql(table));
    if (!statement) {
        return std::unexpected(std::move(statement.error()));
    }
    auto row = statement->step();
    for (; row && *row; row = statement->step()) {
        found({.subject = subject,
               .id = statement->integer(0),
               .due = base::instant_of(statement->integer(1))});
    }
    if (!row) {
        return std::unexpected(std::move(row.error()));
    }
    return {};
}

base::Result<void> SqliteLoader::each_due(const std::function<void(const ports::DueRow&)>& found) {
    for (const auto& table : ports::all_tables()) {
        const auto subject = ports::subject_with_due(table.table);
        if (!subject) {
            continue;
        }
        if (auto listed = due_of(table, *subject, found); !listed) {
            return listed;
        }
    }
    return {};
}

base::Result<std::vector<ports::Row>> SqliteLoader::outbox_due(base::Instant until,
                                                               std::size_t limit) {
    if (auto good = ready(outbox_due_, [] { return outbox_due_sql; }); !good) {
        return std::unexpected(std::move(good.error()));
    }
    const ResetAtEnd reset(outbox_due_);
    outbox_due_.bind(1, base::microseconds_of(until));
    outbox_due_.bind(2, static_cast<std::int64_t>(limit));
    std::vector<ports::Row> rows;
    auto row = outbox_due_.step();
    for (; row && *row; row = outbox_due_.step()) {
        ports::Row& due = rows.emplace_back();
        due.table = ports::Table::outbox;
        due.id = outbox_due_.integer(0);
        due.fresh = false;
        read_row(outbox_due_, ports::Table::outbox, 1, due.columns, due.body);
    }
    if (!row) {
        return std::unexpected(std::move(row.error()));
    }
    return rows;
}

}  // namespace aftermile::storage::sqlite
