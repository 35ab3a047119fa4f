#include "storage/sqlite/connection.hpp"

#include <utility>
#include <variant>

#include "storage/files.hpp"
#include "storage/sqlite/page_cache.hpp"

namespace aftermile::storage::sqlite {

namespace {

base::Error last_error(sqlite3* database) {
    return error_of(sqlite3_extended_errcode(database), sqlite3_errmsg(database));
}

// For the whole process, before SQLite is used: nobody asks it how much memory it took, and to know
// it every allocation of any connection would take one lock.
void prepare_library() {
    static const bool prepared =
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK && use_watched_page_cache();
    static_cast<void>(prepared);
}

// Texts in double quotes are always names, stored schemas run no functions, and the file's own
// tables cannot be written by hand.
void harden(sqlite3* database) {
    sqlite3_extended_result_codes(database, 1);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
}

}  // namespace

base::Error error_of(int code, const char* message) {
    const std::string said = message == nullptr ? sqlite3_errstr(code) : message;
    if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) {
        return {"store_broken",
                "The disk refused to keep what was written (" + said +
                    "). Check the disk, then start again.",
                {},
                base::Family::internal};
    }
    switch (code & 0xFF) {
        case SQLITE_FULL:
            return {"disk_full",
                    "The disk of the data folder is full. Free some space.",
                    {},
                    base::Family::retry};
        case SQLITE_INTERRUPT:
            return {"too_slow", "The question took too long. Narrow it.", {}, base::Family::retry};
        case SQLITE_CONSTRAINT:
            return {"conflict",
                    "The store holds something else under that key: " + said + '.',
                    {},
                    base::Family::internal};
        default:
            return {"store_failed", "The store failed: " + said + '.', {}, base::Family::retry};
    }
}

void Statement::bind(int at, std::int64_t value) {
    sqlite3_bind_int64(statement_.get(), at, value);
}

void Statement::bind_text(int at, std::string_view value) {
    sqlite3_bind_text64(statement_.get(), at, value.empty() ? "" : value.data(), value.size(),
                        SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bind_bytes(int at, std::string_view value) {
    // A null pointer would bind NULL, not an empty blob.
    sqlite3_bind_blob64(statement_.get(), at, value.empty() ? "" : value.data(), value.size(),
                        SQLITE_STATIC);
}

void Statement::bind_null(int at) { sqlite3_bind_null(statement_.get(), at); }

void Statement::bind(int at, const ports::Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        bind(at, *number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
        bind_text(at, *text);
    } else {
        bind_null(at);
    }
}

base::Result<bool> Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        reset();
        return false;
    }
    auto error = last_error(sqlite3_db_handle(statement_.get()));
    reset();
    return std::unexpected(std::move(error));
}

base::Result<void> Statement::run() {
    auto row = step();
    if (!row) {
        return std::unexpected(std::move(row.error()));
    }
    if (*row) {  // otherwise it is reset already
        reset();
    }
    return {};
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::bytes(int column) const {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return data == nullptr ? std::string_view{}
                           : std::string_view(data, static_cast<std::size_t>(size));
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

ports::Value Statement::value(int column) const {
    switch (sqlite3_column_type(statement_.get(), column)) {
        case SQLITE_INTEGER:
            return integer(column);
        case SQLITE_NULL:
            return {};
        default:
            return std::string(bytes(column));
    }
}

base::Result<Connection> Connection::open(const std::string& file, const std::string& vfs) {
    if (auto made = make_private_file(file); !made) {
        return std::unexpected(std::move(made.error()));
    }
    prepare_library();
    sqlite3* opened = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const int code =
        sqlite3_open_v2(file.c_str(), &opened, flags, vfs.empty() ? nullptr : vfs.c_str());
    Connection connection(opened);
    if (code != SQLITE_OK) {
        auto error = error_of(code, opened == nullptr ? nullptr : sqlite3_errmsg(opened));
        error.detail += " File: " + file;
        return std::unexpected(std::move(error));
    }
    harden(opened);
    return connection;
}

base::Result<void> Connection::run(const std::string& sql) {
    if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return std::unexpected(last_error(database_.get()));
    }
    return {};
}

base::Result<Statement> Connection::prepare(std::string_view sql) {
    sqlite3_stmt* prepared = nullptr;
    if (sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &prepared, nullptr) != SQLITE_OK) {
        return std::unexpected(last_error(database_.get()));
    }
    return Statement(prepared);
}

base::Result<std::int64_t> Connection::integer(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement) {
        return std::unexpected(std::move(statement.error()));
    }
    const auto row = statement->step();
    if (!row) {
        return std::unexpected(row.error());
    }
    return *row ? statement->integer(0) : 0;
}

void Connection::roll_back() {
    if (in_transaction()) {
        sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

void Connection::hold_moment() {
    if (held_++ == 0) {
        static_cast<void>(run("BEGIN"));
    }
}

void Connection::let_go() {
    if (--held_ == 0 && in_transaction()) {
        static_cast<void>(run("COMMIT"));
    }
}

base::Result<Transaction> Transaction::begin(Connection& connection, Kind kind) {
    auto begun = connection.run(kind == Kind::writing ? "BEGIN IMMEDIATE" : "BEGIN");
    if (!begun) {
        return std::unexpected(std::move(begun.error()));
    }
    return Transaction(connection);
}

Transaction::~Transaction() {
    if (connection_ != nullptr) {
        connection_->roll_back();
    }
}

base::Result<void> Transaction::commit() {
    return connection_->run("COMMIT");  // when it fails, the end of this value rolls back
}

}  // namespace aftermile::storage::sqlite
