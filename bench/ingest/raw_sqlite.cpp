#include "bench/ingest/raw_sqlite.hpp"

#include <sqlite3.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string_view>
#include <variant>

#include "base/ids.hpp"
#include "bench/measure/cpu_clock.hpp"
#include "storage/sqlite/statements.hpp"

namespace aftermile::bench {

namespace {

constexpr const char* settings =
    "PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    "PRAGMA wal_autocheckpoint=16384; PRAGMA secure_delete=OFF; PRAGMA temp_store=MEMORY;"
    "PRAGMA cache_size=-65536;";

struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

struct Statements {
    Statement begin, commit, event, sealed;
    // One of each for each table; `update` leaves the indexed columns alone and changes nothing
    // when one of them differs, `update_all` then does it.
    std::array<Statement, ports::table_count> insert, update, update_all, remove;
};

Statement prepare(sqlite3* database, const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v3(database, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    return Statement(statement);
}

std::string insert_text(const ports::TableSchema& table) {
    std::string names = "id,merchant";
    std::string values = "?1,?2";
    int at = 3;
    for (const auto& column : table.columns) {
        names += ",\"" + std::string(column.name) + '"';
        values += ",?" + std::to_string(at++);
    }
    return "INSERT INTO " + std::string(table.name) + '(' + names + ",body) VALUES(" + values +
           ",?" + std::to_string(at) + ')';
}

std::string update_text(const ports::TableSchema& table, bool all) {
    std::string set;
    std::string where = " WHERE id=?1";
    int at = 3;
    for (const auto& column : table.columns) {
        const std::string name = '"' + std::string(column.name) + '"';
        if (all || column.indexed == ports::Indexed::no) {
            set += name + "=?" + std::to_string(at) + ',';
        } else {
            where += " AND " + name + " IS ?" + std::to_string(at);
        }
        ++at;
    }
    return "UPDATE " + std::string(table.name) + " SET " + set + "body=?" + std::to_string(at) +
           where;
}

Statements prepare_all(sqlite3* database) {
    Statements all;
    all.begin = prepare(database, "BEGIN IMMEDIATE");
    all.commit = prepare(database, "COMMIT");
    all.event = prepare(database, "INSERT INTO events VALUES(?1,?2,?3,?4,?5)");
    all.sealed = prepare(database,
                         "INSERT INTO sealed(merchant,about,owner,bytes) VALUES(?1,?2,?3,?4) "
                         "ON CONFLICT(merchant,about) DO UPDATE SET owner=?3,bytes=?4");
    for (const auto& table : ports::all_tables()) {
        const auto at = static_cast<std::size_t>(table.table);
        all.insert[at] = prepare(database, insert_text(table));
        all.update[at] = prepare(database, update_text(table, false));
        all.update_all[at] = prepare(database, update_text(table, true));
        all.remove[at] =
            prepare(database, "DELETE FROM " + std::string(table.name) + " WHERE id=?1");
    }
    return all;
}

void bind_text(sqlite3_stmt* statement, int at, std::string_view text) {
    sqlite3_bind_text64(statement, at, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}
void bind_bytes(sqlite3_stmt* statement, int at, std::string_view bytes) {
    sqlite3_bind_blob64(statement, at, bytes.empty() ? "" : bytes.data(), bytes.size(),
                        SQLITE_STATIC);
}

bool run(sqlite3_stmt* statement) {
    const bool done = sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_reset(statement);
    return done;
}

bool write_event(sqlite3_stmt* statement, const ports::EventRow& event) {
    sqlite3_bind_int64(statement, 1, event.id.value);
    sqlite3_bind_int64(statement, 2, event.previous.value);
    sqlite3_bind_int64(statement, 3, base::microseconds_of(event.recorded_at));
    bind_bytes(statement, 4, event.payload);
    bind_bytes(statement, 5, event.decision);
    return run(statement);
}

bool write_row(sqlite3_stmt* statement, const ports::Row& row) {
    sqlite3_bind_int64(statement, 1, row.id);
    if (row.gone) {
        return run(statement);
    }
    constexpr int shift = base::id_event_bits + base::id_ordinal_bits;
    sqlite3_bind_int64(statement, 2,
                       row.table == ports::Table::merchants ? row.id : row.id >> shift);
    int at = 3;
    for (const auto& value : row.columns) {
        if (const auto* number = std::get_if<std::int64_t>(&value)) {
            sqlite3_bind_int64(statement, at, *number);
        } else if (const auto* text = std::get_if<std::string>(&value)) {
            bind_text(statement, at, *text);
        } else {
            sqlite3_bind_null(statement, at);
        }
        ++at;
    }
    bind_bytes(statement, at, row.body);
    return run(statement);
}

bool write_row(sqlite3* database, const Statements& all, const ports::Row& row) {
    const auto at = static_cast<std::size_t>(row.table);
    if (row.gone) {
        return write_row(all.remove[at].get(), row);
    }
    if (row.fresh) {
        return write_row(all.insert[at].get(), row);
    }
    return write_row(all.update[at].get(), row) &&
           (sqlite3_changes(database) == 1 || write_row(all.update_all[at].get(), row));
}

bool write_sealed(sqlite3_stmt* statement, const ports::SealedRow& row) {
    sqlite3_bind_int64(statement, 1, row.merchant);
    bind_text(statement, 2, row.about);
    bind_text(statement, 3, row.owner);
    bind_bytes(statement, 4, row.bytes);
    return run(statement);
}

bool write_batch(sqlite3* database, const Statements& all, const ports::Batch& batch) {
    bool good = run(all.begin.get());
    for (const auto& event : batch.events) {
        good = good && write_event(all.event.get(), event);
    }
    for (const auto& row : batch.rows) {
        good = good && write_row(database, all, row);
    }
    for (const auto& row : batch.sealed) {
        good = good && write_sealed(all.sealed.get(), row);
    }
    return good && run(all.commit.get());
}

}  // namespace

RawResult raw_sqlite_loop(std::span<const ports::Batch> batches, std::size_t warm,
                          const std::string& folder) {
    RawResult result;
    const std::string file = folder + "/raw.db";
    for (const char* suffix : {"", "-wal", "-shm"}) {
        std::remove((file + suffix).c_str());
    }
    sqlite3* opened = nullptr;
    const int code =
        sqlite3_open_v2(file.c_str(), &opened,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    const Database database(opened);
    const auto schema = storage::sqlite::create_schema_sql(storage::current_schema());
    if (code != SQLITE_OK ||
        sqlite3_exec(opened, (settings + schema).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        result.error = sqlite3_errmsg(opened);
        return result;
    }
    const Statements all = prepare_all(opened);
    for (const auto& batch : batches.first(warm)) {
        if (!write_batch(opened, all, batch)) {
            result.error = sqlite3_errmsg(opened);
            return result;
        }
    }
    const auto started = std::chrono::steady_clock::now();
    const auto cpu_started = thread_cpu();
    for (const auto& batch : batches.subspan(warm)) {
        if (!write_batch(opened, all, batch)) {
            result.error = sqlite3_errmsg(opened);
            return result;
        }
        result.events += batch.events.size();
        result.rows += batch.events.size() + batch.rows.size() + batch.sealed.size();
    }
    result.elapsed = std::chrono::steady_clock::now() - started;
    result.cpu = thread_cpu() - cpu_started;
    result.done = true;
    return result;
}

}  // namespace aftermile::bench
