// `aftermile bench ingest`: the server under test and its load as two processes of their own, the
// count of what they left, and the raw loop over the same rows.
#include <fmt/format.h>
#include <sys/statfs.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "app/bench.hpp"
#include "base/json.hpp"
#include "bench/ingest/connections.hpp"
#include "bench/ingest/count.hpp"
#include "bench/ingest/engine_loop.hpp"
#include "bench/ingest/load.hpp"
#include "bench/ingest/process.hpp"
#include "bench/ingest/raw_sqlite.hpp"

namespace aftermile::bench {

namespace {

using app::BenchArguments;
using Clock = std::chrono::steady_clock;
namespace files = std::filesystem;

constexpr std::uint32_t recorded_events = 200'000;
constexpr std::uint32_t recorded_warm_max = 400'000;  // what the raw loop holds in memory
constexpr int raw_runs = 3;

double seconds_of(auto span) { return std::chrono::duration<double>(span).count(); }

struct Measured {
    Window cold, warm, timed;
    double server_cpu = 0;            // seconds of the timed window
    std::uint64_t written_bytes = 0;  // by the server in the timed window
    std::uint64_t commits = 0;        // of the timed window
    std::uint64_t database_before = 0,
                  database_after = 0;  // bytes, stopped: with the log folded in
    Counts counts;
    EngineLoopResult engine;
    std::uint32_t batch = 0;
    std::vector<RawResult> raw;  // by rate
};

std::unexpected<base::Error> failed(const std::string& what) {
    return base::fail("bench_failed", what);
}

std::uint64_t database_bytes(const std::string& folder) {
    std::error_code error;
    return files::file_size(folder + "/aftermile.db", error);
}

std::uint64_t commits_of(std::uint16_t port) {
    const std::string text = fetch(port, "/metrics");
    const std::string name = "\naftermile_commit_seconds_count ";
    const auto at = text.find(name);
    return at == std::string::npos
               ? 0
               : static_cast<std::uint64_t>(std::strtod(text.c_str() + at + name.size(), nullptr));
}

class Bench {
  public:
    Bench(const BenchArguments& arguments, std::string folder)
        : arguments_(arguments), folder_(std::move(folder)), data_(folder_ + "/data") {
        mix_.shipments = arguments.shipments;
        mix_.seed = arguments.seed;
        mix_.start = std::chrono::time_point_cast<base::Span>(std::chrono::system_clock::now());
    }

    base::Result<Measured> run() {
        if (!arguments_.engine_only) {
            if (auto done = over_http(); !done) {
                return std::unexpected(done.error());
            }
            auto counts = count_store(data_);
            if (!counts) {
                return std::unexpected(counts.error());
            }
            result_.counts = *counts;
        }
        if (auto done = without_http(); !done) {
            return std::unexpected(done.error());
        }
        return std::move(result_);
    }

  private:
    void note(const std::string& text) const { std::fprintf(stderr, "bench: %s\n", text.c_str()); }

    base::Result<void> start_server() {
        port_ = free_port();
        const std::vector<std::string> arguments{
            "serve", "--listen", "127.0.0.1:" + std::to_string(port_), "--data", data_};
        server_ = std::make_unique<Process>(
            arguments, std::vector<std::pair<std::string, std::string>>{
                           {"AFTERMILE_DISPATCH", "false"}, {"AFTERMILE_LOG_LEVEL", "warn"}});
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
            run_command({"merchants", "create", "bench", "--mode", "live", "--data", data_});
        const auto key = run_command(
            {"keys", "create", "--merchant", "bench", "--scopes", "all", "--data", data_});
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
        result_.database_before = database_bytes(data_);
        if (auto again = start_server(); !again) {
            return again;
        }
        load.write_line("go " + std::to_string(port_));
        auto done = measure(load);
        if (done && !server_->stop()) {
            return failed("the server did not end in order");
        }
        result_.database_after = database_bytes(data_);
        return done;
    }

