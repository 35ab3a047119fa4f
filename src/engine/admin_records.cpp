#include "engine/admin_records.hpp"

#include <algorithm>
#include <array>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace aftermile::engine {

namespace {

using base::fail;
using base::Result;

constexpr std::string_view merchant_prefix = "mer_";
constexpr std::string_view live_prefix = "am_live_";
constexpr std::string_view test_prefix = "am_test_";
constexpr std::size_t key_random_chars = 30;
constexpr std::size_t key_check_chars = 6;
constexpr std::string_view base62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::chrono::hours sign_in_valid{1};

// CRC-32 of ISO 3309 (polynomial 0xEDB88320, reflected), bit by bit: keys are short.
std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
        }
    }
    return ~crc;
}

std::string check_chars(std::string_view key) {
    std::uint32_t crc = crc32(key);
    std::string digits(key_check_chars, '0');
    for (std::size_t i = key_check_chars; i-- > 0; crc /= 62) {
        digits[i] = base62[crc % 62];
    }
    return digits;
}

// Without the bias of a remainder: bytes above the last whole multiple of 62 are drawn again.
std::string random_base62(std::size_t count) {
    std::string text;
    while (text.size() < count) {
        for (const char c : base::random_bytes(count)) {
            const auto byte = static_cast<unsigned char>(c);
            if (byte < 248 && text.size() < count) {
                text.push_back(base62[byte % 62]);
            }
        }
    }
    return text;
}

template <class Record>
Result<Record> read_row(const ports::AdminRow& row) {
    auto document = base::JsonDocument::parse(row.body);
    if (!document) {
        return std::unexpected(document.error());
    }
    Record record;
    base::Problems problems;
    if (auto read = base::read_json(document->root(), record, problems); !read) {
        return std::unexpected(read.error());
    }
    return record;
}

}  // namespace

std::string merchant_id_text(model::MerchantNumber number) {
    return std::string(merchant_prefix) + base::id_digits(number);
}

Result<model::MerchantNumber> parse_merchant_id(std::string_view text) {
    if (!text.starts_with(merchant_prefix)) {
        return fail("wrong_id", "A merchant's id must start with mer_.");
    }
    auto value = base::id_from_digits(text.substr(merchant_prefix.size()));
    if (!value || *value <= 0 || *value >= (std::int64_t{1} << base::id_merchant_bits)) {
        return fail("wrong_id", "This is not the id of a merchant.");
    }
    return static_cast<model::MerchantNumber>(*value);
}

Result<MerchantRecord> read_merchant(ports::AdminStore& admin, model::MerchantNumber number) {
    auto row = admin.get("merchant", merchant_id_text(number));
    if (!row) {
        return std::unexpected(row.error());
    }
    if (!*row) {
        return fail("not_found", "There is no such merchant.");
    }
    return read_row<MerchantRecord>(**row);
}

Result<std::vector<MerchantRecord>> list_merchants(ports::AdminStore& admin) {
    auto rows = admin.list("merchant");
    if (!rows) {
        return std::unexpected(rows.error());
    }
    std::vector<MerchantRecord> merchants;
    for (const ports::AdminRow& row : *rows) {
        auto record = read_row<MerchantRecord>(row);
        if (!record) {
            return std::unexpected(record.error());
        }
        merchants.push_back(std::move(*record));
    }
    std::ranges::sort(merchants, {}, &MerchantRecord::number);
    return merchants;
}

Result<MerchantRecord> find_merchant(ports::AdminStore& admin, std::string_view id_or_name) {
    auto merchants = list_merchants(admin);
    if (!merchants) {
        return std::unexpected(merchants.error());
    }
    std::optional<MerchantRecord> found;
    for (MerchantRecord& each : *merchants) {
        if (each.id == id_or_name || std::to_string(each.number) == id_or_name ||
            each.name == id_or_name) {
            if (found) {
                return fail("ambiguous", "Several merchants have this name: use the id.");
            }
            found = std::move(each);
        }
    }
    if (!found) {
        return fail("not_found", "There is no merchant \"" + std::string(id_or_name) + "\".");
    }
    return std::move(*found);
}

Result<void> write_merchant(ports::AdminStore& admin, const MerchantRecord& record) {
    return admin.put({"merchant", record.id, record.number, base::to_json(record), std::nullopt});
}

Result<MerchantRecord> create_merchant(ports::AdminStore& admin, std::string_view name,
                                       model::Mode mode, base::Instant now) {
    if (base::trim(name).empty() || name.size() > 200 || !base::is_utf8(name)) {
        return fail("bad_value", "A merchant's name has 1 to 200 bytes of text.", "/name");
    }
    const auto control = [](char c) { return (c >= '\0' && c < ' ') || c == '\x7F'; };
    if (std::ranges::any_of(name, control)) {  // it stands in the From line of every message
        return fail("bad_value", "A merchant's name is one line.", "/name");
    }
    auto known = list_merchants(admin);
    if (!known) {
        return std::unexpected(known.error());
    }
    if (std::ranges::find(*known, name, &MerchantRecord::name) != known->end()) {
        return fail("exists", "There is a merchant \"" + std::string(name) + "\" already.");
    }
    auto number = admin.next_merchant();
    if (!number) {
        return std::unexpected(number.error());
    }
    MerchantRecord record;
    record.number = *number;
    record.id = merchant_id_text(*number);
    record.name = name;
    record.created_mode = mode;
    record.created_at = now;
    if (auto written = write_merchant(admin, record); !written) {
        return std::unexpected(written.error());
    }
    return record;
}

