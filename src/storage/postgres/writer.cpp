#include "storage/postgres/writer.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "base/failpoint.hpp"
#include "storage/postgres/database.hpp"
#include "storage/postgres/shared_sql.hpp"
#include "storage/postgres/statements.hpp"
#include "storage/queries.hpp"

namespace aftermile::storage::postgres {

namespace {

constexpr std::chrono::milliseconds between_tries{100};

base::Error broken() {
    return {"store_broken",
            "The connection to the database was lost in a commit, and whether it was kept could "
            "not be found out. Start again when the database answers.",
            {},
            base::Family::internal};
}

// The keys of many rows of one table: $1 and $2.
struct Keys {
    Array merchants{integer_type}, ids{integer_type};
    std::int64_t count = 0;

    void add(const ports::Row& row) {
        merchants.add(merchant_of(row.table, row.id));
        ids.add(row.id);
        ++count;
    }
    [[nodiscard]] Parameters parameters() const { return Parameters().add(merchants).add(ids); }
};

// Whole rows of one table, by columns.
struct Columns {
    Keys keys;
    std::vector<Array> columns;
    Array bodies{bytes_type};

    explicit Columns(const ports::TableSchema& schema) {
        for (const auto& column : schema.columns) {
            columns.emplace_back(type_of(column.type));
        }
    }
    void add(const ports::Row& row) {
        keys.add(row);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            columns[i].add(row.columns[i]);
        }
        bodies.add_bytes(row.body);
    }
    [[nodiscard]] Parameters parameters() const {
        Parameters all = keys.parameters();
        for (const Array& column : columns) {
            all.add(column);
        }
        return all.add(bodies);
    }
};

// Administration belongs to no slot: any process writes it.
std::vector<std::int64_t> slots_of(const ports::Batch& batch) {
    std::set<std::int64_t> merchants;
    for (const auto& event : batch.events) {
        merchants.insert(event.id.merchant());
    }
    for (const auto& row : batch.rows) {
        merchants.insert(merchant_of(row.table, row.id));
    }
    for (const auto& row : batch.sealed) {
        merchants.insert(row.merchant);
    }
    for (const auto& row : batch.answers) {
        merchants.insert(row.key.merchant);
    }
    std::set<std::int64_t> slots;
    for (const std::int64_t merchant : merchants) {
        slots.insert(slot_of(static_cast<model::MerchantNumber>(merchant)));
    }
    return {slots.begin(), slots.end()};
}

}  // namespace

base::Result<std::unique_ptr<PostgresWriter>> PostgresWriter::open(
    const Server& server, std::span<const std::int64_t> slots, LeaseTerms terms,
    std::chrono::milliseconds patience) {
    auto connection = open_database(server, Role::writer);
    if (!connection) {
        return std::unexpected(std::move(connection.error()));
    }
    auto lease = acquire(*connection, slots, std::move(terms));
    if (!lease) {
        return std::unexpected(std::move(lease.error()));
    }
    return std::unique_ptr<PostgresWriter>(
        new PostgresWriter(std::move(*connection), std::move(*lease), patience));
}

PostgresWriter::~PostgresWriter() { release(connection_, lease_); }

base::Result<void> PostgresWriter::ready() {
    if (connection_.lost()) {
        moving_ = true;
        if (auto connected = connection_.connect(); !connected) {
            return connected;
        }
    }
    if (moving_) {
        if (auto moved = move(connection_, lease_); !moved) {
            return moved;
        }
        moving_ = false;
    }
    return {};
}

base::Result<void> PostgresWriter::commit(const ports::Batch& batch) {
    if (broken_) {
        return std::unexpected(broken());
    }
    for (const ports::Row& row : batch.rows) {
        if (!row.gone) {
            if (auto good = check_row(row); !good) {
                return good;
            }
        }
    }
    base::failpoint("before_commit");
    auto done = commit_once(batch, UniqueKeys::as_they_come);
    if (!done && done.error().code == "conflict") {
        // A unique key may move from one row of the batch to another that is written first: once
        // more, with the keys of all replaced rows given up beforehand.
        done = commit_once(batch, UniqueKeys::released_first);
    }
    if (done) {
        base::failpoint("after_commit");
    }
    return done;
}

