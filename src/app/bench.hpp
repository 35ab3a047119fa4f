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
    unsigned connections = 32;
    std::uint64_t seed = 1;
    bool json = false;
    bool engine_only = false;   // without HTTP: for profilers
    std::uint32_t bodies = 64;  // of bench parse, all different
    std::string merchant;       // of bench replay, whose `data` is an installation's folder
    // Of the load process.
    std::uint16_t port = 0;
    std::int64_t start = 0;  // microseconds; the instant that the workload is built around
};

[[nodiscard]] int bench_ingest(const BenchArguments& arguments);
[[nodiscard]] int bench_parse(const BenchArguments& arguments);
[[nodiscard]] int bench_replay(const BenchArguments& arguments);
[[nodiscard]] int bench_load(const BenchArguments& arguments);

}  // namespace aftermile::app
