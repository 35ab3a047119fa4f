// `aftermile bench ingest`: the server under test and its load as two processes of their own, the
// count of what they left, and the raw loop over the same rows.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include "app/bench.hpp"
#include "bench/ingest/connections.hpp"
#include "bench/ingest/postgres_place.hpp"
#include "bench/ingest/process.hpp"
#include "bench/ingest/raw_postgres.hpp"
#include "bench/ingest/report.hpp"
#include "storage/postgres/moving.hpp"
#include "storage/sqlite/moving.hpp"

namespace aftermile::bench {

namespace {

using app::BenchArguments;
using Clock = std::chrono::steady_clock;
namespace files = std::filesystem;

constexpr std::uint32_t recorded_events = 200'000;
constexpr std::uint32_t recorded_warm_max = 400'000;  // what the raw loop holds in memory
constexpr int raw_runs = 3;

double seconds_of(auto span) { return std::chrono::duration<double>(span).count(); }

std::unexpected<base::Error> failed(const std::string& what) {
    return base::fail("bench_failed", what);
}

std::uint64_t database_bytes(const std::string& folder) {
    std::error_code error;
    return files::file_size(folder + "/aftermile.db", error);
}

// Of /metrics, without its prefix; 0 where it is not told.
std::uint64_t metric(std::uint16_t port, const std::string& name) {
    const std::string text = fetch(port, "/metrics");
    const std::string line = "\naftermile_" + name + ' ';
    const auto at = text.find(line);
    return at == std::string::npos
               ? 0
               : static_cast<std::uint64_t>(std::strtod(text.c_str() + at + line.size(), nullptr));
}
std::uint64_t commits_of(std::uint16_t port) { return metric(port, "commit_seconds_count"); }

class Bench {
  public:
    Bench(const BenchArguments& arguments, std::string folder)
        : arguments_(arguments), folder_(std::move(folder)), data_(folder_ + "/data") {
        mix_.shipments = arguments.shipments;
        mix_.seed = arguments.seed;
        mix_.start = std::chrono::time_point_cast<base::Span>(std::chrono::system_clock::now());
    }

    base::Result<Measured> run() {
        if (!arguments_.store.empty()) {
            result_.database = describe_postgres(arguments_.store);
            place_.emplace(arguments_.store, "served");
        }
        if (!arguments_.engine_only) {
            if (auto done = over_http(); !done) {
                return std::unexpected(done.error());
            }
            auto counts = count();
            if (!counts) {
                return std::unexpected(counts.error());
            }
            result_.counts = *counts;
        }
        place_.reset();
        if (auto done = without_http(); !done) {
            return std::unexpected(done.error());
        }
        return std::move(result_);
    }

  private:
    void note(const std::string& text) const { std::fprintf(stderr, "bench: %s\n", text.c_str()); }

    // The command on this run's store.
    [[nodiscard]] std::vector<std::string> on_store(std::vector<std::string> words) const {
        words.insert(words.end(), {"--data", data_});
        if (place_) {
            words.insert(words.end(), {"--store", place_->url()});
        }
        return words;
    }

    // Bytes of what the server stored; of SQLite when it has stopped.
    [[nodiscard]] std::uint64_t stored_bytes() const {
        return place_ ? place_->bytes() : database_bytes(data_);
    }
    [[nodiscard]] std::uint64_t written_bytes(const Usage& usage) const {
        return place_ ? log_bytes(arguments_.store) : usage.written_bytes;
    }

    base::Result<Counts> count() const {
        if (place_) {
            auto parts = storage::postgres::open_parts(place_->url());
            return parts ? count_store(**parts) : std::unexpected(parts.error());
        }
        auto parts = storage::sqlite::open_source(data_);
        return parts ? count_store(**parts) : std::unexpected(parts.error());
    }

    base::Result<void> start_server() {
        port_ = free_port();
        const auto arguments =
            on_store({"serve", "--listen", "127.0.0.1:" + std::to_string(port_)});
        server_ = std::make_unique<Process>(arguments,
                                            std::vector<std::pair<std::string, std::string>>{
                                                {"AFTERMILE_DISPATCH", "false"},
                                                {"AFTERMILE_MATERIALISE", arguments_.materialise},
                                                {"AFTERMILE_LOG_LEVEL", "warn"}});
        const auto deadline = Clock::now() + std::chrono::seconds{60};
        while (Clock::now() < deadline) {
            if (!fetch(port_, "/readyz").empty()) {
                return {};
            }
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        }
        return failed("the server did not become ready");
    }

    base::Result<std::string> make_key() {
        files::create_directories(data_);
        const auto merchant =
            run_command(on_store({"merchants", "create", "bench", "--mode", "live"}));
        const auto key =
            run_command(on_store({"keys", "create", "--merchant", "bench", "--scopes", "all"}));
        if (!merchant || !key) {
            return failed("no merchant could be made");
        }
        return *key;
    }