base::Result<void> PostgresWriter::commit_once(const ports::Batch& batch, UniqueKeys keys) {
    auto written = write(batch, keys);
    if (!written && connection_.lost()) {  // and its transaction with it
        written = write(batch, keys);
    }
    if (!written) {
        connection_.roll_back();
        return written;
    }
    base::failpoint("inside_commit");
    auto done = connection_.script("COMMIT");
    if (!done && connection_.lost()) {
        return find_out();
    }
    lease_.commits += done ? 1 : 0;
    return done;
}

base::Result<void> PostgresWriter::write(const ports::Batch& batch, UniqueKeys keys) {
    if (auto good = ready(); !good) {
        return good;
    }
    expected_.clear();
    queue("BEGIN", {}, "");
    const std::int64_t slots = queue_fence(batch);
    queue_events(batch.events);
    queue_rows(batch.rows, keys);
    queue_sealed(batch.sealed);
    queue_admin(batch.admin);
    queue_answers(batch.answers);
    return collect(slots);
}

base::Result<void> PostgresWriter::find_out() {
    const auto until = std::chrono::steady_clock::now() + patience_;
    do {
        // A lease that is over still tells what it kept.
        if (auto good = ready(); good || good.error().code == "fenced") {
            const auto kept = commits_of(connection_, lease_);
            if (kept && *kept && **kept == lease_.commits + 1) {
                ++lease_.commits;
                return {};
            }
            if (kept && *kept && **kept == lease_.commits) {
                return base::fail("store_failed",
                                  "The connection to the database was lost. Nothing was kept.", {},
                                  base::Family::retry);
            }
        }
        std::this_thread::sleep_for(between_tries);
    } while (std::chrono::steady_clock::now() < until);
    broken_ = true;
    return std::unexpected(broken());
}

void PostgresWriter::queue(std::string_view sql, const Parameters& parameters,
                           std::string_view table, std::int64_t rows) {
    connection_.queue(sql, parameters);
    expected_.push_back({.table = std::string(table), .rows = rows});
}

// How many slots must be found to be ours.
std::int64_t PostgresWriter::queue_fence(const ports::Batch& batch) {
    const auto wanted = slots_of(batch);
    queue(hold_slots_sql, Parameters().add(integers(wanted)).add(lease_.epoch), "");
    Parameters counted;
    counted.add(lease_.epoch)
        .add(lease_.commits + 1)
        .add(static_cast<std::int64_t>(batch.admin.empty() ? 0 : 1));
    lease_.terms.length ? counted.add(lease_.terms.length->count())
                        : counted.add_null(integer_type);
    queue(count_commit_sql, counted, "");
    return static_cast<std::int64_t>(wanted.size());
}

void PostgresWriter::queue_events(std::span<const ports::EventRow> events) {
    if (events.empty()) {
        return;
    }
    Array merchants(integer_type), ids(integer_type), previous(integer_type), at(integer_type);
    Array payloads(bytes_type), decisions(bytes_type);
    for (const ports::EventRow& event : events) {
        merchants.add(std::int64_t{event.id.merchant()});
        ids.add(event.id.value);
        previous.add(event.previous.value);
        at.add(base::microseconds_of(event.recorded_at));
        payloads.add_bytes(event.payload);
        decisions.add_bytes(event.decision);
    }
    queue(insert_events_sql,
          Parameters().add(merchants).add(ids).add(previous).add(at).add(payloads).add(decisions),
          "events", static_cast<std::int64_t>(events.size()));
}

// Deletes free keys that updates may want, and those free keys for inserts.
void PostgresWriter::queue_rows(std::span<const ports::Row> rows, UniqueKeys keys) {
    for (auto first = rows.begin(); first != rows.end();) {
        const auto& schema = ports::schema_of(first->table);
        const auto last = std::ranges::find_if_not(
            first, rows.end(), [&](const ports::Row& row) { return row.table == schema.table; });
        Keys gone, replaced;
        Columns updates(schema), inserts(schema);
        for (const ports::Row& row : std::ranges::subrange(first, last)) {
            if (row.gone) {
                gone.add(row);
            } else if (row.fresh) {
                inserts.add(row);
            } else {
                replaced.add(row);
                updates.add(row);
            }
        }
        if (gone.count > 0) {
            queue(delete_sql(schema), gone.parameters(), schema.name);
        }
        if (const std::string release = release_unique_sql(schema);
            keys == UniqueKeys::released_first && replaced.count > 0 && !release.empty()) {
            queue(release, replaced.parameters(), schema.name);
        }
        if (replaced.count > 0) {
            queue(update_sql(schema), updates.parameters(), schema.name, replaced.count);
        }
        if (inserts.keys.count > 0) {
            queue(insert_sql(schema), inserts.parameters(), schema.name, inserts.keys.count);
        }
        first = last;
    }
}

