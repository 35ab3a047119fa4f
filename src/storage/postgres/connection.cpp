#include "storage/postgres/connection.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace aftermile::storage::postgres {

namespace {

constexpr std::size_t prepared_max = 512;  // in one session; a reader's lists differ endlessly

// A message of the server in one line.
std::string one_line(const char* text) {
    std::string line(text == nullptr ? "" : text);
    std::ranges::replace(line, '\n', ' ');
    while (!line.empty() && line.back() == ' ') {
        line.pop_back();
    }
    return line;
}

base::Error failed(std::string code, std::string detail, base::Family family) {
    return {std::move(code), std::move(detail), {}, family};
}

// The server ends the session with these, or cannot take writes any more (25006: it became a
// standby): only another session can help.
bool ends_session(std::string_view state) {
    return state.starts_with("08") || state.starts_with("57P") || state == "25006" ||
           state == "25P03";
}

base::Error error_of_state(std::string_view state, const std::string& said) {
    if (state.starts_with("53100")) {
        return failed("disk_full", "The database server's disk is full. Free some space.",
                      base::Family::retry);
    }
    if (state == "57014") {
        return failed("too_slow", "The question took too long. Narrow it.", base::Family::retry);
    }
    if (state == "22021") {
        return failed("bad_utf8", "A text is not valid UTF-8, or has a NUL.",
                      base::Family::rejected);
    }
    if (state.starts_with("23")) {
        return failed("conflict", "The store holds something else under that key: " + said + '.',
                      base::Family::internal);
    }
    // Wrong values and what is too large for an index: the same again fails again.
    if (state.starts_with("22") || state.starts_with("54")) {
        return failed("not_storable", "The database does not take a value: " + said + '.',
                      base::Family::internal);
    }
    return failed("store_failed", "The database failed: " + said + " (" + std::string(state) + ").",
                  base::Family::retry);
}

bool is_good(const PGresult* result) {
    switch (PQresultStatus(result)) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
        case PGRES_SINGLE_TUPLE:
        case PGRES_EMPTY_QUERY:
        case PGRES_PIPELINE_SYNC:
            return true;
        case PGRES_COPY_OUT:
        case PGRES_COPY_IN:
        case PGRES_BAD_RESPONSE:
        case PGRES_NONFATAL_ERROR:
        case PGRES_FATAL_ERROR:
        case PGRES_COPY_BOTH:
        case PGRES_PIPELINE_ABORTED:
            return false;
    }
    return false;
}

void ignore_notice(void* /*unused*/, const PGresult* /*unused*/) {}

using ParsedUrl = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

ParsedUrl parse(const std::string& url) {
    char* complaint = nullptr;  // quotes the part that it does not understand
    ParsedUrl parsed(PQconninfoParse(url.c_str(), &complaint), &PQconninfoFree);
    PQfreemem(complaint);
    return parsed;
}

std::string_view value_of(const ParsedUrl& parsed, std::string_view keyword) {
    for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
        if (option->keyword == keyword && option->val != nullptr) {
            return option->val;
        }
    }
    return {};
}

// A password whose special characters are not encoded ends early, and its rest becomes the host,
// the port or the database, which every complaint about them would name.
bool may_hold_a_password(const ParsedUrl& parsed, std::string_view url) {
    return value_of(parsed, "port").find_first_not_of("0123456789,") != std::string_view::npos ||
           value_of(parsed, "host").find('@', 1) != std::string_view::npos ||
           (value_of(parsed, "dbname").contains('@') && !url.contains("%40"));
}

}  // namespace

std::int64_t Answer::integer(int row, int column) const {
    return decode_integer(bytes(row, column));
}

