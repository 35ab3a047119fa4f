// A read-only session. See ports::StoreReader for what each call promises. Every call is one
// statement, which sees one snapshot and which the server ends when it takes too long.
#pragma once

#include <chrono>
#include <memory>

#include "ports/store.hpp"
#include "storage/postgres/connection.hpp"

namespace aftermile::storage::postgres {

class PostgresReader final : public ports::StoreReader {
  public:
    [[nodiscard]] static base::Result<std::unique_ptr<PostgresReader>> open(
        const Server& server, std::chrono::milliseconds limit);

    [[nodiscard]] base::Result<std::optional<ports::StoredRow>> get(ports::Table table,
                                                                    model::MerchantNumber merchant,
                                                                    std::int64_t id) override;
    // Code `bad_query`, see storage/queries.hpp. Null in `values` equals nothing.
    [[nodiscard]] base::Result<std::vector<ports::StoredRow>> list(
        const ports::Query& query) override;
    [[nodiscard]] base::Result<std::int64_t> count(const ports::Query& query) override;
    [[nodiscard]] base::Result<std::optional<ports::EventRow>> event(model::MerchantNumber merchant,
                                                                     model::EventId id) override;
    [[nodiscard]] base::Result<std::vector<ports::EventRow>> chain(model::EventId head,
                                                                   std::size_t limit) override;
    [[nodiscard]] base::Result<std::vector<ports::EventRow>> events_after(
        model::EventId after, std::size_t limit) override;
    [[nodiscard]] base::Result<std::optional<ports::SealedRow>> sealed(
        model::MerchantNumber merchant, std::string_view about) override;

  private:
    explicit PostgresReader(Connection connection) : connection_(std::move(connection)) {}

    Connection connection_;
};

}  // namespace aftermile::storage::postgres
