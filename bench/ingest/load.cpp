#include "bench/ingest/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <vector>

#include "bench/ingest/connections.hpp"

namespace aftermile::bench {

namespace {

using Clock = std::chrono::steady_clock;

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
        : arguments_(arguments), workload_(workload) {}

    bool send_records() {
        Connections connections(arguments_.port, arguments_.connections, arguments_.key);
        using Add = void (Workload::*)(std::string&, std::uint32_t, std::uint32_t) const;
        return send_all(connections, "/v1/orders", Add{&Workload::add_orders}) &&
               send_all(connections, "/v1/shipments", Add{&Workload::add_shipments});
    }

    // Events for that long, over all connections.
    std::optional<Window> send_events(Connections& connections, int seconds) {
        Window window;
        std::vector<std::uint64_t> micros;
        const auto start = Clock::now();
        const bool good = connections.post(
            "/v1/tracking-events",
            [this](std::string& body) {
                workload_.add_events(body, events_a_request);
                return true;
            },
            [&](const Answer& answer) {
                window.events += answer.status == 200 ? events_a_request : 0;
                window.accepted += number_in(answer.body, R"("accepted":)");
                window.duplicates += number_in(answer.body, R"("duplicates":)");
                refused_ += answer.status == 200 ? 0 : 1;
                micros.push_back(static_cast<std::uint64_t>(
                    std::chrono::duration_cast<std::chrono::microseconds>(answer.took).count()));
            },
            start + std::chrono::seconds{seconds});
        if (!good || micros.empty() || refused_ > 0) {
            return std::nullopt;
        }
        window.seconds = std::chrono::duration<double>(Clock::now() - start).count();
        std::ranges::sort(micros);
        window.p50 = micros[micros.size() / 2];
        window.p99 = micros[micros.size() * 99 / 100];
        return window;
    }

  private:
    bool send_all(Connections& connections, const std::string& path,
                  void (Workload::*add)(std::string&, std::uint32_t, std::uint32_t) const) {
        std::uint32_t next = 0;
        bool good = true;
        const bool sent = connections.post(
            path,
            [&](std::string& body) {
                const auto count = std::min(events_a_request, workload_.shipments() - next);
                (workload_.*add)(body, next, count);
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
    std::uint64_t refused_ = 0;
};

int failed(const char* what) {
    std::fprintf(stderr, "bench load: %s\n", what);
    return 1;
}

}  // namespace

std::string Window::text() const {
    return fmt::format("{} {} {} {} {} {}", seconds, events, accepted, duplicates, p50, p99);
}

std::optional<Window> Window::parse(const std::string& text) {
    std::istringstream in(text);
    Window window;
    in >> window.seconds >> window.events >> window.accepted >> window.duplicates >> window.p50 >>
        window.p99;
    return in.fail() ? std::nullopt : std::optional(window);
}

int run_load(const LoadArguments& arguments) {
    Workload workload(arguments.mix);
    Load load(arguments, workload);
    if (!load.send_records()) {
        return failed("orders and shipments were not taken in");
    }
    say("loaded");
    std::string word;
    unsigned port = 0;
    std::cin >> word >> port;
    Connections connections(static_cast<std::uint16_t>(port), arguments.connections, arguments.key);
    const auto cold = load.send_events(connections, arguments.cold_seconds);
    if (!cold) {
        return failed("the cold window broke off");
    }
    say("cold " + cold->text());
    const auto warm = load.send_events(connections, arguments.warm_seconds);
    if (!warm) {
        return failed("the warm-up broke off");
    }
    say("warm " + warm->text());
    std::cin >> word;
    const auto timed = load.send_events(connections, arguments.seconds);
    if (!timed) {
        return failed("the timed window broke off");
    }
    say("timed " + timed->text());
    return 0;
}

}  // namespace aftermile::bench
