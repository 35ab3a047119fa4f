#include "storage/postgres/loader.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "ports/due.hpp"
#include "storage/postgres/database.hpp"
#include "storage/postgres/rows.hpp"
#include "storage/postgres/statements.hpp"
#include "storage/queries.hpp"

namespace aftermile::storage::postgres {

base::Result<std::unique_ptr<PostgresLoader>> PostgresLoader::open(const Server& server) {
    auto connection = open_database(server, Role::loader);
    if (!connection) {
        return std::unexpected(std::move(connection.error()));
    }
    return std::unique_ptr<PostgresLoader>(new PostgresLoader(std::move(*connection)));
}

base::Result<void> PostgresLoader::load(
    ports::Table table, std::span<const std::int64_t> ids,
    const std::function<void(std::int64_t, std::string_view)>& found) {
    std::map<std::int64_t, Array> wanted;  // by merchant: nearly always one
    for (const std::int64_t id : ids) {
        wanted.try_emplace(merchant_of(table, id), integer_type).first->second.add(id);
    }
    const std::string sql = wanted.empty() ? std::string() : load_sql(ports::schema_of(table));
    for (const auto& [merchant, array] : wanted) {
        auto answer = connection_.ask(sql, Parameters().add(merchant).add(array));
        if (!answer) {
            return std::unexpected(std::move(answer.error()));
        }
        for (int row = 0; row < answer->rows(); ++row) {
            found(answer->integer(row, 0), answer->bytes(row, 1));
        }
    }
    return {};
}

base::Result<void> PostgresLoader::find(
    ports::Table table, std::string_view column, model::MerchantNumber merchant,
    std::span<const std::string_view> keys,
    const std::function<void(std::size_t, std::int64_t)>& found) {
    const auto index = check_find(table, column);
    if (!index) {
        return std::unexpected(index.error());
    }
    if (keys.empty()) {
        return {};
    }
    Array asked(text_type);
    for (const std::string_view key : keys) {
        asked.add_bytes(key);
    }
    const auto& schema = ports::schema_of(table);
    auto answer =
        connection_.ask(find_sql(schema, schema.columns[*index]),
                        Parameters().add(std::int64_t{merchant}).add(asked).add(found_max));
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    for (int row = 0; row < answer->rows(); ++row) {
        found(static_cast<std::size_t>(answer->integer(row, 0) - 1), answer->integer(row, 1));
    }
    return {};
}

base::Result<void> PostgresLoader::load_after(
    ports::Table table, model::MerchantNumber merchant, std::int64_t after, std::size_t limit,
    const std::function<void(std::int64_t, std::string_view)>& found) {
    const IdRange ids = ids_of(table, merchant);
    if (after >= ids.last) {
        return {};
    }
    auto answer = connection_.ask(load_range_sql(ports::schema_of(table)),
                                  Parameters()
                                      .add(std::int64_t{merchant})
                                      .add(std::max(ids.first, after + 1))
                                      .add(ids.last)
                                      .add(static_cast<std::int64_t>(limit)));
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    for (int row = 0; row < answer->rows(); ++row) {
        found(answer->integer(row, 0), answer->bytes(row, 1));
    }
    return {};
}

base::Result<std::vector<model::EventId>> PostgresLoader::last_events() {
    auto answer = connection_.ask(last_events_sql);
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    std::vector<model::EventId> last;
    for (int row = 0; row < answer->rows(); ++row) {
        last.push_back({answer->integer(row, 0)});
    }
    return last;
}

void PostgresLoader::restrict_to(std::span<const model::MerchantNumber> merchants) {
    only_.emplace(integer_type);
    for (const model::MerchantNumber merchant : merchants) {
        only_->add(std::int64_t{merchant});
    }
}

base::Result<void> PostgresLoader::each_due(
    const std::function<void(const ports::DueRow&)>& found) {
    auto transaction = Transaction::begin(connection_);
    if (!transaction) {
        return std::unexpected(std::move(transaction.error()));
    }
    // The one question that is about whole tables.
    if (auto set = connection_.script("SET LOCAL enable_seqscan = on"); !set) {
        return set;
    }
    for (const auto& table : ports::all_tables()) {
        const auto subject = ports::subject_with_due(table.table);
        if (!subject) {
            continue;
        }
        const std::string sql = each_due_sql(table) + std::string(only_ ? of_merchants : "");
        auto listed = connection_.each(sql, only_ ? Parameters().add(*only_) : Parameters(),
                                       [&](const Answer& row) {
                                           found({.subject = *subject,
                                                  .id = row.integer(0, 0),
                                                  .due = base::instant_of(row.integer(0, 1))});
                                       });
        if (!listed) {
            return listed;
        }
    }
    return transaction->commit();
}

base::Result<std::vector<ports::Row>> PostgresLoader::outbox_due(base::Instant until,
                                                                 std::size_t limit) {
    Parameters asked;
    asked.add(base::microseconds_of(until)).add(static_cast<std::int64_t>(limit));
    if (only_) {
        asked.add(*only_);
    }
    auto answer = connection_.ask(only_ ? outbox_due_of_sql : outbox_due_sql, asked);
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    std::vector<ports::Row> rows;
    for (int row = 0; row < answer->rows(); ++row) {
        ports::Row& due = rows.emplace_back();
        due.table = ports::Table::outbox;
        due.id = answer->integer(row, 0);
        due.fresh = false;
        read_row(*answer, row, ports::Table::outbox, 1, due.columns, due.body);
    }
    return rows;
}

}  // namespace aftermile::storage::postgres
