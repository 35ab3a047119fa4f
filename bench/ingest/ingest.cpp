// `aftermile bench ingest`: the server under test and its load as two processes of their own, the
// count of what they left, and the raw loop over the same rows.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <utility>

#include "app/bench.hpp"
#include "bench/ingest/postgres_place.hpp"
#include "bench/ingest/raw_postgres.hpp"
#include "bench/ingest/report.hpp"
#include "bench/ingest/served.hpp"
#include "bench/measure/folder.hpp"

namespace aftermile::bench {

namespace {

using app::BenchArguments;
namespace files = std::filesystem;

constexpr std::uint32_t recorded_events = 200'000;
constexpr std::uint32_t recorded_warm_max = 400'000;  // what the raw loop holds in memory
constexpr int raw_runs = 3;

class Bench {
  public:
    Bench(const BenchArguments& arguments, std::string folder)
        : arguments_(arguments), folder_(std::move(folder)), mix_(mix_of(arguments)) {}

    base::Result<Measured> run() {
        if (!arguments_.store.empty()) {
            result_.database = describe_postgres(arguments_.store);
        }
        base::Result<void> done;
        if (!arguments_.engine_only) {
            done = over_http();
        }
        if (done && !arguments_.no_raw) {
            done = without_http();
        }
        return done ? base::Result<Measured>(std::move(result_)) : std::unexpected(done.error());
    }

  private:
    base::Result<void> over_http() {
        std::optional<PostgresPlace> place;  // of the server's store; none: SQLite
        if (!arguments_.store.empty()) {
            place.emplace(arguments_.store, "served");
        }
        Served served(arguments_, folder_, place ? &*place : nullptr);
        auto done = served.seed();
        done = done ? served.measure() : done;
        done = done ? served.stop() : done;
        if (!done) {
            return done;
        }
        auto counts = served.count();
        if (!counts) {
            return std::unexpected(counts.error());
        }
        result_.counts = *counts;
        static_cast<HttpMeasured&>(result_) = served.result();
        mix_ = served.mix();
        return {};
    }

    // The engine alone, in batches as large as the server's were, and the raw loop over its rows.
    base::Result<void> without_http() {
        EngineLoop loop;
        loop.folder = folder_ + "/engine";
        loop.mix = mix_;
        files::create_directories(loop.folder);
        const std::uint64_t seen =
            result_.cold.events + result_.warm.events + result_.timed.events / 2;
        loop.warm_events = static_cast<std::uint32_t>(
            arguments_.engine_only ? 100'000 : std::min<std::uint64_t>(seen, recorded_warm_max));
        loop.events = recorded_events;
        const std::uint64_t mean =
            result_.commits > 0 ? result_.timed.events / result_.commits : 1'000;
        loop.batch = static_cast<std::uint32_t>(
            std::clamp<std::uint64_t>((mean + 50) / 100 * 100, 100, 4'000));
        result_.batch = loop.batch;
        loop.record = !arguments_.engine_only;
        note(fmt::format("the engine alone, {} events a commit", loop.batch));
        auto engine = engine_loop(std::move(loop));
        if (!engine) {
            return std::unexpected(engine.error());
        }
        result_.engine = std::move(*engine);
        for (int i = 0; !arguments_.engine_only && i < raw_runs; ++i) {
            note("the raw loop");
            auto raw = raw_loop();
            if (!raw.done) {
                return bench_failed("the raw loop: " + raw.error);
            }
            result_.raw.push_back(std::move(raw));
        }
        std::ranges::sort(result_.raw, {}, &RawResult::elapsed);
        return {};
    }

    base::Result<EngineLoopResult> engine_loop(EngineLoop loop) const {
        if (arguments_.store.empty()) {
            return run_engine_loop(loop);
        }
        const PostgresPlace place(arguments_.store, "engine");
        loop.url = place.url();
        return run_engine_loop(loop);
    }

    [[nodiscard]] RawResult raw_loop() const {
        if (arguments_.store.empty()) {
            return raw_sqlite_loop(result_.engine.batches, result_.engine.warm_batches,
                                   folder_ + "/engine");
        }
        const PostgresPlace place(arguments_.store, "raw");
        return raw_postgres_loop(result_.engine.batches, result_.engine.warm_batches, place.url());
    }

    BenchArguments arguments_;
    std::string folder_;
    Mix mix_;
    Measured result_;
};

}  // namespace

}  // namespace aftermile::bench

namespace aftermile::app {

int bench_ingest(const BenchArguments& arguments) {
    auto measured = bench::in_folder(arguments.data, [&](const std::string& folder) {
        return bench::Bench(arguments, folder).run();
    });
    if (!measured) {
        return bench::say_failed("ingest", measured.error());
    }
    arguments.json ? bench::print_json(*measured, arguments)
                   : bench::print_text(*measured, arguments);
    if (arguments.engine_only || measured->counts.has_all(measured->acknowledged)) {
        return 0;
    }
    fmt::print(stderr, "bench ingest: what SQL counts is not what was acknowledged.\n");
    return 1;
}

int bench_load(const BenchArguments& arguments) {
    bench::LoadArguments load;
    const char* key = std::getenv("AFTERMILE_BENCH_KEY");
    load.port = arguments.port;
    load.key = key == nullptr ? "" : key;
    load.mix.shipments = arguments.shipments;
    load.mix.seed = arguments.seed;
    load.mix.start = base::instant_of(arguments.start);
    load.connections = arguments.connections;
    load.warm_seconds = arguments.warm_seconds;
    load.seeded = arguments.seeded;
    load.skip = arguments.skip;
    load.endpoint = arguments.endpoint;
    load.histories = arguments.histories;
    try {
        return bench::run_load(load);
    } catch (const std::runtime_error& error) {  // of the workload
        fmt::print(stderr, "bench load: {}\n", error.what());
        return 1;
    }
}

}  // namespace aftermile::app