std::string_view Answer::bytes(int row, int column) const {
    return {PQgetvalue(result_.get(), row, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

bool Answer::is_null(int row, int column) const {
    return PQgetisnull(result_.get(), row, column) != 0;
}

ports::Value Answer::value(int row, int column) const {
    if (is_null(row, column)) {
        return {};
    }
    if (PQftype(result_.get(), column) == integer_type) {
        return integer(row, column);
    }
    return std::string(bytes(row, column));
}

std::int64_t Answer::touched() const {
    const std::string_view text = PQcmdTuples(result_.get());
    std::int64_t rows = 0;
    std::from_chars(text.data(), text.data() + text.size(), rows);
    return rows;
}

base::Result<void> check_url(const std::string& url) {
    const ParsedUrl parsed = parse(url);
    if (!parsed || may_hold_a_password(parsed, url)) {
        return base::fail(
            "bad_store_url",
            "The URL of the database cannot be read. It is postgres://USER@HOST/NAME; "
            "in a user, password or name every special character is written as % and "
            "two hexadecimal digits.");
    }
    return {};
}

std::string place_of_url(const std::string& url) {
    const ParsedUrl parsed = parse(url);
    if (!parsed || may_hold_a_password(parsed, url)) {
        return {};
    }
    return std::string(value_of(parsed, "host")) + '/' + std::string(value_of(parsed, "dbname"));
}

base::Result<Connection> Connection::open(Server server, std::string settings) {
    if (auto good = check_url(server.url); !good) {
        return std::unexpected(std::move(good.error()));
    }
    Connection connection(std::move(server), std::move(settings));
    if (auto connected = connection.connect(); !connected) {
        return std::unexpected(std::move(connected.error()));
    }
    return connection;
}

base::Result<void> Connection::connect() {
    prepared_.clear();
    queued_.clear();
    unsent_ = false;
    lost_ = true;
    // What comes before the URL is a default that the URL may replace; what comes after is ours.
    // A peer that vanished is noticed within half a minute; of several servers the one that takes
    // writes is ours, because only there everything that was committed is seen.
    constexpr auto settings = std::to_array<std::pair<const char*, const char*>>({
        {"connect_timeout", "10"},
        {"keepalives_idle", "10"},
        {"keepalives_interval", "5"},
        {"keepalives_count", "3"},
        {"tcp_user_timeout", "25000"},
        {"target_session_attrs", "read-write"},
        {"fallback_application_name", "aftermile"},
        {"dbname", nullptr},  // the URL
        {"client_encoding", "UTF8"},
    });
    std::array<const char*, settings.size() + 1> names{};
    std::array<const char*, settings.size() + 1> values{};
    for (std::size_t i = 0; i < settings.size(); ++i) {
        names[i] = settings[i].first;
        values[i] = settings[i].second == nullptr ? server_.url.c_str() : settings[i].second;
    }
    session_.reset(PQconnectdbParams(names.data(), values.data(), 1));
    if (PQstatus(session_.get()) != CONNECTION_OK) {
        return base::fail(
            "store_failed",
            "The database does not answer: " + one_line(PQerrorMessage(session_.get())) + '.', {},
            base::Family::retry);
    }
    PQsetNoticeReceiver(session_.get(), ignore_notice, nullptr);
    auto set = script(settings_);
    lost_ = !set;  // a session without its settings is none
    return set;
}

void Connection::count() {
    if (server_.asked) {
        server_.asked->fetch_add(1, std::memory_order_relaxed);
    }
}

base::Error Connection::error_of(const PGresult* result) {
    const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (PQstatus(session_.get()) == CONNECTION_BAD || state == nullptr || ends_session(state)) {
        lost_ = true;
        return failed("store_failed",
                      "The connection to the database was lost: " +
                          one_line(PQerrorMessage(session_.get())) + '.',
                      base::Family::retry);
    }
    // The primary message alone: the others quote the row, which is nobody's business.
    std::string said = one_line(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    return error_of_state(state, said);
}

base::Result<Answer> Connection::take(PGresult* result) {
    Answer answer(result);
    if (result == nullptr || !is_good(result)) {
        return std::unexpected(error_of(result));
    }
    count();
    return answer;
}

base::Result<void> Connection::prepare(std::string_view sql, const Parameters& parameters,
                                       std::string& name) {
    std::string text(sql);
    if (const auto known = prepared_.find(text); known != prepared_.end()) {
        name = known->second;
        return {};
    }
    if (prepared_.size() >= prepared_max) {
        if (auto forgotten = script("DEALLOCATE ALL"); !forgotten) {
            return forgotten;
        }
        prepared_.clear();
    }
    name = "s" + std::to_string(++names_);
    auto taken = take(PQprepare(session_.get(), name.c_str(), text.c_str(), parameters.count(),
                                parameters.types()));
    if (!taken) {
        return std::unexpected(std::move(taken.error()));
    }
    prepared_.emplace(std::move(text), name);
    return {};
}

base::Result<Answer> Connection::run(std::string_view sql, const Parameters& parameters) {
    std::string name;
    if (auto ready = prepare(sql, parameters, name); !ready) {
        return std::unexpected(std::move(ready.error()));
    }
    const auto wire = parameters.wire();
    return take(PQexecPrepared(session_.get(), name.c_str(), parameters.count(), wire.values.data(),
                               wire.sizes.data(), wire.formats.data(), 1));
}

base::Result<Answer> Connection::ask(std::string_view sql, const Parameters& parameters) {
    if (!lost_) {
        auto answer = run(sql, parameters);
        if (answer || !lost_) {
            return answer;
        }
    }
    if (auto connected = connect(); !connected) {
        return std::unexpected(std::move(connected.error()));
    }
    return run(sql, parameters);
}

base::Result<void> Connection::each(std::string_view sql, const Parameters& parameters,
                                    const std::function<void(const Answer&)>& row) {
    std::string name;
    if (auto ready = prepare(sql, parameters, name); !ready) {
        return ready;
    }
    const auto wire = parameters.wire();
    if (PQsendQueryPrepared(session_.get(), name.c_str(), parameters.count(), wire.values.data(),
                            wire.sizes.data(), wire.formats.data(), 1) == 0) {
        return std::unexpected(error_of(nullptr));
    }
    PQsetSingleRowMode(session_.get());
    base::Result<void> done;
    while (PGresult* result = PQgetResult(session_.get())) {
        auto answer = take(result);
        if (!answer) {
            done = std::unexpected(std::move(answer.error()));
        } else if (answer->rows() > 0) {
            row(*answer);
        }
    }
    return done;
}

base::Result<void> Connection::script(const std::string& sql) {
    auto done = take(PQexec(session_.get(), sql.c_str()));
    return done ? base::Result<void>{} : std::unexpected(std::move(done.error()));
}

base::Result<void> Connection::also_begin_with(const std::string& statements) {
    settings_ += statements;
    return script(statements);
}

// Whether there were any.
bool Connection::take_notices() {
    bool some = false;
    while (PGnotify* notice = PQnotifies(session_.get())) {
        PQfreemem(notice);
        some = true;
    }
    return some;
}

base::Result<void> Connection::wait_for_notice(std::chrono::milliseconds longest) {
    if (lost_) {
        if (auto connected = connect(); !connected) {
            return connected;
        }
    }
    if (take_notices()) {
        return {};
    }
    pollfd waits{.fd = PQsocket(session_.get()), .events = POLLIN, .revents = 0};
    if (::poll(&waits, 1, static_cast<int>(longest.count())) > 0 &&
        PQconsumeInput(session_.get()) == 0) {
        return std::unexpected(error_of(nullptr));
    }
    take_notices();
    return {};
}

void Connection::queue(std::string_view sql, const Parameters& parameters) {
    PGconn* session = session_.get();
    unsent_ = unsent_ || (queued_.empty() && PQenterPipelineMode(session) == 0);
    std::string text(sql);
    auto known = prepared_.find(text);
    if (known == prepared_.end()) {
        std::string name = "s" + std::to_string(++names_);
        unsent_ = unsent_ || PQsendPrepare(session, name.c_str(), text.c_str(), parameters.count(),
                                           parameters.types()) == 0;
        queued_.push_back({.prepares = text});
        known = prepared_.emplace(std::move(text), std::move(name)).first;
    }
    const auto wire = parameters.wire();
    unsent_ = unsent_ || PQsendQueryPrepared(session, known->second.c_str(), parameters.count(),
                                             wire.values.data(), wire.sizes.data(),
                                             wire.formats.data(), 1) == 0;
    queued_.push_back({});
}

base::Result<std::vector<Answer>> Connection::collect() {
    PGconn* session = session_.get();
    const auto queued = std::exchange(queued_, {});
    if (std::exchange(unsent_, false) || PQpipelineSync(session) == 0) {
        lost_ = true;  // what reached the server is unknown: only another session is clean
        return std::unexpected(error_of(nullptr));
    }
    std::vector<Answer> answers;
    std::optional<base::Error> failure;
    for (const Queued& each : queued) {
        PGresult* result = PQgetResult(session);
        if (failure) {  // the server skips what follows the statement that failed
            PQclear(result);
            prepared_.erase(each.prepares);
        } else if (auto answer = take(result); !answer) {
            failed_at_ = answers.size();
            failure = std::move(answer.error());
            prepared_.erase(each.prepares);
            if (lost_) {
                return std::unexpected(std::move(*failure));
            }
        } else if (each.prepares.empty()) {
            answers.push_back(std::move(*answer));
        }
        drain();
    }
    drain();  // the end of the pipeline
    PQexitPipelineMode(session);
    if (failure) {
        return std::unexpected(std::move(*failure));
    }
    return answers;
}

void Connection::drain() {
    while (PGresult* result = PQgetResult(session_.get())) {
        PQclear(result);
    }
}

void Connection::roll_back() {
    if (lost_) {
        return;
    }
    const PGTransactionStatusType status = PQtransactionStatus(session_.get());
    if (status == PQTRANS_INTRANS || status == PQTRANS_INERROR) {
        // A failure shows in `lost_`, and the session ends with it.
        static_cast<void>(script("ROLLBACK"));
    }
}

base::Result<Transaction> Transaction::begin(Connection& connection) {
    auto begun = connection.script("BEGIN");
    if (!begun && connection.lost()) {
        if (auto connected = connection.connect(); !connected) {
            return std::unexpected(std::move(connected.error()));
        }
        begun = connection.script("BEGIN");
    }
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
    Connection& connection = *std::exchange(connection_, nullptr);
    return connection.script("COMMIT");
}

}  // namespace aftermile::storage::postgres
