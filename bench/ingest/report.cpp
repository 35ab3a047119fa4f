#include "bench/ingest/report.hpp"

#include <fmt/format.h>

#include <chrono>

#include "base/json.hpp"
#include "bench/measure/figures.hpp"

namespace aftermile::bench {

namespace {

using app::BenchArguments;

double seconds_of(auto span) { return std::chrono::duration<double>(span).count(); }

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
            {"swept_seconds", m.swept_seconds, "s of these: rows swept after the load had ended"},
            {"http_cold_events_per_second", m.cold.rate(), "events/s after the start"},
            {"request_p50", static_cast<double>(m.timed.p50) / 1e3, "ms, 100 events"},
            {"request_p99", static_cast<double>(m.timed.p99) / 1e3, "ms, 100 events"},
            {"server_cpu", per_event(m.server_cpu * 1e6, m.timed.events), "us/event, serve alone"},
            {"events_per_commit", per_event(static_cast<double>(m.timed.events), m.commits),
             "events"},
            {"written_bytes", per_event(static_cast<double>(m.written_bytes), m.timed.accepted),
             m.database.empty() ? "bytes/event, log and database"
                                : "bytes/event, PostgreSQL's log alone"},
            {"database_bytes",
             per_event(static_cast<double>(m.database_after - m.database_before),
                       all - m.cold.duplicates - m.warm.duplicates - m.timed.duplicates),
             "bytes/event, indexes counted"},
            {"duplicates", 100 * per_event(static_cast<double>(m.timed.duplicates), m.timed.events),
             "% of the events sent"},
            {"seed_seconds", m.seed_seconds, "s for orders and shipments"},
            {"ready_seconds", m.ready_seconds, "s from the start until ready, with shipments"},
            {"memory_peak", static_cast<double>(m.peak_bytes) / 1e6, "MB, serve alone"}};
    }
    if (m.engine.events == 0) {  // HTTP alone
        return lines;
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
            {"scans_acknowledged", m.acknowledged},
            {"events_without_because", c.events_without_because},
            {"scans_not_in_state", c.scans_not_in_state},
            {"shipments_without_timer", c.shipments_without_timer},
            {"incidents_without_six_answers", c.incidents_without_answers}};
}

constexpr const char* method_sqlite =
    "serve and the load are processes of their own on the same cores; NDJSON over HTTP, 100 "
    "events of 500 bytes and more a request, random order over the shipments, an fsync before "
    "every reply, dispatch stopped; cold: 10 s after a restart, 10 s more to warm up. Raw: the "
    "rows that the engine committed without HTTP, in batches as large as the server's, written "
    "by bare SQLite calls into the same schema with the same settings.";

constexpr const char* method_postgres =
    "serve, the load and PostgreSQL are processes of their own on the same cores; NDJSON over "
    "HTTP, "
    "100 events of 500 bytes and more a request, random order over the shipments, a durable commit "
    "before every reply, dispatch stopped; cold: 10 s after a restart, 10 s more to warm up. Raw: "
    "the rows that the engine committed without HTTP, in batches as large as the server's, written "
    "by bare libpq, one pipeline a batch and arrays for unnest, into the same schema of the same "
    "database with the same settings.";

std::string method_of(const Measured& m, const BenchArguments& arguments) {
    std::string method = m.database.empty() ? method_sqlite : method_postgres;
    if (arguments.materialise == "swept") {
        method +=
            " Rows of shipments are swept after their events: the timed window ends when none is "
            "behind any more (what the warm-up left included); the raw loop writes them in their "
            "events' transactions.";
    }
    return method;
}

}  // namespace

void print_text(const Measured& m, const BenchArguments& arguments) {
    fmt::print(
        "machine: {}\n{}method: {}\n{} shipments, {} connections, seed {}, rows {}, batches of {} "
        "in "
        "the raw loop\n\n",
        machine(), m.database.empty() ? "" : "database: " + m.database + '\n',
        method_of(m, arguments), arguments.shipments, arguments.connections, arguments.seed,
        arguments.materialise, m.batch);
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
    writer.text(method_of(m, arguments));
    if (!m.database.empty()) {
        writer.key("database");
        writer.text(m.database);
    }
    writer.key("materialise");
    writer.text(arguments.materialise);
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

}  // namespace aftermile::bench
