#include "engine/engine.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>

#include "base/failpoint.hpp"

namespace aftermile::engine {

namespace {

using base::Instant;
using base::Result;

constexpr std::chrono::seconds longest_wait{60};
constexpr std::chrono::seconds wait_after_failure{1};

std::size_t bytes_of(const Element& element) {
    std::size_t bytes = element.encoded.size() + 64;
    for (const SealedPart& part : element.sealed) {
        bytes += part.owner.size() + part.about.size() + part.plain.size();
    }
    return bytes;
}

void refuse(Receipt& receipt, const base::Error& error) {
    if (receipt.kind != ReceiptKind::rejected) {
        receipt = {};
        receipt.error = error;
        receipt.error->family = base::Family::retry;
    }
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

Result<void> Engine::start() {
    auto writer = Writer::open(store_, catalog_, metrics_);
    if (!writer) {
        return std::unexpected(writer.error());
    }
    writer_ = std::move(*writer);
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
        dispatcher_->stop();  // its last answer is decided by the writer's last batch
    }
    wake_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
    writer_.reset();
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
        if (stopping_ || !started_) {
            return base::fail("stopping", "The engine is stopping.", {}, base::Family::retry);
        }
        tasks_.push_back([done, task = std::move(task)] { done->set_value(task()); });
    }
    wake_.notify_one();
    return result.get();
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
            if (auto kept = commit(); !kept) {
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
    if (clock_.runs()) {
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

void Engine::publish(std::vector<Change> changes) {
    if (changes.empty()) {
        return;
    }
    const std::lock_guard lock(subscribers_mutex_);
    for (const auto& [subscription, subscriber] : subscribers_) {
        subscriber(changes);
    }
}

void Engine::run() {
    while (true) {
        wait_for_work();
        std::vector<Queued> taken;
        std::vector<DispatchResult> results;
        std::vector<Task> tasks;
        take_queue(taken, results, tasks);
        run_batch(taken, results);
        for (const Task& task : tasks) {
            task();
        }
        hand_over(clock_.now());
        step_clock();
        const std::lock_guard lock(mutex_);
        if (stopping_ && queue_.empty() && results_.empty() && tasks_.empty()) {
            if (step_) {
                step_->done.set_value(
                    base::fail("stopping", "The engine is stopping.", {}, base::Family::retry));
            }
            return;
        }
    }
}

// The next instant at which something happens by itself, if any.
std::optional<Instant> Engine::next_moment() {
    std::optional<Instant> next = writer_->next_due();
    if (next && timers_wait_until_) {
        next = std::max(*next, *timers_wait_until_);
    }
    if (dispatching() && outbox_wake_ && in_flight_.size() < limits::dispatch_in_flight) {
        const Instant send =
            circuit_until_ ? std::max(*outbox_wake_, *circuit_until_) : *outbox_wake_;
        next = next ? std::min(*next, send) : send;
    }
    return next;
}

void Engine::wait_for_work() {
    std::unique_lock lock(mutex_);
    const auto something = [this] {
        return stopping_ || !queue_.empty() || !results_.empty() || !tasks_.empty();
    };
    if (something() || (step_ && in_flight_.empty())) {
        return;
    }
    const std::optional<Instant> next = next_moment();
    const Instant now = clock_.now();
    if (next && *next <= now) {
        return;
    }
    if (!clock_.runs() || !next) {
        wake_.wait(lock, something);
        return;
    }
    wake_.wait_for(lock, std::min<base::Span>(*next - now, longest_wait), something);
}

void Engine::take_queue(std::vector<Queued>& taken, std::vector<DispatchResult>& results,
                        std::vector<Task>& tasks) {
    const std::lock_guard lock(mutex_);
    std::size_t events = 0;
    std::size_t bytes = 0;
    while (!queue_.empty()) {
        const std::size_t more = queue_.front().submission.elements.size();
        const bool fits = events + more <= options_.batch_events &&
                          bytes + queue_.front().bytes <= options_.batch_bytes;
        if (!fits && events > 0) {
            break;
        }
        events += more;
        bytes += queue_.front().bytes;
        taken.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    queued_events_ -= events;
    queued_bytes_ -= bytes;
    metrics_.queue_events = queued_events_;
    metrics_.queue_bytes = queued_bytes_;
    std::ranges::move(results_, std::back_inserter(results));
    results_.clear();
    std::ranges::move(tasks_, std::back_inserter(tasks));
    tasks_.clear();
}

Result<void> Engine::commit() {
    auto changes = writer_->commit();
    if (!changes) {
        if (changes.error().code == "store_broken") {
            options_.fatal(changes.error());
        }
        spdlog::error("a batch was not kept: {}: {}", changes.error().code, changes.error().detail);
        timers_wait_until_ = clock_.now() + wait_after_failure;
        return std::unexpected(changes.error());
    }
    timers_wait_until_.reset();
    note_switched_channels();
    if (const auto wake = writer_->take_outbox_wake();
        wake && (!outbox_wake_ || *wake < *outbox_wake_)) {
        outbox_wake_ = wake;
    }
    publish(std::move(*changes));
    return {};
}

// The stop button reaches the dispatcher before the reply reaches whoever pressed it.
void Engine::note_switched_channels() {
    if (switched_.empty()) {
        return;
    }
    for (const model::MerchantNumber merchant : switched_) {
        if (writer_->email_paused(merchant)) {
            paused_.insert(merchant);
        } else {
            paused_.erase(merchant);
        }
    }
    switched_.clear();
    outbox_wake_ = clock_.now();
    if (dispatcher_) {
        dispatcher_->set_paused(paused_);
    }
}

void Engine::run_batch(std::vector<Queued>& taken, std::vector<DispatchResult>& results) {
    const Instant now = clock_.now();
    for (DispatchResult& result : results) {
        apply_result(result, now);
    }
    if (!timers_wait_until_ || *timers_wait_until_ <= now || !clock_.runs()) {
        timers_wait_until_.reset();
        if (auto fired = writer_->fire_due(now, limits::timers_per_batch, now, std::nullopt);
            !fired) {
            spdlog::error("timers wait: {}: {}", fired.error().code, fired.error().detail);
            timers_wait_until_ = now + wait_after_failure;
        }
    }
    std::vector<std::vector<Receipt>> receipts(taken.size());
    std::vector<std::size_t> durable(taken.size(), 0);  // receipts that hold already
    for (std::size_t i = 0; i < taken.size(); ++i) {
        apply_submission(taken[i].submission, receipts[i], durable[i]);
        if (options_.reply_too_early && taken[i].submission.reply) {
            std::exchange(taken[i].submission.reply, nullptr)(receipts[i]);
        }
    }
    if (auto kept = commit(); !kept) {
        for (std::size_t i = 0; i < taken.size(); ++i) {
            for (std::size_t at = durable[i]; at < receipts[i].size(); ++at) {
                refuse(receipts[i][at], kept.error());
            }
        }
        for (const DispatchResult& result : results) {
            in_flight_.erase(result.job.notification.value);
            outbox_wake_ = now;
        }
    }
    base::failpoint("before_reply");
    for (std::size_t i = 0; i < taken.size(); ++i) {
        if (taken[i].submission.reply) {
            taken[i].submission.reply(std::move(receipts[i]));
        }
    }
}

void Engine::apply_submission(Submission& submission, std::vector<Receipt>& receipts,
                              std::size_t& durable) {
    writer_->prefetch(submission.merchant, submission.elements);
    receipts.reserve(submission.elements.size());
    for (Element& element : submission.elements) {
        const Instant at = element.at.value_or(clock_.now());
        if (element.at) {
            auto fired = writer_->fire_due(at, SIZE_MAX, std::nullopt, submission.merchant);
            if (!fired) {
                refuse(receipts.emplace_back(), fired.error());
                continue;
            }
        }
        if (std::holds_alternative<model::ChannelSwitched>(element.payload)) {
            switched_.insert(submission.merchant);
        }
        receipts.push_back(writer_->apply(submission.merchant, std::move(element), at));
        if (writer_->pending_events() < options_.batch_events * 2) {
            continue;
        }
        // An import's timers made the batch long: keep what there is.
        if (auto kept = commit(); !kept) {
            for (std::size_t i = durable; i < receipts.size(); ++i) {
                refuse(receipts[i], kept.error());
            }
        }
        durable = receipts.size();
    }
}

void Engine::apply_result(DispatchResult& result, Instant now) {
    using Kind = DispatchResult::Kind;
    const std::int64_t id = result.job.notification.value;
    switch (result.kind) {
        case Kind::answered: {
            const auto outcome = std::get<model::Dispatched>(result.element.payload).outcome;
            using Outcome = model::DispatchOutcome;
            metrics_.dispatch_sent += outcome == Outcome::sent ? 1U : 0U;
            metrics_.dispatch_retried += outcome == Outcome::retry ? 1U : 0U;
            metrics_.dispatch_rejected += outcome == Outcome::rejected ? 1U : 0U;
            metrics_.dispatch_given_up += outcome == Outcome::given_up ? 1U : 0U;
            circuit_until_.reset();
            circuit_wait_ = {};
            const Receipt receipt =
                writer_->apply_dispatched(std::move(result.element), result.job.attempts, now);
            if (receipt.kind == ReceiptKind::retry) {
                outbox_wake_ = now + wait_after_failure;
            }
            break;
        }
        case Kind::obsolete:
            writer_->drop_outbox(result.job.notification);
            break;
        case Kind::channel_down:
            ++metrics_.dispatch_channel_down;
            circuit_wait_ =
                std::clamp(circuit_wait_ * 2, limits::circuit_first, limits::circuit_most);
            circuit_until_ = now + circuit_wait_;
            outbox_wake_ = now;
            break;
        case Kind::paused:
            outbox_wake_ = now;
            break;
    }
    in_flight_.erase(id);
    metrics_.dispatch_in_flight = in_flight_.size();
}

}  // namespace aftermile::engine
