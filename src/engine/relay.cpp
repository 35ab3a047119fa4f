#include "engine/relay.hpp"

#include <spdlog/spdlog.h>

#include <cstring>

#include "base/crypto.hpp"
#include "base/failpoint.hpp"
#include "base/instant.hpp"
#include "engine/handoff.hpp"

namespace aftermile::engine {

namespace {

std::int64_t random_number() {
    const std::string bytes = base::random_bytes(sizeof(std::int64_t));
    std::int64_t number = 0;
    std::memcpy(&number, bytes.data(), sizeof number);
    return number;
}

// Rows of several nodes are taken in the order of their ids: the time, but always growing.
std::int64_t id_after(std::int64_t last) {
    const auto now = base::microseconds_of(
        std::chrono::time_point_cast<base::Instant::duration>(std::chrono::system_clock::now()));
    return std::max(last + 1, now);
}

base::Error late() {
    return {
        "no_worker",
        "No worker answered in time, and it may still be done. Sent again, what has a reference is "
        "not done twice.",
        {},
        base::Family::retry};
}

}  // namespace

Relay::Relay(ports::Store& store, std::unique_ptr<ports::Intake> sending,
             std::unique_ptr<ports::Intake> receiving, Metrics& metrics,
             std::chrono::milliseconds patience)
    : store_(store),
      sending_(std::move(sending)),
      receiving_(std::move(receiving)),
      metrics_(metrics),
      patience_(patience),
      node_(random_number()),
      sender_([this] { run_sending(); }),
      receiver_([this] { run_receiving(); }) {}

Relay::~Relay() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    sender_.join();
    receiver_.join();
    for (auto& [id, waiting] : std::exchange(waiting_, {})) {
        refuse(waiting, {"stopping", "This process is stopping.", {}, base::Family::retry});
    }
}

base::Result<void> Relay::send(Submission submission, std::size_t bytes) {
    const std::size_t events = submission.elements.size();
    {
        const std::lock_guard lock(mutex_);
        if (full_ || stopping_ || waiting_events_ + events > limits::queue_events ||
            waiting_bytes_ + bytes > limits::queue_bytes) {
            ++metrics_.refused_busy;
            return base::fail("busy", "More waits than can be taken in now.", {},
                              base::Family::retry);
        }
        last_id_ = id_after(last_id_);
        waiting_events_ += events;
        waiting_bytes_ += bytes;
        metrics_.queue_events = waiting_events_;
        metrics_.queue_bytes = waiting_bytes_;
        waiting_.emplace(last_id_,
                         Waiting{std::move(submission), events, bytes, Clock::now() + patience_});
        unsent_.push_back(last_id_);
    }
    wake_.notify_one();
    return {};
}

// At least one where there is any, and then as many as one transaction is to take.
std::vector<std::int64_t> Relay::next_page() {
    std::vector<std::int64_t> ids;
    std::size_t bytes = 0;
    while (!unsent_.empty() && ids.size() < limits::intake_page &&
           bytes < limits::intake_page_bytes) {
        ids.push_back(unsent_.front());
        unsent_.pop_front();
        const auto at = waiting_.find(ids.back());
        bytes += at == waiting_.end() ? 0 : at->second.bytes;
    }
    return ids;
}

void Relay::run_sending() {
    auto next_look = Clock::now();
    while (true) {
        std::vector<std::int64_t> ids;
        {
            std::unique_lock lock(mutex_);
            wake_.wait_for(lock, limits::intake_look,
                           [this] { return stopping_ || !unsent_.empty(); });
            if (stopping_) {
                return;
            }
            ids = next_page();
        }
        if (!ids.empty()) {
            ask(ids);
        }
        if (Clock::now() >= next_look) {
            next_look = Clock::now() + limits::intake_look;
            const auto rows = sending_->count(limits::intake_rows + 1);
            if (!rows) {
                spdlog::error("the intake was not counted: {}", rows.error().detail);
            }
            const std::lock_guard lock(mutex_);
            full_ = rows && *rows > limits::intake_rows;
        }
    }
}

