#include "bench/ingest/raw_postgres.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "bench/measure/cpu_clock.hpp"
#include "storage/merchant_of.hpp"
#include "storage/postgres/parameters.hpp"
#include "storage/postgres/statements.hpp"

namespace aftermile::bench {

namespace {

namespace pg = storage::postgres;

// Those of the store's writer.
constexpr const char* settings =
    "SET synchronous_commit = on; SET jit = off; SET client_min_messages = warning; "
    "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off; "
    "SET plan_cache_mode = force_generic_plan; SET statement_timeout = 0;";

class Session {
  public:
    explicit Session(const std::string& url) : session_(PQconnectdb(url.c_str())) {}

    [[nodiscard]] std::string error() const { return PQerrorMessage(session_.get()); }

    bool script(const std::string& sql) {
        const Result done(PQexec(session_.get(), sql.c_str()));
        return PQresultStatus(done.get()) == PGRES_COMMAND_OK ||
               PQresultStatus(done.get()) == PGRES_TUPLES_OK;
    }
    bool begin_pipeline() {
        sent_ = 0;
        return PQenterPipelineMode(session_.get()) == 1;
    }
    bool send(const std::string& sql, const pg::Parameters& parameters = {}) {
        auto known = names_.find(sql);
        if (known == names_.end()) {
            known = names_.emplace(sql, "r" + std::to_string(names_.size())).first;
            ++sent_;
            if (PQsendPrepare(session_.get(), known->second.c_str(), sql.c_str(),
                              parameters.count(), parameters.types()) == 0) {
                return false;
            }
        }
        ++sent_;
        const auto wire = parameters.wire();
        return PQsendQueryPrepared(session_.get(), known->second.c_str(), parameters.count(),
                                   wire.values.data(), wire.sizes.data(), wire.formats.data(),
                                   1) == 1;
    }
    // Each statement's answer, and the end of the pipeline.
    bool end_pipeline() {
        bool good = PQpipelineSync(session_.get()) == 1;
        for (int i = 0; good && i < sent_; ++i) {
            const Result answer(PQgetResult(session_.get()));
            good = PQresultStatus(answer.get()) == PGRES_COMMAND_OK ||
                   PQresultStatus(answer.get()) == PGRES_TUPLES_OK;
            while (const Result rest{PQgetResult(session_.get())}) {
            }
        }
        const Result end(good ? PQgetResult(session_.get()) : nullptr);
        return good && PQexitPipelineMode(session_.get()) == 1;
    }

  private:
    struct Free {
        void operator()(PGconn* session) const { PQfinish(session); }
        void operator()(PGresult* result) const { PQclear(result); }
    };
    using Result = std::unique_ptr<PGresult, Free>;
    std::unique_ptr<PGconn, Free> session_;
    std::map<std::string, std::string> names_;
    int sent_ = 0;
};

// The texts of one table's statements are made once.
struct TableTexts {
    std::string insert, update, remove;
};
using Texts = std::array<TableTexts, ports::table_count>;

Texts make_texts() {
    Texts texts;
    for (const auto& table : ports::all_tables()) {
        texts[static_cast<std::size_t>(table.table)] = {
            pg::insert_sql(table), pg::update_sql(table), pg::delete_sql(table)};
    }
    return texts;
}

class Columns {
  public:
    explicit Columns(const ports::TableSchema& table) {
        for (const auto& column : table.columns) {
            columns_.emplace_back(pg::type_of(column.type));
        }
    }
    void add(const ports::Row& row) {
        ++count_;
        merchants_.add(storage::merchant_of(row.table, row.id));
        ids_.add(row.id);
        for (std::size_t i = 0; i < row.columns.size(); ++i) {
            columns_[i].add(row.columns[i]);
        }
        bodies_.add_bytes(row.body);
    }
    [[nodiscard]] bool any() const { return count_ > 0; }
    [[nodiscard]] pg::Parameters keys() const {
        pg::Parameters parameters;
        parameters.add(merchants_).add(ids_);
        return parameters;
    }
    [[nodiscard]] pg::Parameters all() const {
        pg::Parameters parameters = keys();
        for (const pg::Array& column : columns_) {
            parameters.add(column);
        }
        parameters.add(bodies_);
        return parameters;
    }

