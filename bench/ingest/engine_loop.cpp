#include "bench/ingest/engine_loop.hpp"

#include <algorithm>
#include <functional>

#include "bench/ingest/recording_store.hpp"
#include "bench/measure/cpu_clock.hpp"
#include "engine/admin_records.hpp"
#include "engine/catalog_load.hpp"
#include "engine/clocks.hpp"
#include "engine/committer.hpp"
#include "engine/intake.hpp"
#include "engine/person.hpp"
#include "engine/writer.hpp"
#include "storage/postgres/store.hpp"
#include "storage/sqlite/store.hpp"
#include "surface/api/bodies.hpp"

namespace aftermile::bench {

namespace {

using Clock = std::chrono::steady_clock;
using surface::BodyForm;

constexpr std::uint32_t lines_a_body = 100;  // as the requests have them

class Loop {
  public:
    Loop(ports::Store& store, const model::Catalog& catalog) : store_(store), catalog_(catalog) {}

    base::Result<void> open() {
        auto merchant =
            engine::create_merchant(store_.admin(), "bench", model::Mode::live, clock_.now());
        auto secret = engine::installation_secret(store_.keyring());
        if (!merchant || !secret) {
            return std::unexpected(merchant ? secret.error() : merchant.error());
        }
        merchant_ = merchant->number;
        secret_ = std::move(*secret);
        auto committer = engine::Committer::open(store_, metrics_);
        if (!committer) {
            return std::unexpected(committer.error());
        }
        committer_ = std::move(*committer);
        auto writer = engine::Writer::open(store_, catalog_, metrics_, engine::Materialise::row);
        if (!writer) {
            return std::unexpected(writer.error());
        }
        writer_ = std::move(*writer);
        return {};
    }

    // One body: read, checked, decided. Nothing is durable before the commit.
    template <class Read, class Take>
    base::Result<void> apply(std::string& body, Read read, Take take) {
        const auto start = thread_cpu();
        engine::IntakeContext context;
        context.secret = secret_;
        context.merchant = merchant_;
        context.now = clock_.now();
        context.catalog = &catalog_;
        auto parsed = read(body);
        if (!parsed) {
            return std::unexpected(parsed.error());
        }
        std::vector<engine::Element> elements;
        base::Problems problems;
        for (auto& each : parsed->elements) {
            auto element = take(each.input, context, problems);
            if (!element) {
                return std::unexpected(element.error());
            }
            element->encoded = model::encode_payload(element->payload);
            elements.push_back(std::move(*element));
        }
        const auto decided_from = thread_cpu();
        std::vector<engine::Element*> together;
        for (engine::Element& element : elements) {
            together.push_back(&element);
        }
        writer_->prefetch(merchant_, together);
        for (engine::Element& element : elements) {
            auto receipt = writer_->apply(merchant_, std::move(element), clock_.now());
            if (receipt.kind != engine::ReceiptKind::accepted &&
                receipt.kind != engine::ReceiptKind::duplicate) {
                return std::unexpected(receipt.error.value_or(base::Error{"refused", "", {}, {}}));
            }
        }
        result_.parsing += decided_from - start;
        result_.deciding += thread_cpu() - decided_from;
        return {};
    }

    base::Result<void> commit() {
        const auto start = thread_cpu();
        result_.events += writer_->pending_events();
        engine::Pending pending = writer_->take_batch();
        auto changes = committer_->commit(pending);
        if (changes) {
            writer_->kept(pending);
        }
        result_.committing += thread_cpu() - start;
        return changes ? base::Result<void>{} : std::unexpected(changes.error());
    }

    base::Result<void> load(const Workload& workload, std::uint32_t batch) {
        const auto orders = [](std::string& body) {
            return surface::read_orders(body, BodyForm::lines);
        };
        const auto shipments = [](std::string& body) {
            return surface::read_shipments(body, BodyForm::lines);
        };
        for (std::uint32_t first = 0; first < workload.shipments(); first += batch) {
            const auto count = std::min(batch, workload.shipments() - first);
            std::string body;
            workload.add_orders(body, first, count);
            auto done = apply(body, orders, engine::intake_order);
            body.clear();
            workload.add_shipments(body, first, count);
            done = done ? apply(body, shipments, engine::intake_shipment) : done;
            done = done ? commit() : done;
            if (!done) {
                return done;
            }
        }
        return {};
    }

    base::Result<void> events(Workload& workload, std::uint32_t count, std::uint32_t batch) {
        const auto read = [this](std::string& body) {
            return surface::read_tracking_events(body, BodyForm::lines, catalog_);
        };
        const auto take = [](model::Scan& scan, const engine::IntakeContext& context,
                             base::Problems& problems) {
            return engine::intake_scan(std::move(scan), context, problems);
        };
        std::string body;
        for (std::uint32_t done = 0; done < count; done += batch) {
            for (std::uint32_t in_batch = 0; in_batch < batch; in_batch += lines_a_body) {
                body.clear();
                workload.add_events(body, lines_a_body);
                if (auto applied = apply(body, read, take); !applied) {
                    return applied;
                }
            }
            if (auto committed = commit(); !committed) {
                return committed;
            }
        }
        return {};
    }

    EngineLoopResult& result() { return result_; }

  private:
    ports::Store& store_;
    const model::Catalog& catalog_;
    engine::SystemClock clock_;
    engine::Metrics metrics_;
    model::MerchantNumber merchant_ = 0;
    std::string secret_;
    std::unique_ptr<engine::Committer> committer_;
    std::unique_ptr<engine::Writer> writer_;
    EngineLoopResult result_;
};

}  // namespace

base::Result<EngineLoopResult> run_engine_loop(const EngineLoop& run) {
    auto catalog = engine::load_catalog(engine::embedded_catalog_files());
    auto store = run.url.empty() ? storage::sqlite::open_sqlite(run.folder)
                                 : storage::postgres::open_postgres(run.folder, {.url = run.url});
    if (!catalog || !store) {
        return std::unexpected(catalog ? store.error() : catalog.error());
    }
    RecordingStore recording(**store);
    Loop loop(run.record ? static_cast<ports::Store&>(recording) : **store, *catalog);
    Workload workload(run.mix);
    auto done = loop.open();
    done = done ? loop.load(workload, run.batch) : done;
    done = done ? loop.events(workload, run.warm_events, run.batch) : done;
    if (!done) {
        return std::unexpected(done.error());
    }
    const std::size_t warm_batches = recording.batches().size();
    loop.result() = {};
    const auto start = Clock::now();
    done = loop.events(workload, run.events, run.batch);
    if (!done) {
        return std::unexpected(done.error());
    }
    EngineLoopResult result = std::move(loop.result());
    result.elapsed = Clock::now() - start;
    result.batches = recording.batches();
    result.warm_batches = warm_batches;
    return result;
}

}  // namespace aftermile::bench
