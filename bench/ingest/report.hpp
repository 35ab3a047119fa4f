// What `aftermile bench ingest` measured, and how it is printed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/bench.hpp"
#include "bench/ingest/count.hpp"
#include "bench/ingest/engine_loop.hpp"
#include "bench/ingest/load.hpp"
#include "bench/ingest/raw_sqlite.hpp"

namespace aftermile::bench {

struct Measured {
    Window cold, warm, timed;
    double server_cpu = 0;            // seconds of the timed window, the server's process alone
    std::uint64_t written_bytes = 0;  // in the timed window: by the server, or PostgreSQL's log
    std::uint64_t commits = 0;        // of the timed window
    double swept_seconds = 0;         // of the timed window: after the load, until no row is behind
    std::uint64_t database_before = 0,
                  database_after = 0;  // bytes, stopped: with the log folded in
    std::string database;              // PostgreSQL's version and settings; empty: SQLite
    Counts counts;
    EngineLoopResult engine;
    std::uint32_t batch = 0;
    std::vector<RawResult> raw;  // by rate
};

void print_text(const Measured& measured, const app::BenchArguments& arguments);
void print_json(const Measured& measured, const app::BenchArguments& arguments);

}  // namespace aftermile::bench