// Nobody else takes an entry out while it is unsent, except when it is late.
void Relay::ask(const std::vector<std::int64_t>& ids) {
    std::vector<ports::IntakeRow> rows;
    for (const std::int64_t id : ids) {
        Submission asked;
        {
            const std::lock_guard lock(mutex_);
            const auto at = waiting_.find(id);
            if (at == waiting_.end()) {
                continue;
            }
            asked.merchant = at->second.submission.merchant;
            asked.elements = std::move(at->second.submission.elements);
            asked.repeatable = std::move(at->second.submission.repeatable);
        }
        auto body = encode_submission(asked, store_.keyring());
        for (Element& element : asked.elements) {
            for (SealedPart& part : element.sealed) {
                base::wipe(part.plain);
            }
        }
        if (body) {
            rows.push_back({{asked.merchant, id, node_}, std::move(*body)});
        } else if (auto waiting = take(id)) {
            refuse(*waiting, body.error());
        }
    }
    if (rows.empty()) {
        return;
    }
    if (auto asked = sending_->ask(rows); !asked) {
        spdlog::error("nothing reaches the intake: {}: {}", asked.error().code,
                      asked.error().detail);
        for (const ports::IntakeRow& row : rows) {
            if (auto waiting = take(row.key.id)) {
                refuse(*waiting, late());  // it may be there, and only the reply lost
            }
        }
    }
}

void Relay::run_receiving() {
    while (true) {
        bool any = false;
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) {
                return;
            }
            any = !waiting_.empty();
        }
        if (any) {
            if (auto rows = receiving_->take_answers(node_)) {
                for (const ports::IntakeRow& row : *rows) {
                    answer(row);
                }
            } else {
                spdlog::error("no answers from the intake: {}", rows.error().code);
            }
            refuse_late();
        }
        if (auto waited = receiving_->wait(limits::intake_poll); !waited) {
            std::this_thread::sleep_for(limits::intake_poll);
        }
    }
}

std::optional<Relay::Waiting> Relay::take(std::int64_t id) {
    const std::lock_guard lock(mutex_);
    auto node = waiting_.extract(id);
    if (node.empty()) {
        return std::nullopt;
    }
    waiting_events_ -= node.mapped().events;
    waiting_bytes_ -= node.mapped().bytes;
    metrics_.queue_events = waiting_events_;
    metrics_.queue_bytes = waiting_bytes_;
    return std::move(node.mapped());
}

void Relay::answer(const ports::IntakeRow& row) {
    auto waiting = take(row.key.id);
    if (!waiting) {
        return;  // it was refused as late
    }
    auto receipts = decode_receipts(row.body);
    if (!receipts || receipts->size() != waiting->events) {
        refuse(*waiting, receipts ? late() : receipts.error());
        return;
    }
    finish(*waiting, std::move(*receipts));
}

void Relay::finish(const Waiting& waiting, std::vector<Receipt> receipts) {
    base::failpoint("before_reply");
    if (waiting.submission.reply) {
        waiting.submission.reply(std::move(receipts));
    }
}

void Relay::refuse(const Waiting& waiting, const base::Error& error) {
    std::vector<Receipt> receipts(waiting.events);
    for (Receipt& receipt : receipts) {
        receipt.error = error;
        receipt.error->family = base::Family::retry;
    }
    if (waiting.submission.reply) {
        waiting.submission.reply(std::move(receipts));
    }
}

void Relay::refuse_late() {
    std::vector<std::int64_t> over;
    {
        const std::lock_guard lock(mutex_);
        const auto now = Clock::now();
        for (const auto& [id, waiting] : waiting_) {
            if (waiting.until <= now) {
                over.push_back(id);
            }
        }
    }
    for (const std::int64_t id : over) {
        if (auto waiting = take(id)) {
            ++metrics_.intake_late;
            refuse(*waiting, late());
        }
    }
}

}  // namespace aftermile::engine
