#include "storage/key_wrapping.hpp"

#include "base/crypto.hpp"
#include "storage/files.hpp"

namespace aftermile::storage {

namespace {

constexpr std::string_view master_context = "aftermile/master";
constexpr std::string_view master_proof = "this master key wraps these keys";

std::string context_of(model::MerchantNumber merchant, std::string_view owner) {
    return "aftermile/key/" + std::to_string(merchant) + '/' + std::string(owner);
}

}  // namespace

base::Result<KeyWrapping> KeyWrapping::open(const std::string& folder, bool keys_exist) {
    const std::string file = folder + "/master.key";
    auto bytes = read_small_file(file);
    if (bytes && !*bytes && keys_exist) {
        return base::fail("master_key_missing",
                          "There are keys, and the data folder has no master.key to unwrap them. "
                          "Put the file back from where you keep it.");
    }
    if (bytes && !*bytes) {
        if (auto created = create_secret_file(file, base::random_bytes(base::key_bytes));
            !created) {
            return std::unexpected(std::move(created.error()));
        }
        bytes = read_small_file(file);  // another process may have been first
    }
    if (!bytes) {
        return std::unexpected(std::move(bytes.error()));
    }
    if (!*bytes || (*bytes)->size() != base::key_bytes) {
        return base::fail("wrong_master_key", "master.key does not have 32 bytes.");
    }
    return KeyWrapping(std::move(**bytes));
}

KeyWrapping::~KeyWrapping() { base::wipe(master_); }

std::string KeyWrapping::proof() const { return base::seal(master_, master_proof, master_context); }

base::Result<void> KeyWrapping::check(std::string_view proof) const {
    if (!base::open(master_, proof, master_context)) {
        return base::fail("wrong_master_key",
                          "master.key is not the one these keys were wrapped with. Put the right "
                          "file back.");
    }
    return {};
}

std::string KeyWrapping::wrap(model::MerchantNumber merchant, std::string_view owner,
                              std::string_view key) const {
    return base::seal(master_, key, context_of(merchant, owner));
}

base::Result<std::string> KeyWrapping::unwrap(model::MerchantNumber merchant,
                                              std::string_view owner,
                                              std::string_view wrapped) const {
    return base::open(master_, wrapped, context_of(merchant, owner));
}

}  // namespace aftermile::storage
