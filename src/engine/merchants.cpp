#include "engine/merchants.hpp"

#include <algorithm>

#include "base/crypto.hpp"
#include "core/learning/lanes.hpp"
#include "engine/admin_records.hpp"
#include "engine/limits.hpp"
#include "engine/policy_load.hpp"
#include "ports/rows.hpp"

namespace aftermile::engine {

namespace {

using base::Error;
using base::Result;
using ports::StoreLoader;
using ports::Table;

// Calls `take` with each record of the merchant above `after`, ascending.
template <class Record>
Result<void> each_record(StoreLoader& store, Table table, model::MerchantNumber merchant,
                         std::int64_t after, const auto& take) {
    std::optional<Error> problem;
    for (std::size_t found = limits::load_page; found == limits::load_page && !problem;) {
        found = 0;
        auto loaded = store.load_after(table, merchant, after, limits::load_page,
                                       [&](std::int64_t id, std::string_view body) {
                                           ++found;
                                           after = id;
                                           if (auto record = base::decode<Record>(body)) {
                                               take(std::move(*record));
                                           } else {
                                               problem = record.error();
                                           }
                                       });
        if (!loaded) {
            return loaded;
        }
    }
    return problem ? Result<void>(std::unexpected(std::move(*problem))) : Result<void>{};
}

Result<std::optional<std::string>> load_body(StoreLoader& store, Table table, std::int64_t id) {
    std::optional<std::string> body;
    const std::int64_t ids[] = {id};
    auto loaded = store.load(
        table, ids, [&](std::int64_t, std::string_view bytes) { body = std::string(bytes); });
    if (!loaded) {
        return std::unexpected(loaded.error());
    }
    return body;
}

Result<void> load_profile(StoreLoader& store, core::Facts& facts) {
    const model::Merchant& merchant = facts.merchant;
    facts.profile.version = merchant.profile_version;
    auto versions = each_record<model::ProfileVersion>(
        store, Table::profiles, merchant.number, ports::version_id(merchant.number, 0),
        [&](const model::ProfileVersion& version) {
            core::learning::apply_version(facts.profile, version);
        });
    if (!versions) {
        return versions;
    }
    return each_record<model::Contribution>(
        store, Table::contributions, merchant.number, merchant.profile_through.value,
        [&](model::Contribution contribution) {
            facts.unpublished.push_back(
                std::make_shared<const model::Contribution>(std::move(contribution)));
        });
}

Result<void> load_has_pieces(StoreLoader& store, core::Facts& facts) {
    return store.load_after(Table::pieces, facts.merchant.number, 0, 1,
                            [&](std::int64_t, std::string_view) { facts.has_pieces = true; });
}

Result<void> load_policy_of(StoreLoader& store, MerchantState& state) {
    const model::Merchant& merchant = state.facts.merchant;
    auto first = load_body(store, Table::policies, ports::version_id(merchant.number, 1));
    auto document = merchant.policy_version == 1
                        ? first
                        : load_body(store, Table::policies,
                                    ports::version_id(merchant.number, merchant.policy_version));
    if (!first || !document) {
        return std::unexpected(first ? document.error() : first.error());
    }
    state.has_policy_row = first->has_value();
    auto policy = load_policy(*document ? std::string_view(**document) : default_policy_document(),
                              merchant.policy_version);
    if (!policy) {
        return std::unexpected(policy.error());
    }
    state.policy = std::make_shared<const model::Policy>(std::move(*policy));
    return {};
}

base::HashKey random_hash_key() {
    base::HashKey key{};
    std::ranges::copy(base::random_bytes(key.size()), key.begin());
    return key;
}

}  // namespace

model::Merchant new_merchant(model::MerchantNumber number, model::Mode mode) {
    model::Merchant merchant;
    merchant.number = number;
    merchant.modes.push_back({mode, base::instant_of(0)});
    return merchant;
}

Result<MerchantState> load_merchant(StoreLoader& store, ports::AdminStore& admin,
                                    const model::Catalog& catalog, model::MerchantNumber number,
                                    std::uint64_t last_event) {
    MerchantState state;
    state.facts.catalog = &catalog;
    state.facts.names = core::Names(core::names_half, random_hash_key());
    state.taken = last_event;
    state.next = last_event + 1;
    auto body = load_body(store, Table::merchants, number);
    if (!body) {
        return std::unexpected(body.error());
    }
    if (*body) {
        auto merchant = base::decode<model::Merchant>(**body);
        if (!merchant) {
            return std::unexpected(merchant.error());
        }
        state.facts.merchant = std::move(*merchant);
        state.has_row = true;
    } else {
        auto record = read_merchant(admin, number);
        if (!record) {
            return std::unexpected(record.error());
        }
        state.facts.merchant = new_merchant(number, record->created_mode);
    }
    if (auto policy = load_policy_of(store, state); !policy) {
        return std::unexpected(policy.error());
    }
    if (auto profile = load_profile(store, state.facts); !profile) {
        return std::unexpected(profile.error());
    }
    if (auto pieces = load_has_pieces(store, state.facts); !pieces) {
        return std::unexpected(pieces.error());
    }
    return state;
}

}  // namespace aftermile::engine