    base::Result<void> measure(Process& load) {
        auto cold = window(load, "cold");
        auto warm = cold ? window(load, "warm") : cold;
        if (!warm) {
            return std::unexpected(warm.error());
        }
        const Usage before = server_->usage();
        const std::uint64_t commits = commits_of(port_);
        load.write_line("measure");
        auto timed = window(load, "timed");
        if (!timed) {
            return std::unexpected(timed.error());
        }
        const Usage after = server_->usage();
        result_.commits = commits_of(port_) - commits;
        result_.server_cpu = seconds_of(after.cpu - before.cpu);
        result_.written_bytes = after.written_bytes - before.written_bytes;
        result_.cold = *cold;
        result_.warm = *warm;
        result_.timed = *timed;
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
        auto engine = run_engine_loop(loop);
        if (!engine) {
            return std::unexpected(engine.error());
        }
        result_.engine = std::move(*engine);
        for (int i = 0; loop.record && i < raw_runs; ++i) {
            note("the raw loop");
            auto raw =
                raw_sqlite_loop(result_.engine.batches, result_.engine.warm_batches, loop.folder);
            if (!raw.done) {
                return failed("the raw loop: " + raw.error);
            }
            result_.raw.push_back(std::move(raw));
        }
        std::ranges::sort(result_.raw, {}, &RawResult::elapsed);
        return {};
    }

