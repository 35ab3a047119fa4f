// Administration on a session of its own, beside the writer's. See ports::AdminStore.
#pragma once

#include <mutex>

#include "ports/store.hpp"
#include "storage/postgres/connection.hpp"

namespace aftermile::storage::postgres {

class PostgresAdmin final : public ports::AdminStore {
  public:
    // The connection has Role::admin and a prepared schema.
    explicit PostgresAdmin(Connection connection) : connection_(std::move(connection)) {}

    [[nodiscard]] base::Result<void> put(const ports::AdminRow& row) override;
    [[nodiscard]] base::Result<void> add(const ports::AdminRow& row) override;
    [[nodiscard]] base::Result<std::optional<ports::AdminRow>> get(std::string_view kind,
                                                                   std::string_view name) override;
    [[nodiscard]] base::Result<std::vector<ports::AdminRow>> list(std::string_view kind) override;
    [[nodiscard]] base::Result<bool> remove(std::string_view kind, std::string_view name) override;
    [[nodiscard]] base::Result<std::size_t> remove_expired(std::string_view kind,
                                                           base::Instant until,
                                                           std::size_t most) override;
    [[nodiscard]] base::Result<std::int64_t> version() override;
    [[nodiscard]] base::Result<model::MerchantNumber> next_merchant() override;

  private:
    // Runs the change and counts it, in one transaction; how many rows it touched.
    [[nodiscard]] base::Result<std::int64_t> change(std::string_view sql,
                                                    const Parameters& parameters);

    std::mutex mutex_;
    Connection connection_;
};

}  // namespace aftermile::storage::postgres
