// The same workload without HTTP and without threads: bodies are parsed, decided and committed one
// batch after the other. It shows what the engine alone costs, gives a profiler one thread to look
// at, and yields the batches that the raw loop writes again.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "bench/ingest/workload.hpp"
#include "ports/store.hpp"

namespace aftermile::bench {

struct EngineLoop {
    std::string folder;  // an existing, empty one; the store is made in it
    std::string url;     // of an empty database schema that has the store instead; or empty
    Mix mix;
    std::uint32_t batch = 1'000;    // events a commit
    std::uint32_t warm_events = 0;  // beforehand, not timed
    std::uint32_t events = 200'000;
    bool record = false;
};
struct EngineLoopResult {
    std::uint64_t events = 0;                                         // stored: without duplicates
    std::chrono::nanoseconds elapsed{0};                              // on the wall
    std::chrono::nanoseconds parsing{0}, deciding{0}, committing{0};  // of the processor
    std::vector<ports::Batch> batches;  // if recorded, from the store's first
    std::size_t warm_batches = 0;       // of these: before the timed ones
};

[[nodiscard]] base::Result<EngineLoopResult> run_engine_loop(const EngineLoop& run);

}  // namespace aftermile::bench
