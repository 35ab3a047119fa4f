#include <fmt/format.h>

#include <cstdio>

#include "bench/ingest/served.hpp"

namespace aftermile::bench {

std::unexpected<base::Error> bench_failed(const std::string& what) {
    return base::fail("bench_failed", what);
}

void note(const std::string& text) { std::fprintf(stderr, "bench: %s\n", text.c_str()); }

Mix mix_of(const app::BenchArguments& arguments) {
    Mix mix;
    mix.shipments = arguments.shipments;
    mix.seed = arguments.seed;
    mix.start = std::chrono::time_point_cast<base::Span>(std::chrono::system_clock::now());
    return mix;
}

std::vector<std::string> load_words(const app::BenchArguments& arguments, const Mix& mix,
                                    std::uint16_t port) {
    return {"bench",         "load",
            "--port",        std::to_string(port),
            "--shipments",   std::to_string(mix.shipments),
            "--connections", std::to_string(arguments.connections),
            "--warm-up",     std::to_string(arguments.warm_seconds),
            "--seed",        std::to_string(mix.seed),
            "--start",       std::to_string(base::microseconds_of(mix.start))};
}

Loader::Loader(const std::vector<std::string>& arguments, const std::string& key)
    : process_(arguments, {{"AFTERMILE_BENCH_KEY", key}}) {}

base::Result<void> Loader::wait_until_loaded() {
    return process_.read_line() == "loaded"
               ? base::Result<void>{}
               : bench_failed("orders and shipments were not taken in");
}

base::Result<Window> Loader::window(std::string_view name) {
    const auto line = process_.read_line();
    if (line && line->starts_with(name)) {
        if (const auto read = Window::parse(line->substr(name.size()))) {
            note(fmt::format("{}: {:.0f} events/s", name, read->rate()));
            return *read;
        }
    }
    return bench_failed(fmt::format("the load ended before its window {}", name));
}

base::Result<void> Loader::go(std::uint16_t port, Window& cold, Window& warm) {
    process_.write_line("go " + std::to_string(port));
    for (const auto& [name, into] : {std::pair{"cold", &cold}, {"warm", &warm}}) {
        auto read = window(name);
        if (!read) {
            return std::unexpected(read.error());
        }
        *into = *read;
    }
    return {};
}

void Loader::begin(int seconds, double requests_per_second) const {
    process_.write_line(fmt::format("measure {} {}", seconds, requests_per_second));
}

base::Result<Window> Loader::end() { return window("timed"); }

}  // namespace aftermile::bench
