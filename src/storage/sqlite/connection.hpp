// SQLite's C API with owners: a connection closes itself, a statement finalises itself, and every
// failure is an Error. One thread at a time uses a connection and its statements.
//
//   auto statement = connection.prepare("SELECT id FROM orders WHERE id = ?1");
//   statement->bind(1, id);
//   for (auto row = statement->step(); ; row = statement->step()) ...
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ports/schema.hpp"

namespace aftermile::storage::sqlite {

class Statement {
  public:
    Statement() = default;

    [[nodiscard]] explicit operator bool() const { return statement_ != nullptr; }

    // Positions count from 1. Text and bytes are not copied: they outlive the statement's run.
    void bind(int at, std::int64_t value);
    void bind_text(int at, std::string_view value);
    void bind_bytes(int at, std::string_view value);
    void bind_null(int at);
    void bind(int at, const ports::Value& value);

    // True when there is a row, false at the end. After the end or an error it is reset.
    [[nodiscard]] base::Result<bool> step();
    // Runs a statement that gives no rows.
    [[nodiscard]] base::Result<void> run();
    // Ends a run early; every run that is not stepped to its end must be.
    void reset();

    // Columns of the row, counted from 0; views hold until the next step or reset.
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string_view bytes(int column) const;
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] ports::Value value(int column) const;

  private:
    friend class Connection;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// Resets a statement at the end of its block, so that no reading transaction stays open and keeps
// the write-ahead log from being reused.
class ResetAtEnd {
  public:
    explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
    ResetAtEnd(const ResetAtEnd&) = delete;
    ResetAtEnd& operator=(const ResetAtEnd&) = delete;
    ~ResetAtEnd() { statement_.reset(); }

  private:
    Statement& statement_;
};

class Connection {
  public:
    // Creates the file, for its owner alone, where it is missing. `vfs` names another of SQLite's
    // file layers; empty means its own.
    [[nodiscard]] static base::Result<Connection> open(const std::string& file,
                                                       const std::string& vfs);

    // Statements without parameters, separated by semicolons.
    [[nodiscard]] base::Result<void> run(const std::string& sql);
    [[nodiscard]] base::Result<Statement> prepare(std::string_view sql);
    // Prepares at the first use; `sql()` makes the text, which a hot path must not build for
    // nothing.
    template <class Sql>
    [[nodiscard]] base::Result<void> prepare_once(Statement& statement, const Sql& sql) {
        if (!statement) {
            auto prepared = prepare(sql());
            if (!prepared) {
                return std::unexpected(std::move(prepared.error()));
            }
            statement = std::move(*prepared);
        }
        return {};
    }
    // The integer that a statement of one row and column gives.
    [[nodiscard]] base::Result<std::int64_t> integer(std::string_view sql);

    // Rows that the last INSERT, UPDATE or DELETE touched.
    [[nodiscard]] std::int64_t changes() const { return sqlite3_changes64(database_.get()); }
    [[nodiscard]] bool in_transaction() const {
        return sqlite3_get_autocommit(database_.get()) == 0;
    }
    // Ends a transaction that failed; quiet when SQLite has ended it already.
    void roll_back();
    // What is read in between is read from one moment; may nest. Where none can be begun each
    // statement is answered from its own.
    void hold_moment();
    void let_go();

    [[nodiscard]] sqlite3* handle() const { return database_.get(); }

  private:
    struct Close {
        void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
    };
    explicit Connection(sqlite3* database) : database_(database) {}
    std::unique_ptr<sqlite3, Close> database_;
    int held_ = 0;  // moments, one within another
};

// A transaction that rolls back unless it was committed.
class Transaction {
  public:
    enum class Kind : unsigned char { reading, writing };
    [[nodiscard]] static base::Result<Transaction> begin(Connection& connection, Kind kind);

    Transaction(Transaction&& other) noexcept : connection_(other.connection_) {
        other.connection_ = nullptr;
    }
    Transaction& operator=(Transaction&&) = delete;
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();

    [[nodiscard]] base::Result<void> commit();

  private:
    explicit Transaction(Connection& connection) : connection_(&connection) {}
    Connection* connection_;
};

// SQLite's code as one of ours: disk_full, too_slow, conflict, store_broken (what reached the
// disk is unknown), else store_failed.
[[nodiscard]] base::Error error_of(int code, const char* message);

}  // namespace aftermile::storage::sqlite
