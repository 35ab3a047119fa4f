// The measurements of `aftermile bench`, implemented in bench/: each returns the exit code.
#pragma once

#include <cstdint>
#include <string>

namespace aftermile::app {

struct BenchArguments {
    std::string data;   // a folder to make, on the disk to be measured; empty: below /tmp
    std::string store;  // postgres://..., where schemas may be made; empty: SQLite in the folder
    std::string materialise = "row";  // row or swept, of the server under test
    int seconds = 60;
    std::uint32_t shipments = 100'000;
    unsigned connections = 64;
    std::uint64_t seed = 1;
    bool json = false;
    bool engine_only = false;       // without HTTP: for profilers
    bool no_raw = false;            // without the engine alone and the raw loop
    int warm_seconds = 10;          // of the cold window and of the warm-up, each
    std::uint32_t bodies = 64;      // of bench parse, all different
    std::string merchant;           // of bench replay, whose `data` is an installation's folder
    bool histories = false;         // of bench webhooks: whole histories instead of one detail
    std::uint32_t fewer = 100'000;  // of bench scale: what `shipments` is compared with
    double reads = 150;             // of bench reads: a second
    // Of the load process.
    std::uint16_t port = 0;
    std::int64_t start = 0;  // microseconds; the instant that the workload is built around
    bool seeded = false;     // orders and shipments are in
    std::uint64_t skip = 0;  // events of earlier runs
    std::string endpoint;    // of webhooks
};

// Each prints what it measured; a count of the store that does not hold makes it fail.
[[nodiscard]] int bench_ingest(const BenchArguments& arguments);
[[nodiscard]] int bench_webhooks(const BenchArguments& arguments);
[[nodiscard]] int bench_scale(const BenchArguments& arguments);
[[nodiscard]] int bench_reads(const BenchArguments& arguments);
[[nodiscard]] int bench_parse(const BenchArguments& arguments);
[[nodiscard]] int bench_replay(const BenchArguments& arguments);
// Processes of a measurement: its load, and a server that only answers.
[[nodiscard]] int bench_load(const BenchArguments& arguments);
[[nodiscard]] int bench_bare(const BenchArguments& arguments);

}  // namespace aftermile::app
