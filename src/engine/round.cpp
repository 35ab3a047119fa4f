#include "engine/round.hpp"

#include <algorithm>
#include <iterator>

#include "base/check.hpp"
#include "base/short_turns.hpp"
#include "engine/handoff.hpp"
#include "engine/limits.hpp"
#include "engine/repetition.hpp"

namespace aftermile::engine {

std::vector<ports::AdminRow> rows_to_keep(const Round& round) {
    std::vector<ports::AdminRow> rows;
    for (const Round::Part& part : round.parts) {
        const Submission& submission = part.submission;
        if (part.rows_kept || part.receipts.size() != submission.elements.size()) {
            continue;
        }
        if (auto row = row_of(submission, part.receipts)) {
            rows.push_back(std::move(*row));
        }
    }
    return rows;
}

std::vector<ports::IntakeRow> answers_to_keep(const Round& round) {
    std::vector<ports::IntakeRow> answers;
    for (const Round::Part& part : round.parts) {
        const Submission& submission = part.submission;
        if (submission.asked && !part.rows_kept &&
            part.receipts.size() == submission.elements.size()) {
            answers.push_back({*submission.asked, encode_receipts(part.receipts)});
        }
    }
    return answers;
}

Commits::Commits(Work work)
    : work_(std::move(work)),
      committing_thread_([this] { run_commits(); }),
      syncing_thread_([this] { run_syncs(); }) {}

Commits::~Commits() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    was_given_.notify_one();
    committing_thread_.join();
    syncing_thread_.join();
}

bool Commits::finished() {
    const std::lock_guard lock(mutex_);
    return !finished_.empty();
}

bool Commits::takes() {
    const std::lock_guard lock(mutex_);
    return given_ == nullptr && !committing_ && !lost_ &&
           held_ - finished_.size() < limits::rounds_on_their_way;
}

void Commits::give(Round round) {
    base::check(takes(), "a round is given to a thread that is free");
    ++held_;
    {
        const std::lock_guard lock(mutex_);
        given_ = std::make_unique<Round>(std::move(round));
    }
    was_given_.notify_one();
}

void Commits::keep(Round round) {
    base::check(takes(), "a round is kept while no other thread keeps one");
    ++held_;
    commit(std::make_unique<Round>(std::move(round)));
}

Round Commits::take() {
    base::check(holds(), "a round is with the committing threads");
    std::unique_lock lock(mutex_);
    was_finished_.wait(lock, [this] { return !finished_.empty(); });
    --held_;
    const std::unique_ptr<Round> round = std::move(finished_.front());
    finished_.pop_front();
    lost_ = lost_ && round->outcome.has_value();
    return std::move(*round);
}

void Commits::run_commits() {
    base::take_short_turns();
    std::unique_lock lock(mutex_);
    while (true) {
        was_given_.wait(lock, [this] { return given_ != nullptr || stopping_; });
        if (given_ == nullptr) {
            stopped_committing_ = true;
            was_kept_.notify_one();
            return;
        }
        std::unique_ptr<Round> round = std::move(given_);
        committing_ = true;
        lock.unlock();
        commit(std::move(round));
        work_.wake();
        lock.lock();
    }
}

void Commits::commit(std::unique_ptr<Round> round) {
    work_.commit(*round);
    {
        const std::lock_guard lock(mutex_);
        committing_ = false;
        lost_ = lost_ || !round->outcome;
        kept_.push_back(std::move(round));
    }
    was_kept_.notify_one();
}

void Commits::run_syncs() {
    base::take_short_turns();
    std::unique_lock lock(mutex_);
    while (true) {
        was_kept_.wait(lock, [this] { return !kept_.empty() || stopped_committing_; });
        if (kept_.empty()) {
            return;
        }
        Rounds rounds = std::exchange(kept_, {});
        lock.unlock();
        finish(std::move(rounds));
        work_.wake();
        lock.lock();
    }
}

void Commits::finish(Rounds rounds) {
    const bool any_kept =
        std::ranges::any_of(rounds, [](const auto& round) { return round->outcome.has_value(); });
    const auto synced = work_.sync && any_kept ? work_.sync() : base::Result<void>{};
    for (std::unique_ptr<Round>& round : rounds) {
        if (round->outcome) {
            round->outcome = synced;
        }
        if (round->outcome) {
            work_.durable(*round);
        }
        const std::lock_guard lock(mutex_);
        lost_ = lost_ || !round->outcome;
        finished_.push_back(std::move(round));
    }
    was_finished_.notify_one();
}

}  // namespace aftermile::engine
