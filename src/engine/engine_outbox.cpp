// The engine's side of dispatch, and the steps of a standing clock: which messages are handed
// over when, and what must be answered before time moves on.
#include <algorithm>

#include "engine/engine.hpp"

namespace aftermile::engine {

using base::Instant;

// Hands over what is due and not stopped. Afterwards `outbox_wake_` is the next instant at which
// asking again may find something; none while that depends on an answer or a person.
void Engine::hand_over(Instant now) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) {
            outbox_wake_.reset();  // or the wait for the last answer would never wait
            return;
        }
    }
    if (!dispatching() || resting_ || !outbox_wake_ || *outbox_wake_ > now ||
        (circuit_until_ && *circuit_until_ > now) ||
        in_flight_.size() >= limits::dispatch_in_flight) {
        return;
    }
    auto rows = writer_->outbox_due(now, outbox_page_);
    if (!rows) {
        outbox_wake_ = now + std::chrono::seconds{1};
        return;
    }
    std::set<model::MerchantNumber> paused;
    std::size_t held = 0;
    bool full = false;
    for (const ports::Row& row : *rows) {
        const model::NotificationId id{row.id};
        if (!is_durable(id)) {
            // Asked for again when its round is kept: nobody is told of what a power cut takes
            // back.
            metrics_.dispatch_in_flight = in_flight_.size();
            outbox_wake_.reset();
            return;
        }
        if (in_flight_.contains(row.id)) {
            ++held;
            continue;
        }
        if (paused.contains(id.merchant()) || writer_->email_paused(id.merchant())) {
            paused.insert(id.merchant());
            ++held;
            continue;
        }
        if (in_flight_.size() >= limits::dispatch_in_flight) {
            full = true;
            break;
        }
        in_flight_.insert(row.id);
        const auto attempts = std::get<std::int64_t>(row.columns.back());
        dispatcher_->offer({id, static_cast<std::int32_t>(attempts), now});
    }
    metrics_.dispatch_in_flight = in_flight_.size();
    set_outbox_wake(now, *rows, full, held);
}

bool Engine::is_durable(model::NotificationId id) const {
    return std::ranges::none_of(before_, [&](const auto& before) {
        const auto at = before.find(id.merchant());
        return at != before.end() && id.event_number() > at->second;
    });
}

void Engine::set_outbox_wake(Instant now, const std::vector<ports::Row>& rows, bool full,
                             std::size_t held) {
    if (full) {
        outbox_wake_ = now;  // an answer makes room
        return;
    }
    if (rows.size() == outbox_page_) {
        // Rows that wait for a person may hide others: look further.
        if (held * 2 > rows.size() && outbox_page_ < limits::outbox_page_max) {
            outbox_page_ *= 2;
        }
        outbox_wake_ = held == rows.size() && outbox_page_ >= limits::outbox_page_max
                           ? now + std::chrono::minutes{1}
                           : now;
        return;
    }
    outbox_page_ = limits::outbox_page;
    outbox_wake_.reset();
    auto more = writer_->outbox_due(Instant::max(), rows.size() + 1);
    if (!more) {
        outbox_wake_ = now + std::chrono::seconds{1};
    }
    if (more && more->size() > rows.size()) {
        const auto next = base::instant_of(std::get<std::int64_t>(more->back().columns[1]));
        outbox_wake_ = std::max(next, now);
    }
}

// One step of an advance, when nothing is under way any more.
void Engine::step_clock() {
    if (!step_ || !in_flight_.empty() || writer_->is_behind()) {
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        if (!queue_.empty() || !results_.empty() || !tasks_.empty()) {
            return;
        }
    }
    const auto next = next_moment();
    if (next && *next <= step_->target) {
        clock_.step_to(*next);
        return;  // the next round fires what is due and hands over what is
    }
    clock_.step_to(step_->target);
    const auto done = std::exchange(step_, nullptr);
    done->done.set_value({});
}

}  // namespace aftermile::engine
