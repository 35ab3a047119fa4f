// A schema of the tests' database for each place of a test. The database is the one that
// tools/with_postgres.py started; without it these tests fail, because a store that nobody tested
// must not look like one that passed.
#pragma once

#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "storage/postgres/connection.hpp"

namespace aftermile::storage::postgres {

inline std::string test_server_url() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment
    const char* url = std::getenv("AFTERMILE_TEST_POSTGRES");
    if (url == nullptr || *url == '\0') {
        ADD_FAILURE() << "No PostgreSQL: run this test through tools/with_postgres.py.";
        throw std::runtime_error("AFTERMILE_TEST_POSTGRES is not set");
    }
    return url;
}

inline std::string schema_of_place(const std::string& place) {
    std::uint64_t hash = 0xCBF29CE484222325ULL;  // FNV-1a: a name of bounded length
    for (const char c : place) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    }
    return "place_" + std::to_string(hash);
}

inline std::string url_of_place(const std::string& place) {
    return test_server_url() + "&options=-csearch_path%3D" + schema_of_place(place);
}

// One at a time: creating is not safe against creating.
inline void run_on_test_server(const std::string& sql) {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> session(
        PQconnectdb(test_server_url().c_str()), &PQfinish);
    PQsetNoticeProcessor(session.get(), [](void*, const char*) {}, nullptr);
    PQclear(PQexec(session.get(), "SELECT pg_advisory_lock(7)"));
    const std::unique_ptr<PGresult, decltype(&PQclear)> done(PQexec(session.get(), sql.c_str()),
                                                             &PQclear);
    const auto status = PQresultStatus(done.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        throw std::runtime_error(PQerrorMessage(session.get()));
    }
}

inline void make_place(const std::string& place) {
    run_on_test_server("CREATE SCHEMA IF NOT EXISTS " + schema_of_place(place));
}
inline void drop_place(const std::string& place) {
    run_on_test_server("DROP SCHEMA IF EXISTS " + schema_of_place(place) + " CASCADE");
}

// As new, in a tenth of the time that making one takes. Nobody may have it open.
inline void empty_place(const std::string& place) {
    const std::string schema = schema_of_place(place);
    run_on_test_server("SET search_path = " + schema + R"(; DO $$
        DECLARE each text;
        BEGIN
            FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema()
                AND tablename NOT IN ('schema_version', 'counters', 'slots')
            LOOP
                EXECUTE format('DELETE FROM %I', each);
            END LOOP;
            IF to_regclass('counters') IS NOT NULL THEN
                UPDATE counters SET value = 0;
                UPDATE slots SET epoch = 0;
            END IF;
        END $$)");
}

// A place of the running test alone, gone with it: a folder for the master key, and a schema.
class TestPlace {
  public:
    explicit TestPlace(const std::string& suffix = {})
        : path_((std::filesystem::path(testing::TempDir()) /
                 (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) +
                  suffix + '_' + std::to_string(::getpid())))
                    .string()) {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
        make_place(path_);
    }
    ~TestPlace() {
        std::filesystem::remove_all(path_);
        drop_place(path_);
    }
    TestPlace(const TestPlace&) = delete;
    TestPlace& operator=(const TestPlace&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string url() const { return url_of_place(path_); }
    [[nodiscard]] Server server() const { return {.url = url()}; }

  private:
    std::string path_;
};

}  // namespace aftermile::storage::postgres
