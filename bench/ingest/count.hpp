// What a run left in the store, read from its tables when the server has stopped: not what the
// server said it did.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "bench/measure/figures.hpp"
#include "ports/moving.hpp"

namespace aftermile::bench {

struct Counts {
    std::uint64_t events = 0, scans = 0, timers_fired = 0, parked = 0;
    std::uint64_t shipments = 0, incidents = 0, notifications = 0, outbox = 0;
    // What must be 0.
    std::uint64_t events_without_because = 0;
    std::uint64_t scans_not_in_state = 0;         // of shipments: scans stored less scans folded
    std::uint64_t shipments_without_timer = 0;    // under way, and nothing asks after them
    std::uint64_t incidents_without_answers = 0;  // not six, or one neither done nor explained
    [[nodiscard]] bool complete() const {
        return events_without_because + scans_not_in_state + shipments_without_timer +
                   incidents_without_answers + parked ==
               0;
    }
    [[nodiscard]] bool has_all(std::uint64_t acknowledged) const {
        return complete() && scans == acknowledged;
    }
};

[[nodiscard]] base::Result<Counts> count_store(ports::PartReader& store);
// Beside what was acknowledged, names begin with `prefix`.
void add_counts(Figures& figures, const std::string& prefix, const Counts& counts,
                std::uint64_t acknowledged);

}  // namespace aftermile::bench
