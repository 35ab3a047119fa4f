// `aftermile bench scale`: the HTTP part of `bench ingest` with few and with many open shipments,
// one after the other, and what a start on the many takes.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "app/bench.hpp"
#include "bench/ingest/served.hpp"
#include "bench/measure/figures.hpp"
#include "bench/measure/folder.hpp"

namespace aftermile::bench {

namespace {

using app::BenchArguments;

constexpr const char* method =
    "The HTTP part of bench ingest, on a new store with few open shipments and on one with many: "
    "serve and the load are processes of their own on the same cores; NDJSON, 100 events of 500 "
    "bytes and more a request, random order over the shipments, an fsync before every reply, "
    "dispatch stopped; 10 s after a restart, 10 s more to warm up, then timed. Ready: from the "
    "start of the process until /readyz answers, the longer of two starts: after the shipments are "
    "in and after all events. Memory: of serve alone, by /proc; the peak is the larger of the one "
    "that took the shipments in and the one that was timed.";

struct Sized {
    HttpMeasured served;
    Counts counts;
};

base::Result<Sized> measure(BenchArguments arguments, std::uint32_t shipments,
                            const std::string& folder) {
    note(fmt::format("{} shipments", shipments));
    arguments.shipments = shipments;
    Served served(arguments, folder, nullptr);
    auto done = served.seed();
    done = done ? served.measure() : done;
    done = done ? served.stop() : done;
    done = done ? served.start_once_more() : done;
    auto counts = done ? served.count() : std::unexpected(done.error());
    if (!counts) {
        return std::unexpected(counts.error());
    }
    return Sized{served.result(), *counts};
}

struct Scaled {
    Sized few, many;
};

base::Result<Scaled> measure_both(const BenchArguments& arguments, const std::string& folder) {
    const std::string first = folder + "/" + std::to_string(arguments.fewer);
    std::filesystem::create_directories(first);
    auto few = measure(arguments, arguments.fewer, first);
    if (!few) {
        return std::unexpected(few.error());
    }
    std::filesystem::remove_all(first);
    const std::string second = folder + "/" + std::to_string(arguments.shipments);
    std::filesystem::create_directories(second);
    auto many = measure(arguments, arguments.shipments, second);
    if (!many) {
        return std::unexpected(many.error());
    }
    return Scaled{*few, *many};
}

void add(Figures& figures, const std::string& size, const Sized& sized) {
    const HttpMeasured& m = sized.served;
    const auto per_event = [&m](double value) {
        return value / static_cast<double>(m.timed.events);
    };
    figures.push_back({size + "seed_seconds", m.seed_seconds, "orders and shipments"});
    figures.push_back({size + "events_per_second", m.timed.rate(), "over HTTP"});
    figures.push_back({size + "cold_events_per_second", m.cold.rate(), "after the start"});
    figures.push_back({size + "request_p50", static_cast<double>(m.timed.p50) / 1e3, "ms"});
    figures.push_back({size + "request_p99", static_cast<double>(m.timed.p99) / 1e3, "ms"});
    figures.push_back({size + "server_cpu", per_event(m.server_cpu * 1e6), "us/event"});
    figures.push_back(
        {size + "written_bytes", per_event(static_cast<double>(m.written_bytes)), "bytes/event"});
    figures.push_back(
        {size + "database_bytes", static_cast<double>(m.database_after), "when stopped"});
    add_counts(figures, size, sized.counts, m.acknowledged);
}

Figures figures_of(const Scaled& scaled) {
    Figures figures;
    const HttpMeasured& many = scaled.many.served;
    const auto megabytes = [](std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; };
    figures.push_back({"ratio", many.timed.rate() / scaled.few.served.timed.rate(),
                       "of the rate with few shipments (must: 0.65)"});
    figures.push_back(
        {"ready_seconds", many.ready_seconds, "s until ready, with many (must: less than 5)"});
    figures.push_back({"memory_peak", megabytes(many.peak_bytes), "MB (must: less than 1,500)"});
    figures.push_back({"memory_resident", megabytes(many.resident_bytes), "MB, at the end"});
    add(figures, "few_", scaled.few);
    add(figures, "many_", scaled.many);
    return figures;
}

bool holds(const Sized& sized, std::uint32_t shipments) {
    return sized.counts.has_all(sized.served.acknowledged) && sized.counts.shipments == shipments;
}

}  // namespace

}  // namespace aftermile::bench

namespace aftermile::app {

int bench_scale(const BenchArguments& arguments) {
    auto measured = bench::in_folder(arguments.data, [&](const std::string& folder) {
        return bench::measure_both(arguments, folder);
    });
    if (!measured) {
        return bench::say_failed("scale", measured.error());
    }
    bench::print_figures(bench::figures_of(*measured), bench::method, arguments.json);
    if (!bench::holds(measured->few, arguments.fewer) ||
        !bench::holds(measured->many, arguments.shipments)) {
        fmt::print(stderr, "bench scale: what SQL counts is not what was acknowledged.\n");
        return 1;
    }
    return 0;
}

}  // namespace aftermile::app
