// What the engine reads to decide. See ports::StoreLoader for what each call promises. Every call
// may be made twice, and is where its session was lost.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "ports/store.hpp"
#include "storage/postgres/connection.hpp"

namespace aftermile::storage::postgres {

class PostgresLoader final : public ports::StoreLoader {
  public:
    [[nodiscard]] static base::Result<std::unique_ptr<PostgresLoader>> open(const Server& server);

    [[nodiscard]] base::Result<void> load(
        ports::Table table, std::span<const std::int64_t> ids,
        const std::function<void(std::int64_t, std::string_view)>& found) override;
    [[nodiscard]] base::Result<void> find(
        ports::Table table, std::string_view column, model::MerchantNumber merchant,
        std::span<const std::string_view> keys,
        const std::function<void(std::size_t, std::int64_t)>& found) override;
    [[nodiscard]] base::Result<void> load_after(
        ports::Table table, model::MerchantNumber merchant, std::int64_t after, std::size_t limit,
        const std::function<void(std::int64_t, std::string_view)>& found) override;
    [[nodiscard]] base::Result<std::vector<model::EventId>> last_events() override;
    void restrict_to(std::span<const model::MerchantNumber> merchants) override;
    [[nodiscard]] base::Result<void> each_due(
        const std::function<void(const ports::DueRow&)>& found) override;
    [[nodiscard]] base::Result<std::vector<ports::Row>> outbox_due(base::Instant until,
                                                                   std::size_t limit) override;

  private:
    explicit PostgresLoader(Connection connection) : connection_(std::move(connection)) {}

    Connection connection_;
    std::optional<Array> only_;  // the merchants of `restrict_to`
};

}  // namespace aftermile::storage::postgres
