#include "storage/postgres/sharing.hpp"

#include <algorithm>
#include <utility>

#include "storage/postgres/database.hpp"
#include "storage/postgres/leases.hpp"
#include "storage/postgres/shared_sql.hpp"
#include "storage/postgres/statements.hpp"

namespace aftermile::storage::postgres {

base::Result<SlotSharing> SlotSharing::open(const Server& server, std::int64_t epoch) {
    auto connection = open_database(server, Role::admin);
    if (!connection) {
        return std::unexpected(std::move(connection.error()));
    }
    return SlotSharing(std::move(*connection), epoch);
}

base::Result<std::vector<std::int64_t>> SlotSharing::numbers(std::string_view sql,
                                                             const Parameters& parameters) {
    auto answer = connection_.run(sql, parameters);
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    std::vector<std::int64_t> found;
    for (int row = 0; row < answer->rows(); ++row) {
        found.push_back(answer->integer(row, 0));
    }
    return found;
}

// Their backends first, so that what they hold locked is free.
base::Result<std::size_t> SlotSharing::end_stalled() {
    auto stalled = numbers(stalled_leases_sql(), {});
    if (!stalled) {
        return std::unexpected(std::move(stalled.error()));
    }
    std::erase(*stalled, epoch_);  // whether it is over is for the others to say
    for (const std::int64_t epoch : *stalled) {
        if (auto ended = connection_.run(end_backend_sql, Parameters().add(epoch)); !ended) {
            return std::unexpected(std::move(ended.error()));
        }
    }
    if (!stalled->empty()) {
        if (auto ended = connection_.run(end_leases_sql, Parameters().add(integers(*stalled)));
            !ended) {
            return std::unexpected(std::move(ended.error()));
        }
    }
    return stalled->size();
}

base::Result<SlotSharing::Share> SlotSharing::balance() {
    auto transaction = Transaction::begin(connection_);
    if (!transaction) {
        return std::unexpected(std::move(transaction.error()));
    }
    if (auto locked = connection_.run(lock_sharing_sql); !locked) {
        return std::unexpected(std::move(locked.error()));
    }
    auto ended = end_stalled();
    auto workers = ended ? numbers(live_workers_sql, {}) : std::unexpected(ended.error());
    auto held = workers ? numbers(held_slots_sql, Parameters().add(epoch_))
                        : std::unexpected(workers.error());
    if (!held) {
        return std::unexpected(std::move(held.error()));
    }
    const auto rank = std::ranges::find(*workers, epoch_) - workers->begin();
    const auto many = static_cast<std::int64_t>(workers->size());
    if (rank == many) {
        return std::unexpected(fenced());
    }
    const std::int64_t fair = slot_count / many + (rank < slot_count % many ? 1 : 0);
    Share share{.held = {}, .surplus = {}, .workers = workers->size(), .ended = *ended};
    if (const auto missing = fair - static_cast<std::int64_t>(held->size()); missing > 0) {
        auto taken = numbers(free_slots_sql, Parameters().add(missing));
        if (!taken) {
            return std::unexpected(std::move(taken.error()));
        }
        auto written =
            connection_.run(take_slots_sql, Parameters().add(integers(*taken)).add(epoch_));
        if (!written) {
            return std::unexpected(std::move(written.error()));
        }
        held->insert(held->end(), taken->begin(), taken->end());
        std::ranges::sort(*held);
    } else {
        share.surplus.assign(held->end() + missing, held->end());
    }
    if (auto done = transaction->commit(); !done) {
        return std::unexpected(std::move(done.error()));
    }
    share.held = std::move(*held);
    return share;
}

base::Result<void> SlotSharing::give(std::span<const std::int64_t> slots) {
    auto given = connection_.ask(give_slots_sql, Parameters().add(integers(slots)).add(epoch_));
    return given ? base::Result<void>{} : std::unexpected(std::move(given.error()));
}

base::Result<void> SlotSharing::renew(std::chrono::milliseconds length) {
    auto renewed = connection_.ask(renew_lease_sql, Parameters().add(epoch_).add(length.count()));
    if (!renewed) {
        return std::unexpected(std::move(renewed.error()));
    }
    return renewed->touched() == 0 ? std::unexpected(fenced()) : base::Result<void>{};
}

}  // namespace aftermile::storage::postgres
