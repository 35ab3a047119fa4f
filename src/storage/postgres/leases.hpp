// Who decides which merchants. A merchant belongs to one of 256 slots; a slot belongs to one lease
// at a time, named by its epoch, a number that only grows. A writer holds its slots' rows and looks
// at their epoch in each commit, so that one whose slots were taken meanwhile, because it stalled
// or its connection broke, writes nothing any more: code `fenced`.
//
// A lease lasts as long as the session that took it, or, when it has a length, until it was not
// used for that long. Its row counts its commits, in the commit itself: whether a commit whose
// answer was lost is kept is read there.
//
// Taking slots that somebody holds: refused with `store_in_use` while the holder's lease lasts on.
// A stalled holder, whose time is over, has its backend ended first. One whose session is gone
// while its time is not over may come back in another; it is waited for, because it may as well be
// dead.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/event.hpp"
#include "storage/postgres/connection.hpp"

namespace aftermile::storage::postgres {

inline constexpr std::int64_t slot_count = 256;

// The same for every process and version: rows are where it says.
[[nodiscard]] std::int64_t slot_of(model::MerchantNumber merchant);
[[nodiscard]] std::vector<std::int64_t> all_slots();

struct LeaseTerms {
    std::string holder;                                    // for people: host and process
    std::optional<std::chrono::milliseconds> length = {};  // nothing: as long as the session
};

struct Lease {
    std::int64_t epoch = 0;
    std::int64_t commits = 0;  // counted by this process; the row has as many, or one more
    LeaseTerms terms;
};

// Takes those slots for this session, all or none. Codes: store_in_use, store_failed.
[[nodiscard]] base::Result<Lease> acquire(Connection& connection,
                                          std::span<const std::int64_t> slots,
                                          const LeaseTerms& terms);
// The lease goes on in another session of the same process; what ran in the old one is ended.
// Code `fenced` when it is over.
[[nodiscard]] base::Result<void> move(Connection& connection, const Lease& lease);
// What is told whoever writes under a lease that is over.
[[nodiscard]] base::Error fenced();
// Gives all of its slots back.
void release(Connection& connection, const Lease& lease);

// How many commits of the lease are kept. Waits for one that is still under way in a session that
// `move` ended. Nothing when the lease is forgotten.
[[nodiscard]] base::Result<std::optional<std::int64_t>> commits_of(Connection& connection,
                                                                   const Lease& lease);

}  // namespace aftermile::storage::postgres
