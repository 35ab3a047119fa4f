// The engine: one writer that decides in rounds and commits each while it decides the next, timers,
// and dispatch. Everything that changes the data layer goes through `submit`.
//
//   engine::Engine engine({}, store, clock, catalog);
//   if (auto started = engine.start(); !started) { ... }
//   engine.submit({.merchant = 1, .elements = {...}, .reply = [](auto receipts) { ... }});
//
// Public functions are safe from any thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <thread>

#include "engine/committer.hpp"
#include "engine/dispatch.hpp"
#include "engine/limits.hpp"
#include "engine/relay.hpp"
#include "engine/round.hpp"
#include "engine/writer.hpp"
#include "ports/clock.hpp"

namespace aftermile::engine {

struct Options {
    // None: nothing is sent, and messages stay readable where they wait.
    ports::MailTransport* mail = nullptr;
    MessageSettings messages;
    bool dispatch = true;
    Materialise materialise = Materialise::row;
    std::size_t batch_events = limits::batch_events;
    std::size_t batch_bytes = limits::batch_bytes;
    std::size_t kept_at_once = limits::kept_at_once;
    std::size_t queue_events = limits::queue_events;
    std::size_t queue_bytes = limits::queue_bytes;
    // Two sessions of the store's intake: this process decides nothing, and sends on what is
    // submitted. Neither timers, dispatch, imports nor a clock to move then.
    std::function<base::Result<std::unique_ptr<ports::Intake>>()> intake;
    // Whether this process decides for nobody until `hold` is called.
    bool shared = false;
    // A store that lost its word (store_broken) cannot be trusted by this process again.
    std::function<void(const base::Error&)> fatal;
    // Planted fault: replies leave before the commit. The durability test must catch it.
    bool reply_too_early = false;
};

class Engine {
  public:
    Engine(Options options, ports::Store& store, ports::Clock& clock,
           const model::Catalog& catalog);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // Takes the store's writer and starts the threads.
    [[nodiscard]] base::Result<void> start();
    // Finishes what queued, hands nothing more over, joins the threads.
    void stop();

    // Codes, none kept: `busy` (family retry) when the queue is full, `stopping` (retry),
    // `too_many` (rejected) above limits::submission_events. The reply then is not called.
    [[nodiscard]] base::Result<void> submit(Submission submission);
    // The same, waiting for the receipts. Never on a thread of the engine.
    [[nodiscard]] base::Result<std::vector<Receipt>> submit_and_wait(model::MerchantNumber merchant,
                                                                     std::vector<Element> elements);

    // A standing clock only: from due timer to due timer until then, each as of its own instant,
    // every message due handed over before the next step. Code `clock_runs` otherwise.
    [[nodiscard]] base::Result<void> advance_to(base::Instant target);
    [[nodiscard]] base::Instant now() const { return clock_.now(); }

    // Between these two, timers of the merchant fire only before elements with an instant of
    // their own; the end fires the rest up to now, each as of its own instant.
    [[nodiscard]] base::Result<void> begin_import(model::MerchantNumber merchant);
    [[nodiscard]] base::Result<void> end_import(model::MerchantNumber merchant);

    // Where several processes decide: from here on for those merchants alone. Waits until messages
    // that were handed over are answered and rows that are behind are written, forgets everything,
    // and reads what the merchants held have in the store. Never on a thread of the engine.
    [[nodiscard]] base::Result<void> hold(Holds holds);

    // Called on the syncing thread with what a commit changed, once that is durable.
    std::uint64_t subscribe(Subscriber subscriber);
    void unsubscribe(std::uint64_t subscription);

    [[nodiscard]] Metrics& metrics() { return metrics_; }
    [[nodiscard]] const MessageSettings& messages() const { return options_.messages; }
    [[nodiscard]] ports::Store& store() { return store_; }
    [[nodiscard]] const model::Catalog& catalog() const { return catalog_; }

  private:
    using Task = std::function<void()>;  // on the deciding thread, between rounds
    struct Queued {
        Submission submission;
        std::size_t bytes = 0;
    };
    struct Place {  // of an element in the round
        std::size_t part, element;
    };
    struct Step {  // an advance under way
        base::Instant target;
        std::promise<base::Result<void>> done;
    };

