// The one writer's deciding, without threads: events one after the other on facts that hold
// everything decided before, gathered into a batch that a Committer makes durable. One batch may be
// on its way to the store while the next is decided; when it fails, both are forgotten. Used by one
// thread.
//
//   Receipt receipt = writer.apply(merchant, std::move(element), now);
//   Pending pending = writer.take_batch();      // then decide on
//   auto changes = committer.commit(pending);   // on any thread; the receipts hold from here
//   changes ? writer.kept(pending) : writer.roll_back(pending);
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "engine/facts_loader.hpp"
#include "engine/merchants.hpp"
#include "engine/metrics.hpp"
#include "engine/pending.hpp"
#include "ports/rows.hpp"

namespace aftermile::engine {

// When the rows of shipments are written: with their events, or in sweeps after them. Everything
// else, and every event, is always written with its batch.
enum class Materialise : unsigned char { row, swept };

// Which merchants a process decides for. None given: for all.
using Holds = std::function<bool(model::MerchantNumber)>;

class Writer {
  public:
    // Reads the last event numbers and every timer, and brings up to date what rows are behind
    // their events. Whoever opens it holds the store's writer.
    [[nodiscard]] static base::Result<std::unique_ptr<Writer>> open(ports::Store& store,
                                                                    const model::Catalog& catalog,
                                                                    Metrics& metrics,
                                                                    Materialise materialise,
                                                                    Holds holds = {});

    // From here on those merchants: forgets everything and reads it anew. Nothing may be undecided,
    // on its way or behind; what is, is lost to this process and not to the store.
    [[nodiscard]] base::Result<void> hold(Holds holds);

    // Asks the processor for what deciding these will read; just before, and for some at once.
    void bring_near(model::MerchantNumber merchant, std::span<Element* const> elements);
    // Loads together what these elements need, and says how many lacked something. A failure shows
    // again when they are applied.
    std::size_t prefetch(model::MerchantNumber merchant, std::span<Element* const> elements);

    // Decides one event. The receipt holds only once `commit` succeeded.
    [[nodiscard]] Receipt apply(model::MerchantNumber merchant, Element element, base::Instant now);

    // A channel's answer: the outbox row goes, or waits for its next attempt.
    [[nodiscard]] Receipt apply_dispatched(Element element, std::int32_t attempts,
                                           base::Instant now);

    // The message is not to be sent any more: its outbox row goes.
    void drop_outbox(model::NotificationId id);

    // The earliest timer of every merchant that is not frozen, or of that one.
    [[nodiscard]] std::optional<base::Instant> next_due();
    [[nodiscard]] std::optional<base::Instant> next_due(model::MerchantNumber merchant);
    // Fires what is due until `until`, at most `most`, oldest first, each as of `now` or, where
    // there is none, of its own instant. Returns how many. A merchant that cannot be read is passed
    // over, and its error given once everybody else's were fired.
    [[nodiscard]] base::Result<std::size_t> fire_due(base::Instant until, std::size_t most,
                                                     std::optional<base::Instant> now,
                                                     std::optional<model::MerchantNumber> only);
    // Timers of a frozen merchant fire only when it is named (imports).
    void freeze(model::MerchantNumber merchant) { frozen_.insert(merchant); }
    void thaw(model::MerchantNumber merchant) { frozen_.erase(merchant); }

    [[nodiscard]] std::size_t pending_events() const { return batch_.events.size(); }
    [[nodiscard]] bool has_batch() const { return !batch_.empty(); }
    // Whether rows are behind their events.
    [[nodiscard]] bool is_behind() const { return !behind_.empty(); }
    // What was decided since it was last called, and rows that were behind: a share of them, or
    // `all` that one batch may hold. Its batch must be kept or rolled back before the next one is
    // taken.
    enum class Rows : unsigned char { share, all };
    [[nodiscard]] Pending take_batch(Rows rows = Rows::share);
    // That batch is durable.
    void kept(const Pending& pending);
    // That batch was not kept: forgets it, and whatever was decided on top of it.
    void roll_back(const Pending& pending);
    // Forgets what was decided since the last batch was taken. No batch may be on its way.
    void roll_back();
    // Whether timers could not be read anew after that, and reads them. No batch may be at hand or
    // on its way.
    [[nodiscard]] bool is_stale() const { return stale_; }
    [[nodiscard]] base::Result<void> reload();

    // Outbox rows due, without those held by `skip`.
    [[nodiscard]] base::Result<std::vector<ports::Row>> outbox_due(base::Instant until,
                                                                   std::size_t limit) {
        restrict_loader();
        return loader_.store().outbox_due(until, limit);
    }
    // The earliest hand-over that the batches kept asked for since it was last called.
    [[nodiscard]] std::optional<base::Instant> take_outbox_wake();
    [[nodiscard]] bool email_paused(model::MerchantNumber merchant);

  private:
    Writer(ports::Store& store, const model::Catalog& catalog, Metrics& metrics,
           Materialise materialise)
        : home_(store), catalog_(catalog), metrics_(metrics), materialise_(materialise) {}

    base::Result<MerchantState*> state_of(model::MerchantNumber merchant);
    base::Result<void> load();
    base::Result<void> load_timers();
    void restrict_loader();
    base::Result<void> load_for(const model::Event& event, MerchantState& state);
    Receipt keep(MerchantState& state, const model::Event& event, core::Decisions decisions,
                 Element& element);
    Receipt park(MerchantState& state, const model::Event& event, base::Error reason,
                 model::Because because, Element& element);
    base::Result<void> publish_policy(MerchantState& state, const model::Event& event);
    base::Result<void> catch_up(MerchantState& state);
    base::Result<void> catch_up(MerchantState& state, const std::vector<ports::EventRow>& rows);
    base::Result<void> catch_up_all();
    void sweep(MerchantState& state, Rows rows);
    void set_mark(MerchantState& state, std::uint64_t event);
    void leave_behind(MerchantState& state, const model::Moved& moved);
    void set_timers(ports::Table table, std::int64_t id, const model::Timers& timers);
    void take_puts(MerchantState& state, const std::vector<core::Put>& puts, bool left_behind);
    void take_outbox(const core::OutboxChange& change);
    void touch(model::MerchantNumber merchant, MerchantState& state);

    ports::Store& home_;
    const model::Catalog& catalog_;
    Metrics& metrics_;
    Materialise materialise_;
    Holds holds_;
    FactsLoader loader_;
    std::map<model::MerchantNumber, MerchantState> merchants_;
    std::map<model::MerchantNumber, TimerQueue> timers_;
    std::map<model::MerchantNumber, std::uint64_t> last_events_;  // of the batches taken
    std::set<model::MerchantNumber> frozen_;
    std::set<model::MerchantNumber> behind_;  // merchants with rows behind their events
    bool stale_ = false;
    std::optional<base::Instant> outbox_wake_;
    Pending batch_;
};

}  // namespace aftermile::engine
