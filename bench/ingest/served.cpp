#include "bench/ingest/served.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

#include "bench/measure/connections.hpp"
#include "storage/postgres/moving.hpp"
#include "storage/sqlite/moving.hpp"

namespace aftermile::bench {

namespace {

using Clock = std::chrono::steady_clock;
namespace files = std::filesystem;

double seconds_of(auto span) { return std::chrono::duration<double>(span).count(); }

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

}  // namespace

void HttpMeasured::add(const Window& window) {
    sent += window.events;
    acknowledged += window.accepted;
}

Served::Served(const app::BenchArguments& arguments, std::string folder, const PostgresPlace* place)
    : arguments_(arguments),
      folder_(std::move(folder)),
      data_(folder_ + "/data"),
      place_(place),
      mix_(mix_of(arguments)) {}

// The command on this run's store.
std::vector<std::string> Served::on_store(std::vector<std::string> words) const {
    words.insert(words.end(), {"--data", data_});
    if (place_ != nullptr) {
        words.insert(words.end(), {"--store", place_->url()});
    }
    return words;
}

// Bytes of what the server stored; of SQLite when it has stopped.
std::uint64_t Served::stored_bytes() const {
    std::error_code error;
    return place_ != nullptr ? place_->bytes() : files::file_size(database_file(), error);
}

std::uint64_t Served::written_bytes(const Usage& usage) const {
    return place_ != nullptr ? log_bytes(arguments_.store) : usage.written_bytes;
}

base::Result<Counts> Served::count() const {
    if (place_ != nullptr) {
        auto parts = storage::postgres::open_parts(place_->url());
        return parts ? count_store(**parts) : std::unexpected(parts.error());
    }
    auto parts = storage::sqlite::open_source(data_);
    return parts ? count_store(**parts) : std::unexpected(parts.error());
}

base::Result<double> Served::start_server() {
    port_ = free_port();
    const auto begun = Clock::now();
    server_ = std::make_unique<Process>(
        on_store({"serve", "--listen", "127.0.0.1:" + std::to_string(port_)}),
        std::vector<std::pair<std::string, std::string>>{
            {"AFTERMILE_DISPATCH", "false"},
            {"AFTERMILE_MATERIALISE", arguments_.materialise},
            {"AFTERMILE_LOG_LEVEL", "warn"}});
    while (Clock::now() - begun < std::chrono::seconds{60}) {
        if (!fetch(port_, "/readyz").empty()) {
            return seconds_of(Clock::now() - begun);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return bench_failed("the server did not become ready");
}

base::Result<void> Served::stop_server() {
    const Usage usage = server_->usage();
    result_.resident_bytes = usage.resident_bytes;
    result_.peak_bytes = std::max(result_.peak_bytes, usage.peak_bytes);
    return server_->stop() ? base::Result<void>{} : bench_failed("the server did not end in order");
}

base::Result<void> Served::make_merchant() {
    if (place_ == nullptr && !arguments_.store.empty()) {
        return bench_failed("this one measures SQLite: leave out --store");
    }
    if (!files::create_directories(data_)) {
        return bench_failed(data_ + " is there already, or cannot be made");
    }
    return run_command(on_store({"merchants", "create", "bench", "--mode", "live"}))
               ? base::Result<void>{}
               : bench_failed("no merchant could be made");
}

base::Result<void> Served::make_key() {
    auto key = run_command(on_store({"keys", "create", "--merchant", "bench", "--scopes", "all"}));
    if (!key) {
        return bench_failed("no key could be made");
    }
    key_ = std::move(*key);
    return {};
}

void Served::start_load(std::vector<std::string> further) {
    auto words = load_words(arguments_, mix_, port_);
    words.insert(words.end(), further.begin(), further.end());
    load_ = std::make_unique<Loader>(words, key_);
}

base::Result<void> Served::seed(const Prepare& prepare) {
    auto made = make_merchant();
    made = made ? make_key() : made;
    auto ready = made ? start_server() : std::unexpected(made.error());
    if (!ready) {
        return std::unexpected(ready.error());
    }
    std::vector<std::string> further;
    if (prepare) {
        auto found = prepare(port_, key_);
        if (!found) {
            return std::unexpected(found.error());
        }
        further = std::move(*found);
    }
    const auto begun = Clock::now();
    start_load(std::move(further));
    if (auto loaded = load_->wait_until_loaded(); !loaded) {
        return loaded;
    }
    result_.seed_seconds = seconds_of(Clock::now() - begun);
    note("orders and shipments are in; starting the server anew");
    if (auto stopped = stop_server(); !stopped) {
        return stopped;
    }
    result_.database_before = stored_bytes();
    ready = start_server();
    result_.ready_seconds = ready.value_or(0);
    return ready ? base::Result<void>{} : std::unexpected(ready.error());
}

base::Result<bool> Served::resume() {
    std::int64_t start = 0;
    std::ifstream told(note_file());
    if (!(told >> mix_.shipments >> mix_.seed >> start >> result_.sent >> result_.acknowledged)) {
        return false;
    }
    files::remove(note_file());  // a run that breaks off leaves nothing to go on with
    mix_.start = base::instant_of(start);
    auto made = make_key();
    auto ready = made ? start_server() : std::unexpected(made.error());
    if (!ready) {
        return std::unexpected(ready.error());
    }
    result_.ready_seconds = *ready;
    start_load({"--seeded", "--skip", std::to_string(result_.sent)});
    auto loaded = load_->wait_until_loaded();
    return loaded ? base::Result<bool>(true) : std::unexpected(loaded.error());
}

base::Result<void> Served::measure(const std::function<void()>& before_timed) {
    if (auto warm = load_->go(port_, result_.cold, result_.warm); !warm) {
        return warm;
    }
    if (before_timed) {
        before_timed();
    }
    const Usage before = server_->usage();
    const std::uint64_t written = written_bytes(before);
    const std::uint64_t commits = commits_of(port_);
    load_->begin(arguments_.seconds, 0);
    auto timed = load_->end();
    auto swept = timed ? wait_for_sweep() : std::unexpected(timed.error());
    if (!swept) {
        return std::unexpected(swept.error());
    }
    result_.swept_seconds = *swept;
    timed->seconds += *swept;
    const Usage after = server_->usage();
    result_.commits = commits_of(port_) - commits;
    result_.server_cpu = seconds_of(after.cpu - before.cpu);
    result_.written_bytes = written_bytes(after) - written;
    result_.timed = *timed;
    for (const Window& window : {result_.cold, result_.warm, result_.timed}) {
        result_.add(window);
    }
    return {};
}

// Seconds from the load's end until every row has followed its events.
base::Result<double> Served::wait_for_sweep() const {
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
    return bench_failed("rows were still behind after 10 minutes");
}

base::Result<void> Served::stop() {
    load_.reset();
    auto stopped = stop_server();
    result_.database_after = stored_bytes();
    if (stopped) {
        std::ofstream(note_file())
            << mix_.shipments << ' ' << mix_.seed << ' ' << base::microseconds_of(mix_.start) << ' '
            << result_.sent << ' ' << result_.acknowledged << '\n';
    }
    return stopped;
}

base::Result<void> Served::start_once_more() {
    auto ready = start_server();
    if (!ready) {
        return std::unexpected(ready.error());
    }
    result_.ready_seconds = std::max(result_.ready_seconds, *ready);
    const std::uint64_t resident = result_.resident_bytes;
    auto stopped = stop_server();
    result_.resident_bytes = std::max(result_.resident_bytes, resident);
    return stopped;
}

}  // namespace aftermile::bench
