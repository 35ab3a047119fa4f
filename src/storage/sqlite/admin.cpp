#include "storage/sqlite/admin.hpp"

#include <utility>

#include "storage/sqlite/rows.hpp"
#include "storage/sqlite/statements.hpp"

namespace aftermile::storage::sqlite {

namespace {

constexpr std::string_view version_counter = "admin";
constexpr std::string_view merchant_counter = "merchants";
constexpr std::int64_t merchants_max = (std::int64_t{1} << base::id_merchant_bits) - 1;

ports::AdminRow read_row(const Statement& statement) {
    ports::AdminRow row{.kind = std::string(statement.bytes(0)),
                        .name = std::string(statement.bytes(1)),
                        .merchant = static_cast<model::MerchantNumber>(statement.integer(2)),
                        .body = std::string(statement.bytes(3)),
                        .expires_at = std::nullopt};
    if (!statement.is_null(4)) {
        row.expires_at = base::instant_of(statement.integer(4));
    }
    return row;
}

}  // namespace

base::Result<std::int64_t> SqliteAdmin::count_up(std::string_view counter) {
    auto statement = connection_.prepare(count_up_sql);
    if (!statement) {
        return std::unexpected(std::move(statement.error()));
    }
    statement->bind_text(1, counter);
    const auto row = statement->step();
    if (!row) {
        return std::unexpected(row.error());
    }
    return statement->integer(0);
}

base::Result<std::int64_t> SqliteAdmin::counter(std::string_view name) {
    auto statement = connection_.prepare(get_counter_sql);
    if (!statement) {
        return std::unexpected(std::move(statement.error()));
    }
    statement->bind_text(1, name);
    const auto row = statement->step();
    if (!row) {
        return std::unexpected(row.error());
    }
    return statement->integer(0);
}

base::Result<void> SqliteAdmin::write(std::string_view sql, const ports::AdminRow& row) {
    auto transaction = Transaction::begin(connection_, Transaction::Kind::writing);
    if (!transaction) {
        return std::unexpected(std::move(transaction.error()));
    }
    auto statement = connection_.prepare(sql);
    if (!statement) {
        return std::unexpected(std::move(statement.error()));
    }
    bind_admin(*statement, row);
    if (auto written = statement->run(); !written) {
        return written;
    }
    const auto counted = count_up(version_counter);
    if (!counted) {
        return std::unexpected(counted.error());
    }
    auto done = transaction->commit();
    if (done) {
        version_ = *counted;
    }
    return done;
}

base::Result<void> SqliteAdmin::put(const ports::AdminRow& row) {
    const std::scoped_lock lock(mutex_);
    return write(put_admin_sql, row);
}

base::Result<void> SqliteAdmin::add(const ports::AdminRow& row) {
    const std::scoped_lock lock(mutex_);
    auto added = write(add_admin_sql, row);
    if (!added && added.error().code == "conflict") {
        return base::fail("exists", "There is already a " + row.kind + " of that name.");
    }
    return added;
}

base::Result<std::optional<ports::AdminRow>> SqliteAdmin::get(std::string_view kind,
                                                              std::string_view name) {
    const std::scoped_lock lock(mutex_);
    auto statement = connection_.prepare(get_admin_sql);
    if (!statement) {
        return std::unexpected(std::move(statement.error()));
    }
    statement->bind_text(1, kind);
    statement->bind_text(2, name);
    const auto row = statement->step();
    if (!row) {
        return std::unexpected(row.error());
    }
    return *row ? std::optional(read_row(*statement)) : std::nullopt;
}

base::Result<std::vector<ports::AdminRow>> SqliteAdmin::list(std::string_view kind) {
    const std::scoped_lock lock(mutex_);
    auto statement = connection_.prepare(list_admin_sql);
    if (!statement) {
        return std::unexpected(std::move(statement.error()));
    }
    statement->bind_text(1, kind);
    std::vector<ports::AdminRow> rows;
    auto row = statement->step();
    for (; row && *row; row = statement->step()) {
        rows.push_back(read_row(*statement));
    }
    if (!row) {
        return std::unexpected(std::move(row.error()));
    }
    return rows;
}

base::Result<bool> SqliteAdmin::remove(std::string_view kind, std::string_view name) {
    const std::scoped_lock lock(mutex_);
    auto transaction = Transaction::begin(connection_, Transaction::Kind::writing);
    if (!transaction) {
        return std::unexpected(std::move(transaction.error()));
    }
    auto statement = connection_.prepare(remove_admin_sql);
    if (!statement) {
        return std::unexpected(std::move(statement.error()));
    }
    statement->bind_text(1, kind);
    statement->bind_text(2, name);
    if (auto removed = statement->run(); !removed) {
        return std::unexpected(std::move(removed.error()));
    }
    if (connection_.changes() == 0) {
        return false;
    }
    const auto counted = count_up(version_counter);
    if (!counted) {
        return std::unexpected(counted.error());
    }
    if (auto done = transaction->commit(); !done) {
        return std::unexpected(std::move(done.error()));
    }
    version_ = *counted;
    return true;
}

base::Result<std::size_t> SqliteAdmin::remove_expired(std::string_view kind, base::Instant until,
                                                      std::size_t most) {
    const std::scoped_lock lock(mutex_);
    auto statement = connection_.prepare(remove_expired_admin_sql);
    if (!statement) {
        return std::unexpected(std::move(statement.error()));
    }
    statement->bind_text(1, kind);
    statement->bind(2, base::microseconds_of(until));
    statement->bind(3, static_cast<std::int64_t>(most));
    if (auto removed = statement->run(); !removed) {
        return std::unexpected(std::move(removed.error()));
    }
    return static_cast<std::size_t>(connection_.changes());
}

base::Result<std::int64_t> SqliteAdmin::version() {
    const std::scoped_lock lock(mutex_);
    // Changes with every commit of every other connection, the writer's batches too: it only says
    // when the counter has to be read again.
    const auto data_version = connection_.integer("PRAGMA data_version");
    if (!data_version) {
        return data_version;
    }
    if (*data_version != seen_data_version_) {
        const auto read = counter(version_counter);
        if (!read) {
            return read;
        }
        version_ = *read;
        seen_data_version_ = *data_version;
    }
    return version_;
}

base::Result<model::MerchantNumber> SqliteAdmin::next_merchant() {
    const std::scoped_lock lock(mutex_);
    auto transaction = Transaction::begin(connection_, Transaction::Kind::writing);
    if (!transaction) {
        return std::unexpected(std::move(transaction.error()));
    }
    const auto number = count_up(merchant_counter);
    if (!number) {
        return std::unexpected(number.error());
    }
    if (*number > merchants_max) {
        return base::fail("too_many_merchants", "An installation has at most " +
                                                    std::to_string(merchants_max) + " merchants.");
    }
    if (auto done = transaction->commit(); !done) {
        return std::unexpected(std::move(done.error()));
    }
    return static_cast<model::MerchantNumber>(*number);
}

}  // namespace aftermile::storage::sqlite
