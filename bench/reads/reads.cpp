// `aftermile bench reads`: how long reads take among many parcels while events come in, and whether
// the events go on coming in as fast.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "app/bench.hpp"
#include "bench/ingest/served.hpp"
#include "bench/measure/cold.hpp"
#include "bench/measure/figures.hpp"
#include "bench/measure/folder.hpp"
#include "bench/reads/raw_reads.hpp"
#include "bench/reads/reader.hpp"

namespace aftermile::bench {

namespace {

using app::BenchArguments;

constexpr double paced = 0.91;  // of the full rate: what is held must be 0.9
constexpr int raw_count = 1'000;
constexpr const char* method =
    "serve, the load and the reader are processes of their own on the same cores. First the load "
    "alone, as fast as it goes (100 events a request, after the warm-up): the full rate. Then it "
    "is paced to 0.91 of that while the reader sends a third each of: GET "
    "/v1/shipments?tracking_number=, the timeline of a parcel so found, and a page of 50 open "
    "incidents, the next older each time, over 16 connections with a key, so many a second "
    "whatever the server does; a read's time counts from when it should have been sent, and the "
    "reader takes short turns of the processor, so that its own wait for one is not in it. No "
    "parcel is read twice. Before the server starts, and when each of these two windows begins, "
    "the database's pages are dropped from the page cache (posix_fadvise, which needs nobody's "
    "permission; caches of the host below are out of reach); what the load touches comes back. "
    "Quiet: the same reads before any load. Raw: bare SQLite on the stopped server's file, dropped "
    "from the cache once more: a parcel's row by number, and the 51 newest open incidents.";

struct Reads {
    HttpMeasured served;
    ReadWindow quiet, busy;
    Window held;
    RawReads raw;
    Counts counts;
    double cached_before = 0, cached_after = 0;  // percent of the file, around the busy reads
};

base::Result<void> read_while_busy(const BenchArguments& arguments, Served& served, Reader& reader,
                                   Reads& result) {
    const Window& full = served.result().timed;
    note(fmt::format("reads, while {:.0f} events/s come in", paced * full.rate()));
    forget_file(served.database_file());
    result.cached_before = cached_percent(served.database_file());
    served.load().begin(arguments.seconds, paced * full.request_rate());
    auto busy = reader.read(served.port(), served.key(), arguments.seconds, arguments.reads);
    auto held = served.load().end();
    if (!busy || !held) {
        return std::unexpected(busy ? held.error() : busy.error());
    }
    result.cached_after = cached_percent(served.database_file());
    result.busy = std::move(*busy);
    result.held = *held;
    served.result().add(*held);
    return {};
}

base::Result<Reads> measure(const BenchArguments& arguments, const std::string& folder) {
    Reads result;
    Served served(arguments, folder, nullptr);
    forget_file(served.database_file());
    auto resumed = served.resume();
    auto done = resumed ? base::Result<void>{} : std::unexpected(resumed.error());
    if (resumed && !*resumed) {
        done = served.seed();
        forget_file(served.database_file());
    }
    if (!done) {
        return std::unexpected(done.error());
    }
    Reader reader(served.mix().shipments, arguments.seed);
    auto quiet = reader.read(served.port(), served.key(), arguments.warm_seconds, arguments.reads);
    if (!quiet) {
        return std::unexpected(quiet.error());
    }
    result.quiet = std::move(*quiet);
    done = served.measure([&served] { forget_file(served.database_file()); });
    done = done ? read_while_busy(arguments, served, reader, result) : done;
    done = done ? served.stop() : done;
    if (!done) {
        return std::unexpected(done.error());
    }
    forget_file(served.database_file());
    auto raw = raw_reads(served.database_file(), reader,
                         std::min(raw_count, static_cast<int>(served.mix().shipments / 10)));
    auto counts = raw ? served.count() : std::unexpected(raw.error());
    if (!counts) {
        return std::unexpected(counts.error());
    }
    result.raw = std::move(*raw);
    result.counts = *counts;
    result.served = served.result();
    return result;
}

void add(Figures& figures, const std::string& name, Latencies& latencies, bool must) {
    figures.push_back({name + "_p50", latencies.percentile(50), "ms"});
    figures.push_back(
        {name + "_p99", latencies.percentile(99), must ? "ms (must: less than 20)" : "ms"});
}

Figures figures_of(Reads& m) {
    Figures figures;
    for (std::size_t i = 0; i < read_kinds; ++i) {
        add(figures, std::string(read_names.at(i)), m.busy.kinds.at(i), true);
    }
    std::uint64_t reads = 0;
    for (const Latencies& each : m.busy.kinds) {
        reads += each.micros.size();
    }
    const HttpMeasured& served = m.served;
    figures.push_back({"reads_per_second", static_cast<double>(reads) / m.busy.seconds});
    figures.push_back({"full_events_per_second", served.timed.rate(), "the load alone"});
    figures.push_back({"held_events_per_second", m.held.rate(), "beside the reads"});
    figures.push_back(
        {"held", m.held.rate() / served.timed.rate(), "of the full rate (must: 0.9)"});
    figures.push_back({"held_request_p99", static_cast<double>(m.held.p99) / 1e3, "ms"});
    figures.push_back({"cached_before", m.cached_before, "% of the database in the page cache"});
    figures.push_back({"cached_after", m.cached_after, "%"});
    for (std::size_t i = 0; i < read_kinds; ++i) {
        add(figures, "quiet_" + std::string(read_names.at(i)), m.quiet.kinds.at(i), false);
    }
    add(figures, "raw_shipment", m.raw.shipment, false);
    add(figures, "raw_incidents", m.raw.incidents, false);
    figures.push_back({"ready_seconds", served.ready_seconds, "s until ready, out of the cache"});
    figures.push_back({"memory_peak", static_cast<double>(served.peak_bytes) / 1e6, "MB"});
    figures.push_back({"wrong_answers", static_cast<double>(m.quiet.wrong + m.busy.wrong)});
    add_counts(figures, "", m.counts, served.acknowledged);
    return figures;
}

}  // namespace

}  // namespace aftermile::bench

namespace aftermile::app {

int bench_reads(const BenchArguments& arguments) {
    auto measured = bench::in_folder(arguments.data, [&](const std::string& folder) {
        return bench::measure(arguments, folder);
    });
    if (!measured) {
        return bench::say_failed("reads", measured.error());
    }
    bench::print_figures(bench::figures_of(*measured), bench::method, arguments.json);
    if (!measured->counts.has_all(measured->served.acknowledged) || !measured->busy.good() ||
        !measured->quiet.good()) {
        fmt::print(stderr,
                   "bench reads: an answer was wrong, or what SQL counts is not what was "
                   "acknowledged.\n");
        return 1;
    }
    return 0;
}

}  // namespace aftermile::app
