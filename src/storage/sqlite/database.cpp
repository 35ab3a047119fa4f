#include "storage/sqlite/database.hpp"

#include <cstdio>
#include <optional>
#include <utility>

#include "storage/files.hpp"

namespace aftermile::storage::sqlite {

namespace {

// Another process's administration holds the write lock for a few milliseconds at a time; a
// migration holds it longer.
constexpr int busy_timeout_ms = 10'000;

// Measured: with a checkpoint each 16,384 pages a batch of 256 commits about three times as fast as
// with SQLite's 1,000, because pages change several times before they are copied; with 131,072 a
// third less is written under load, and less again with 262,144 (1 GiB, docs/performance.md). The
// writer has a checkpointer beside it, which begins there (checkpointer.hpp); SQLite's own is for
// the others, who write little. The log's file is overwritten from its start after each checkpoint
// and keeps its size: overwriting allocated blocks syncs 1.7 times as fast as growing a file. The
// limit leaves room for what comes while the log is copied; only a log that grew past it is cut
// back. `synchronous` is each connection's own.
constexpr const char* shared_settings =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA wal_autocheckpoint = 524288;"
    "PRAGMA journal_size_limit = 2147483648;"
    "PRAGMA secure_delete = OFF;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA foreign_keys = OFF;";

const char* settings_of(Role role) {
    switch (role) {
        case Role::writer:
            return "PRAGMA cache_size = -65536;";
        case Role::loader:
            return "PRAGMA cache_size = -16384; PRAGMA query_only = ON;";
        case Role::reader:
            return "PRAGMA cache_size = -8192; PRAGMA query_only = ON;";
        case Role::admin:
            return "PRAGMA cache_size = -2048;";
    }
    return "";
}

base::Result<void> create_schema(Connection& connection, const SchemaView& schema) {
    auto transaction = Transaction::begin(connection, Transaction::Kind::writing);
    if (!transaction) {
        return std::unexpected(std::move(transaction.error()));
    }
    const auto version = connection.integer("PRAGMA user_version");
    if (!version) {
        return std::unexpected(version.error());
    }
    if (*version != 0) {
        return {};  // another process was first
    }
    auto made = connection.run(create_schema_sql(schema) +
                               "PRAGMA user_version = " + std::to_string(schema.version) + ';');
    if (!made) {
        return made;
    }
    return transaction->commit();
}

// A copy of everything committed. It is written aside first: a file of the final name is whole.
base::Result<void> take_snapshot(Connection& connection, const std::string& file) {
    const std::string aside = file + ".new";
    std::remove(aside.c_str());
    auto copy = connection.prepare("VACUUM INTO ?1");
    if (!copy) {
        return std::unexpected(std::move(copy.error()));
    }
    copy->bind_text(1, aside);
    if (auto copied = copy->run(); !copied) {
        std::remove(aside.c_str());
        return copied;
    }
    if (auto synced = sync_file(aside); !synced) {
        return synced;
    }
    if (std::rename(aside.c_str(), file.c_str()) != 0) {
        return base::fail("store_failed", "Could not rename " + aside + '.', {},
                          base::Family::retry);
    }
    return sync_file(file);
}

base::Result<void> migrate(Connection& connection, const std::string& folder,
                           const SchemaView& schema) {
    const auto lock = FileLock::try_take(folder + "/lock");
    if (!lock) {
        return std::unexpected(lock.error());
    }
    if (!*lock) {
        return base::fail("store_in_use",
                          "The data was written by an older version that is still running. Stop it "
                          "first; the data is then brought up to date.");
    }
    const auto from = connection.integer("PRAGMA user_version");
    if (!from) {
        return std::unexpected(from.error());
    }
    if (*from >= schema.version) {
        return {};  // another process was first
    }
    const std::string snapshot =
        folder + "/before_version_" + std::to_string(schema.version) + ".db";
    if (auto taken = take_snapshot(connection, snapshot); !taken) {
        return taken;
    }
    auto transaction = Transaction::begin(connection, Transaction::Kind::writing);
    if (!transaction) {
        return std::unexpected(std::move(transaction.error()));
    }
    auto changed = connection.run(migrate_schema_sql(schema, static_cast<int>(*from)) +
                                  "PRAGMA user_version = " + std::to_string(schema.version) + ';');
    if (!changed) {
        return changed;
    }
    return transaction->commit();
}

}  // namespace

std::string database_file(const std::string& folder) { return folder + "/aftermile.db"; }

base::Result<Connection> open_database(const std::string& folder, const std::string& vfs,
                                       Role role) {
    auto connection = Connection::open(database_file(folder), vfs);
    if (!connection) {
        return connection;
    }
    sqlite3_busy_timeout(connection->handle(), busy_timeout_ms);
    auto set = connection->run(std::string("PRAGMA page_size = 4096;") + shared_settings +
                               settings_of(role));
    if (!set) {
        return std::unexpected(std::move(set.error()));
    }
    return connection;
}

base::Result<void> prepare_schema(Connection& connection, const std::string& folder,
                                  const SchemaView& schema) {
    const auto version = connection.integer("PRAGMA user_version");
    if (!version) {
        return std::unexpected(version.error());
    }
    if (*version > schema.version) {
        return base::fail("schema_too_new",
                          "The data folder holds schema version " + std::to_string(*version) +
                              " and this program knows " + std::to_string(schema.version) +
                              ". Run the newer program, or restore a backup of its time.");
    }
    if (*version == 0) {
        return create_schema(connection, schema);
    }
    return *version < schema.version ? migrate(connection, folder, schema) : base::Result<void>{};
}

}  // namespace aftermile::storage::sqlite
