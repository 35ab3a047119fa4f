// Administration on a connection of its own, beside the writer's. See ports::AdminStore.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "ports/store.hpp"
#include "storage/sqlite/connection.hpp"

namespace aftermile::storage::sqlite {

class SqliteAdmin final : public ports::AdminStore {
  public:
    // The connection has Role::admin and a prepared schema.
    explicit SqliteAdmin(Connection connection) : connection_(std::move(connection)) {}

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
    [[nodiscard]] base::Result<void> write(std::string_view sql, const ports::AdminRow& row);
    // Adds one to the counter and gives its new value.
    [[nodiscard]] base::Result<std::int64_t> count_up(std::string_view counter);
    [[nodiscard]] base::Result<std::int64_t> counter(std::string_view name);

    std::mutex mutex_;
    Connection connection_;
    std::int64_t seen_data_version_ = -1;  // PRAGMA data_version when version_ was read
    std::int64_t version_ = 0;
};

}  // namespace aftermile::storage::sqlite
