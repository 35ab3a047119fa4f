// The baseline of `aftermile bench ingest`: the rows that the engine committed, written again in
// the same batches by bare SQLite calls: same schema, settings and order of rows, no engine, no
// adapter. What the engine costs is the difference.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "ports/store.hpp"

namespace aftermile::bench {

struct RawResult {
    bool done = false;
    std::string error;  // SQLite's words when it is not done
    std::uint64_t events = 0;
    std::uint64_t rows = 0;               // events, rows and sealed pieces
    std::chrono::nanoseconds elapsed{0};  // the batches alone: opening and schema are not timed
    std::chrono::nanoseconds cpu{0};      // of the processor
};

// Writes a new file `raw.db` in an existing folder. The batches are one store's, from its first;
// the first `warm` of them bring the file to where the measured run began and count for nothing.
[[nodiscard]] RawResult raw_sqlite_loop(std::span<const ports::Batch> batches, std::size_t warm,
                                        const std::string& folder);

}  // namespace aftermile::bench