    void run();
    [[nodiscard]] bool ended();
    void wait_for_work();
    std::optional<base::Instant> next_moment();
    [[nodiscard]] bool fits(const Queued& queued) const;
    void take_queue(std::vector<DispatchResult>& results, std::vector<Task>& tasks);
    void decide(std::size_t first_part, std::vector<DispatchResult>& results);
    [[nodiscard]] std::vector<Place> places_from(std::size_t first_part);
    // `use(merchant, elements)` for the elements of each.
    template <class Use>
    void each_merchant(std::span<const Place> places, Use use);
    std::size_t prefetch(std::span<const Place> places);
    void apply(std::span<const Place> places);
    void apply(Round::Part& part, Element& element);
    void apply_result(DispatchResult& result, base::Instant now);
    [[nodiscard]] bool has_decided() const;
    void close_round();
    void keep(Round& round);
    void answer(Round& round);
    void settle();
    void settle_one();
    base::Result<void> keep_now();
    void kept(const Pending& pending, const std::set<model::MerchantNumber>& switched);
    void lost(const Pending& pending, const base::Error& error,
              const std::set<model::MerchantNumber>& switched);
    void reload();
    void decide_again(DispatchResult result);
    void count_answer(const DispatchResult& result);
    [[nodiscard]] bool waits_after_failure(base::Instant now) const;
    [[nodiscard]] bool sweep_rests(base::Instant now) const;
    void note_switched_channels(const std::set<model::MerchantNumber>& switched);
    void publish(const std::vector<Change>& changes);
    void hand_over(base::Instant now);
    [[nodiscard]] bool is_durable(model::NotificationId id) const;
    void set_outbox_wake(base::Instant now, const std::vector<ports::Row>& rows, bool full,
                         std::size_t held);
    void step_clock();
    base::Result<void> start_relay();
    void write_everything();
    base::Result<void> run_task(std::function<base::Result<void>()> task);
    [[nodiscard]] bool dispatching() const { return dispatcher_ != nullptr; }

    Options options_;
    ports::Store& store_;
    ports::Clock& clock_;
    const model::Catalog& catalog_;
    Metrics metrics_;

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Queued> queue_;
    std::deque<DispatchResult> results_;
    std::deque<Task> tasks_;
    std::size_t queued_events_ = 0, queued_bytes_ = 0;
    bool stopping_ = false, started_ = false;
    bool ending_ = false;  // stopping, and no answer of the dispatcher is to come

    std::mutex subscribers_mutex_;
    std::map<std::uint64_t, Subscriber> subscribers_;
    std::uint64_t next_subscription_ = 1;

    // The deciding thread only.
    std::unique_ptr<Writer> writer_;
    Round round_;  // at hand: decided, not yet on its way
    // Of each round on its way, the first given in front: its merchants' last events before it.
    std::deque<std::map<model::MerchantNumber, std::uint64_t>> before_;
    bool much_lacks_ = false;  // of what the events looked at last read
    std::set<std::int64_t> in_flight_;
    std::vector<DispatchResult> again_;  // answers whose round was lost: they stay in flight
    std::optional<base::Instant> outbox_wake_;
    std::size_t outbox_page_ = limits::outbox_page;
    std::optional<base::Instant> circuit_until_;
    std::chrono::seconds circuit_wait_{0};
    std::optional<base::Instant> timers_wait_until_;  // after a commit that failed
    std::optional<base::Instant> sweep_rests_until_;
    std::set<model::MerchantNumber> paused_;
    bool resting_ = false;  // nothing is handed over while slots change
    std::unique_ptr<Step> step_;

    // The committing threads' while they hold a round, the deciding one's otherwise.
    std::unique_ptr<Committer> committer_;

    std::unique_ptr<Dispatcher> dispatcher_;
    std::unique_ptr<Commits> commits_;
    std::unique_ptr<Relay> relay_;  // in the place of all of the above
    std::thread thread_;
};

}  // namespace aftermile::engine