    base::Result<Window> window(Process& load, const std::string& name) {
        const auto line = load.read_line();
        if (line && line->starts_with(name + " ")) {
            if (const auto read = Window::parse(line->substr(name.size()))) {
                note(fmt::format("{}: {:.0f} events/s", name, read->rate()));
                return *read;
            }
        }
        return failed("the load ended before its window " + name);
    }

    base::Result<void> over_http() {
        auto key = make_key();
        auto ready = start_server();
        if (!key || !ready) {
            return std::unexpected(key ? ready.error() : key.error());
        }
        const std::vector<std::string> arguments{
            "bench",         "load",
            "--port",        std::to_string(port_),
            "--shipments",   std::to_string(arguments_.shipments),
            "--connections", std::to_string(arguments_.connections),
            "--seconds",     std::to_string(arguments_.seconds),
            "--seed",        std::to_string(arguments_.seed),
            "--start",       std::to_string(base::microseconds_of(mix_.start))};
        Process load(arguments, {{"AFTERMILE_BENCH_KEY", *key}});
        if (load.read_line() != "loaded") {
            return failed("orders and shipments were not taken in");
        }
        note("orders and shipments are in; starting the server anew");
        server_->stop();
        result_.database_before = stored_bytes();
        if (auto again = start_server(); !again) {
            return again;
        }
        load.write_line("go " + std::to_string(port_));
        auto done = measure(load);
        if (done && !server_->stop()) {
            return failed("the server did not end in order");
        }
        result_.database_after = stored_bytes();
        return done;
    }

    base::Result<void> measure(Process& load) {
        auto cold = window(load, "cold");
        auto warm = cold ? window(load, "warm") : cold;
        if (!warm) {
            return std::unexpected(warm.error());
        }
        const Usage before = server_->usage();
        const std::uint64_t written = written_bytes(before);
        const std::uint64_t commits = commits_of(port_);
        load.write_line("measure");
        auto timed = window(load, "timed");
        if (!timed) {
            return std::unexpected(timed.error());
        }
        auto swept = wait_for_sweep();
        if (!swept) {
            return std::unexpected(swept.error());
        }
        result_.swept_seconds = *swept;
        timed->seconds += *swept;
        const Usage after = server_->usage();
        result_.commits = commits_of(port_) - commits;
        result_.server_cpu = seconds_of(after.cpu - before.cpu);
        result_.written_bytes = written_bytes(after) - written;
        result_.cold = *cold;
        result_.warm = *warm;
        result_.timed = *timed;
        return {};
    }

    // Seconds from the load's end until every row has followed its events.
    base::Result<double> wait_for_sweep() const {
        if (arguments_.materialise != "swept") {
            return 0.0;
        }
        const auto begun = Clock::now();
        while (Clock::now() - begun < std::chrono::minutes{10}) {
            // Without the gauge nothing is known: 0 must be told.
            const std::string told = fetch(port_, "/metrics");
            if (told.contains("\naftermile_rows_behind 0\n")) {
                return seconds_of(Clock::now() - begun);
            }
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        }
        return failed("rows were still behind after 10 minutes");
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
                return failed("the raw loop: " + raw.error);
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
    std::string folder_, data_;
    Mix mix_;
    std::uint16_t port_ = 0;
    std::optional<PostgresPlace> place_;  // of the server's store; none: SQLite
    std::unique_ptr<Process> server_;
    Measured result_;
};

}  // namespace

}  // namespace aftermile::bench

namespace aftermile::app {

int bench_ingest(const BenchArguments& arguments) {
    std::string folder = arguments.data.empty() ? "/tmp/aftermile-bench-XXXXXX" : arguments.data;
    if (arguments.data.empty() ? mkdtemp(folder.data()) == nullptr
                               : !std::filesystem::create_directories(folder)) {
        fmt::print(stderr, "{} is not a folder that could be made.\n", folder);
        return 1;
    }
    base::Result<bench::Measured> measured = base::fail("bench_failed", "it did not run");
    try {
        measured = bench::Bench(arguments, folder).run();
    } catch (const std::runtime_error& error) {  // of the database or workload
        measured = base::fail("bench_failed", error.what());
    }
    if (arguments.data.empty()) {
        std::filesystem::remove_all(folder);
    }
    if (!measured) {
        fmt::print(stderr, "bench ingest: {} {}\n", measured.error().code, measured.error().detail);
        return 1;
    }
    arguments.json ? bench::print_json(*measured, arguments)
                   : bench::print_text(*measured, arguments);
    const bool counted =
        arguments.engine_only ||
        (measured->counts.complete() && measured->counts.scans == measured->cold.accepted +
                                                                      measured->warm.accepted +
                                                                      measured->timed.accepted);
    if (!counted) {
        fmt::print(stderr, "bench ingest: what SQL counts is not what was acknowledged.\n");
    }
    return counted ? 0 : 1;
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
    load.seconds = arguments.seconds;
    try {
        return bench::run_load(load);
    } catch (const std::runtime_error& error) {  // of the workload
        fmt::print(stderr, "bench load: {}\n", error.what());
        return 1;
    }
}

}  // namespace aftermile::app
