// The database that `aftermile bench ingest --store` measures on: each store of a run in a schema
// of its own, made new at the beginning and dropped at the end. Throws std::runtime_error with
// libpq's words: a measurement has nothing to save.
#pragma once

#include <cstdint>
#include <string>

namespace aftermile::bench {

class PostgresPlace {
  public:
    // `name` tells the run's schemas apart; it is one of our own.
    PostgresPlace(std::string url, const std::string& name);
    ~PostgresPlace();
    PostgresPlace(const PostgresPlace&) = delete;
    PostgresPlace& operator=(const PostgresPlace&) = delete;

    // With the schema first in its search_path.
    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::uint64_t bytes() const;  // of its tables, their indexes counted

  private:
    std::string url_, schema_;
};

// The first column of the first row.
[[nodiscard]] std::string ask_postgres(const std::string& url, const std::string& sql);
// Written to the log since the database was made.
[[nodiscard]] std::uint64_t log_bytes(const std::string& url);
// Version and the settings that decide how fast it writes, in one line.
[[nodiscard]] std::string describe_postgres(const std::string& url);

}  // namespace aftermile::bench
