// What is decided together, kept together and answered together.
#pragma once

#include <condition_variable>
#include <deque>
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
    std::vector<Change> changes;               // filled by the commit
    base::Result<void> outcome;                // likewise
    [[nodiscard]] bool empty() const { return parts.empty() && answered.empty(); }
};

// The rows that are to be kept with those parts of the round that are decided whole.
[[nodiscard]] std::vector<ports::AdminRow> rows_to_keep(const Round& round);
// The answers to those of them that came through the intake.
[[nodiscard]] std::vector<ports::IntakeRow> answers_to_keep(const Round& round);

// The threads beside the deciding one: the first brings rounds to the store, one after the other;
// the second makes durable what was brought, all that waits for it together, while the first goes
// on. All functions are called by the deciding thread.
class Commits {
  public:
    struct Work {
        std::function<void(Round&)> commit;        // says in `outcome` whether it was kept
        std::function<base::Result<void>()> sync;  // none: what was kept is durable
        std::function<void(Round&)> durable;       // of a round that was kept
        std::function<void()> wake;                // the deciding thread: something changed
    };
    explicit Commits(Work work);
    ~Commits();
    Commits(const Commits&) = delete;
    Commits& operator=(const Commits&) = delete;

    // Whether a round is with these threads, finished or not.
    [[nodiscard]] bool holds() const { return held_ > 0; }
    // Whether `take` would not wait.
    [[nodiscard]] bool finished();
    // Whether a round may be given: the last one was kept, and few wait for the disk.
    [[nodiscard]] bool takes();
    // Only while it takes one.
    void give(Round round);
    // The same, committed on the calling thread before this returns.
    void keep(Round round);
    // Waits for the end of the one that was given first. Only while it holds one.
    [[nodiscard]] Round take();

  private:
    using Rounds = std::deque<std::unique_ptr<Round>>;

    void run_commits();
    void run_syncs();
    void commit(std::unique_ptr<Round> round);
    void finish(Rounds rounds);

    Work work_;
    std::size_t held_ = 0;
    std::mutex mutex_;
    // One for each thread that waits: waking one for nothing costs more than most of what it does.
    std::condition_variable was_given_, was_kept_, was_finished_;
    std::unique_ptr<Round> given_;
    bool committing_ = false;
    bool lost_ = false;  // a round that is not taken yet: what is given next was decided on top
    Rounds kept_;        // or lost, in their order: to be made durable
    Rounds finished_;
    bool stopping_ = false, stopped_committing_ = false;
    std::thread committing_thread_, syncing_thread_;
};

}  // namespace aftermile::engine
