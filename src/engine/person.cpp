#include "engine/person.hpp"

#include <fmt/format.h>

#include <map>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace aftermile::engine {

namespace {

using base::Result;

constexpr std::size_t hash_bytes = 16;

std::string keyed_hash(std::string_view secret, model::MerchantNumber merchant,
                       std::string_view kind, std::string_view value) {
    return base::to_hex(base::hmac_sha256(secret, fmt::format("{}/{}/{}", merchant, kind, value))
                            .substr(0, hash_bytes));
}

std::string context_of(model::MerchantNumber merchant, std::string_view about) {
    return fmt::format("{}/{}", merchant, about);
}

void write_member(base::JsonWriter& writer, std::string_view name, const base::Json& value) {
    writer.key(name);
    if (const auto text = value.as_text()) {
        writer.text(*text);
    } else if (const auto number = value.as_int()) {
        writer.integer(*number);
    } else {
        writer.boolean(value.as_bool().value_or(false));
    }
}

}  // namespace

Result<std::string> installation_secret(ports::Keyring& keyring) {
    const std::vector<std::string> owners{"installation"};
    auto keys = keyring.keys_for(0, owners);
    if (!keys) {
        return std::unexpected(keys.error());
    }
    return std::move(keys->front());
}

std::string email_hash(std::string_view secret, model::MerchantNumber merchant,
                       std::string_view email) {
    return keyed_hash(secret, merchant, "email", base::lower_ascii(base::trim(email)));
}

std::string phone_hash(std::string_view secret, model::MerchantNumber merchant,
                       std::string_view phone) {
    std::string digits;  // a leading 00 and a plus mean the same
    for (const char c : phone) {
        if (c >= '0' && c <= '9') {
            digits.push_back(c);
        }
    }
    if (digits.starts_with("00")) {
        digits.erase(0, 2);
    }
    return keyed_hash(secret, merchant, "phone", digits);
}

std::string reference_hash(std::string_view secret, model::MerchantNumber merchant,
                           std::string_view reference) {
    return keyed_hash(secret, merchant, "customer", reference);
}

std::string owner_of(std::string_view secret, const model::Customer& customer) {
    if (!customer.email_hash.empty()) {
        return customer.email_hash;
    }
    if (!customer.phone_hash.empty()) {
        return customer.phone_hash;
    }
    return reference_hash(secret, customer.id.merchant(), customer.reference);
}

std::string owner_of_order(std::string_view secret, model::MerchantNumber merchant,
                           std::string_view reference) {
    return keyed_hash(secret, merchant, "order", reference);
}

std::string customer_about(std::string_view owner) { return "customer/" + std::string(owner); }

std::string rendered_about(model::NotificationId id) { return "rendered/" + id.text(); }

Result<std::optional<std::string>> PersonReader::open(model::MerchantNumber merchant,
                                                      std::string_view about) {
    auto row = reader_.sealed(merchant, about);
    if (!row) {
        return std::unexpected(row.error());
    }
    if (!*row) {
        return std::nullopt;
    }
    auto key = keyring_.find(merchant, (*row)->owner);
    if (!key) {
        return std::unexpected(key.error());
    }
    if (!*key) {
        return std::nullopt;  // erased
    }
    auto plain = base::open(**key, (*row)->bytes, context_of(merchant, about));
    if (!plain) {
        return std::nullopt;  // sealed with a key that was erased since
    }
    return std::move(*plain);
}

Result<std::string> PersonReader::text(model::MerchantNumber merchant, std::string_view about,
                                       std::string_view member) {
    auto plain = open(merchant, about);
    if (!plain) {
        return std::unexpected(plain.error());
    }
    if (!*plain) {
        return std::string{};
    }
    auto document = base::JsonDocument::parse(**plain);
    if (!document) {
        return std::unexpected(document.error());
    }
    return std::string(document->root()[member].as_text().value_or(std::string_view{}));
}

Result<std::string> merge_flat(std::string_view base_json, std::string_view change) {
    auto before = base::JsonDocument::parse(base_json.empty() ? "{}" : base_json);
    auto after = base::JsonDocument::parse(change);
    if (!before || !after) {
        return std::unexpected(before ? after.error() : before.error());
    }
    std::map<std::string_view, base::Json> members;
    for (const base::JsonItem item : before->root().items()) {
        members.insert_or_assign(item.name, item.value);
    }
    for (const base::JsonItem item : after->root().items()) {
        members.insert_or_assign(item.name, item.value);
    }
    std::string merged;
    base::JsonWriter writer(merged);
    writer.begin_object();
    for (const auto& [name, value] : members) {
        if (!value.is_null()) {
            write_member(writer, name, value);
        }
    }
    writer.end_object();
    return merged;
}

Result<std::vector<ports::SealedRow>> seal_parts(model::MerchantNumber merchant,
                                                 const std::vector<SealedPart>& parts,
                                                 ports::StoreReader& reader,
                                                 ports::Keyring& keyring) {
    PersonReader stored(reader, keyring);
    std::map<std::string, SealedPart, std::less<>> merged;  // by about
    std::vector<std::string> owners;
    for (const SealedPart& part : parts) {
        auto [at, fresh] = merged.try_emplace(part.about, part);
        if (fresh) {
            auto before = stored.open(merchant, part.about);
            if (!before) {
                return std::unexpected(before.error());
            }
            at->second.plain = before->value_or("{}");
            base::wipe(before->emplace());
        }
        auto plain = merge_flat(at->second.plain, part.plain);
        if (!plain) {
            return std::unexpected(plain.error());
        }
        at->second.owner = part.owner;
        at->second.plain = std::move(*plain);
    }
    owners.reserve(merged.size());
    for (const auto& [about, part] : merged) {
        owners.push_back(part.owner);
    }
    auto keys = keyring.keys_for(merchant, owners);
    if (!keys) {
        return std::unexpected(keys.error());
    }
    std::vector<ports::SealedRow> rows;
    rows.reserve(merged.size());
    for (auto& [about, part] : merged) {
        rows.push_back({merchant, part.owner, about,
                        base::seal((*keys)[rows.size()], part.plain, context_of(merchant, about))});
        base::wipe(part.plain);
    }
    return rows;
}

}  // namespace aftermile::engine
