// Counters of the engine. Written by its threads, read by anyone.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace aftermile::engine {

// Upper bounds of the commit histogram, microseconds; the last bucket has none.
inline constexpr std::array<std::uint64_t, 12> commit_bounds{
    250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 500'000, 1'000'000};

struct Metrics {
    using Counter = std::atomic<std::uint64_t>;
    Counter events{0}, duplicates{0}, parked{0}, rejected{0}, refused_busy{0};
    Counter timers_fired{0}, timers_stuck{0};
    Counter batches{0}, commit_failures{0}, commit_micros{0};
    std::array<Counter, commit_bounds.size() + 1> commit_buckets{};
    Counter queue_events{0}, queue_bytes{0};
    Counter slots_held{0}, intake_taken{0}, intake_late{0};  // of several processes
    Counter intake_set_aside{0};
    Counter rows_behind{0};  // shipments of one merchant whose rows follow their events
    Counter dispatch_sent{0}, dispatch_retried{0}, dispatch_rejected{0}, dispatch_given_up{0};
    Counter dispatch_channel_down{0}, dispatch_in_flight{0};

    void commit_took(std::uint64_t micros) {
        std::size_t bucket = 0;
        while (bucket < commit_bounds.size() && micros > commit_bounds[bucket]) {
            ++bucket;
        }
        ++commit_buckets[bucket];
        commit_micros += micros;
        ++batches;
    }
};

}  // namespace aftermile::engine
