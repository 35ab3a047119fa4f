// The keys that seal personal data, in a file of their own, each wrapped by the installation's
// master key. See ports::Keyring.
//
// Erasing overwrites the key where it lies and then every byte of the rollback journal, which had
// a copy of the page. What a file system or a drive keeps of overwritten blocks is out of reach.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "ports/store.hpp"
#include "storage/key_wrapping.hpp"
#include "storage/sqlite/connection.hpp"

namespace aftermile::storage::sqlite {

class SqliteKeyring final : public ports::Keyring {
  public:
    // Makes the master key and the file where both are missing. Codes: master_key_missing (there
    // are keys and nothing to unwrap them), wrong_master_key, disk_full, store_failed.
    [[nodiscard]] static base::Result<std::unique_ptr<SqliteKeyring>> open(
        const std::string& folder, const std::string& vfs);
    ~SqliteKeyring() override;
    SqliteKeyring(const SqliteKeyring&) = delete;
    SqliteKeyring& operator=(const SqliteKeyring&) = delete;

    [[nodiscard]] base::Result<std::vector<std::string>> keys_for(
        model::MerchantNumber merchant, std::span<const std::string> owners) override;
    [[nodiscard]] base::Result<std::optional<std::string>> find(model::MerchantNumber merchant,
                                                                std::string_view owner) override;
    [[nodiscard]] base::Result<void> erase(model::MerchantNumber merchant,
                                           std::string_view owner) override;

  private:
    SqliteKeyring(std::string folder, KeyWrapping master, Connection connection)
        : folder_(std::move(folder)),
          master_(std::move(master)),
          connection_(std::move(connection)) {}

    [[nodiscard]] base::Result<void> prepare();
    [[nodiscard]] base::Result<void> prove_master();
    [[nodiscard]] base::Result<void> zero_journal();
    // Forgets what is cached when another process changed the file.
    [[nodiscard]] base::Result<void> refresh();
    void forget();
    void remember(const std::string& name, const std::string& key);
    // From the file; look_up asks the cache first.
    [[nodiscard]] base::Result<std::optional<std::string>> stored(model::MerchantNumber merchant,
                                                                  std::string_view owner);
    [[nodiscard]] base::Result<std::optional<std::string>> look_up(model::MerchantNumber merchant,
                                                                   std::string_view owner);
    [[nodiscard]] base::Result<std::string> add(model::MerchantNumber merchant,
                                                std::string_view owner);
    [[nodiscard]] base::Result<void> add_missing(model::MerchantNumber merchant,
                                                 std::span<const std::string> owners,
                                                 std::vector<std::string>& keys);
    [[nodiscard]] base::Result<void> overwrite(model::MerchantNumber merchant,
                                               std::string_view owner);

    std::mutex mutex_;
    std::string folder_;
    KeyWrapping master_;
    Connection connection_;
    Statement get_key_, add_key_, erase_key_;
    std::unordered_map<std::string, std::string> cache_;  // merchant/owner to key
    std::int64_t data_version_ = -1;
};

}  // namespace aftermile::storage::sqlite