// The last of each subject: one statement cannot replace a row twice.
void PostgresWriter::queue_sealed(std::span<const ports::SealedRow> rows) {
    std::map<std::pair<model::MerchantNumber, std::string_view>, const ports::SealedRow*> last;
    for (const ports::SealedRow& row : rows) {
        last[{row.merchant, row.about}] = &row;
    }
    Array merchants(integer_type), abouts(text_type), owners(text_type), bytes(bytes_type);
    for (const auto& [key, row] : last) {
        merchants.add(std::int64_t{row->merchant});
        abouts.add_bytes(row->about);
        owners.add_bytes(row->owner);
        bytes.add_bytes(row->bytes);
    }
    if (!last.empty()) {
        queue(put_sealed_sql, Parameters().add(merchants).add(abouts).add(owners).add(bytes),
              "sealed");
    }
}

void PostgresWriter::queue_admin(std::span<const ports::AdminRow> rows) {
    std::map<std::pair<std::string_view, std::string_view>, const ports::AdminRow*> last;
    for (const ports::AdminRow& row : rows) {
        last[{row.kind, row.name}] = &row;
    }
    Array kinds(text_type), names(text_type), merchants(integer_type), bodies(bytes_type);
    Array expiries(integer_type);
    for (const auto& [key, row] : last) {
        kinds.add_bytes(row->kind);
        names.add_bytes(row->name);
        merchants.add(std::int64_t{row->merchant});
        bodies.add_bytes(row->body);
        if (row->expires_at) {
            expiries.add(base::microseconds_of(*row->expires_at));
        } else {
            expiries.add_null();
        }
    }
    if (!last.empty()) {
        queue(put_admins_sql,
              Parameters().add(kinds).add(names).add(merchants).add(bodies).add(expiries), "admin");
    }
}

// A question that is answered already, or was never asked, fails the batch: nothing counts twice.
void PostgresWriter::queue_answers(std::span<const ports::IntakeRow> rows) {
    if (rows.empty()) {
        return;
    }
    Array merchants(integer_type), ids(integer_type), nodes(integer_type), bodies(bytes_type);
    for (const ports::IntakeRow& row : rows) {
        merchants.add(std::int64_t{row.key.merchant});
        ids.add(row.key.id);
        nodes.add(row.key.node);
        bodies.add_bytes(row.body);
    }
    queue(remove_intake_sql, Parameters().add(merchants).add(ids).add(nodes), "intake",
          static_cast<std::int64_t>(rows.size()));
    queue(add_receipts_sql, Parameters().add(merchants).add(ids).add(nodes).add(bodies), "receipts",
          static_cast<std::int64_t>(rows.size()));
    queue(tell_receipts_sql, {}, "");
}

base::Result<void> PostgresWriter::collect(std::int64_t slots) {
    auto answers = connection_.collect();
    if (!answers) {
        if (answers.error().code == "conflict") {
            answers.error().pointer = expected_.at(connection_.failed_at()).table;
        }
        if (answers.error().code == "too_slow") {  // somebody cancelled it: it asked no question
            answers.error().code = "store_failed";
        }
        return std::unexpected(std::move(answers.error()));
    }
    constexpr std::size_t hold = 1, counted = 2;  // after BEGIN
    if ((*answers)[hold].rows() != slots || (*answers)[counted].touched() != 1) {
        return std::unexpected(fenced());
    }
    for (std::size_t i = 0; i < expected_.size(); ++i) {
        if (expected_[i].rows >= 0 && (*answers)[i].touched() != expected_[i].rows) {
            return base::fail("conflict", "A row to replace is not there.", expected_[i].table,
                              base::Family::internal);
        }
    }
    return {};
}

}  // namespace aftermile::storage::postgres
