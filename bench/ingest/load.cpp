#include "bench/ingest/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <sstream>
#include <vector>

#include "bench/measure/connections.hpp"
#include "bench/webhooks/bodies.hpp"

namespace aftermile::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* lines_header = "Content-Type: application/x-ndjson\r\n";

void say(const std::string& line) {
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
}

std::uint64_t number_in(const std::string& body, std::string_view name) {
    const auto at = body.find(name);
    return at == std::string::npos ? 0
                                   : std::strtoull(body.c_str() + at + name.size(), nullptr, 10);
}

class Load {
  public:
    Load(const LoadArguments& arguments, Workload& workload)
        : arguments_(arguments), workload_(workload) {
        if (!arguments.endpoint.empty()) {
            webhooks_ = std::make_unique<WebhookBodies>(workload, arguments.endpoint,
                                                        arguments.histories, arguments.mix.seed);
        }
    }

    bool send_records() {
        Connections connections(arguments_.port, arguments_.connections, arguments_.key);
        using Add = void (Workload::*)(std::string&, std::uint32_t, std::uint32_t) const;
        return send_all(connections, "/v1/orders", Add{&Workload::add_orders}) &&
               send_all(connections, "/v1/shipments", Add{&Workload::add_shipments});
    }

    // Events for that long, over all connections.
    std::optional<Window> send_events(Connections& connections, int seconds, double per_second) {
        Window window;
        std::vector<std::uint64_t> micros;
        const int good_status = webhooks_ ? 202 : 200;
        std::uint64_t refused = 0;
        const auto start = Clock::now();
        const bool good = connections.run(
            [this](Request& request) { return next(request); },
            [&](const Answer& answer) {
                if (answer.status != good_status) {
                    refused += 1;
                    std::fprintf(stderr, "bench load: %d %.300s\n", answer.status,
                                 answer.body.c_str());
                    return;
                }
                window.requests += 1;
                window.events += static_cast<std::uint64_t>(answer.tag);
                window.accepted += number_in(answer.body, R"("accepted":)");
                window.duplicates += number_in(answer.body, R"("duplicates":)");
                micros.push_back(static_cast<std::uint64_t>(
                    std::chrono::duration_cast<std::chrono::microseconds>(answer.took).count()));
            },
            start + std::chrono::seconds{seconds}, per_second);
        if (!good || micros.empty() || refused > 0) {
            return std::nullopt;
        }
        window.seconds = std::chrono::duration<double>(Clock::now() - start).count();
        std::ranges::sort(micros);
        window.p50 = micros[micros.size() / 2];
        window.p99 = micros[micros.size() * 99 / 100];
        return window;
    }

  private:
    bool next(Request& request) {
        if (webhooks_) {
            webhooks_->next(request);
            return true;
        }
        request.path = "/v1/tracking-events";
        request.headers = lines_header;
        workload_.add_events(request.body, events_a_request);
        request.tag = events_a_request;
        return true;
    }

    bool send_all(Connections& connections, const std::string& path,
                  void (Workload::*add)(std::string&, std::uint32_t, std::uint32_t) const) {
        std::uint32_t next = 0;
        bool good = true;
        const bool sent = connections.run(
            [&](Request& request) {
                const auto count = std::min(events_a_request, workload_.shipments() - next);
                request.path = path;
                request.headers = lines_header;
                (workload_.*add)(request.body, next, count);
                next += count;
                return count > 0;
            },
            [&](const Answer& answer) {
                if (answer.status != 200 ||
                    answer.body.find(R"("parked":[])") == std::string::npos) {
                    std::fprintf(stderr, "%s: %d %.300s\n", path.c_str(), answer.status,
                                 answer.body.c_str());
                    good = false;
                }
            },
            Clock::time_point::max());
        return sent && good;
    }

    const LoadArguments& arguments_;
    Workload& workload_;
    std::unique_ptr<WebhookBodies> webhooks_;
};

int failed(const char* what) {
    std::fprintf(stderr, "bench load: %s\n", what);
    return 1;
}

}  // namespace

std::string Window::text() const {
    return fmt::format("{} {} {} {} {} {} {}", seconds, requests, events, accepted, duplicates, p50,
                       p99);
}

std::optional<Window> Window::parse(const std::string& text) {
    std::istringstream in(text);
    Window window;
    in >> window.seconds >> window.requests >> window.events >> window.accepted >>
        window.duplicates >> window.p50 >> window.p99;
    return in.fail() ? std::nullopt : std::optional(window);
}

int run_load(const LoadArguments& arguments) {
    Mix mix = arguments.mix;
    mix.duplicates = arguments.endpoint.empty() ? mix.duplicates : 0;  // no webhook twice
    Workload workload(mix);
    workload.skip(arguments.skip);
    Load load(arguments, workload);
    if (!arguments.seeded && !load.send_records()) {
        return failed("orders and shipments were not taken in");
    }
    say("loaded");
    std::string word;
    unsigned port = 0;
    std::cin >> word >> port;
    Connections connections(static_cast<std::uint16_t>(port), arguments.connections, arguments.key);
    const auto run = [&](const char* name, int seconds, double per_second) {
        const auto window = load.send_events(connections, seconds, per_second);
        if (window) {
            say(fmt::format("{} {}", name, window->text()));
        }
        return window.has_value();
    };
    if (!run("cold", arguments.warm_seconds, 0) || !run("warm", arguments.warm_seconds, 0)) {
        return failed("the cold window or the warm-up broke off");
    }
    int seconds = 0;
    double per_second = 0;
    while (std::cin >> word >> seconds >> per_second) {
        if (!run("timed", seconds, per_second)) {
            return failed("the timed window broke off");
        }
    }
    return 0;
}

}  // namespace aftermile::bench
