// What a process that serves without deciding has in the place of the deciding thread: submissions
// go to the store's intake, many in one transaction, and are answered when a worker has committed
// them. One that nobody answers in time is answered with a refusal to be sent again; its effect
// may still come, once.
//
//   Relay relay(store, std::move(sending), std::move(receiving), metrics);
//   relay.send(std::move(submission), bytes);   // its reply comes on the relay's threads
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "engine/limits.hpp"
#include "engine/metrics.hpp"
#include "engine/submission.hpp"
#include "ports/store.hpp"

namespace aftermile::engine {

class Relay {
  public:
    // Each intake is a session of its own. Starts the threads.
    Relay(ports::Store& store, std::unique_ptr<ports::Intake> sending,
          std::unique_ptr<ports::Intake> receiving, Metrics& metrics,
          std::chrono::milliseconds patience = limits::answer_wait);
    // Answers what still waits with a refusal.
    ~Relay();
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    // Of so many bytes. Code `busy` (family retry) when too much waits, here or in the intake: the
    // reply then is not called.
    [[nodiscard]] base::Result<void> send(Submission submission, std::size_t bytes);

  private:
    using Clock = std::chrono::steady_clock;
    struct Waiting {
        Submission submission;
        std::size_t events = 0, bytes = 0;
        Clock::time_point until;
    };
    using Taken = std::pair<std::int64_t, Waiting>;

    std::vector<std::int64_t> next_page();
    void run_sending();
    void run_receiving();
    void ask(const std::vector<std::int64_t>& ids);
    void answer(const ports::IntakeRow& row);
    void refuse_late();
    void finish(const Waiting& waiting, std::vector<Receipt> receipts);
    void refuse(const Waiting& waiting, const base::Error& error);
    std::optional<Waiting> take(std::int64_t id);

    ports::Store& store_;
    std::unique_ptr<ports::Intake> sending_, receiving_;
    Metrics& metrics_;
    const std::chrono::milliseconds patience_;
    const std::int64_t node_;

    std::mutex mutex_;
    std::condition_variable wake_;
    std::map<std::int64_t, Waiting> waiting_;  // sent or to be sent, by id
    std::deque<std::int64_t> unsent_;
    std::int64_t last_id_ = 0;
    std::size_t waiting_events_ = 0, waiting_bytes_ = 0;
    bool full_ = false;  // the intake, at the last look
    bool stopping_ = false;

    std::thread sender_, receiver_;
};

}  // namespace aftermile::engine
