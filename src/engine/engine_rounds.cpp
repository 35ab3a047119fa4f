// The engine's threads at work: one decides rounds, another brings them to the store, a third makes
// them durable and answers them. A round is what queued while the one before was on its way; a
// small one the deciding thread brings to the store itself.
#include <spdlog/spdlog.h>

#include <algorithm>

#include "base/failpoint.hpp"
#include "engine/engine.hpp"

namespace aftermile::engine {

namespace {

using base::Instant;
using base::Result;

constexpr std::chrono::seconds longest_wait{60};
constexpr std::chrono::seconds wait_after_failure{1};

void refuse(Receipt& receipt, const base::Error& error) {
    receipt = {};  // a rejection too: it may have rested on what is not there
    receipt.error = error;
    receipt.error->family = base::Family::retry;
}

// What of it does not hold already was not kept. What came through the intake waits there still,
// and is decided anew instead of answered.
void refuse(Round& round, const base::Error& error) {
    for (Round::Part& part : round.parts) {
        if (part.durable == 0 && part.receipts.size() == part.submission.elements.size()) {
            part.submission.asked.reset();
        }
        for (; part.durable < part.receipts.size(); ++part.durable) {
            refuse(part.receipts[part.durable], error);
        }
    }
}

void reply(Round& round) {
    base::failpoint("before_reply");
    for (Round::Part& part : round.parts) {
        if (part.submission.reply) {
            part.submission.reply(std::move(part.receipts));
        }
    }
}

}  // namespace

void Engine::run() {
    while (true) {
        wait_for_work();
        while (commits_->finished()) {
            settle_one();
        }
        reload();
        std::vector<DispatchResult> results;
        std::vector<Task> tasks;
        const std::size_t first = round_.parts.size();
        take_queue(results, tasks);
        decide(first, results);
        if (!tasks.empty()) {
            close_round();
            settle();
        }
        for (const Task& task : tasks) {
            task();
        }
        if (commits_->takes()) {
            close_round();
        }
        if (!clock_.runs()) {
            settle();  // a clock that stands moves when everything is done
        }
        hand_over(clock_.now());
        step_clock();
        if (ended()) {
            return;
        }
    }
}

// Whether the engine stops and nothing is left to do.
bool Engine::ended() {
    {
        const std::lock_guard lock(mutex_);
        if (!ending_ || !queue_.empty() || !results_.empty() || !tasks_.empty()) {
            return false;
        }
    }
    write_everything();
    if (step_) {
        step_->done.set_value(
            base::fail("stopping", "The engine is stopping.", {}, base::Family::retry));
    }
    return true;
}

// The round at hand, and rows that are behind, as far as the store takes them.
void Engine::write_everything() {
    const std::uint64_t failures = metrics_.commit_failures;
    timers_wait_until_.reset();
    sweep_rests_until_.reset();
    do {
        close_round();
        settle();
    } while (writer_->is_behind() && metrics_.commit_failures == failures);
}

// The next instant at which something happens by itself, if any.
std::optional<Instant> Engine::next_moment() {
    // A round that is full takes no more timers while another is on its way.
    const bool full = !commits_->takes() && writer_->pending_events() >= options_.batch_events;
    std::optional<Instant> next = full ? std::nullopt : writer_->next_due();
    if (!full && commits_->takes()) {
        if (writer_->is_stale() || !again_.empty()) {
            next = clock_.now();
        } else if (writer_->is_behind()) {
            const Instant sweep = sweep_rests(clock_.now()) ? *sweep_rests_until_ : clock_.now();
            next = next ? std::min(*next, sweep) : sweep;
        }
    }
    if (next && timers_wait_until_ && clock_.runs()) {
        next = std::max(*next, *timers_wait_until_);
    }
    if (dispatching() && !resting_ && outbox_wake_ &&
        in_flight_.size() < limits::dispatch_in_flight) {
        const Instant send =
            circuit_until_ ? std::max(*outbox_wake_, *circuit_until_) : *outbox_wake_;
        next = next ? std::min(*next, send) : send;
    }
    return next;
}

// Whether these, queued, may join the round at hand. A round of its own takes any.
bool Engine::fits(const Queued& queued) const {
    return round_.events == 0 ||
           (round_.events + queued.submission.elements.size() <= options_.batch_events &&
            round_.bytes + queued.bytes <= options_.batch_bytes);
}

void Engine::wait_for_work() {
    std::unique_lock lock(mutex_);
    const auto something = [this] {
        return ending_ || (!queue_.empty() && fits(queue_.front())) || !results_.empty() ||
               !tasks_.empty() || commits_->finished() || (has_decided() && commits_->takes());
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

void Engine::take_queue(std::vector<DispatchResult>& results, std::vector<Task>& tasks) {
    const std::lock_guard lock(mutex_);
    const std::size_t before = round_.events;
    if (!queue_.empty()) {
        sweep_rests_until_ = clock_.now() + limits::sweep_rest;
    }
    while (!queue_.empty() && fits(queue_.front()) &&
           round_.events - before < limits::decided_at_once) {
        const std::size_t events = queue_.front().submission.elements.size();
        round_.events += events;
        round_.bytes += queue_.front().bytes;
        queued_events_ -= events;
        queued_bytes_ -= queue_.front().bytes;
        round_.parts.emplace_back().submission = std::move(queue_.front().submission);
        queue_.pop_front();
    }
    metrics_.queue_events = queued_events_;
    metrics_.queue_bytes = queued_bytes_;
    std::ranges::move(results_, std::back_inserter(results));
    results_.clear();
    if (!waits_after_failure(clock_.now())) {
        std::ranges::move(again_, std::back_inserter(results));
        again_.clear();
    }
    std::ranges::move(tasks_, std::back_inserter(tasks));
    tasks_.clear();
}

// After a commit that failed, what comes by itself waits for a moment. A clock that stands would
// never reach it.
bool Engine::waits_after_failure(Instant now) const {
    return clock_.runs() && timers_wait_until_ && *timers_wait_until_ > now;
}

// A moment after work, or single events that come one after the other would wait for many rows.
bool Engine::sweep_rests(Instant now) const {
    return clock_.runs() && sweep_rests_until_ && *sweep_rests_until_ > now;
}

// What a lost batch left unread, once the store answers again.
void Engine::reload() {
    if (!writer_->is_stale() || waits_after_failure(clock_.now())) {
        return;
    }
    close_round();
    settle();
    if (auto done = writer_->reload(); !done) {
        spdlog::error("timers cannot be read: {}: {}", done.error().code, done.error().detail);
        timers_wait_until_ = clock_.now() + wait_after_failure;
    }
}

// The message was handed over, and its answer is not kept: it stays in flight, or it would be
// handed over once more.
void Engine::decide_again(DispatchResult result) {
    again_.push_back(std::move(result));
    if (!timers_wait_until_) {
        timers_wait_until_ = clock_.now() + wait_after_failure;
    }
}

void Engine::decide(std::size_t first_part, std::vector<DispatchResult>& results) {
    const Instant now = clock_.now();
    for (DispatchResult& result : results) {
        apply_result(result, now);
    }
    const bool full = !commits_->takes() && writer_->pending_events() >= options_.batch_events;
    if (!full && !waits_after_failure(now)) {
        timers_wait_until_.reset();
        if (auto fired = writer_->fire_due(now, limits::timers_per_batch, now, std::nullopt);
            !fired) {
            spdlog::error("timers wait: {}: {}", fired.error().code, fired.error().detail);
            timers_wait_until_ = now + wait_after_failure;
        }
    }
    const std::vector<Place> places = places_from(first_part);
    for (std::span<const Place> rest = places; !rest.empty();) {
        const std::size_t most = much_lacks_ ? limits::loaded_at_once : limits::near_at_once;
        const auto some = rest.first(std::min(rest.size(), most));
        rest = rest.subspan(some.size());
        much_lacks_ = prefetch(some) > some.size() / limits::few_lack;
        apply(some);
    }
}

// Of the elements of those parts that are to be decided; the others are answered.
std::vector<Engine::Place> Engine::places_from(std::size_t first_part) {
    std::vector<Place> places;
    for (std::size_t part = first_part; part < round_.parts.size(); ++part) {
        Submission& submission = round_.parts[part].submission;
        if (submission.told) {
            round_.parts[part].receipts = std::move(*submission.told);
            continue;
        }
        round_.parts[part].receipts.reserve(submission.elements.size());
        for (std::size_t element = 0; element < submission.elements.size(); ++element) {
            places.push_back({part, element});
        }
    }
    return places;
}

template <class Use>
void Engine::each_merchant(std::span<const Place> places, Use use) {
    std::map<model::MerchantNumber, std::vector<Element*>> elements;
    for (const Place place : places) {
        Submission& submission = round_.parts[place.part].submission;
        elements[submission.merchant].push_back(&submission.elements[place.element]);
    }
    for (const auto& [merchant, all] : elements) {
        use(merchant, std::span(all));
    }
}

// What these will probably read, of each merchant at once. Returns how many lacked something.
std::size_t Engine::prefetch(std::span<const Place> places) {
    std::size_t lacked = 0;
    each_merchant(places, [&](model::MerchantNumber merchant, std::span<Element* const> all) {
        lacked += writer_->prefetch(merchant, all);
    });
    return lacked;
}

void Engine::apply(std::span<const Place> places) {
    const bool are_near = places.size() <= limits::near_at_once;  // since they were looked for
    while (!places.empty()) {
        const auto some = places.first(std::min(places.size(), limits::near_at_once));
        places = places.subspan(some.size());
        if (!are_near) {
            each_merchant(some, [&](model::MerchantNumber merchant, std::span<Element* const> all) {
                writer_->bring_near(merchant, all);
            });
        }
        for (const Place place : some) {
            Round::Part& part = round_.parts[place.part];
            apply(part, part.submission.elements[place.element]);
            const bool whole = part.receipts.size() == part.submission.elements.size();
            if (options_.reply_too_early && whole && part.submission.reply) {
                std::exchange(part.submission.reply, nullptr)(part.receipts);
            }
        }
    }
}

void Engine::apply(Round::Part& part, Element& element) {
    Submission& submission = part.submission;
    const Instant at = element.at.value_or(clock_.now());
    if (element.at) {
        auto fired = writer_->fire_due(at, SIZE_MAX, std::nullopt, submission.merchant);
        if (!fired) {
            refuse(part.receipts.emplace_back(), fired.error());
            return;
        }
    }
    if (std::holds_alternative<model::ChannelSwitched>(element.payload)) {
        round_.switched.insert(submission.merchant);
    }
    part.receipts.push_back(writer_->apply(submission.merchant, std::move(element), at));
    if (writer_->pending_events() >= options_.batch_events * 2 && !submission.repeatable &&
        !submission.asked) {
        // An import's timers made the batch long. What is not kept was refused.
        static_cast<void>(keep_now());
    }
}

void Engine::apply_result(DispatchResult& result, Instant now) {
    using Kind = DispatchResult::Kind;
    const std::int64_t id = result.job.notification.value;
    switch (result.kind) {
        case Kind::answered: {
            circuit_until_.reset();
            circuit_wait_ = {};
            const Receipt receipt =
                writer_->apply_dispatched(result.element, result.job.attempts, now);
            if (receipt.kind != ReceiptKind::retry) {
                break;
            }
            if (receipt.error && receipt.error->code == "not_held") {
                in_flight_.erase(id);  // who decides for this merchant now sends it again
                metrics_.dispatch_in_flight = in_flight_.size();
            } else {
                decide_again(std::move(result));
            }
            return;
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
    if (result.kind == Kind::answered || result.kind == Kind::obsolete) {
        round_.answered.push_back(std::move(result));  // its row stands until the round is kept
        return;
    }
    in_flight_.erase(id);
    metrics_.dispatch_in_flight = in_flight_.size();
}

// Brings what was decided to the store, with rows that are behind: a share while there is other
// work, and nothing but them once there was none for a moment.
void Engine::close_round() {
    while (!commits_->takes()) {
        settle_one();
    }
    const bool idle = !has_decided();
    const Instant now = clock_.now();
    if (idle && (!writer_->is_behind() || sweep_rests(now) || waits_after_failure(now))) {
        return;
    }
    round_.pending = writer_->take_batch(idle ? Writer::Rows::all : Writer::Rows::share);
    auto& before = before_.emplace_back();
    for (const auto& [merchant, stood] : round_.pending.merchants) {
        before.emplace(merchant, stood.last_event);
    }
    const bool is_small =
        round_.pending.events.size() + round_.pending.puts.size() <= options_.kept_at_once;
    if (is_small && committer_->syncs_apart()) {
        commits_->keep(std::exchange(round_, {}));
    } else {
        commits_->give(std::exchange(round_, {}));
    }
}

bool Engine::has_decided() const { return !round_.empty() || writer_->has_batch(); }

// On the committing thread, or on the deciding one while that rests.
void Engine::keep(Round& round) {
    round.pending.admin = rows_to_keep(round);
    round.pending.answers = answers_to_keep(round);
    auto changes = committer_->commit(round.pending);
    if (!changes) {
        round.outcome = std::unexpected(changes.error());
        return;
    }
    round.changes = std::move(*changes);
}

// On the syncing thread. A round that was not kept is answered once the deciding thread has
// forgotten it; one that switches a channel once the dispatcher knows.
void Engine::answer(Round& round) {
    publish(round.changes);
    if (round.switched.empty()) {
        reply(round);
    }
}

void Engine::count_answer(const DispatchResult& result) {
    if (result.kind != DispatchResult::Kind::answered) {
        return;
    }
    switch (std::get<model::Dispatched>(result.element.payload).outcome) {
        case model::DispatchOutcome::sent:
            ++metrics_.dispatch_sent;
            break;
        case model::DispatchOutcome::retry:
            ++metrics_.dispatch_retried;
            break;
        case model::DispatchOutcome::rejected:
            ++metrics_.dispatch_rejected;
            break;
        case model::DispatchOutcome::given_up:
            ++metrics_.dispatch_given_up;
            break;
        case model::DispatchOutcome::channel_down:
            break;
    }
}

// Waits for all rounds that are on their way.
void Engine::settle() {
    while (commits_->holds()) {
        settle_one();
    }
}

// Waits for the first of them, and takes its outcome over.
void Engine::settle_one() {
    Round round = commits_->take();
    before_.pop_front();
    if (round.outcome) {
        kept(round.pending, round.switched);
    } else {
        lost(round.pending, round.outcome.error(), round.switched);
        refuse(round, round.outcome.error());
    }
    for (DispatchResult& result : round.answered) {
        if (round.outcome) {
            in_flight_.erase(result.job.notification.value);
            count_answer(result);
        } else {
            decide_again(std::move(result));
        }
    }
    metrics_.dispatch_in_flight = in_flight_.size();
    if (!round.outcome || !round.switched.empty()) {
        reply(round);
    }
}

// Makes everything decided so far durable before it returns.
Result<void> Engine::keep_now() {
    settle();
    Pending pending = writer_->take_batch();
    pending.admin = rows_to_keep(round_);
    pending.answers = answers_to_keep(round_);
    auto changes = committer_->commit(pending);
    auto synced = changes ? committer_->sync() : std::unexpected(changes.error());
    if (!synced) {
        lost(pending, synced.error(), {});
        return synced;
    }
    kept(pending, std::exchange(round_.switched, {}));
    for (Round::Part& part : round_.parts) {
        part.durable = part.receipts.size();
        part.rows_kept = part.durable == part.submission.elements.size();
    }
    publish(*changes);
    return {};
}

void Engine::kept(const Pending& pending, const std::set<model::MerchantNumber>& switched) {
    timers_wait_until_.reset();
    writer_->kept(pending);
    note_switched_channels(switched);
    if (const auto wake = writer_->take_outbox_wake();
        wake && (!outbox_wake_ || *wake < *outbox_wake_)) {
        outbox_wake_ = wake;
    }
}

// What was decided on top of it goes with it: the round at hand is refused as far as it got.
void Engine::lost(const Pending& pending, const base::Error& error,
                  const std::set<model::MerchantNumber>& switched) {
    if (error.code == "store_broken" || error.code == "fenced") {
        options_.fatal(error);
    }
    spdlog::error("a batch was not kept: {}: {}", error.code, error.detail);
    timers_wait_until_ = clock_.now() + wait_after_failure;
    writer_->roll_back(pending);
    refuse(round_, error);
    for (DispatchResult& result : round_.answered) {
        decide_again(std::move(result));
    }
    round_.answered.clear();
    outbox_wake_ = clock_.now();
    note_switched_channels(switched);  // the dispatcher may have heard of what is not kept
    note_switched_channels(round_.switched);
}

// The stop button reaches the dispatcher before the reply reaches whoever pressed it.
void Engine::note_switched_channels(const std::set<model::MerchantNumber>& switched) {
    if (switched.empty()) {
        return;
    }
    for (const model::MerchantNumber merchant : switched) {
        if (writer_->email_paused(merchant)) {
            paused_.insert(merchant);
        } else {
            paused_.erase(merchant);
        }
    }
    outbox_wake_ = clock_.now();
    if (dispatcher_) {
        dispatcher_->set_paused(paused_);
    }
}

}  // namespace aftermile::engine
