#include "storage/postgres/intake.hpp"

#include <utility>

#include "storage/postgres/database.hpp"
#include "storage/postgres/leases.hpp"
#include "storage/postgres/shared_sql.hpp"
#include "storage/postgres/statements.hpp"

namespace aftermile::storage::postgres {

namespace {

constexpr std::int64_t answers_max = 4'096;  // of one look

std::vector<ports::IntakeRow> rows_of(const Answer& answer) {
    std::vector<ports::IntakeRow> rows;
    for (int row = 0; row < answer.rows(); ++row) {
        rows.push_back(
            {.key = {.merchant = static_cast<model::MerchantNumber>(answer.integer(row, 0)),
                     .id = answer.integer(row, 1),
                     .node = answer.integer(row, 2)},
             .body = std::string(answer.bytes(row, 3))});
    }
    return rows;
}

}  // namespace

base::Result<std::unique_ptr<PostgresIntake>> PostgresIntake::open(const Server& server,
                                                                   Wakes wakes) {
    // What is asked, and that an answer was taken, may be lost with the server: nobody was told
    // of an effect. The effect itself is committed in a worker's session.
    auto connection = open_database(server, Role::intake);
    if (!connection) {
        return std::unexpected(std::move(connection.error()));
    }
    // As a setting of the session, so that it listens again where it had to begin anew.
    if (auto set = connection->also_begin_with(wakes == Wakes::on_intake ? listen_intake_sql
                                                                         : listen_receipts_sql);
        !set) {
        return std::unexpected(std::move(set.error()));
    }
    return std::unique_ptr<PostgresIntake>(new PostgresIntake(std::move(*connection)));
}

base::Result<void> PostgresIntake::ask(std::span<const ports::IntakeRow> rows) {
    Array merchants(integer_type), ids(integer_type), nodes(integer_type), slots(integer_type);
    Array bodies(bytes_type);
    for (const ports::IntakeRow& row : rows) {
        merchants.add(std::int64_t{row.key.merchant});
        ids.add(row.key.id);
        nodes.add(row.key.node);
        slots.add(slot_of(row.key.merchant));
        bodies.add_bytes(row.body);
    }
    auto transaction = Transaction::begin(connection_);
    if (!transaction) {
        return std::unexpected(std::move(transaction.error()));
    }
    connection_.queue(add_intake_sql,
                      Parameters().add(merchants).add(ids).add(nodes).add(slots).add(bodies));
    connection_.queue(tell_intake_sql);
    if (auto added = connection_.collect(); !added) {
        return std::unexpected(std::move(added.error()));
    }
    return transaction->commit();
}

// Read first, removed after: were it one statement, answers would be lost with its reply.
base::Result<std::vector<ports::IntakeRow>> PostgresIntake::take_answers(std::int64_t node) {
    auto answer = connection_.ask(get_receipts_sql, Parameters().add(node).add(answers_max));
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    auto rows = rows_of(*answer);
    if (!rows.empty()) {
        Array merchants(integer_type), ids(integer_type), nodes(integer_type);
        for (const ports::IntakeRow& row : rows) {
            merchants.add(std::int64_t{row.key.merchant});
            ids.add(row.key.id);
            nodes.add(row.key.node);
        }
        // Where it fails they are handed out once more.
        static_cast<void>(
            connection_.run(remove_receipts_sql, Parameters().add(merchants).add(ids).add(nodes)));
    }
    return rows;
}

base::Result<std::int64_t> PostgresIntake::count(std::int64_t most) {
    auto answer = connection_.ask(count_intake_sql, Parameters().add(most));
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    return answer->integer(0, 0);
}

base::Result<void> PostgresIntake::wait(std::chrono::milliseconds longest) {
    return connection_.wait_for_notice(longest);
}

base::Result<std::vector<ports::IntakeRow>> PostgresIntake::waiting(
    std::span<const std::int64_t> slots, std::size_t rows, std::size_t bytes) {
    auto answer = connection_.ask(waiting_intake_sql, Parameters()
                                                          .add(integers(slots))
                                                          .add(static_cast<std::int64_t>(rows))
                                                          .add(static_cast<std::int64_t>(bytes)));
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    return rows_of(*answer);
}

base::Result<void> PostgresIntake::set_aside(const ports::IntakeKey& key) {
    auto done =
        connection_.ask(set_intake_aside_sql,
                        Parameters().add(std::int64_t{key.merchant}).add(key.id).add(key.node));
    return done ? base::Result<void>{} : std::unexpected(std::move(done.error()));
}

base::Result<std::size_t> PostgresIntake::return_set_aside() {
    auto done = connection_.ask(return_intake_sql);
    return done ? base::Result<std::size_t>(static_cast<std::size_t>(done->touched()))
                : std::unexpected(std::move(done.error()));
}

base::Result<void> PostgresIntake::forget_old_answers() {
    auto answer = connection_.ask(forget_receipts_sql);
    return answer ? base::Result<void>{} : std::unexpected(std::move(answer.error()));
}

}  // namespace aftermile::storage::postgres
