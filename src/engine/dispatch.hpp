// The hand-over to channels, on a thread of its own: a message is composed, sent, and the
// channel's answer comes back as a result that the writer turns into an event. A crash between
// sending and its event sends once more, under the same message id.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "engine/message.hpp"
#include "engine/submission.hpp"

namespace aftermile::engine {

struct DispatchJob {
    model::NotificationId notification;
    std::int32_t attempts = 0;  // failed before this one
    base::Instant now;
};

struct DispatchResult {
    enum class Kind : unsigned char {
        answered,      // `element` is the event to decide
        obsolete,      // it is not to be sent any more: the outbox row goes
        channel_down,  // nothing was tried; it waits without using up an attempt
        paused,        // stopped by a person; it waits
    };
    Kind kind = Kind::answered;
    DispatchJob job;
    Element element;
};

class Dispatcher {
  public:
    // `results` is called on the dispatcher's thread and must not block.
    Dispatcher(ports::Store& store, ports::MailTransport& mail, MessageSettings settings,
               std::function<void(DispatchResult)> results);
    ~Dispatcher();
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    [[nodiscard]] base::Result<void> start();
    // Returns once the message at hand has its answer; what waits is dropped and stays in the
    // outbox.
    void stop();
    void offer(DispatchJob job);
    // What was offered and is not begun; it will have no result.
    [[nodiscard]] std::deque<DispatchJob> take_back();
    // Takes effect before the next message is sent.
    void set_paused(std::set<model::MerchantNumber> merchants);

  private:
    void run();
    [[nodiscard]] DispatchResult send(const DispatchJob& job);
    [[nodiscard]] bool is_paused(model::MerchantNumber merchant);

    ports::Store& store_;
    ports::MailTransport& mail_;
    MessageSettings settings_;
    std::function<void(DispatchResult)> results_;
    std::unique_ptr<ports::StoreReader> reader_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<DispatchJob> jobs_;
    std::set<model::MerchantNumber> paused_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace aftermile::engine
