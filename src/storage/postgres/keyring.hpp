// The keys that seal personal data, in a table that several processes share, each wrapped by the
// installation's master key, which stays out of the database. See ports::Keyring.
//
// Erasing replaces the row by a tombstone of zeros and vacuums the table. What the server keeps of
// the old version for longer, and what an operator must do about it, is told in
// docs/decisions/0009-erasing-in-postgresql.md.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "ports/store.hpp"
#include "storage/key_wrapping.hpp"
#include "storage/postgres/connection.hpp"

namespace aftermile::storage::postgres {

class PostgresKeyring final : public ports::Keyring {
  public:
    // The connection has Role::admin and a prepared schema; master.key is read from the folder and
    // made where both it and all keys are missing. Codes: master_key_missing, wrong_master_key,
    // disk_full, store_failed.
    [[nodiscard]] static base::Result<std::unique_ptr<PostgresKeyring>> open(
        Connection connection, const std::string& folder);

    [[nodiscard]] base::Result<std::vector<std::string>> keys_for(
        model::MerchantNumber merchant, std::span<const std::string> owners) override;
    [[nodiscard]] base::Result<std::optional<std::string>> find(model::MerchantNumber merchant,
                                                                std::string_view owner) override;
    [[nodiscard]] base::Result<void> erase(model::MerchantNumber merchant,
                                           std::string_view owner) override;

  private:
    PostgresKeyring(Connection connection, KeyWrapping master)
        : connection_(std::move(connection)), master_(std::move(master)) {}

    // Fills in the keys of those owners that have one; whether none is missing.
    [[nodiscard]] base::Result<bool> look_up(model::MerchantNumber merchant,
                                             std::span<const std::string> owners,
                                             std::vector<std::string>& keys);
    [[nodiscard]] base::Result<void> add_missing(model::MerchantNumber merchant,
                                                 std::span<const std::string> owners,
                                                 const std::vector<std::string>& keys);

    std::mutex mutex_;
    Connection connection_;
    KeyWrapping master_;
};

}  // namespace aftermile::storage::postgres
