#include "engine/engine.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>

namespace aftermile::engine {

namespace {

using base::Instant;
using base::Result;

std::size_t bytes_of(const Element& element) {
    std::size_t bytes = element.encoded.size() + 64;
    for (const SealedPart& part : element.sealed) {
        bytes += part.owner.size() + part.about.size() + part.plain.size();
    }
    return bytes;
}

}  // namespace

Engine::Engine(Options options, ports::Store& store, ports::Clock& clock,
               const model::Catalog& catalog)
    : options_(std::move(options)), store_(store), clock_(clock), catalog_(catalog) {
    if (!options_.fatal) {
        options_.fatal = [](const base::Error& error) {
            spdlog::critical("the store cannot be trusted: {}: {}", error.code, error.detail);
            std::_Exit(EXIT_FAILURE);
        };
    }
}

Engine::~Engine() { stop(); }

Result<void> Engine::start_relay() {
    auto sending = options_.intake();
    auto receiving = sending ? options_.intake() : std::unexpected(sending.error());
    if (!receiving) {
        return std::unexpected(receiving.error());
    }
    relay_ = std::make_unique<Relay>(store_, std::move(*sending), std::move(*receiving), metrics_);
    started_ = true;
    return {};
}

Result<void> Engine::start() {
    if (options_.intake) {
        return start_relay();
    }
    auto committer = Committer::open(store_, metrics_);  // first: only one may write
    if (!committer) {
        return std::unexpected(committer.error());
    }
    auto writer =
        Writer::open(store_, catalog_, metrics_, options_.materialise,
                     options_.shared ? [](model::MerchantNumber) { return false; } : Holds{});
    if (!writer) {
        return std::unexpected(writer.error());
    }
    writer_ = std::move(*writer);
    committer_ = std::move(*committer);
    // Imports that a crash cut off: their timers wait until they are taken up again.
    auto imports = store_.admin().list("import");
    if (!imports) {
        return std::unexpected(imports.error());
    }
    for (const ports::AdminRow& row : *imports) {
        writer_->freeze(row.merchant);
    }
    outbox_wake_ = clock_.now();
    if (options_.mail != nullptr && options_.dispatch && options_.messages.templates != nullptr) {
        dispatcher_ = std::make_unique<Dispatcher>(store_, *options_.mail, options_.messages,
                                                   [this](DispatchResult result) {
                                                       {
                                                           const std::lock_guard lock(mutex_);
                                                           results_.push_back(std::move(result));
                                                       }
                                                       wake_.notify_one();
                                                   });
        if (auto started = dispatcher_->start(); !started) {
            return started;
        }
    }
    Commits::Work work;
    work.commit = [this](Round& round) { keep(round); };
    if (committer_->syncs_apart()) {
        work.sync = [this] { return committer_->sync(); };
    }
    work.durable = [this](Round& round) { answer(round); };
    work.wake = [this] {
        {  // or the wake-up falls into the gap before the deciding thread's wait
            const std::lock_guard lock(mutex_);
        }
        wake_.notify_one();
    };
    commits_ = std::make_unique<Commits>(std::move(work));
    started_ = true;
    thread_ = std::thread([this] { run(); });
    return {};
}

void Engine::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (dispatcher_) {
        dispatcher_->stop();
    }
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;  // its last answer is there to be decided
    }
    wake_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
    relay_.reset();
    commits_.reset();
    writer_.reset();
    committer_.reset();
}

Result<void> Engine::submit(Submission submission) {
    if (submission.elements.empty() || submission.elements.size() > limits::submission_events) {
        return base::fail("too_many", "Between 1 and " + std::to_string(limits::submission_events) +
                                          " elements may come together.");
    }
    Queued queued;
    for (Element& element : submission.elements) {
        element.encoded = model::encode_payload(element.payload);
        queued.bytes += bytes_of(element);
    }
    const std::size_t events = submission.elements.size();
    queued.submission = std::move(submission);
    if (relay_) {
        return relay_->send(std::move(queued.submission), queued.bytes);
    }
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || !started_) {
            return base::fail("stopping", "The engine is stopping.", {}, base::Family::retry);
        }
        if (queued_events_ + events > options_.queue_events ||
            queued_bytes_ + queued.bytes > options_.queue_bytes) {
            ++metrics_.refused_busy;
            return base::fail("busy", "More waits than can be taken in now.", {},
                              base::Family::retry);
        }
        queued_events_ += events;
        queued_bytes_ += queued.bytes;
        metrics_.queue_events = queued_events_;
        metrics_.queue_bytes = queued_bytes_;
        queue_.push_back(std::move(queued));
    }
    wake_.notify_one();
    return {};
}

