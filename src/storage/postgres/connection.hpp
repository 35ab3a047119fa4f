// libpq with owners: a session closes itself, an answer frees itself, and every failure is an
// Error. Statements are prepared at their first use in a session and run in binary form. One
// thread at a time uses a connection.
//
//   auto answer = connection.run("SELECT body FROM orders WHERE merchant = $1 AND id = $2",
//                                Parameters().add(merchant).add(id));
//   for (int row = 0; row < answer->rows(); ++row) use(answer->bytes(row, 0));
//
// Many statements in one round trip:
//
//   connection.queue(sql, parameters);  connection.queue(other, parameters);
//   auto answers = connection.collect();   // one for each, or the first error
//
// A session that was lost is not made anew behind the caller's back, who alone knows what was
// under way: `lost` tells, and `connect` begins another.
#pragma once

#include <libpq-fe.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "storage/postgres/parameters.hpp"

namespace aftermile::storage::postgres {

// Where the database is, and who counts the statements that it answered.
struct Server {
    std::string url;                                         // postgres://...
    std::shared_ptr<std::atomic<std::uint64_t>> asked = {};  // null: nobody
};

class Answer {
  public:
    explicit Answer(PGresult* result) : result_(result) {}

    [[nodiscard]] int rows() const { return PQntuples(result_.get()); }
    // Rows and columns count from 0; views hold as long as the answer.
    [[nodiscard]] std::int64_t integer(int row, int column) const;
    [[nodiscard]] std::string_view bytes(int row, int column) const;
    [[nodiscard]] bool is_null(int row, int column) const;
    [[nodiscard]] ports::Value value(int row, int column) const;
    // Rows that an INSERT, UPDATE or DELETE touched.
    [[nodiscard]] std::int64_t touched() const;

  private:
    struct Clear {
        void operator()(PGresult* result) const { PQclear(result); }
    };
    std::unique_ptr<PGresult, Clear> result_;
};

// Code `bad_store_url` where libpq cannot read it, or would read a part of the password as
// something else: with a text that names no part of it, which libpq's own do.
[[nodiscard]] base::Result<void> check_url(const std::string& url);
// Its host and database, for people.
[[nodiscard]] std::string place_of_url(const std::string& url);

class Connection {
  public:
    // Every session of it begins with the statements of `settings`. Codes: bad_store_url,
    // `store_failed` (family retry) when nobody answers or lets us in.
    [[nodiscard]] static base::Result<Connection> open(Server server, std::string settings);

    [[nodiscard]] bool lost() const { return lost_; }
    // A session in place of the one that was lost.
    [[nodiscard]] base::Result<void> connect();
    // The server's process that answers this session.
    [[nodiscard]] int backend() const { return PQbackendPID(session_.get()); }

    [[nodiscard]] base::Result<Answer> run(std::string_view sql, const Parameters& parameters = {});
    // The same, and once more in a new session where the old one turns out to be lost: for what
    // may be done twice.
    [[nodiscard]] base::Result<Answer> ask(std::string_view sql, const Parameters& parameters = {});
    // Calls `row(answer)` for each row, of which the answer has one, as it arrives.
    [[nodiscard]] base::Result<void> each(std::string_view sql, const Parameters& parameters,
                                          const std::function<void(const Answer&)>& row);
    // Statements without parameters, separated by semicolons.
    [[nodiscard]] base::Result<void> script(const std::string& sql);

    // This session and every later one run these statements, without parameters, at their start.
    [[nodiscard]] base::Result<void> also_begin_with(const std::string& statements);
    // Returns when a channel that the session listens to was notified, at once where one was
    // meanwhile, or after so long. In a new session where the old one turns out to be lost.
    [[nodiscard]] base::Result<void> wait_for_notice(std::chrono::milliseconds longest);

    void queue(std::string_view sql, const Parameters& parameters = {});
    [[nodiscard]] base::Result<std::vector<Answer>> collect();
    // Which of the queued statements failed in the last `collect`, counted from 0.
    [[nodiscard]] std::size_t failed_at() const { return failed_at_; }

    // Ends a transaction that failed; quiet where there is none.
    void roll_back();

  private:
    struct Finish {
        void operator()(PGconn* session) const { PQfinish(session); }
    };
    struct Queued {
        std::string prepares;  // the text that this prepares; empty: a statement's run
    };
    Connection(Server server, std::string settings)
        : server_(std::move(server)), settings_(std::move(settings)) {}

    [[nodiscard]] base::Error error_of(const PGresult* result);
    [[nodiscard]] base::Result<Answer> take(PGresult* result);
    [[nodiscard]] base::Result<void> prepare(std::string_view sql, const Parameters& parameters,
                                             std::string& name);
    void drain();
    bool take_notices();
    void count();

    Server server_;
    std::string settings_;
    std::unique_ptr<PGconn, Finish> session_;
    bool lost_ = true;
    std::unordered_map<std::string, std::string> prepared_;  // name by text
    std::uint64_t names_ = 0;
    std::vector<Queued> queued_;
    bool unsent_ = false;  // something queued could not be handed to libpq
    std::size_t failed_at_ = 0;
};

// A transaction that rolls back unless it was committed.
class Transaction {
  public:
    // In a new session where the old one is lost: nothing of this transaction was under way.
    [[nodiscard]] static base::Result<Transaction> begin(Connection& connection);

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

}  // namespace aftermile::storage::postgres