Result<NewKey> create_key(ports::AdminStore& admin, model::MerchantNumber merchant, bool test,
                          std::vector<std::string> scopes, std::string label, base::Instant now) {
    if (scopes.empty()) {
        return fail("bad_value", "A key needs at least one scope.", "/scopes");
    }
    for (const std::string& scope : scopes) {
        if (std::ranges::find(key_scopes, scope) == key_scopes.end()) {
            return fail("bad_value", "There is no scope \"" + scope + "\".", "/scopes");
        }
    }
    NewKey made;
    made.key = std::string(test ? test_prefix : live_prefix) + random_base62(key_random_chars);
    made.key += check_chars(made.key);
    const std::string name = key_row_name(made.key);
    made.record.id = "key_" + name.substr(0, 16);
    made.record.prefix = made.key.substr(0, live_prefix.size() + 4);
    made.record.merchant = merchant;
    made.record.scopes = std::move(scopes);
    made.record.label = std::move(label);
    made.record.created_at = now;
    if (auto added = admin.add({"key", name, merchant, base::to_json(made.record), std::nullopt});
        !added) {
        return std::unexpected(added.error());
    }
    return made;
}

bool is_well_formed_key(std::string_view key) {
    const bool prefixed = key.starts_with(live_prefix) || key.starts_with(test_prefix);
    const std::size_t length = live_prefix.size() + key_random_chars + key_check_chars;
    return prefixed && key.size() == length &&
           base::constant_time_equal(check_chars(key.substr(0, length - key_check_chars)),
                                     key.substr(length - key_check_chars));
}

std::string key_row_name(std::string_view key) { return base::to_hex(base::sha256(key)); }

Result<KeyRecord> read_key(ports::AdminStore& admin, std::string_view key) {
    const auto refused = [] { return fail("unauthorized", "This is not a valid API key."); };
    if (!is_well_formed_key(key)) {
        return refused();
    }
    auto row = admin.get("key", key_row_name(key));
    if (!row) {
        return std::unexpected(row.error());
    }
    if (!*row) {
        return refused();
    }
    auto record = read_row<KeyRecord>(**row);
    return record && record->revoked_at ? refused() : record;
}

Result<std::vector<KeyRecord>> list_keys(ports::AdminStore& admin,
                                         std::optional<model::MerchantNumber> merchant) {
    auto rows = admin.list("key");
    if (!rows) {
        return std::unexpected(rows.error());
    }
    std::vector<KeyRecord> keys;
    for (const ports::AdminRow& row : *rows) {
        auto record = read_row<KeyRecord>(row);
        if (!record) {
            return std::unexpected(record.error());
        }
        if (!merchant || record->merchant == *merchant) {
            keys.push_back(std::move(*record));
        }
    }
    std::ranges::stable_sort(keys, {}, &KeyRecord::created_at);
    return keys;
}

Result<KeyRecord> revoke_key(ports::AdminStore& admin, std::string_view id, base::Instant now) {
    auto rows = admin.list("key");
    if (!rows) {
        return std::unexpected(rows.error());
    }
    for (ports::AdminRow& row : *rows) {
        auto record = read_row<KeyRecord>(row);
        if (!record) {
            return record;
        }
        if (record->id != id) {
            continue;
        }
        if (!record->revoked_at) {
            record->revoked_at = now;
            row.body = base::to_json(*record);
            if (auto put = admin.put(row); !put) {
                return std::unexpected(put.error());
            }
        }
        return record;
    }
    return fail("not_found",
                "There is no key \"" + std::string(id) + "\"; `keys list` has their ids.");
}

Result<std::string> create_sign_in(ports::AdminStore& admin, const SignInRecord& record,
                                   base::Instant now) {
    std::string token = base::to_base64url(base::random_bytes(24));
    auto added = admin.add({"sign_in", key_row_name(token), record.merchant, base::to_json(record),
                            now + sign_in_valid});
    if (!added) {
        return std::unexpected(added.error());
    }
    return token;
}

Result<SignInRecord> take_sign_in(ports::AdminStore& admin, std::string_view token,
                                  base::Instant now) {
    const std::string name = key_row_name(token);
    auto row = admin.get("sign_in", name);
    if (!row) {
        return std::unexpected(row.error());
    }
    auto removed = *row ? admin.remove("sign_in", name) : Result<bool>(false);
    if (!removed) {
        return std::unexpected(removed.error());
    }
    if (!*removed || ((*row)->expires_at && *(*row)->expires_at < now)) {
        return fail("unauthorized", "This sign-in link was used already or is too old.");
    }
    return read_row<SignInRecord>(**row);
}

}  // namespace aftermile::engine
