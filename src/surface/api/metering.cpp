#include "surface/api/metering.hpp"

#include <fmt/format.h>

#include <iterator>

namespace aftermile::surface {
namespace {

void counter(std::string& out, std::string_view name, std::string_view help,
             const std::atomic<std::uint64_t>& value) {
    fmt::format_to(std::back_inserter(out),
                   "# HELP aftermile_{0} {1}\n# TYPE aftermile_{0} counter\naftermile_{0} {2}\n",
                   name, help, value.load());
}

void gauge(std::string& out, std::string_view name, std::string_view help,
           const std::atomic<std::uint64_t>& value) {
    fmt::format_to(std::back_inserter(out),
                   "# HELP aftermile_{0} {1}\n# TYPE aftermile_{0} gauge\naftermile_{0} {2}\n",
                   name, help, value.load());
}

double seconds(std::uint64_t micros) { return static_cast<double>(micros) / 1e6; }

void commits(std::string& out, const engine::Metrics& engine) {
    constexpr std::string_view name = "aftermile_commit_seconds";
    fmt::format_to(std::back_inserter(out),
                   "# HELP {0} How long commits took.\n# TYPE {0} histogram\n", name);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < engine::commit_bounds.size(); ++i) {
        sum += engine.commit_buckets[i].load();
        fmt::format_to(std::back_inserter(out), "{}_bucket{{le=\"{}\"}} {}\n", name,
                       seconds(engine::commit_bounds[i]), sum);
    }
    sum += engine.commit_buckets.back().load();
    fmt::format_to(std::back_inserter(out),
                   "{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2}\n{0}_count {1}\n", name, sum,
                   seconds(engine.commit_micros.load()));
}

}  // namespace

void Metering::observe(const Observation& observation) {
    const std::string name =
        fmt::format("{} {}", method_name(observation.method),
                    observation.route.empty() ? std::string_view("none") : observation.route);
    std::size_t bucket = 0;
    while (bucket < latency_bounds.size() && observation.microseconds > latency_bounds[bucket]) {
        ++bucket;
    }
    const std::lock_guard lock(mutex_);
    Route& route = routes_[name];
    ++route.by_status[observation.status];
    ++route.buckets[bucket];
    route.micros += static_cast<std::uint64_t>(observation.microseconds);
    route.bytes_in += observation.bytes_in;
    route.bytes_out += observation.bytes_out;
}

std::string Metering::text(const engine::Metrics& engine) const {
    std::string out;
    counter(out, "events_total", "Events committed.", engine.events);
    counter(out, "duplicates_total", "Events known already.", engine.duplicates);
    counter(out, "parked_total", "Events set aside with their reason.", engine.parked);
    counter(out, "rejected_total", "Events refused by a decision.", engine.rejected);
    counter(out, "refused_busy_total", "Submissions refused because the queue was full.",
            engine.refused_busy);
    counter(out, "timers_fired_total", "Timers fired.", engine.timers_fired);
    counter(out, "timers_stuck_total", "Timers that asked for the past too often.",
            engine.timers_stuck);
    counter(out, "commit_failures_total", "Commits that failed.", engine.commit_failures);
    counter(out, "messages_sent_total", "Messages handed over.", engine.dispatch_sent);
    counter(out, "messages_retried_total", "Attempts that will be repeated.",
            engine.dispatch_retried);
    counter(out, "messages_rejected_total", "Messages a channel refused.",
            engine.dispatch_rejected);
    counter(out, "messages_given_up_total", "Messages given up.", engine.dispatch_given_up);
    gauge(out, "queue_events", "Events waiting for the writer.", engine.queue_events);
    gauge(out, "queue_bytes", "Bytes waiting for the writer.", engine.queue_bytes);
    gauge(out, "slots_held", "Slots that this worker decides for.", engine.slots_held);
    counter(out, "intake_set_aside_total", "Submissions that no worker can commit, set aside.",
            engine.intake_set_aside);
    gauge(out, "rows_behind", "Shipments whose rows follow their events.", engine.rows_behind);
    gauge(out, "messages_in_flight", "Messages being handed over.", engine.dispatch_in_flight);
    commits(out, engine);
    out +=
        "# HELP aftermile_http_requests_total Exchanges finished.\n"
        "# TYPE aftermile_http_requests_total counter\n";
    const std::lock_guard lock(mutex_);
    for (const auto& [name, route] : routes_) {
        for (const auto& [status, count] : route.by_status) {
            fmt::format_to(std::back_inserter(out),
                           "aftermile_http_requests_total{{route=\"{}\",status=\"{}\"}} {}\n", name,
                           status, count);
        }
    }
    out +=
        "# HELP aftermile_http_request_seconds From the headers in to the reply out.\n"
        "# TYPE aftermile_http_request_seconds histogram\n";
    for (const auto& [name, route] : routes_) {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < route.buckets.size(); ++i) {
            sum += route.buckets[i];
            const std::string bound =
                i < latency_bounds.size()
                    ? fmt::format("{}", static_cast<double>(latency_bounds[i]) / 1e6)
                    : std::string("+Inf");
            fmt::format_to(std::back_inserter(out),
                           "aftermile_http_request_seconds_bucket{{route=\"{}\",le=\"{}\"}} {}\n",
                           name, bound, sum);
        }
        fmt::format_to(std::back_inserter(out),
                       "aftermile_http_request_seconds_sum{{route=\"{0}\"}} {1}\n"
                       "aftermile_http_request_seconds_count{{route=\"{0}\"}} {2}\n",
                       name, seconds(route.micros), sum);
    }
    return out;
}

}  // namespace aftermile::surface
