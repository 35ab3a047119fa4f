// `aftermile bench replay`: a merchant's stored history, held in memory, decided again from nothing
// on one core, to the records and traces that are stored.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <span>
#include <vector>

#include "app/bench.hpp"
#include "bench/measure/cpu_clock.hpp"
#include "bench/measure/figures.hpp"
#include "engine/admin_records.hpp"
#include "engine/catalog_load.hpp"
#include "engine/replay.hpp"
#include "storage/sqlite/store.hpp"

namespace aftermile::bench {

namespace {

constexpr std::size_t page = 1'000;
constexpr const char* method =
    "The merchant's events are read into memory first. Timed is one thread that decodes each of "
    "them, decides it, asking for what it needs where something is lacking, folds it, encodes its "
    "trace and compares it with the stored one: no reading, no writing. Afterwards, not timed, "
    "every record is encoded and compared with the stored row, byte for byte.";

// The store's reader, with the events of one merchant in memory; it notes when they were asked for.
class EventsInMemory final : public ports::StoreReader {
  public:
    explicit EventsInMemory(ports::StoreReader& reader) : reader_(reader) {}

    base::Result<void> load(model::MerchantNumber merchant) {
        model::EventId after = model::EventId::of(merchant, 0, 0);
        while (true) {
            auto rows = reader_.events_after(after, page);
            if (!rows) {
                return std::unexpected(rows.error());
            }
            if (rows->empty()) {
                return {};
            }
            after = rows->back().id;
            events_.insert(events_.end(), std::make_move_iterator(rows->begin()),
                           std::make_move_iterator(rows->end()));
        }
    }

    base::Result<std::vector<ports::EventRow>> events_after(model::EventId after,
                                                            std::size_t limit) override {
        if (next_ == 0) {
            begun_ = thread_cpu();
        }
        if (next_ == pages_.size()) {
            ended_ = thread_cpu();
            return std::vector<ports::EventRow>{};
        }
        std::vector<ports::EventRow> rows = std::move(pages_[next_]);
        ++next_;
        if (rows.front().id.value <= after.value || rows.size() > limit) {
            return base::fail("bad_query", "The events are read in their order, once, in pages.");
        }
        return rows;
    }
    base::Result<std::optional<ports::StoredRow>> get(ports::Table table,
                                                      model::MerchantNumber merchant,
                                                      std::int64_t id) override {
        return reader_.get(table, merchant, id);
    }
    base::Result<std::vector<ports::StoredRow>> list(const ports::Query& query) override {
        return reader_.list(query);
    }
    base::Result<std::int64_t> count(const ports::Query& query) override {
        return reader_.count(query);
    }
    base::Result<std::optional<ports::EventRow>> event(model::MerchantNumber merchant,
                                                       model::EventId id) override {
        return reader_.event(merchant, id);
    }
    base::Result<std::vector<ports::EventRow>> chain(model::EventId head,
                                                     std::size_t limit) override {
        return reader_.chain(head, limit);
    }
    base::Result<std::optional<ports::SealedRow>> sealed(model::MerchantNumber merchant,
                                                         std::string_view about) override {
        return reader_.sealed(merchant, about);
    }

    // Copies the events into pages, which are given away: nothing is copied in the time measured.
    void rewind() {
        pages_.clear();
        for (std::size_t at = 0; at < events_.size(); at += page) {
            const auto some = std::span(events_).subspan(at, std::min(page, events_.size() - at));
            pages_.emplace_back(some.begin(), some.end());
        }
        next_ = 0;
    }
    [[nodiscard]] const std::vector<ports::EventRow>& events() const { return events_; }
    [[nodiscard]] double cpu() const {
        return std::chrono::duration<double>(ended_ - begun_).count();
    }

  private:
    ports::StoreReader& reader_;
    std::vector<ports::EventRow> events_;
    std::vector<std::vector<ports::EventRow>> pages_;
    std::size_t next_ = 0;
    std::chrono::nanoseconds begun_{0}, ended_{0};
};

struct Replayed {
    engine::ReplayReport report;
    std::uint64_t timers = 0;
    std::vector<double> rates;  // events a second of the processor's time, ascending
};

base::Result<Replayed> replay(const std::string& folder, const std::string& merchant) {
    constexpr int runs = 3;
    auto catalog = engine::load_catalog(engine::embedded_catalog_files());
    auto store = storage::sqlite::open_sqlite(folder);
    if (!catalog || !store) {
        return std::unexpected(catalog ? store.error() : catalog.error());
    }
    auto record = engine::find_merchant((*store)->admin(), merchant);
    auto reader = (*store)->reader();
    if (!record || !reader) {
        return std::unexpected(record ? reader.error() : record.error());
    }
    EventsInMemory events(**reader);
    if (auto loaded = events.load(record->number); !loaded) {
        return std::unexpected(loaded.error());
    }
    Replayed result;
    for (const ports::EventRow& row : events.events()) {
        const auto payload = model::decode_payload(row.payload);
        result.timers += payload && std::holds_alternative<model::TimerFired>(*payload) ? 1 : 0;
    }
    for (int run = 0; run < runs; ++run) {
        events.rewind();
        auto report = engine::verify_replay(events, (*store)->admin(), *catalog, record->number);
        if (!report) {
            return std::unexpected(report.error());
        }
        result.report = std::move(*report);
        result.rates.push_back(static_cast<double>(events.events().size()) / events.cpu());
    }
    std::ranges::sort(result.rates);
    return result;
}

void print(const Replayed& result, bool json) {
    const auto& report = result.report;
    const Figures figures{{"events", static_cast<double>(report.events)},
                          {"timers_fired", static_cast<double>(result.timers)},
                          {"records", static_cast<double>(report.records)},
                          {"events_per_second_of_one_core", result.rates[result.rates.size() / 2]},
                          {"decisions_differ", static_cast<double>(report.decisions_differ)},
                          {"records_differ", static_cast<double>(report.records_differ)},
                          {"other_catalog", static_cast<double>(report.other_catalog)}};
    print_figures(figures, method, json);
}

}  // namespace

}  // namespace aftermile::bench

namespace aftermile::app {

int bench_replay(const BenchArguments& arguments) {
    auto result = bench::replay(arguments.data, arguments.merchant);
    if (!result || result->report.events == 0) {
        fmt::print(stderr, "bench replay: {}\n",
                   result ? "the merchant has no events" : result.error().detail);
        return 1;
    }
    bench::print(*result, arguments.json);
    return result->report.same() ? 0 : 1;
}

}  // namespace aftermile::app
