// The small records of administration (ports::AdminStore), kept as JSON. Written by the command
// line and the API, read by both and by dispatch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/record.hpp"
#include "base/result.hpp"
#include "model/vocabulary.hpp"
#include "ports/store.hpp"

namespace aftermile::engine {

// Kind `merchant`, named by its mer_ text.
struct MerchantRecord {
    std::string id;
    std::uint32_t number = 0;
    std::string organisation;
    std::string name;
    model::Mode created_mode = model::Mode::shadow;  // never changes: switches are events
    base::Instant created_at;
    std::string sender_email, sender_name, support_email;
    std::string locale = "en";
    std::string brand_colour, brand_logo_url, postal_address;
    static constexpr auto fields() {
        using T = MerchantRecord;
        return base::fields(
            base::field("id", &T::id), base::field("number", &T::number),
            base::field("organisation", &T::organisation), base::field("name", &T::name),
            base::field("created_mode", &T::created_mode),
            base::field("created_at", &T::created_at),
            base::field("sender_email", &T::sender_email),
            base::field("sender_name", &T::sender_name),
            base::field("support_email", &T::support_email), base::field("locale", &T::locale),
            base::field("brand_colour", &T::brand_colour),
            base::field("brand_logo_url", &T::brand_logo_url),
            base::field("postal_address", &T::postal_address));
    }
};

// Kind `key`, named by the SHA-256 of the key in hexadecimal: the key itself is kept nowhere.
struct KeyRecord {
    std::string id;      // key_ and the hash's first characters, to name it in logs
    std::string prefix;  // am_live_ or am_test_ and four characters
    std::uint32_t merchant = 0;
    std::vector<std::string> scopes;
    std::string label;
    base::Instant created_at;
    std::optional<base::Instant> revoked_at;  // not in force since then; the row stays, to be named
    static constexpr auto fields() {
        using T = KeyRecord;
        return base::fields(base::field("id", &T::id), base::field("prefix", &T::prefix),
                            base::field("merchant", &T::merchant),
                            base::field("scopes", &T::scopes), base::field("label", &T::label),
                            base::field("created_at", &T::created_at),
                            base::field("revoked_at", &T::revoked_at));
    }
};

// Kind `sign_in`, named by the token's SHA-256; removed when it is used.
struct SignInRecord {
    std::uint32_t merchant = 0;  // 0: every merchant of the installation
    std::string user;
    std::string role;  // admin, agent, viewer
    static constexpr auto fields() {
        using T = SignInRecord;
        return base::fields(base::field("merchant", &T::merchant), base::field("user", &T::user),
                            base::field("role", &T::role));
    }
};

// As in the API description; "all" stands for the other four.
inline constexpr auto key_scopes =
    std::to_array<std::string_view>({"all", "read", "ingest", "operate", "configure"});

[[nodiscard]] std::string merchant_id_text(model::MerchantNumber number);
[[nodiscard]] base::Result<model::MerchantNumber> parse_merchant_id(std::string_view text);

// Code `not_found` when there is none.
[[nodiscard]] base::Result<MerchantRecord> read_merchant(ports::AdminStore& admin,
                                                         model::MerchantNumber number);
// By mer_ id, number or name. Codes: not_found, ambiguous.
[[nodiscard]] base::Result<MerchantRecord> find_merchant(ports::AdminStore& admin,
                                                         std::string_view id_or_name);
[[nodiscard]] base::Result<std::vector<MerchantRecord>> list_merchants(ports::AdminStore& admin);
[[nodiscard]] base::Result<void> write_merchant(ports::AdminStore& admin,
                                                const MerchantRecord& record);
// Numbers it, names it, stores it. Code `exists` when the name is taken.
[[nodiscard]] base::Result<MerchantRecord> create_merchant(ports::AdminStore& admin,
                                                           std::string_view name, model::Mode mode,
                                                           base::Instant now);

struct NewKey {
    std::string key;  // shown once
    KeyRecord record;
};
// am_live_ or am_test_, 30 characters of base 62, and 6 that are the CRC-32 of what is before
// them, so that a scanner for leaked secrets can tell a real key from a likely one.
[[nodiscard]] base::Result<NewKey> create_key(ports::AdminStore& admin,
                                              model::MerchantNumber merchant, bool test,
                                              std::vector<std::string> scopes, std::string label,
                                              base::Instant now);
// Whether it has the form and the checksum of a key; says nothing about whether it exists.
[[nodiscard]] bool is_well_formed_key(std::string_view key);
[[nodiscard]] std::string key_row_name(std::string_view key);
// Those of one merchant, or of all; oldest first.
[[nodiscard]] base::Result<std::vector<KeyRecord>> list_keys(
    ports::AdminStore& admin, std::optional<model::MerchantNumber> merchant);
// By key_ id. Once revoked it stays so, with the time of the first call. Code `not_found`.
[[nodiscard]] base::Result<KeyRecord> revoke_key(ports::AdminStore& admin, std::string_view id,
                                                 base::Instant now);
// Code `unauthorized` for anything that is not a stored key in force.
[[nodiscard]] base::Result<KeyRecord> read_key(ports::AdminStore& admin, std::string_view key);

// A one-time token for the console, valid for an hour.
[[nodiscard]] base::Result<std::string> create_sign_in(ports::AdminStore& admin,
                                                       const SignInRecord& record,
                                                       base::Instant now);
// Takes it: a second time fails. Code `unauthorized`.
[[nodiscard]] base::Result<SignInRecord> take_sign_in(ports::AdminStore& admin,
                                                      std::string_view token, base::Instant now);

}  // namespace aftermile::engine
