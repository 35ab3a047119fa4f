// `aftermile bench webhooks`: signed webhooks, one a request, against the same HTTP server with
// nothing behind it.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <thread>
#include <utility>

#include "app/bench.hpp"
#include "base/json.hpp"
#include "bench/ingest/served.hpp"
#include "bench/measure/connections.hpp"
#include "bench/measure/figures.hpp"
#include "bench/measure/folder.hpp"
#include "bench/webhooks/bodies.hpp"

namespace aftermile::bench {

namespace {

using app::BenchArguments;
using Clock = std::chrono::steady_clock;

constexpr const char* method_details =
    "serve and the load are processes of their own on the same cores. Each request is one Event of "
    "EasyPost with one new tracking detail of a random parcel under way, no two alike, its HMAC "
    "checked; each reply (202) waits for the commit and its fsync; dispatch stopped. Cold: 10 s "
    "after a restart, 10 s more to warm up. Bare: the same class of server in a process of its own "
    "that reads the body and answers 202 at once, under the same load, which writes and signs the "
    "bodies while it sends.";
constexpr const char* method_histories =
    "As without --histories, but each Event carries the whole history, 6 to 20 tracking details, "
    "of a parcel that nobody told of before.";

// The bare server is told of so many parcels at least: they are delivered much sooner.
constexpr std::uint32_t bare_shipments = 2'000'000;

struct Webhooks {
    HttpMeasured served;
    Window bare;
    double bare_cpu = 0;  // seconds, of the server
    Counts counts;
};

// The address that webhooks come in at.
base::Result<std::string> add_source(std::uint16_t port, const std::string& key) {
    Connections connection(port, 1, key);
    Answer answer;
    bool asked = false;
    const bool good = connection.run(
        [&](Request& request) {
            request.path = "/v1/webhook-sources";
            request.headers = "Content-Type: application/json\r\n";
            request.body = fmt::format(R"({{"source":"easypost","secret":"{}"}})", webhook_secret);
            return !std::exchange(asked, true);
        },
        [&](const Answer& got) { answer = got; }, Clock::time_point::max());
    const auto document = base::JsonDocument::parse(answer.body);
    if (good && answer.status == 201 && document) {
        if (const auto endpoint = document->root()["endpoint"].as_text()) {
            return std::string(*endpoint);
        }
    }
    return bench_failed(fmt::format("no address for webhooks: {} {}", answer.status, answer.body));
}

std::vector<std::string> webhook_words(const BenchArguments& arguments,
                                       const std::string& endpoint) {
    std::vector<std::string> words{"--endpoint", endpoint};
    if (arguments.histories) {
        words.emplace_back("--histories");
    }
    return words;
}

base::Result<void> measure_bare(const BenchArguments& arguments, Mix mix, Webhooks& result) {
    const std::uint16_t port = free_port();
    Process server({"bench", "bare", "--port", std::to_string(port)}, {});
    const auto begun = Clock::now();
    while (fetch(port, "/readyz").empty()) {
        if (Clock::now() - begun > std::chrono::seconds{10}) {
            return bench_failed("the bare server did not start");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    note("the bare server");
    mix.shipments = std::max(mix.shipments, bare_shipments);
    auto words = load_words(arguments, mix, port);
    const auto further = webhook_words(arguments, "an-address-as-long-as-it");
    words.insert(words.end(), further.begin(), further.end());
    words.emplace_back("--seeded");
    Loader load(words, {});
    Window cold;
    Window warm;
    auto done = load.wait_until_loaded();
    done = done ? load.go(port, cold, warm) : done;
    if (!done) {
        return done;
    }
    const auto before = server.usage().cpu;
    load.begin(arguments.seconds, 0);
    auto timed = load.end();
    if (!timed) {
        return std::unexpected(timed.error());
    }
    result.bare_cpu = (server.usage().cpu - before).count();
    result.bare = *timed;
    return {};
}

base::Result<Webhooks> measure(const BenchArguments& arguments, const std::string& folder) {
    Webhooks result;
    Served served(arguments, folder, nullptr);
    auto done = served.seed(
        [&](std::uint16_t port, const std::string& key) -> base::Result<std::vector<std::string>> {
            auto endpoint = add_source(port, key);
            return endpoint
                       ? base::Result<std::vector<std::string>>(webhook_words(arguments, *endpoint))
                       : std::unexpected(endpoint.error());
        });
    done = done ? served.measure() : done;
    done = done ? served.stop() : done;
    done = done ? measure_bare(arguments, served.mix(), result) : done;
    auto counts = done ? served.count() : std::unexpected(done.error());
    if (!counts) {
        return std::unexpected(counts.error());
    }
    result.counts = *counts;
    result.served = served.result();
    return result;
}

Figures figures_of(const Webhooks& m) {
    const Window& timed = m.served.timed;
    const auto per_request = [](double seconds, const Window& window) {
        return seconds * 1e6 / static_cast<double>(window.requests);
    };
    const auto scans = static_cast<double>(timed.events);
    Figures figures{
        {"webhooks_per_second", timed.request_rate(), "each answered after its commit"},
        {"webhooks_cold_per_second", m.served.cold.request_rate(), "after the start"},
        {"scans_a_webhook", scans / static_cast<double>(timed.requests)},
        {"request_p50", static_cast<double>(timed.p50) / 1e3, "ms"},
        {"request_p99", static_cast<double>(timed.p99) / 1e3, "ms"},
        {"server_cpu", per_request(m.served.server_cpu, timed), "us a request"},
        {"scans_per_commit", scans / static_cast<double>(m.served.commits)},
        {"bare_per_second", m.bare.request_rate(), "the server with nothing behind it"},
        {"bare_p50", static_cast<double>(m.bare.p50) / 1e3, "ms"},
        {"bare_p99", static_cast<double>(m.bare.p99) / 1e3, "ms"},
        {"bare_cpu", per_request(m.bare_cpu, m.bare), "us a request"},
        {"ratio", timed.request_rate() / m.bare.request_rate(), "of the bare server (must: 0.5)"}};
    add_counts(figures, "", m.counts, m.served.acknowledged);
    return figures;
}

}  // namespace

}  // namespace aftermile::bench

namespace aftermile::app {

int bench_webhooks(const BenchArguments& arguments) {
    auto measured = bench::in_folder(arguments.data, [&](const std::string& folder) {
        return bench::measure(arguments, folder);
    });
    if (!measured) {
        return bench::say_failed("webhooks", measured.error());
    }
    bench::print_figures(bench::figures_of(*measured),
                         arguments.histories ? bench::method_histories : bench::method_details,
                         arguments.json);
    const bool acknowledged_all = measured->served.acknowledged == measured->served.sent;
    if (!acknowledged_all || !measured->counts.has_all(measured->served.acknowledged)) {
        fmt::print(stderr, "bench webhooks: what SQL counts is not what was acknowledged.\n");
        return 1;
    }
    return 0;
}

}  // namespace aftermile::app
