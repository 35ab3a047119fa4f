#include "storage/postgres/leases.hpp"

#include <thread>
#include <utility>

#include "storage/postgres/shared_sql.hpp"
#include "storage/postgres/statements.hpp"

namespace aftermile::storage::postgres {

namespace {

// A process that was killed leaves its backend behind for a moment; a worker's lease also lasts on
// after its backend, for as long as it was renewed.
constexpr std::chrono::milliseconds patience{1'000};
constexpr std::chrono::milliseconds patience_with_the_lost{8'000};
constexpr std::chrono::milliseconds between_looks{50};

// The epochs that must be taken over; `store_in_use` when one of them lasts on. `runs`: and its
// session is there.
base::Result<void> end_stalled_holders(Connection& connection, const Array& slots,
                                       bool& holder_runs) {
    auto holders = connection.run(holders_sql(), Parameters().add(slots));
    if (!holders) {
        return std::unexpected(std::move(holders.error()));
    }
    for (int row = 0; row < holders->rows(); ++row) {
        const bool runs = holders->integer(row, 1) != 0;
        const bool lasts_on = holders->integer(row, 2) != 0;
        if (lasts_on) {
            holder_runs = runs;
            return base::fail("store_in_use",
                              "Another process already writes to this database. Stop it first, or "
                              "send the work to it.");
        }
        if (runs) {
            auto ended =
                connection.run(end_backend_sql, Parameters().add(holders->integer(row, 0)));
            if (!ended) {
                return std::unexpected(std::move(ended.error()));
            }
        }
    }
    return {};
}

// A newer program may have brought the schema up to date since this one opened it.
base::Result<void> hold_version(Connection& connection) {
    auto version = connection.run(hold_version_sql);
    if (!version) {
        return std::unexpected(std::move(version.error()));
    }
    if (version->rows() == 0 || version->integer(0, 0) > ports::schema_version) {
        return base::fail("schema_too_new",
                          "The database was brought up to date by a newer program. Run that one.");
    }
    return {};
}

base::Result<Lease> take(Connection& connection, const Array& slots, LeaseTerms terms,
                         bool& holder_runs) {
    if (auto over = end_stalled_holders(connection, slots, holder_runs); !over) {
        return std::unexpected(std::move(over.error()));
    }
    auto transaction = Transaction::begin(connection);
    if (!transaction) {
        return std::unexpected(std::move(transaction.error()));
    }
    if (auto known = hold_version(connection); !known) {
        return std::unexpected(std::move(known.error()));
    }
    // Workers who take what is free look at the leases that they can see: not while this one is
    // on its way.
    if (auto locked = connection.run(lock_sharing_sql); !locked) {
        return std::unexpected(std::move(locked.error()));
    }
    // Waits for a commit of theirs that is under way, and keeps others from taking them too.
    if (auto locked = connection.run(lock_slots_sql, Parameters().add(slots)); !locked) {
        return std::unexpected(std::move(locked.error()));
    }
    if (auto over = end_stalled_holders(connection, slots, holder_runs); !over) {
        return std::unexpected(std::move(over.error()));
    }
    auto epoch = connection.run(next_epoch_sql);
    if (!epoch) {
        return std::unexpected(std::move(epoch.error()));
    }
    Lease lease{.epoch = epoch->integer(0, 0), .commits = 0, .terms = std::move(terms)};
    Parameters added;
    added.add(lease.epoch).add_text(lease.terms.holder);
    lease.terms.length ? added.add(lease.terms.length->count()) : added.add_null(integer_type);
    connection.queue(add_lease_sql, added);
    connection.queue(take_slots_sql, Parameters().add(slots).add(lease.epoch));
    connection.queue(end_empty_leases_sql());
    connection.queue(forget_leases_sql);
    connection.queue(forget_renewals_sql);
    if (auto taken = connection.collect(); !taken) {
        return std::unexpected(std::move(taken.error()));
    }
    if (auto done = transaction->commit(); !done) {
        return std::unexpected(std::move(done.error()));
    }
    return lease;
}

}  // namespace

std::int64_t slot_of(model::MerchantNumber merchant) {
    // Neighbouring numbers go to different slots (Fibonacci hashing).
    return static_cast<std::int64_t>((std::uint64_t{merchant} * 0x9E3779B97F4A7C15ULL) >> 56);
}

std::vector<std::int64_t> all_slots() {
    std::vector<std::int64_t> slots;
    for (std::int64_t slot = 0; slot < slot_count; ++slot) {
        slots.push_back(slot);
    }
    return slots;
}

base::Result<Lease> acquire(Connection& connection, std::span<const std::int64_t> slots,
                            const LeaseTerms& terms) {
    const Array array = integers(slots);
    const auto begun = std::chrono::steady_clock::now();
    while (true) {
        bool holder_runs = false;
        auto lease = take(connection, array, terms, holder_runs);
        const auto until = begun + (holder_runs ? patience : patience_with_the_lost);
        if (lease || lease.error().code != "store_in_use" ||
            std::chrono::steady_clock::now() >= until) {
            return lease;
        }
        std::this_thread::sleep_for(between_looks);
    }
}

base::Result<void> move(Connection& connection, const Lease& lease) {
    auto ended = connection.run(end_backend_sql, Parameters().add(lease.epoch));
    if (!ended) {
        return std::unexpected(std::move(ended.error()));
    }
    auto moved = connection.run(move_lease_sql, Parameters().add(lease.epoch));
    if (!moved) {
        return std::unexpected(std::move(moved.error()));
    }
    return moved->touched() == 0 ? std::unexpected(fenced()) : base::Result<void>{};
}

base::Error fenced() {
    return {"fenced",
            "Another process took over what this one held. Nothing more of it is kept.",
            {},
            base::Family::internal};
}

void release(Connection& connection, const Lease& lease) {
    if (!connection.lost()) {
        // When it fails the session ends anyway, and the lease with it.
        static_cast<void>(connection.run(end_lease_sql, Parameters().add(lease.epoch)));
    }
}

base::Result<std::optional<std::int64_t>> commits_of(Connection& connection, const Lease& lease) {
    auto commits = connection.run(commits_sql, Parameters().add(lease.epoch));
    if (!commits) {
        return std::unexpected(std::move(commits.error()));
    }
    return commits->rows() == 0 ? std::nullopt : std::optional(commits->integer(0, 0));
}

}  // namespace aftermile::storage::postgres