Result<std::vector<Receipt>> Engine::submit_and_wait(model::MerchantNumber merchant,
                                                     std::vector<Element> elements) {
    auto done = std::make_shared<std::promise<std::vector<Receipt>>>();
    auto receipts = done->get_future();
    auto queued = submit({merchant, std::move(elements),
                          [done](std::vector<Receipt> each) { done->set_value(std::move(each)); }});
    if (!queued) {
        return std::unexpected(queued.error());
    }
    return receipts.get();
}

Result<void> Engine::run_task(std::function<Result<void>()> task) {
    auto done = std::make_shared<std::promise<Result<void>>>();
    auto result = done->get_future();
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || !started_ || relay_) {
            return base::fail("stopping", "The engine is stopping, or decides nothing.", {},
                              base::Family::retry);
        }
        tasks_.push_back([done, task = std::move(task)] { done->set_value(task()); });
    }
    wake_.notify_one();
    return result.get();
}

Result<void> Engine::hold(Holds holds) {
    const auto until = std::chrono::steady_clock::now() + limits::dispatch_rest;
    for (bool quiet = false; !quiet && std::chrono::steady_clock::now() < until;) {
        auto asked = run_task([this, &quiet]() -> Result<void> {
            resting_ = true;
            if (dispatcher_) {
                for (const DispatchJob& job : dispatcher_->take_back()) {
                    in_flight_.erase(job.notification.value);
                }
                metrics_.dispatch_in_flight = in_flight_.size();
            }
            quiet = in_flight_.empty();
            return {};
        });
        if (!asked) {
            return asked;
        }
        if (!quiet) {
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        }
    }
    return run_task([this, holds = std::move(holds)]() mutable -> Result<void> {
        write_everything();
        auto held = writer_->hold(std::move(holds));
        resting_ = false;
        outbox_wake_ = clock_.now();
        timers_wait_until_.reset();
        return held;
    });
}

Result<void> Engine::begin_import(model::MerchantNumber merchant) {
    return run_task([this, merchant]() -> Result<void> {
        writer_->freeze(merchant);
        return {};
    });
}

Result<void> Engine::end_import(model::MerchantNumber merchant) {
    while (true) {  // in bounded batches, so that others are served in between
        std::size_t fired = 0;
        auto done = run_task([this, merchant, &fired]() -> Result<void> {
            auto some =
                writer_->fire_due(clock_.now(), limits::timers_per_batch, std::nullopt, merchant);
            if (!some) {
                writer_->roll_back();
                return std::unexpected(some.error());
            }
            fired = *some;
            if (auto kept = keep_now(); !kept) {
                return kept;
            }
            if (fired < limits::timers_per_batch) {
                writer_->thaw(merchant);
            }
            return {};
        });
        if (!done || fired < limits::timers_per_batch) {
            return done;
        }
    }
}

Result<void> Engine::advance_to(Instant target) {
    if (clock_.runs() || relay_) {
        return base::fail("clock_runs", "This clock cannot be moved.");
    }
    auto done = std::make_shared<std::promise<Result<void>>>();
    auto result = done->get_future();
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || !started_) {
            return base::fail("stopping", "The engine is stopping.", {}, base::Family::retry);
        }
        tasks_.push_back([this, target, done] {
            if (step_) {
                done->set_value(base::fail("clock_moving", "The clock is being moved already.", {},
                                           base::Family::retry));
                return;
            }
            step_ = std::make_unique<Step>(Step{target, std::move(*done)});
        });
    }
    wake_.notify_one();
    return result.get();
}

std::uint64_t Engine::subscribe(Subscriber subscriber) {
    const std::lock_guard lock(subscribers_mutex_);
    subscribers_.emplace(next_subscription_, std::move(subscriber));
    return next_subscription_++;
}

void Engine::unsubscribe(std::uint64_t subscription) {
    const std::lock_guard lock(subscribers_mutex_);
    subscribers_.erase(subscription);
}

void Engine::publish(const std::vector<Change>& changes) {
    if (changes.empty()) {
        return;
    }
    const std::lock_guard lock(subscribers_mutex_);
    for (const auto& [subscription, subscriber] : subscribers_) {
        subscriber(changes);
    }
}

}  // namespace aftermile::engine
