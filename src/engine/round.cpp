#include "engine/round.hpp"

#include <algorithm>
#include <iterator>

#include "base/check.hpp"
#include "base/short_turns.hpp"
#include "engine/handoff.hpp"
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

CommitThread::CommitThread(std::function<void(Round&)> work, std::function<void()> done)
    : work_(std::move(work)), done_(std::move(done)), thread_([this] { run(); }) {}

CommitThread::~CommitThread() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

bool CommitThread::finished() {
    const std::lock_guard lock(mutex_);
    return finished_ != nullptr;
}

void CommitThread::give(Round round) {
    base::check(!holds_, "one round at a time is committed");
    holds_ = true;
    {
        const std::lock_guard lock(mutex_);
        given_ = std::make_unique<Round>(std::move(round));
    }
    changed_.notify_all();
}

Round CommitThread::take() {
    base::check(holds_, "a round is with the committing thread");
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return finished_ != nullptr; });
    holds_ = false;
    return std::move(*std::exchange(finished_, nullptr));
}

void CommitThread::run() {
    base::take_short_turns();
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return given_ != nullptr || stopping_; });
        if (given_ == nullptr) {
            return;
        }
        const std::unique_ptr<Round> round = std::move(given_);
        lock.unlock();
        work_(*round);
        lock.lock();
        finished_ = std::make_unique<Round>(std::move(*round));
        changed_.notify_all();
        lock.unlock();
        done_();
        lock.lock();
    }
}

}  // namespace aftermile::engine
