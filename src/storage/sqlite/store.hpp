// The store in one SQLite file, the production default for one machine. The data folder holds
//
//   aftermile.db (-wal, -shm)   everything of ports/store.hpp but the keys
//   keyring.db (-journal)       the keys that seal personal data, each wrapped by the master key
//   master.key                  32 random bytes, of this installation alone
//   lock                        held by the one writer
//   opening.lock, keyring.lock  held while a store is opened; while keys change
//   before_version_N.db         what was there before the schema was brought to version N
//
//   auto store = sqlite::open_sqlite("data", {});
//   auto writer = (*store)->writer();
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "ports/store.hpp"

namespace aftermile::storage::sqlite {

struct SqliteOptions {
    std::chrono::milliseconds read_limit{5'000};  // how long one call of a reader may run
    std::string vfs;                              // another of SQLite's file layers; empty: its own
};

// Opens the folder's store, or makes one, and brings an older schema up to date; the snapshot
// taken before that stays in the folder. Any number of processes may open it. Codes:
// no_data_folder, schema_too_new (made by a newer version), store_in_use (its schema is old and
// somebody still writes), master_key_missing, wrong_master_key, disk_full, store_failed.
[[nodiscard]] base::Result<std::unique_ptr<ports::Store>> open_sqlite(const std::string& folder,
                                                                      SqliteOptions options = {});

}  // namespace aftermile::storage::sqlite
