#include "storage/postgres/database.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "storage/postgres/shared_sql.hpp"

namespace aftermile::storage::postgres {

namespace {

// A commit returns when it is on disk, whatever the database was set to. Whoever writes has no
// statement_timeout: one that ends the wait for a standby would make a commit look kept there. A
// program that stalls in a transaction, or vanished with its machine, keeps its locks for a few
// seconds, or half a minute at most (the server ignores tcp_* on a Unix socket).
constexpr const char* shared_settings =
    "SET synchronous_commit = on; SET default_transaction_isolation = 'read committed'; "
    "SET jit = off; SET lock_timeout = '20s'; SET idle_in_transaction_session_timeout = '5s'; "
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; "
    "SET tcp_user_timeout = 25000; ";

// The planner cannot see how long an array is and would rather read whole tables: without these it
// wrote 40 % less in the measurements. A batch lost to a short stall costs more than a lock held:
// its timeout is the longer one.
constexpr const char* writer_settings =
    "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off; "
    "SET plan_cache_mode = force_generic_plan; SET statement_timeout = 0; "
    "SET idle_in_transaction_session_timeout = '30s';";
constexpr const char* loader_settings =
    "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off; "
    "SET plan_cache_mode = force_generic_plan; SET default_transaction_read_only = on; "
    "SET statement_timeout = '10min';";
// What it writes promises nothing (intake.cpp), so its commits wait for no disk.
constexpr const char* intake_settings =
    "SET synchronous_commit = off; SET statement_timeout = '30s';";
constexpr const char* admin_settings = "SET statement_timeout = 0;";

std::string settings_of(Role role, std::chrono::milliseconds read_limit) {
    std::string shared(shared_settings);
    switch (role) {
        case Role::writer:
            return shared + writer_settings;
        case Role::loader:
            return shared + loader_settings;
        case Role::reader:  // 0 would mean: no limit
            return shared + "SET default_transaction_read_only = on; SET statement_timeout = " +
                   std::to_string(std::max<std::int64_t>(1, read_limit.count())) + ';';
        case Role::admin:
            return shared + admin_settings;
        case Role::intake:
            return shared + intake_settings;
    }
    return shared;
}

base::Result<void> check_database(Connection& connection) {
    auto about = connection.ask(server_encoding_sql);
    if (!about) {
        return std::unexpected(std::move(about.error()));
    }
    if (about->integer(0, 0) == 0) {
        return base::fail("wrong_database", "The database's encoding must be UTF8.");
    }
    if (about->integer(0, 1) == 0) {
        return base::fail("wrong_database",
                          "The database has none of the schemas of the connection's search_path. "
                          "Create one first.");
    }
    return {};
}

base::Result<void> refuse_half_moved(Connection& connection) {
    auto moving = connection.ask(is_moving_sql);
    if (!moving) {
        return std::unexpected(std::move(moving.error()));
    }
    if (moving->integer(0, 0) != 0) {
        return base::fail("moving",
                          "A move into this database began and is not finished. Run `aftermile "
                          "migrate --to` again; it goes on where it stopped.");
    }
    return {};
}

// And a writer that lost its session and comes back writes nothing in the new schema.
base::Result<void> end_writers(Connection& connection) {
    auto running = connection.run(any_holder_sql());
    if (!running) {
        return std::unexpected(std::move(running.error()));
    }
    if (running->integer(0, 0) > 0) {
        return base::fail("store_in_use",
                          "The data was written by an older version that is still running. Stop it "
                          "first; the data is then brought up to date.");
    }
    auto ended = connection.run(end_all_leases_sql);
    return ended ? base::Result<void>{} : std::unexpected(std::move(ended.error()));
}

// Where there is a version already: after this no writer begins.
base::Result<std::int64_t> lock_version(Connection& connection) {
    if (auto locked = connection.run(lock_schema_sql); !locked) {
        return std::unexpected(std::move(locked.error()));
    }
    auto version = version_of(connection);
    if (version && *version > 0) {
        if (auto locked = connection.run(lock_version_sql); !locked) {
            return std::unexpected(std::move(locked.error()));
        }
    }
    return version;
}

base::Result<void> bring_up_to_date(Connection& connection, const SchemaView& schema) {
    auto transaction = Transaction::begin(connection);
    if (!transaction) {
        return std::unexpected(std::move(transaction.error()));
    }
    const auto from = lock_version(connection);
    if (!from) {
        return std::unexpected(from.error());
    }
    if (*from >= schema.version) {
        return {};  // another process was first
    }
    if (*from > 0) {
        auto ready = connection.script(create_shared_sql);
        ready = ready ? end_writers(connection) : ready;
        if (!ready) {
            return ready;
        }
    }
    const std::string sql = *from > 0 ? migrate_tables_sql(dialect, schema, static_cast<int>(*from))
                                      : create_schema_sql(schema) + create_shared_sql;
    if (auto changed = connection.script(sql); !changed) {
        return changed;
    }
    auto numbered = connection.run(set_version_sql, Parameters().add(std::int64_t{schema.version}));
    if (!numbered) {
        return std::unexpected(std::move(numbered.error()));
    }
    return transaction->commit();
}

// In a schema of this version that was made before they were.
base::Result<void> make_shared_tables(Connection& connection) {
    auto there = connection.run(has_shared_sql);
    if (!there || there->integer(0, 0) != 0) {
        return there ? base::Result<void>{} : std::unexpected(std::move(there.error()));
    }
    auto transaction = Transaction::begin(connection);
    if (!transaction) {
        return std::unexpected(std::move(transaction.error()));
    }
    if (auto locked = connection.run(lock_schema_sql); !locked) {
        return std::unexpected(std::move(locked.error()));
    }
    if (auto made = connection.script(create_shared_sql); !made) {
        return made;
    }
    return transaction->commit();
}

}  // namespace

base::Result<std::int64_t> version_of(Connection& connection) {
    auto there = connection.run(has_schema_sql);
    if (!there || there->integer(0, 0) == 0) {
        return there ? base::Result<std::int64_t>(0) : std::unexpected(std::move(there.error()));
    }
    auto version = connection.run(get_version_sql);
    if (!version) {
        return std::unexpected(std::move(version.error()));
    }
    return version->rows() == 0 ? 0 : version->integer(0, 0);
}

base::Result<Connection> open_database(const Server& server, Role role,
                                       std::chrono::milliseconds read_limit) {
    return Connection::open(server, settings_of(role, read_limit));
}

base::Result<void> prepare_schema(Connection& connection, const SchemaView& schema,
                                  HalfMoved half_moved) {
    if (auto good = check_database(connection); !good) {
        return good;
    }
    if (half_moved == HalfMoved::refused) {
        if (auto whole = refuse_half_moved(connection); !whole) {
            return whole;
        }
    }
    const auto version = version_of(connection);
    if (!version) {
        return std::unexpected(version.error());
    }
    if (*version > schema.version) {
        return base::fail("schema_too_new",
                          "The database holds schema version " + std::to_string(*version) +
                              " and this program knows " + std::to_string(schema.version) +
                              ". Run the newer program, or restore a backup of its time.");
    }
    return *version < schema.version ? bring_up_to_date(connection, schema)
                                     : make_shared_tables(connection);
}

}  // namespace aftermile::storage::postgres
