#include "engine/merchants.hpp"

#include <algorithm>

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

template <class Record, class Id>
Result<void> load_shelf(StoreLoader& store, Table table, std::vector<Id>& wanted,
                        core::Shelf<Id, Record>& shelf) {
    if (wanted.empty()) {
        return {};
    }
    std::ranges::sort(wanted);
    wanted.erase(std::ranges::unique(wanted).begin(), wanted.end());
    std::vector<std::int64_t> ids;
    ids.reserve(wanted.size());
    for (const Id id : wanted) {
        ids.push_back(id.value);
    }
    std::optional<Error> problem;
    auto loaded = store.load(table, ids, [&](std::int64_t id, std::string_view body) {
        if (auto record = base::decode<Record>(body)) {
            shelf.put(Id{id}, std::move(*record));
        } else {
            problem = record.error();
        }
    });
    if (!loaded) {
        return loaded;
    }
    if (problem) {
        return std::unexpected(std::move(*problem));
    }
    for (const Id id : wanted) {
        if (!shelf.known(id)) {
            shelf.absent(id);
        }
    }
    return {};
}

struct NamePlace {
    Table table;
    std::string_view column;
};
NamePlace place_of(core::NameKind kind) {
    switch (kind) {
        case core::NameKind::tracking:
            return {Table::shipments, "tracking_number"};
        case core::NameKind::shipment_reference:
            return {Table::shipments, "reference"};
        case core::NameKind::order_reference:
            return {Table::orders, "reference"};
        case core::NameKind::customer_reference:
            return {Table::customers, "reference"};
        case core::NameKind::customer_email:
            return {Table::customers, "email_hash"};
    }
    return {};
}

// The shipments that have a piece of that number.
Result<void> add_shipments_of_pieces(StoreLoader& store, model::MerchantNumber merchant,
                                     std::string_view number, std::vector<std::int64_t>& ids) {
    const auto pieces = store.find(Table::pieces, "number", merchant, number);
    if (!pieces || pieces->empty()) {
        return pieces ? Result<void>{} : std::unexpected(pieces.error());
    }
    std::optional<Error> problem;
    auto loaded = store.load(Table::pieces, *pieces, [&](std::int64_t, std::string_view body) {
        if (auto piece = base::decode<model::PieceNumber>(body)) {
            ids.push_back(piece->shipment.value);
        } else {
            problem = piece.error();
        }
    });
    if (!loaded || problem) {
        return loaded ? std::unexpected(std::move(*problem)) : loaded;
    }
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    return {};
}

Result<void> load_names(StoreLoader& store, model::MerchantNumber merchant,
                        std::vector<core::NameKey>& names, core::Facts& facts) {
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    for (const core::NameKey& name : names) {
        const auto& [kind, text] = name;
        const NamePlace place = place_of(kind);
        auto ids = store.find(place.table, place.column, merchant, text);
        if (!ids) {
            return std::unexpected(ids.error());
        }
        if (kind == core::NameKind::tracking && facts.has_pieces) {
            if (auto added = add_shipments_of_pieces(store, merchant, text, *ids); !added) {
                return added;
            }
        }
        facts.names.put(name, std::move(*ids));
    }
    return {};
}

void want_named(core::NameKind kind, const std::vector<std::int64_t>& ids, const core::Facts& facts,
                core::Keys& keys) {
    const auto want = [&](const auto& shelf, auto& wanted) {
        using Id = typename std::decay_t<decltype(wanted)>::value_type;
        for (const std::int64_t id : ids) {
            if (!shelf.known(Id{id})) {
                wanted.push_back(Id{id});
            }
        }
    };
    switch (kind) {
        case core::NameKind::tracking:
        case core::NameKind::shipment_reference:
            want(facts.shipments, keys.shipments);
            break;
        case core::NameKind::order_reference:
            want(facts.orders, keys.orders);
            break;
        case core::NameKind::customer_reference:
        case core::NameKind::customer_email:
            want(facts.customers, keys.customers);
            break;
    }
}

template <class T>
void append(std::vector<T>& to, std::vector<T>& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void append(core::Keys& to, core::Keys from) {
    append(to.names, from.names);
    append(to.customers, from.customers);
    append(to.orders, from.orders);
    append(to.shipments, from.shipments);
    append(to.incidents, from.incidents);
    append(to.notifications, from.notifications);
    append(to.tickets, from.tickets);
    append(to.coverages, from.coverages);
    append(to.claims, from.claims);
    append(to.contributions, from.contributions);
    append(to.risks, from.risks);
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

Result<void> load_keys(StoreLoader& store, model::MerchantNumber merchant, core::Keys keys,
                       core::Facts& facts) {
    Result<void> done = load_names(store, merchant, keys.names, facts);
    // A name is asked for to reach what it names: both come in one round.
    for (const core::NameKey& name : keys.names) {
        if (const auto* ids = facts.names.find(name)) {
            want_named(name.kind, *ids, facts, keys);
        }
    }
    const auto load = [&](Table table, auto& wanted, auto& shelf) {
        if (done) {
            done = load_shelf(store, table, wanted, shelf);
        }
    };
    load(Table::customers, keys.customers, facts.customers);
    load(Table::orders, keys.orders, facts.orders);
    load(Table::shipments, keys.shipments, facts.shipments);
    load(Table::incidents, keys.incidents, facts.incidents);
    load(Table::notifications, keys.notifications, facts.notifications);
    load(Table::tickets, keys.tickets, facts.tickets);
    load(Table::coverages, keys.coverages, facts.coverages);
    load(Table::claims, keys.claims, facts.claims);
    load(Table::contributions, keys.contributions, facts.contributions);
    load(Table::risks, keys.risks, facts.risks);
    return done;
}

Result<void> prefetch(StoreLoader& store, model::MerchantNumber merchant,
                      std::vector<const model::Payload*> asking, MerchantState& state) {
    for (int round = 0; round < core::needs_rounds_max; ++round) {
        core::Keys wanted;
        std::erase_if(asking, [&](const model::Payload* payload) {
            const bool enough =
                round > 0 && core::at_hand(*payload, state.facts) == core::AtHand::enough;
            core::Keys keys = enough ? core::Keys{} : core::needs(*payload, state.facts);
            const bool satisfied = keys.empty();
            append(wanted, std::move(keys));
            return satisfied;
        });
        if (wanted.empty()) {
            return {};
        }
        if (auto loaded = load_keys(store, merchant, std::move(wanted), state.facts); !loaded) {
            return loaded;
        }
    }
    return {};
}

}  // namespace aftermile::engine
