#include "storage/postgres/keyring.hpp"

#include <map>
#include <set>
#include <utility>

#include "base/crypto.hpp"
#include "storage/postgres/statements.hpp"

namespace aftermile::storage::postgres {

namespace {

// How often a key that somebody else erased in between is made again.
constexpr int rounds_max = 3;

Array array_of(std::span<const std::string> owners) {
    Array array(text_type);
    for (const std::string& owner : owners) {
        array.add_bytes(owner);
    }
    return array;
}

}  // namespace

base::Result<std::unique_ptr<PostgresKeyring>> PostgresKeyring::open(Connection connection,
                                                                     const std::string& folder) {
    auto proof = connection.ask(get_master_proof_sql);
    if (!proof) {
        return std::unexpected(std::move(proof.error()));
    }
    auto master = KeyWrapping::open(folder, proof->rows() > 0);
    if (!master) {
        return std::unexpected(std::move(master.error()));
    }
    if (proof->rows() == 0) {
        auto added = connection.ask(add_master_proof_sql, Parameters().add_bytes(master->proof()));
        if (!added) {
            return std::unexpected(std::move(added.error()));
        }
        proof = connection.ask(get_master_proof_sql);  // another process may have been first
        if (!proof) {
            return std::unexpected(std::move(proof.error()));
        }
    }
    if (auto good = master->check(proof->rows() == 0 ? "" : proof->bytes(0, 0)); !good) {
        return std::unexpected(std::move(good.error()));
    }
    return std::unique_ptr<PostgresKeyring>(
        new PostgresKeyring(std::move(connection), std::move(*master)));
}

base::Result<bool> PostgresKeyring::look_up(model::MerchantNumber merchant,
                                            std::span<const std::string> owners,
                                            std::vector<std::string>& keys) {
    auto answer = connection_.ask(get_keys_sql,
                                  Parameters().add(std::int64_t{merchant}).add(array_of(owners)));
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    std::map<std::string_view, std::string> found;
    for (int row = 0; row < answer->rows(); ++row) {
        auto key = master_.unwrap(merchant, answer->bytes(row, 0), answer->bytes(row, 1));
        if (!key) {
            return std::unexpected(std::move(key.error()));
        }
        found.emplace(answer->bytes(row, 0), std::move(*key));
    }
    bool complete = true;
    keys.assign(owners.size(), {});
    for (std::size_t i = 0; i < owners.size(); ++i) {
        const auto at = found.find(owners[i]);
        complete = complete && at != found.end();
        keys[i] = at == found.end() ? std::string() : at->second;
    }
    for (auto& [owner, key] : found) {
        base::wipe(key);
    }
    return complete;
}

base::Result<void> PostgresKeyring::add_missing(model::MerchantNumber merchant,
                                                std::span<const std::string> owners,
                                                const std::vector<std::string>& keys) {
    std::set<std::string_view> missing;  // each once
    for (std::size_t i = 0; i < owners.size(); ++i) {
        if (keys[i].empty()) {
            missing.insert(owners[i]);
        }
    }
    Array names(text_type), wrapped(bytes_type);
    for (const std::string_view owner : missing) {
        std::string key = base::random_bytes(base::key_bytes);
        names.add_bytes(owner);
        wrapped.add_bytes(master_.wrap(merchant, owner, key));
        base::wipe(key);
    }
    auto added = connection_.ask(add_keys_sql,
                                 Parameters().add(std::int64_t{merchant}).add(names).add(wrapped));
    return added ? base::Result<void>{} : std::unexpected(std::move(added.error()));
}

// Nothing is cached: an erasure by another process holds at once, and one look is one round trip
// for all owners.
base::Result<std::vector<std::string>> PostgresKeyring::keys_for(
    model::MerchantNumber merchant, std::span<const std::string> owners) {
    const std::scoped_lock lock(mutex_);
    std::vector<std::string> keys;
    for (int round = 0; round < rounds_max; ++round) {
        auto complete = look_up(merchant, owners, keys);
        if (!complete) {
            return std::unexpected(std::move(complete.error()));
        }
        if (*complete) {
            return keys;
        }
        // What counts is what is there afterwards: another process may have been first.
        if (auto added = add_missing(merchant, owners, keys); !added) {
            return std::unexpected(std::move(added.error()));
        }
    }
    auto complete = look_up(merchant, owners, keys);
    if (complete && !*complete) {
        return base::fail("store_failed", "Keys were erased as fast as they were made.", {},
                          base::Family::retry);
    }
    return complete ? base::Result<std::vector<std::string>>(std::move(keys))
                    : std::unexpected(std::move(complete.error()));
}

base::Result<std::optional<std::string>> PostgresKeyring::find(model::MerchantNumber merchant,
                                                               std::string_view owner) {
    const std::scoped_lock lock(mutex_);
    const std::vector<std::string> owners{std::string(owner)};
    std::vector<std::string> keys;
    auto complete = look_up(merchant, owners, keys);
    if (!complete) {
        return std::unexpected(std::move(complete.error()));
    }
    return *complete ? std::optional(std::move(keys.front())) : std::nullopt;
}

base::Result<void> PostgresKeyring::erase(model::MerchantNumber merchant, std::string_view owner) {
    const std::scoped_lock lock(mutex_);
    auto erased =
        connection_.ask(erase_key_sql, Parameters().add(std::int64_t{merchant}).add_text(owner));
    if (!erased) {
        return std::unexpected(std::move(erased.error()));
    }
    // Also where there was nothing: an erasure that broke off after its first half is asked again.
    return connection_.script(vacuum_keys_sql);
}

}  // namespace aftermile::storage::postgres
