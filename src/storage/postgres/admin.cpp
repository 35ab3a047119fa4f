#include "storage/postgres/admin.hpp"

#include <utility>

#include "base/ids.hpp"
#include "storage/postgres/statements.hpp"

namespace aftermile::storage::postgres {

namespace {

constexpr std::int64_t merchants_max = (std::int64_t{1} << base::id_merchant_bits) - 1;

ports::AdminRow read_row(const Answer& answer, int row) {
    ports::AdminRow read{.kind = std::string(answer.bytes(row, 0)),
                         .name = std::string(answer.bytes(row, 1)),
                         .merchant = static_cast<model::MerchantNumber>(answer.integer(row, 2)),
                         .body = std::string(answer.bytes(row, 3)),
                         .expires_at = std::nullopt};
    if (!answer.is_null(row, 4)) {
        read.expires_at = base::instant_of(answer.integer(row, 4));
    }
    return read;
}

Parameters parameters_of(const ports::AdminRow& row) {
    Parameters parameters;
    parameters.add_text(row.kind)
        .add_text(row.name)
        .add(std::int64_t{row.merchant})
        .add_bytes(row.body);
    return row.expires_at ? parameters.add(base::microseconds_of(*row.expires_at))
                          : parameters.add_null(integer_type);
}

}  // namespace

base::Result<std::int64_t> PostgresAdmin::change(std::string_view sql,
                                                 const Parameters& parameters) {
    auto transaction = Transaction::begin(connection_);
    if (!transaction) {
        return std::unexpected(std::move(transaction.error()));
    }
    auto changed = connection_.run(sql, parameters);
    if (!changed || changed->touched() == 0) {
        return changed ? base::Result<std::int64_t>(0)
                       : std::unexpected(std::move(changed.error()));
    }
    if (auto counted = connection_.run(count_admin_sql); !counted) {
        return std::unexpected(std::move(counted.error()));
    }
    if (auto done = transaction->commit(); !done) {
        return std::unexpected(std::move(done.error()));
    }
    return changed->touched();
}

base::Result<void> PostgresAdmin::put(const ports::AdminRow& row) {
    const std::scoped_lock lock(mutex_);
    auto changed = change(put_admin_sql, parameters_of(row));
    return changed ? base::Result<void>{} : std::unexpected(std::move(changed.error()));
}

base::Result<void> PostgresAdmin::add(const ports::AdminRow& row) {
    const std::scoped_lock lock(mutex_);
    auto changed = change(add_admin_sql, parameters_of(row));
    if (!changed && changed.error().code == "conflict") {
        return base::fail("exists", "There is already a " + row.kind + " of that name.");
    }
    return changed ? base::Result<void>{} : std::unexpected(std::move(changed.error()));
}

base::Result<std::optional<ports::AdminRow>> PostgresAdmin::get(std::string_view kind,
                                                                std::string_view name) {
    const std::scoped_lock lock(mutex_);
    auto answer = connection_.ask(get_admin_sql, Parameters().add_text(kind).add_text(name));
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    return answer->rows() > 0 ? std::optional(read_row(*answer, 0)) : std::nullopt;
}

base::Result<std::vector<ports::AdminRow>> PostgresAdmin::list(std::string_view kind) {
    const std::scoped_lock lock(mutex_);
    auto answer = connection_.ask(list_admin_sql, Parameters().add_text(kind));
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    std::vector<ports::AdminRow> rows;
    for (int row = 0; row < answer->rows(); ++row) {
        rows.push_back(read_row(*answer, row));
    }
    return rows;
}

base::Result<bool> PostgresAdmin::remove(std::string_view kind, std::string_view name) {
    const std::scoped_lock lock(mutex_);
    auto changed = change(remove_admin_sql, Parameters().add_text(kind).add_text(name));
    if (!changed) {
        return std::unexpected(std::move(changed.error()));
    }
    return *changed > 0;
}

base::Result<std::size_t> PostgresAdmin::remove_expired(std::string_view kind, base::Instant until,
                                                        std::size_t most) {
    const std::scoped_lock lock(mutex_);
    auto removed =
        connection_.run(remove_expired_admin_sql, Parameters()
                                                      .add_text(kind)
                                                      .add(base::microseconds_of(until))
                                                      .add(static_cast<std::int64_t>(most)));
    if (!removed) {
        return std::unexpected(std::move(removed.error()));
    }
    return static_cast<std::size_t>(removed->touched());
}

base::Result<std::int64_t> PostgresAdmin::version() {
    const std::scoped_lock lock(mutex_);
    auto answer = connection_.ask(admin_version_sql);
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    return answer->integer(0, 0);
}

// Never asked twice: where the session is lost with the answer, the number may have been given, and
// is then a gap. Asking again would hide that, and cost a second one at the next loss.
base::Result<model::MerchantNumber> PostgresAdmin::next_merchant() {
    const std::scoped_lock lock(mutex_);
    if (connection_.lost()) {
        if (auto connected = connection_.connect(); !connected) {
            return std::unexpected(std::move(connected.error()));
        }
    }
    auto number = connection_.run(next_merchant_sql, Parameters().add(merchants_max));
    if (!number) {
        return std::unexpected(std::move(number.error()));
    }
    if (number->rows() == 0) {
        return base::fail("too_many_merchants", "An installation has at most " +
                                                    std::to_string(merchants_max) + " merchants.");
    }
    return static_cast<model::MerchantNumber>(number->integer(0, 0));
}

}  // namespace aftermile::storage::postgres
