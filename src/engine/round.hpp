// What is decided together, kept together and answered together.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "engine/dispatch.hpp"
#include "engine/pending.hpp"

namespace aftermile::engine {

struct Round {
    struct Part {
        Submission submission;
        std::vector<Receipt> receipts;
        std::size_t durable = 0;  // how many of them hold already
        bool rows_kept = false;   // what `keep` gave is durable
    };
    std::vector<Part> parts;
    std::size_t events = 0, bytes = 0;         // of the submissions
    std::vector<DispatchResult> answered;      // of messages that were handed over
    std::set<model::MerchantNumber> switched;  // merchants that stopped or resumed a channel
    Pending pending;                           // filled when the round is closed
    base::Result<void> outcome;                // filled by the commit
    [[nodiscard]] bool empty() const { return parts.empty() && answered.empty(); }
};

// The rows that are to be kept with those parts of the round that are decided whole.
[[nodiscard]] std::vector<ports::AdminRow> rows_to_keep(const Round& round);
// The answers to those of them that came through the intake.
[[nodiscard]] std::vector<ports::IntakeRow> answers_to_keep(const Round& round);

// The thread beside the deciding one: one round at a time is brought to the store there while the
// next is decided. All functions are called by the deciding thread.
class CommitThread {
  public:
    // `work` keeps and answers a round, `done` wakes the deciding thread; both run on this thread.
    CommitThread(std::function<void(Round&)> work, std::function<void()> done);
    ~CommitThread();
    CommitThread(const CommitThread&) = delete;
    CommitThread& operator=(const CommitThread&) = delete;

    // Whether a round is with this thread, finished or not.
    [[nodiscard]] bool holds() const { return holds_; }
    // Whether `take` would not wait.
    [[nodiscard]] bool finished();
    // Only while it holds none.
    void give(Round round);
    // Waits for the round's end. Only while it holds one.
    [[nodiscard]] Round take();

  private:
    void run();

    std::function<void(Round&)> work_;
    std::function<void()> done_;
    bool holds_ = false;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::unique_ptr<Round> given_, finished_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace aftermile::engine
