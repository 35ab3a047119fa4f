// Personal data: keyed hashes to find a person by, seals to keep what was said about one, and the
// way back for whoever may read it. The plain text never reaches a log, an event or a decision.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "engine/submission.hpp"
#include "ports/store.hpp"

namespace aftermile::engine {

// The installation's own secret, made once and kept in the keyring, apart from the data.
[[nodiscard]] base::Result<std::string> installation_secret(ports::Keyring& keyring);

// 16 bytes of HMAC-SHA256 in hexadecimal; equal people hash equally within a merchant.
[[nodiscard]] std::string email_hash(std::string_view secret, model::MerchantNumber merchant,
                                     std::string_view email);
[[nodiscard]] std::string phone_hash(std::string_view secret, model::MerchantNumber merchant,
                                     std::string_view phone);
[[nodiscard]] std::string reference_hash(std::string_view secret, model::MerchantNumber merchant,
                                         std::string_view reference);

// The key's name of a person, and of an order that names none.
[[nodiscard]] std::string owner_of(std::string_view secret, const model::Customer& customer);
[[nodiscard]] std::string owner_of_order(std::string_view secret, model::MerchantNumber merchant,
                                         std::string_view reference);
[[nodiscard]] std::string customer_about(std::string_view owner);  // customer/OWNER
[[nodiscard]] std::string rendered_about(model::NotificationId id);

// What is sealed about a person, an address or a message: flat JSON, read member by member.
class PersonReader {
  public:
    PersonReader(ports::StoreReader& reader, ports::Keyring& keyring)
        : reader_(reader), keyring_(keyring) {}
    // The JSON text, or nothing where there is none or it was erased.
    [[nodiscard]] base::Result<std::optional<std::string>> open(model::MerchantNumber merchant,
                                                                std::string_view about);
    // One text of it, empty where absent.
    [[nodiscard]] base::Result<std::string> text(model::MerchantNumber merchant,
                                                 std::string_view about, std::string_view member);

  private:
    ports::StoreReader& reader_;
    ports::Keyring& keyring_;
};

// Members of `change` over those of `base`, null removing one: both flat JSON objects.
[[nodiscard]] base::Result<std::string> merge_flat(std::string_view base_json,
                                                   std::string_view change);

// Seals the parts of one merchant, in order: two with one `about` merge, and merge into what is
// stored.
[[nodiscard]] base::Result<std::vector<ports::SealedRow>> seal_parts(
    model::MerchantNumber merchant, const std::vector<SealedPart>& parts,
    ports::StoreReader& reader, ports::Keyring& keyring);

}  // namespace aftermile::engine
