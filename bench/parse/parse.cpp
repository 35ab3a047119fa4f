// `aftermile bench parse`: webhook bodies of EasyPost to checked events with their meaning and
// their instant, through the connector that `serve` uses, on one core.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>

#include "app/bench.hpp"
#include "bench/measure/cpu_clock.hpp"
#include "bench/measure/figures.hpp"
#include "bench/parse/trackers.hpp"
#include "connectors/registry.hpp"
#include "core/delivery/digest.hpp"
#include "core/places.hpp"
#include "engine/catalog_load.hpp"
#include "engine/clocks.hpp"
#include "engine/intake.hpp"

namespace aftermile::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* method =
    "Made-up bodies of EasyPost's documented Event with a whole Tracker, all different, read in "
    "turn by one thread: JSON to scans (connectors/carriers/easypost), each mapped by the catalog, "
    "checked as at the door, its local time read in its place's zone and folded to its digest "
    "entry. No HTTP, no signature, no store.";

struct Tally {
    std::uint64_t bodies = 0, bytes = 0, scans = 0, mapped = 0, zoned = 0, unknown = 0;
};

class Parsing {
  public:
    explicit Parsing(const model::Catalog& catalog) : catalog_(catalog) {}

    base::Result<void> take(const ports::Connector& connector, const std::string& body) {
        auto parsed = connector.parse({}, body, catalog_);
        if (!parsed) {
            return std::unexpected(parsed.error());
        }
        ++tally.bodies;
        tally.bytes += body.size();
        tally.unknown += parsed->unknown_codes.size();
        engine::IntakeContext context;
        context.merchant = 1;
        context.now = clock_.now();
        context.catalog = &catalog_;
        for (auto& input : parsed->inputs) {
            base::Problems problems;
            auto element =
                engine::intake_scan(std::move(std::get<model::Scan>(input)), context, problems);
            if (!element) {
                return std::unexpected(element.error());
            }
            const auto& scan = std::get<model::Scan>(element->payload);
            const base::Zone* zone = core::zone_of(catalog_, scan.place);
            const auto entry = core::delivery::entry_of(scan, zone);
            ++tally.scans;
            tally.mapped += (scan.flags & model::scan_flag::unknown_code) == 0 ? 1 : 0;
            tally.zoned += (scan.offset || zone != nullptr) && entry.time > 0 ? 1 : 0;
        }
        return {};
    }

    Tally tally;

  private:
    const model::Catalog& catalog_;
    engine::SystemClock clock_;
};

void print(const Tally& tally, double seconds, double cpu, const app::BenchArguments& arguments,
           std::size_t distinct) {
    const auto bodies = static_cast<double>(tally.bodies);
    const auto scans = static_cast<double>(tally.scans);
    const Figures figures{{"distinct_bodies", static_cast<double>(distinct)},
                          {"bytes_a_body", static_cast<double>(tally.bytes) / bodies},
                          {"events_a_body", scans / bodies},
                          {"bodies_per_second", bodies / seconds},
                          {"events_per_second", scans / seconds},
                          {"cpu_us_a_body", cpu * 1e6 / bodies},
                          {"mapped_percent", 100 * static_cast<double>(tally.mapped) / scans},
                          {"zoned_percent", 100 * static_cast<double>(tally.zoned) / scans}};
    print_figures(figures, method, arguments.json);
}

}  // namespace

}  // namespace aftermile::bench

namespace aftermile::app {

int bench_parse(const BenchArguments& arguments) {
    auto catalog = engine::load_catalog(engine::embedded_catalog_files());
    const ports::Connector* connector = connectors::find("easypost");
    if (!catalog || connector == nullptr) {
        fmt::print(stderr, "bench parse: no catalog or no connector.\n");
        return 1;
    }
    const auto bodies = bench::make_trackers(arguments.bodies, arguments.seed);
    const std::size_t distinct = std::set(bodies.begin(), bodies.end()).size();
    bench::Parsing parsing(*catalog);
    const auto round = [&] {
        for (const std::string& body : bodies) {
            if (auto taken = parsing.take(*connector, body); !taken) {
                fmt::print(stderr, "bench parse: {} {}\n", taken.error().code,
                           taken.error().detail);
                return false;
            }
        }
        return true;
    };
    bool good = round();  // warms up
    parsing.tally = {};
    const auto started = bench::Clock::now();
    const auto cpu_started = bench::thread_cpu();
    while (good && bench::Clock::now() - started < std::chrono::seconds{arguments.seconds}) {
        good = round();
    }
    const std::chrono::duration<double> elapsed = bench::Clock::now() - started;
    const std::chrono::duration<double> cpu = bench::thread_cpu() - cpu_started;
    if (!good) {
        return 1;
    }
    bench::print(parsing.tally, elapsed.count(), cpu.count(), arguments, distinct);
    if (distinct != bodies.size() || parsing.tally.mapped != parsing.tally.scans ||
        parsing.tally.zoned != parsing.tally.scans) {
        fmt::print(stderr,
                   "bench parse: bodies repeat, or events are left without a meaning or an "
                   "instant.\n");
        return 1;
    }
    return 0;
}

}  // namespace aftermile::app
