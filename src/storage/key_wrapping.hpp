// The installation's master key, which wraps every key that seals personal data: where wrapped
// keys lie is the adapter's, how they are wrapped is the same everywhere.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "model/event.hpp"

namespace aftermile::storage {

class KeyWrapping {
  public:
    // Reads master.key of the folder; makes it where it is missing, unless there are keys already.
    // Codes: master_key_missing, wrong_master_key (not 32 bytes), disk_full, store_failed.
    [[nodiscard]] static base::Result<KeyWrapping> open(const std::string& folder, bool keys_exist);
    ~KeyWrapping();
    KeyWrapping(KeyWrapping&& other) noexcept : master_(std::exchange(other.master_, {})) {}
    KeyWrapping& operator=(KeyWrapping&&) = delete;
    KeyWrapping(const KeyWrapping&) = delete;
    KeyWrapping& operator=(const KeyWrapping&) = delete;

    // What is kept beside the keys and opens with this master key alone.
    [[nodiscard]] std::string proof() const;
    // Code `wrong_master_key`: the keys that this proof lay beside were wrapped with another.
    [[nodiscard]] base::Result<void> check(std::string_view proof) const;

    [[nodiscard]] std::string wrap(model::MerchantNumber merchant, std::string_view owner,
                                   std::string_view key) const;
    // Code `cannot_open`: another owner's, or changed bytes.
    [[nodiscard]] base::Result<std::string> unwrap(model::MerchantNumber merchant,
                                                   std::string_view owner,
                                                   std::string_view wrapped) const;

  private:
    explicit KeyWrapping(std::string master) : master_(std::move(master)) {}
    std::string master_;
};

}  // namespace aftermile::storage
