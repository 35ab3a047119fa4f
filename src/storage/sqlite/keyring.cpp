#include "storage/sqlite/keyring.hpp"

#include <utility>

#include "base/crypto.hpp"
#include "storage/files.hpp"
#include "storage/sqlite/statements.hpp"

namespace aftermile::storage::sqlite {

namespace {

constexpr std::size_t cached_max = 65'536;
constexpr int busy_timeout_ms = 10'000;

// The journal stays between transactions and is overwritten in place: deleting or truncating it
// would leave copies of wrapped keys in blocks that nothing can overwrite any more.
constexpr const char* settings =
    "PRAGMA page_size = 4096;"
    "PRAGMA journal_mode = PERSIST;"
    "PRAGMA journal_size_limit = -1;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA secure_delete = ON;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA cache_size = -2048;";

std::string name_of(model::MerchantNumber merchant, std::string_view owner) {
    return std::to_string(merchant) + '/' + std::string(owner);
}

std::string file_of(const std::string& folder) { return folder + "/keyring.db"; }

base::Result<FileLock> lock_keys(const std::string& folder) {
    return FileLock::take(folder + "/keyring.lock");
}

}  // namespace

base::Result<std::unique_ptr<SqliteKeyring>> SqliteKeyring::open(const std::string& folder,
                                                                 const std::string& vfs) {
    const auto lock = lock_keys(folder);
    if (!lock) {
        return std::unexpected(lock.error());
    }
    auto connection = Connection::open(file_of(folder), vfs);
    if (!connection) {
        return std::unexpected(std::move(connection.error()));
    }
    sqlite3_busy_timeout(connection->handle(), busy_timeout_ms);
    if (auto set = connection->run(settings + std::string(create_keyring_sql)); !set) {
        return std::unexpected(std::move(set.error()));
    }
    const auto proofs = connection->integer(count_master_proofs_sql);
    if (!proofs) {
        return std::unexpected(proofs.error());
    }
    auto master = KeyWrapping::open(folder, *proofs > 0);
    if (!master) {
        return std::unexpected(std::move(master.error()));
    }
    std::unique_ptr<SqliteKeyring> keyring(
        new SqliteKeyring(folder, std::move(*master), std::move(*connection)));
    if (auto proven = keyring->prove_master(); !proven) {
        return std::unexpected(std::move(proven.error()));
    }
    if (auto ready = keyring->prepare(); !ready) {
        return std::unexpected(std::move(ready.error()));
    }
    // An erasure that a crash cut short left its copy there.
    if (auto zeroed = keyring->zero_journal(); !zeroed) {
        return std::unexpected(std::move(zeroed.error()));
    }
    return keyring;
}

SqliteKeyring::~SqliteKeyring() { forget(); }

base::Result<void> SqliteKeyring::prepare() {
    for (const auto& [statement, sql] :
         {std::pair{&get_key_, get_key_sql}, std::pair{&add_key_, add_key_sql},
          std::pair{&erase_key_, erase_key_sql}}) {
        auto prepared = connection_.prepare(sql);
        if (!prepared) {
            return std::unexpected(std::move(prepared.error()));
        }
        *statement = std::move(*prepared);
    }
    return {};
}

base::Result<void> SqliteKeyring::prove_master() {
    auto statement = connection_.prepare(get_master_proof_sql);
    if (!statement) {
        return std::unexpected(std::move(statement.error()));
    }
    const auto row = statement->step();
    if (!row) {
        return std::unexpected(row.error());
    }
    if (*row) {
        return master_.check(statement->bytes(0));
    }
    auto add = connection_.prepare(add_master_proof_sql);
    if (!add) {
        return std::unexpected(std::move(add.error()));
    }
    const std::string proof = master_.proof();
    add->bind_bytes(1, proof);
    return add->run();
}

base::Result<void> SqliteKeyring::refresh() {
    const auto version = connection_.integer("PRAGMA data_version");
    if (!version) {
        return std::unexpected(version.error());
    }
    if (*version != data_version_) {
        forget();
        data_version_ = *version;
    }
    return {};
}

void SqliteKeyring::forget() {
    for (auto& [name, key] : cache_) {
        base::wipe(key);
    }
    cache_.clear();
}

void SqliteKeyring::remember(const std::string& name, const std::string& key) {
    if (cache_.size() >= cached_max) {
        forget();
    }
    cache_.insert_or_assign(name, key);
}

base::Result<std::optional<std::string>> SqliteKeyring::stored(model::MerchantNumber merchant,
                                                               std::string_view owner) {
    const ResetAtEnd reset(get_key_);
    get_key_.bind(1, std::int64_t{merchant});
    get_key_.bind_text(2, owner);
    const auto row = get_key_.step();
    if (!row) {
        return std::unexpected(row.error());
    }
    if (!*row) {
        return std::optional<std::string>{};
    }
    auto key = master_.unwrap(merchant, owner, get_key_.bytes(1));
    if (!key) {
        return std::unexpected(std::move(key.error()));
    }
    return std::move(*key);
}

base::Result<std::optional<std::string>> SqliteKeyring::look_up(model::MerchantNumber merchant,
                                                                std::string_view owner) {
    const std::string name = name_of(merchant, owner);
    if (const auto known = cache_.find(name); known != cache_.end()) {
        return known->second;
    }
    auto key = stored(merchant, owner);
    if (key && *key) {
        remember(name, **key);
    }
    return key;
}

base::Result<std::string> SqliteKeyring::add(model::MerchantNumber merchant,
                                             std::string_view owner) {
    std::string key = base::random_bytes(base::key_bytes);
    const std::string wrapped = master_.wrap(merchant, owner, key);
    add_key_.bind(1, std::int64_t{merchant});
    add_key_.bind_text(2, owner);
    add_key_.bind_bytes(3, wrapped);
    if (auto added = add_key_.run(); !added) {
        return std::unexpected(std::move(added.error()));
    }
    return key;
}

base::Result<void> SqliteKeyring::add_missing(model::MerchantNumber merchant,
                                              std::span<const std::string> owners,
                                              std::vector<std::string>& keys) {
    const auto lock = lock_keys(folder_);
    if (!lock) {
        return std::unexpected(lock.error());
    }
    auto transaction = Transaction::begin(connection_, Transaction::Kind::writing);
    if (!transaction) {
        return std::unexpected(std::move(transaction.error()));
    }
    for (std::size_t i = 0; i < owners.size(); ++i) {
        if (!keys[i].empty()) {
            continue;
        }
        // Made by another process meanwhile, or for an owner named twice.
        auto found = stored(merchant, owners[i]);
        if (!found) {
            return std::unexpected(std::move(found.error()));
        }
        if (*found) {
            keys[i] = std::move(**found);
            continue;
        }
        auto added = add(merchant, owners[i]);
        if (!added) {
            return std::unexpected(std::move(added.error()));
        }
        keys[i] = std::move(*added);
    }
    return transaction->commit();
}

base::Result<std::vector<std::string>> SqliteKeyring::keys_for(
    model::MerchantNumber merchant, std::span<const std::string> owners) {
    const std::scoped_lock lock(mutex_);
    if (auto fresh = refresh(); !fresh) {
        return std::unexpected(std::move(fresh.error()));
    }
    std::vector<std::string> keys(owners.size());
    bool missing = false;
    for (std::size_t i = 0; i < owners.size(); ++i) {
        auto found = look_up(merchant, owners[i]);
        if (!found) {
            return std::unexpected(std::move(found.error()));
        }
        missing = missing || !*found;
        keys[i] = found->value_or(std::string{});
    }
    if (missing) {
        if (auto added = add_missing(merchant, owners, keys); !added) {
            return std::unexpected(std::move(added.error()));
        }
        for (std::size_t i = 0; i < owners.size(); ++i) {
            remember(name_of(merchant, owners[i]), keys[i]);  // durable now, not before
        }
    }
    return keys;
}

base::Result<std::optional<std::string>> SqliteKeyring::find(model::MerchantNumber merchant,
                                                             std::string_view owner) {
    const std::scoped_lock lock(mutex_);
    if (auto fresh = refresh(); !fresh) {
        return std::unexpected(std::move(fresh.error()));
    }
    return look_up(merchant, owner);
}

base::Result<void> SqliteKeyring::overwrite(model::MerchantNumber merchant,
                                            std::string_view owner) {
    auto transaction = Transaction::begin(connection_, Transaction::Kind::writing);
    if (!transaction) {
        return std::unexpected(std::move(transaction.error()));
    }
    const auto row = [&]() -> base::Result<std::optional<std::int64_t>> {
        const ResetAtEnd reset(get_key_);
        get_key_.bind(1, std::int64_t{merchant});
        get_key_.bind_text(2, owner);
        const auto found = get_key_.step();
        if (!found) {
            return std::unexpected(found.error());
        }
        return *found ? std::optional(get_key_.integer(0)) : std::nullopt;
    }();
    if (!row) {
        return std::unexpected(row.error());
    }
    if (*row) {
        erase_key_.bind(1, **row);
        if (auto erased = erase_key_.run(); !erased) {
            return erased;
        }
    }
    return transaction->commit();
}

base::Result<void> SqliteKeyring::erase(model::MerchantNumber merchant, std::string_view owner) {
    const std::scoped_lock lock(mutex_);
    // Held over both steps: nobody else's transaction may be using the journal.
    const auto keys_lock = lock_keys(folder_);
    if (!keys_lock) {
        return std::unexpected(keys_lock.error());
    }
    if (const auto known = cache_.find(name_of(merchant, owner)); known != cache_.end()) {
        base::wipe(known->second);
        cache_.erase(known);
    }
    if (auto overwritten = overwrite(merchant, owner); !overwritten) {
        return overwritten;
    }
    return zero_journal();
}

base::Result<void> SqliteKeyring::zero_journal() {
    return zero_file(file_of(folder_) + "-journal");
}

}  // namespace aftermile::storage::sqlite
