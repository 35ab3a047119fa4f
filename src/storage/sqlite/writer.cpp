#include "storage/sqlite/writer.hpp"

#include <utility>

#include "base/failpoint.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/gathered_log.hpp"
#include "storage/sqlite/rows.hpp"
#include "storage/sqlite/statements.hpp"
#include "storage/sqlite/sync.hpp"

namespace aftermile::storage::sqlite {

namespace {

base::Error named(base::Error error, const ports::Row& row) {
    if (error.code == "conflict") {
        error.pointer =
            std::string(ports::schema_of(row.table).name) + '/' + std::to_string(row.id);
    }
    return error;
}

}  // namespace

// Calls the checkpointer with the pages in the log, in the place of SQLite's own checkpoint.
SqliteWriter::SqliteWriter(std::string folder, std::string vfs, FileLock lock, Connection writing,
                           Connection copying, LogLimits limits)
    : folder_(std::move(folder)),
      vfs_(std::move(vfs)),
      lock_(std::move(lock)),
      connection_(std::move(writing)),
      checkpointer_(std::move(copying), limits) {
    const auto committed = [](void* checkpointer, sqlite3*, const char*, int pages) {
        static_cast<Checkpointer*>(checkpointer)->committed(pages);
        return SQLITE_OK;
    };
    sqlite3_wal_hook(connection_.handle(), committed, &checkpointer_);
}

base::Result<std::unique_ptr<SqliteWriter>> SqliteWriter::open(const std::string& folder,
                                                               const std::string& vfs,
                                                               LogLimits limits) {
    auto lock = FileLock::try_take(folder + "/lock");
    if (!lock) {
        return std::unexpected(std::move(lock.error()));
    }
    if (!*lock) {
        return base::fail("store_in_use",
                          "Another process already writes to this data folder. Stop it first, or "
                          "send the work to it.");
    }
    auto connection = open_database(folder, gathered_log_over(vfs), Role::writer);
    if (!connection) {
        return std::unexpected(std::move(connection.error()));
    }
    auto copying = open_database(folder, vfs, Role::admin);
    if (!copying) {
        return std::unexpected(std::move(copying.error()));
    }
    return std::unique_ptr<SqliteWriter>(new SqliteWriter(
        folder, vfs, std::move(**lock), std::move(*connection), std::move(*copying), limits));
}

base::Result<std::unique_ptr<ports::StoreSync>> SqliteWriter::sync_apart() {
    auto sync = SqliteSync::open(folder_, vfs_);
    if (!sync) {
        return std::unexpected(std::move(sync.error()));
    }
    // The log is synced before it is copied, and its header when it starts anew, also then
    // (https://www.sqlite.org/pragma.html#pragma_synchronous).
    if (auto set = connection_.run("PRAGMA synchronous = NORMAL;"); !set) {
        return std::unexpected(std::move(set.error()));
    }
    return std::move(*sync);
}

// Whether the disk still keeps what it is given.
bool SqliteWriter::copy_rest_of_log() {
    if (checkpointer_.leaves_rest()) {
        const auto copied = copy_log(connection_);
        checkpointer_.rest_copied();
        if (!copied && copied.error().code == "store_broken") {
            return false;
        }
    }
    return !checkpointer_.broken();
}

base::Result<void> SqliteWriter::commit(const ports::Batch& batch) {
    broken_ = broken_ || !copy_rest_of_log();
    if (broken_) {
        return base::fail("store_broken",
                          "An earlier write failed in a way that leaves the disk's state unknown. "
                          "Check the disk, then start again.",
                          {}, base::Family::internal);
    }
    base::failpoint("before_commit");
    auto done = commit_once(batch, UniqueKeys::as_they_come);
    if (!done && done.error().code == "conflict") {
        // A unique key may move from one row of the batch to another that is written first: once
        // more, with the keys of all replaced rows given up beforehand.
        done = commit_once(batch, UniqueKeys::released_first);
    }
    if (!done) {
        broken_ = done.error().code == "store_broken";
        return done;
    }
    base::failpoint("after_commit");
    return {};
}

base::Result<void> SqliteWriter::commit_once(const ports::Batch& batch, UniqueKeys keys) {
    auto transaction = Transaction::begin(connection_, Transaction::Kind::writing);
    if (!transaction) {
        return std::unexpected(std::move(transaction.error()));
    }
    if (auto written = write_events(batch); !written) {
        return written;
    }
    const std::span<const ports::Row> rows(batch.rows);
    if (keys == UniqueKeys::released_first) {
        if (auto released = release_unique_keys(rows); !released) {
            return released;
        }
    }
    const std::size_t half = rows.size() / 2;
    if (auto written = write_rows(rows.first(half)); !written) {
        return written;
    }
    base::failpoint("inside_commit");
    if (auto written = write_rows(rows.subspan(half)); !written) {
        return written;
    }
    if (auto written = write_sealed(batch.sealed); !written) {
        return written;
    }
    if (auto written = write_admin(batch.admin); !written) {
        return written;
    }
    const GatheredCommit gathered(connection_.handle());
    return transaction->commit();
}

base::Result<void> SqliteWriter::write_events(const ports::Batch& batch) {
    if (auto good = ready(insert_event_, [] { return insert_event_sql; }); !good) {
        return good;
    }
    for (const ports::EventRow& event : batch.events) {
        bind_event(insert_event_, event);
        if (auto written = insert_event_.run(); !written) {
            if (written.error().code == "conflict") {
                written.error().pointer = "events/" + std::to_string(event.id.value);
            }
            return written;
        }
    }
    return {};
}

base::Result<void> SqliteWriter::release_unique_keys(std::span<const ports::Row> rows) {
    for (const ports::Row& row : rows) {
        std::string sql = release_unique_sql(ports::schema_of(row.table));
        if (row.fresh || row.gone || sql.empty()) {
            continue;
        }
        auto& statement = statements_of(row.table).release;
        if (auto good = ready(statement, [&] { return std::move(sql); }); !good) {
            return good;
        }
        statement.bind(1, row.id);
        if (auto released = statement.run(); !released) {
            return released;
        }
    }
    return {};
}

base::Result<void> SqliteWriter::write_rows(std::span<const ports::Row> rows) {
    for (const ports::Row& row : rows) {
        if (auto written = write_row(row); !written) {
            return std::unexpected(named(std::move(written.error()), row));
        }
    }
    return {};
}

base::Result<void> SqliteWriter::write_row(const ports::Row& row) {
    if (row.gone) {
        return delete_row(row);
    }
    return row.fresh ? insert_row(row) : update_row(row);
}

base::Result<void> SqliteWriter::insert_row(const ports::Row& row) {
    auto& statement = statements_of(row.table).insert;
    const auto text = [&] { return insert_sql(ports::schema_of(row.table)); };
    if (auto good = ready(statement, text); !good) {
        return good;
    }
    if (auto bound = bind_row(statement, row); !bound) {
        return bound;
    }
    return statement.run();
}

base::Result<void> SqliteWriter::update_row(const ports::Row& row) {
    const auto& schema = ports::schema_of(row.table);
    auto& statements = statements_of(row.table);
    const auto run = [&](Statement& statement, auto sql) -> base::Result<void> {
        if (auto good = ready(statement, [&] { return sql(schema); }); !good) {
            return good;
        }
        if (auto bound = bind_row(statement, row); !bound) {
            return bound;
        }
        return statement.run();
    };
    auto written = run(statements.update_unindexed, update_unindexed_sql);
    if (written && connection_.changes() == 0) {
        written = run(statements.update, update_sql);
    }
    if (written && connection_.changes() == 0) {
        return base::fail("conflict", "A row to replace is not there.", {}, base::Family::internal);
    }
    return written;
}

base::Result<void> SqliteWriter::delete_row(const ports::Row& row) {
    auto& statement = statements_of(row.table).remove;
    const auto text = [&] { return delete_sql(ports::schema_of(row.table)); };
    if (auto good = ready(statement, text); !good) {
        return good;
    }
    statement.bind(1, row.id);
    return statement.run();
}

base::Result<void> SqliteWriter::write_sealed(std::span<const ports::SealedRow> rows) {
    if (auto good = ready(put_sealed_, [] { return put_sealed_sql; }); !good) {
        return good;
    }
    for (const ports::SealedRow& row : rows) {
        put_sealed_.bind(1, std::int64_t{row.merchant});
        put_sealed_.bind_text(2, row.about);
        put_sealed_.bind_text(3, row.owner);
        put_sealed_.bind_bytes(4, row.bytes);
        if (auto written = put_sealed_.run(); !written) {
            return written;
        }
    }
    return {};
}

base::Result<void> SqliteWriter::write_admin(std::span<const ports::AdminRow> rows) {
    if (auto good = ready(put_admin_, [] { return put_admin_sql; }); !good) {
        return good;
    }
    for (const ports::AdminRow& row : rows) {
        bind_admin(put_admin_, row);
        if (auto written = put_admin_.run(); !written) {
            return written;
        }
    }
    return rows.empty() ? base::Result<void>{} : connection_.run(count_admin_sql);
}

}  // namespace aftermile::storage::sqlite
