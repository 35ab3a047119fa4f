// The store in PostgreSQL 15 or newer, for installations that outgrow one machine. All of
// ports/store.hpp lies in one schema of the database, the first of the connection's search_path,
// except for the master key, which stays in the data folder. Sessions are the program's own: behind
// a pooler that hands a session from one client to another between transactions it does not work.
//
//   auto store = postgres::open_postgres("data", {.url = "postgres://aftermile@db/aftermile"});
//   auto writer = (*store)->writer();
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "ports/store.hpp"

namespace aftermile::storage::postgres {

// Of a process that decides for a part of the slots: its writer begins with none, under a lease of
// that length, and others are taken with SlotSharing (sharing.hpp).
struct WorkerLease {
    std::chrono::milliseconds length{0};
    std::atomic<std::int64_t> epoch{0};  // filled when the writer is taken
};

struct PostgresOptions {
    std::string url;                              // postgres://... or postgresql://...
    std::chrono::milliseconds read_limit{5'000};  // how long one call of a reader may run
    // Counts the statements that the server answered to this store; null: nobody does.
    std::shared_ptr<std::atomic<std::uint64_t>> asked = {};
    std::shared_ptr<WorkerLease> worker = {};  // null: the writer takes all slots
};

// Opens the database's store, or makes one, and brings an older schema up to date; take a backup
// before that, a migration keeps none. Any number of processes may open it. Its writer takes all
// slots (leases.hpp). Codes: no_data_folder, wrong_database, schema_too_new,
// store_in_use (its schema is old and somebody still writes), master_key_missing,
// wrong_master_key, disk_full, store_failed.
[[nodiscard]] base::Result<std::unique_ptr<ports::Store>> open_postgres(const std::string& folder,
                                                                        PostgresOptions options);

}  // namespace aftermile::storage::postgres
