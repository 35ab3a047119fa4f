// What the measurements over HTTP share: a server under test on a folder of its own and its load,
// each a process, driven by one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/bench.hpp"
#include "base/result.hpp"
#include "bench/ingest/count.hpp"
#include "bench/ingest/load.hpp"
#include "bench/ingest/postgres_place.hpp"
#include "bench/measure/process.hpp"

namespace aftermile::bench {

// Code `bench_failed`.
[[nodiscard]] std::unexpected<base::Error> bench_failed(const std::string& what);
// To standard error, while it runs.
void note(const std::string& text);

// A load process, by its lines (load.hpp).
class Loader {
  public:
    Loader(const std::vector<std::string>& arguments, const std::string& key);
    [[nodiscard]] base::Result<void> wait_until_loaded();
    // The windows until the server is warm.
    [[nodiscard]] base::Result<void> go(std::uint16_t port, Window& cold, Window& warm);
    // `begin` and `end` of a timed window; in between, the caller's own work.
    void begin(int seconds, double requests_per_second) const;
    [[nodiscard]] base::Result<Window> end();

  private:
    base::Result<Window> window(std::string_view name);

    Process process_;
};

struct HttpMeasured {
    Window cold, warm, timed;
    double server_cpu = 0;            // seconds of the timed window, the server's process alone
    std::uint64_t written_bytes = 0;  // in the timed window: by the server, or PostgreSQL's log
    std::uint64_t commits = 0;        // of the timed window
    double swept_seconds = 0;         // of the timed window: after the load, until no row is behind
    std::uint64_t database_before = 0,
                  database_after = 0;  // bytes, stopped: with the log folded in
    double seed_seconds = 0;           // orders and shipments
    double ready_seconds = 0;          // the longest start on a store with shipments
    std::uint64_t resident_bytes = 0;  // of the server's memory, when it was stopped
    std::uint64_t peak_bytes = 0;      // the most that a server had
    // Of all windows, and of earlier runs on the same folder.
    std::uint64_t sent = 0, acknowledged = 0;

    void add(const Window& window);
};

class Served {
  public:
    // `folder` exists. With a place the store is there; it outlives this.
    Served(const app::BenchArguments& arguments, std::string folder, const PostgresPlace* place);

    // Further words for the load's command line, found out on the running server.
    using Prepare =
        std::function<base::Result<std::vector<std::string>>(std::uint16_t, const std::string&)>;
    // A merchant with a key, orders and shipments; then the server is started anew.
    [[nodiscard]] base::Result<void> seed(const Prepare& prepare = {});
    // What an earlier run left in the folder, and a key; false when it left nothing.
    [[nodiscard]] base::Result<bool> resume();
    // Cold, warm, timed; `before_timed` may set the scene for the last.
    [[nodiscard]] base::Result<void> measure(const std::function<void()>& before_timed = {});
    // Also timed: begin with the load, work, end.
    [[nodiscard]] Loader& load() { return *load_; }
    // Stops both; a run may go on later where this one ended.
    [[nodiscard]] base::Result<void> stop();
    // Starts a stopped server once more and stops it: how long until it is ready.
    [[nodiscard]] base::Result<void> start_once_more();
    // When stopped.
    [[nodiscard]] base::Result<Counts> count() const;

    [[nodiscard]] HttpMeasured& result() { return result_; }
    [[nodiscard]] const Mix& mix() const { return mix_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] const std::string& key() const { return key_; }
    [[nodiscard]] std::string database_file() const { return data_ + "/aftermile.db"; }

  private:
    [[nodiscard]] std::vector<std::string> on_store(std::vector<std::string> words) const;
    [[nodiscard]] std::uint64_t stored_bytes() const;
    [[nodiscard]] std::uint64_t written_bytes(const Usage& usage) const;
    base::Result<void> make_merchant();
    base::Result<void> make_key();
    // Seconds until it is ready.
    base::Result<double> start_server();
    base::Result<void> stop_server();
    void start_load(std::vector<std::string> further);
    [[nodiscard]] base::Result<double> wait_for_sweep() const;
    [[nodiscard]] std::string note_file() const { return folder_ + "/workload"; }

    app::BenchArguments arguments_;
    std::string folder_, data_, key_;
    const PostgresPlace* place_;
    Mix mix_;
    std::uint16_t port_ = 0;
    std::unique_ptr<Process> server_;
    std::unique_ptr<Loader> load_;
    HttpMeasured result_;
};

// The load's command line for this workload.
[[nodiscard]] std::vector<std::string> load_words(const app::BenchArguments& arguments,
                                                  const Mix& mix, std::uint16_t port);
// Now, as the instant that a workload is built around.
[[nodiscard]] Mix mix_of(const app::BenchArguments& arguments);

}  // namespace aftermile::bench