    BenchArguments arguments_;
    std::string folder_, data_;
    Mix mix_;
    std::uint16_t port_ = 0;
    std::unique_ptr<Process> server_;
    Measured result_;
};

// ---- what is printed ----

std::string machine() {
    utsname system{};
    uname(&system);
    std::ifstream cpus("/proc/cpuinfo");
    std::string model = "unknown processor";
    for (std::string line; std::getline(cpus, line);) {
        if (line.starts_with("model name")) {
            model = line.substr(line.find(':') + 2);
            break;
        }
    }
    std::ifstream load_file("/proc/loadavg");
    std::string load;
    std::getline(load_file, load);
    return fmt::format("{} x {}, {} {}, load {}", std::thread::hardware_concurrency(), model,
                       system.sysname, system.release, load.substr(0, load.find(' ')));
}

struct Line {
    std::string name;
    double value;
    std::string unit;
};

std::vector<Line> lines_of(const Measured& m) {
    const auto rate = [](std::uint64_t events, auto span) {
        return static_cast<double>(events) / seconds_of(span);
    };
    const auto per_event = [&](double value, std::uint64_t events) {
        return events > 0 ? value / static_cast<double>(events) : 0.0;
    };
    const auto micros = [&](auto span) {
        return per_event(seconds_of(span) * 1e6, m.engine.events);
    };
    std::vector<Line> lines;
    if (m.timed.events > 0) {
        const std::uint64_t all = m.cold.events + m.warm.events + m.timed.events;
        lines = {
            {"http_events_per_second", m.timed.rate(), "events/s, duplicates included"},
            {"http_seconds", m.timed.seconds, "s"},
            {"http_cold_events_per_second", m.cold.rate(), "events/s after the start"},
            {"request_p50", static_cast<double>(m.timed.p50) / 1e3, "ms, 100 events"},
            {"request_p99", static_cast<double>(m.timed.p99) / 1e3, "ms, 100 events"},
            {"server_cpu", per_event(m.server_cpu * 1e6, m.timed.events), "us/event"},
            {"events_per_commit", per_event(static_cast<double>(m.timed.events), m.commits),
             "events"},
            {"written_bytes", per_event(static_cast<double>(m.written_bytes), m.timed.accepted),
             "bytes/event, log and database"},
            {"database_bytes",
             per_event(static_cast<double>(m.database_after - m.database_before),
                       all - m.cold.duplicates - m.warm.duplicates - m.timed.duplicates),
             "bytes/event, indexes counted"},
            {"duplicates", 100 * per_event(static_cast<double>(m.timed.duplicates), m.timed.events),
             "% of the events sent"}};
    }
    lines.push_back({"engine_events_per_second", rate(m.engine.events, m.engine.elapsed),
                     "events/s, one thread, no HTTP"});
    lines.push_back({"engine_parse", micros(m.engine.parsing), "us CPU/event"});
    lines.push_back({"engine_decide", micros(m.engine.deciding), "us CPU/event"});
    lines.push_back({"engine_commit", micros(m.engine.committing), "us CPU/event"});
    if (!m.raw.empty()) {
        const RawResult& raw = m.raw[m.raw.size() / 2];
        lines.push_back(
            {"raw_events_per_second", rate(raw.events, raw.elapsed), "events/s, median of 3"});
        lines.push_back(
            {"raw_cpu", per_event(seconds_of(raw.cpu) * 1e6, raw.events), "us CPU/event"});
        lines.push_back({"ratio_engine",
                         rate(m.engine.events, m.engine.elapsed) / rate(raw.events, raw.elapsed),
                         "of the raw loop, without HTTP"});
        lines.push_back({"ratio", m.timed.rate() / rate(raw.events, raw.elapsed),
                         "of the raw loop, over HTTP (must: 0.5)"});
    }
    return lines;
}

std::vector<std::pair<std::string, std::uint64_t>> counts_of(const Measured& m) {
    const Counts& c = m.counts;
    return {{"events", c.events},
            {"scans", c.scans},
            {"timers_fired", c.timers_fired},
            {"shipments", c.shipments},
            {"incidents", c.incidents},
            {"notifications", c.notifications},
            {"outbox", c.outbox},
            {"parked", c.parked},
            {"scans_acknowledged", m.cold.accepted + m.warm.accepted + m.timed.accepted},
            {"events_without_because", c.events_without_because},
            {"scans_not_in_state", c.scans_not_in_state},
            {"shipments_without_timer", c.shipments_without_timer},
            {"incidents_without_six_answers", c.incidents_without_answers}};
}

constexpr const char* method =
    "serve and the load are processes of their own on the same cores; NDJSON over HTTP, 100 "
    "events of 500 bytes and more a request, random order over the shipments, an fsync before "
    "every reply, dispatch stopped; cold: 10 s after a restart, 10 s more to warm up. Raw: the "
    "rows that the engine committed without HTTP, in batches as large as the server's, written "
    "by bare SQLite calls into the same schema with the same settings.";

void print_text(const Measured& m, const BenchArguments& arguments) {
    fmt::print(
        "machine: {}\nmethod: {}\n{} shipments, {} connections, seed {}, batches of {} in "
        "the raw loop\n\n",
        machine(), method, arguments.shipments, arguments.connections, arguments.seed, m.batch);
    for (const Line& line : lines_of(m)) {
        fmt::print("{:28} {:12.2f}  {}\n", line.name, line.value, line.unit);
    }
    if (m.timed.events > 0) {
        fmt::print("\ncounted by SQL afterwards\n");
        for (const auto& [name, count] : counts_of(m)) {
            fmt::print("{:32} {:10}\n", name, count);
        }
    }
}

void print_json(const Measured& m, const BenchArguments& arguments) {
    std::string out;
    base::JsonWriter writer(out);
    writer.begin_object();
    writer.key("machine");
    writer.text(machine());
    writer.key("method");
    writer.text(method);
    writer.key("shipments");
    writer.natural(arguments.shipments);
    for (const Line& line : lines_of(m)) {
        writer.key(line.name);
        writer.raw(fmt::format("{:.3f}", line.value));
    }
    writer.key("counts");
    writer.begin_object();
    if (m.timed.events > 0) {
        for (const auto& [name, count] : counts_of(m)) {
            writer.key(name);
            writer.natural(count);
        }
    }
    writer.end_object();
    writer.end_object();
    fmt::print("{}\n", out);
}

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
    auto measured = bench::Bench(arguments, folder).run();
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
    return bench::run_load(load);
}

}  // namespace aftermile::app