  private:
    std::size_t count_ = 0;
    pg::Array merchants_{pg::integer_type}, ids_{pg::integer_type}, bodies_{pg::bytes_type};
    std::vector<pg::Array> columns_;
};

bool send_events(Session& session, std::span<const ports::EventRow> events) {
    pg::Array merchants(pg::integer_type), ids(pg::integer_type), previous(pg::integer_type);
    pg::Array at(pg::integer_type), payloads(pg::bytes_type), decisions(pg::bytes_type);
    for (const ports::EventRow& event : events) {
        merchants.add(std::int64_t{event.id.merchant()});
        ids.add(event.id.value);
        previous.add(event.previous.value);
        at.add(base::microseconds_of(event.recorded_at));
        payloads.add_bytes(event.payload);
        decisions.add_bytes(event.decision);
    }
    pg::Parameters parameters;
    parameters.add(merchants).add(ids).add(previous).add(at).add(payloads).add(decisions);
    return session.send(std::string(pg::insert_events_sql), parameters);
}

bool send_rows(Session& session, const Texts& texts, std::span<const ports::Row> rows) {
    for (auto first = rows.begin(); first != rows.end();) {
        const ports::Table table = first->table;
        const auto last = std::find_if_not(
            first, rows.end(), [&](const ports::Row& row) { return row.table == table; });
        const auto& schema = ports::schema_of(table);
        Columns gone(schema), replaced(schema), fresh(schema);
        for (auto row = first; row != last; ++row) {
            (row->gone ? gone : row->fresh ? fresh : replaced).add(*row);
        }
        const TableTexts& text = texts[static_cast<std::size_t>(table)];
        if ((gone.any() && !session.send(text.remove, gone.keys())) ||
            (replaced.any() && !session.send(text.update, replaced.all())) ||
            (fresh.any() && !session.send(text.insert, fresh.all()))) {
            return false;
        }
        first = last;
    }
    return true;
}

// One statement cannot replace a row twice: the last of each.
bool send_sealed(Session& session, std::span<const ports::SealedRow> rows) {
    std::map<std::pair<model::MerchantNumber, std::string_view>, const ports::SealedRow*> last;
    for (const ports::SealedRow& row : rows) {
        last[{row.merchant, row.about}] = &row;
    }
    pg::Array merchants(pg::integer_type), abouts(pg::text_type), owners(pg::text_type);
    pg::Array bytes(pg::bytes_type);
    for (const auto& [key, row] : last) {
        merchants.add(std::int64_t{row->merchant});
        abouts.add_bytes(row->about);
        owners.add_bytes(row->owner);
        bytes.add_bytes(row->bytes);
    }
    pg::Parameters parameters;
    parameters.add(merchants).add(abouts).add(owners).add(bytes);
    return session.send(std::string(pg::put_sealed_sql), parameters);
}

bool write_batch(Session& session, const Texts& texts, const ports::Batch& batch) {
    return session.begin_pipeline() && session.send("BEGIN") &&
           (batch.events.empty() || send_events(session, batch.events)) &&
           send_rows(session, texts, batch.rows) &&
           (batch.sealed.empty() || send_sealed(session, batch.sealed)) && session.send("COMMIT") &&
           session.end_pipeline();
}

}  // namespace

RawResult raw_postgres_loop(std::span<const ports::Batch> batches, std::size_t warm,
                            const std::string& url) {
    RawResult result;
    Session session(url);
    const auto give_up = [&] {
        result.error = session.error();
        return result;
    };
    if (!session.script(settings) ||
        !session.script(pg::create_schema_sql(storage::current_schema()))) {
        return give_up();
    }
    const Texts texts = make_texts();
    for (const auto& batch : batches.first(warm)) {
        if (!write_batch(session, texts, batch)) {
            return give_up();
        }
    }
    const auto started = std::chrono::steady_clock::now();
    const auto cpu_started = thread_cpu();
    for (const auto& batch : batches.subspan(warm)) {
        if (!write_batch(session, texts, batch)) {
            return give_up();
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
