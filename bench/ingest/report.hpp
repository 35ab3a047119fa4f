// What `aftermile bench ingest` measured, and how it is printed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/bench.hpp"
#include "bench/ingest/count.hpp"
#include "bench/ingest/engine_loop.hpp"
#include "bench/ingest/raw_sqlite.hpp"
#include "bench/ingest/served.hpp"

namespace aftermile::bench {

struct Measured : HttpMeasured {
    std::string database;  // PostgreSQL's version and settings; empty: SQLite
    Counts counts;
    EngineLoopResult engine;
    std::uint32_t batch = 0;
    std::vector<RawResult> raw;  // by rate
};

void print_text(const Measured& measured, const app::BenchArguments& arguments);
void print_json(const Measured& measured, const app::BenchArguments& arguments);

}  // namespace aftermile::bench
