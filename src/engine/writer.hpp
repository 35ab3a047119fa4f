// The one writer's work, without threads: decide events one after the other on facts that hold
// everything decided before, and make all of it durable with one commit. Used by one thread.
//
//   writer.begin();
//   Receipt receipt = writer.apply(merchant, std::move(element), now);
//   auto changes = writer.commit();        // an error: nothing was kept, facts are as before
#pragma once

#include <map>
#include <memory>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/merchants.hpp"
#include "engine/metrics.hpp"
#include "engine/submission.hpp"
#include "ports/rows.hpp"

namespace aftermile::engine {

class Writer {
  public:
    // Takes the store's writer, reads the last event numbers and every timer.
    [[nodiscard]] static base::Result<std::unique_ptr<Writer>> open(ports::Store& store,
                                                                    const model::Catalog& catalog,
                                                                    Metrics& metrics);

    // Loads together what these elements need. A failure shows again when they are applied.
    void prefetch(model::MerchantNumber merchant, std::span<Element> elements);

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
    // there is none, of its own instant. Returns how many.
    [[nodiscard]] base::Result<std::size_t> fire_due(base::Instant until, std::size_t most,
                                                     std::optional<base::Instant> now,
                                                     std::optional<model::MerchantNumber> only);
    // Timers of a frozen merchant fire only when it is named (imports).
    void freeze(model::MerchantNumber merchant) { frozen_.insert(merchant); }
    void thaw(model::MerchantNumber merchant) { frozen_.erase(merchant); }

    [[nodiscard]] std::size_t pending_events() const { return events_.size(); }
    [[nodiscard]] base::Result<std::vector<Change>> commit();
    // Forgets what was not committed.
    void roll_back();

    // Outbox rows due, without those held by `skip`.
    [[nodiscard]] base::Result<std::vector<ports::Row>> outbox_due(base::Instant until,
                                                                   std::size_t limit) {
        return loader_->outbox_due(until, limit);
    }
    // The earliest hand-over that this writer's commits asked for since it was last called.
    [[nodiscard]] std::optional<base::Instant> take_outbox_wake();
    [[nodiscard]] bool email_paused(model::MerchantNumber merchant);

  private:
    struct RowKey {
        ports::Table table;
        std::int64_t id;
        friend auto operator<=>(const RowKey&, const RowKey&) = default;
    };
    struct RowKeyHash {
        std::size_t operator()(const RowKey& key) const {
            return std::hash<model::EventId>{}(
                model::EventId{key.id * 16 + static_cast<std::int64_t>(key.table)});
        }
    };
    struct PutRow {
        ports::Row row;
        Change change;
    };
    struct OutboxPut {
        std::string kind;
        base::Instant next_at;
        std::int32_t attempts = 0;
        bool gone = false;
    };

    Writer(ports::Store& store, const model::Catalog& catalog, Metrics& metrics)
        : home_(store), catalog_(catalog), metrics_(metrics) {}

    base::Result<MerchantState*> state_of(model::MerchantNumber merchant);
    base::Result<void> load_timers();
    base::Result<void> load_for(const model::Event& event, MerchantState& state);
    Receipt keep(MerchantState& state, model::Event event, core::Decisions decisions,
                 Element& element);
    Receipt park(MerchantState& state, const model::Event& event, base::Error reason,
                 model::Because because, Element& element);
    base::Result<void> publish_policy(MerchantState& state, const model::Event& event);
    void take_puts(MerchantState& state, const std::vector<core::Put>& puts);
    void take_outbox(const core::OutboxChange& change);
    base::Result<ports::Batch> build_batch(std::vector<Change>& changes);
    base::Result<void> build_outbox(ports::Batch& batch);
    base::Result<void> build_sealed(ports::Batch& batch);
    bool is_fresh(ports::Table table, std::int64_t id);
    void forget_batch();

    ports::Store& home_;
    const model::Catalog& catalog_;
    Metrics& metrics_;
    std::unique_ptr<ports::StoreWriter> store_;
    std::unique_ptr<ports::StoreLoader> loader_;
    std::unique_ptr<ports::StoreReader> reader_;  // of what is sealed already
    std::map<model::MerchantNumber, MerchantState> merchants_;
    std::map<model::MerchantNumber, TimerQueue> timers_;
    std::map<model::MerchantNumber, std::uint64_t> committed_;
    std::set<model::MerchantNumber> frozen_;
    std::optional<base::Instant> outbox_wake_, batch_outbox_wake_;

    // The batch at hand.
    std::vector<ports::EventRow> events_;
    std::unordered_map<RowKey, PutRow, RowKeyHash> puts_;
    std::vector<ports::Row> rows_;  // parked events and published policies
    std::map<std::int64_t, OutboxPut> outbox_;
    std::map<model::MerchantNumber, std::vector<SealedPart>> sealed_;
};

}  // namespace aftermile::engine
