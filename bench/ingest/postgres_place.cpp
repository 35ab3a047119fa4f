#include "bench/ingest/postgres_place.hpp"

#include <libpq-fe.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <utility>

namespace aftermile::bench {

namespace {

struct Free {
    void operator()(PGconn* session) const { PQfinish(session); }
    void operator()(PGresult* result) const { PQclear(result); }
};

}  // namespace

std::string ask_postgres(const std::string& url, const std::string& sql) {
    const std::unique_ptr<PGconn, Free> session(PQconnectdb(url.c_str()));
    PQsetNoticeProcessor(session.get(), [](void*, const char*) {}, nullptr);
    const std::unique_ptr<PGresult, Free> result(PQexec(session.get(), sql.c_str()));
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        throw std::runtime_error(PQerrorMessage(session.get()));
    }
    return PQntuples(result.get()) == 0 ? std::string() : PQgetvalue(result.get(), 0, 0);
}

PostgresPlace::PostgresPlace(std::string url, const std::string& name)
    : url_(std::move(url)), schema_("aftermile_bench_" + name) {
    static_cast<void>(ask_postgres(
        url_, "DROP SCHEMA IF EXISTS " + schema_ + " CASCADE; CREATE SCHEMA " + schema_));
}

PostgresPlace::~PostgresPlace() {
    try {
        static_cast<void>(ask_postgres(url_, "DROP SCHEMA " + schema_ + " CASCADE"));
    } catch (const std::runtime_error& error) {
        std::fprintf(stderr, "bench: %s stays: %s\n", schema_.c_str(), error.what());
    }
}

std::string PostgresPlace::url() const {
    return url_ + (url_.find('?') == std::string::npos ? "?" : "&") + "options=-csearch_path%3D" +
           schema_;
}

std::uint64_t PostgresPlace::bytes() const {
    return std::stoull(
        ask_postgres(url_,
                     "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class "
                     "WHERE relkind = 'r' AND relnamespace = '" +
                         schema_ + "'::regnamespace"));
}

std::uint64_t log_bytes(const std::string& url) {
    return std::stoull(
        ask_postgres(url, "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"));
}

std::string describe_postgres(const std::string& url) {
    return ask_postgres(
        url,
        "SELECT 'PostgreSQL ' || current_setting('server_version') || ': ' || "
        "string_agg(name || ' ' || current_setting(name), ', ' ORDER BY name) FROM pg_settings "
        "WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', "
        "'max_wal_size', 'wal_compression', 'checkpoint_timeout', 'wal_buffers', 'autovacuum')");
}

}  // namespace aftermile::bench
