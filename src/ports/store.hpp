// The store: what an adapter (storage/sqlite, storage/postgres) must do. Rows in, rows out; what
// they mean is decided elsewhere. One conformance suite holds every adapter to this page.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "model/event.hpp"
#include "ports/intake.hpp"
#include "ports/schema.hpp"

namespace aftermile::ports {

struct Row {
    Table table = Table::orders;
    std::int64_t id = 0;
    bool fresh = true;           // false: the row exists and is replaced; true: it must not exist
    bool gone = false;           // delete it (outbox); columns and body are then empty
    std::vector<Value> columns;  // as many as the schema has, in its order
    std::string body;
};

// An event as stored. Its merchant and number are in its id. `previous` chains the events of one
// subject (an order or a shipment, the record whose last_event this becomes), newest to oldest.
struct EventRow {
    model::EventId id;
    model::EventId previous;
    base::Instant recorded_at;
    std::string payload;   // model::encode_payload
    std::string decision;  // because and timeline entries (core/decisions.hpp: encode_trace)
};

// A sealed piece of personal data: `owner` names the key (a person's keyed hash), `about` what it
// is (customer, order/REFERENCE, rendered/ntf_…, report/evt_…). Same (merchant, about): replaced.
struct SealedRow {
    model::MerchantNumber merchant = 0;
    std::string owner;
    std::string about;
    std::string bytes;
};

// Administration: organisations, merchants, keys, users, sessions, webhook sources, settings of
// the installation. Small tables outside the event log, written by any thread or process.
struct AdminRow {
    std::string
        kind;  // merchant, key, user, session, webhook_source, sign_in, setting, idempotency
    std::string name;                    // unique within its kind
    model::MerchantNumber merchant = 0;  // 0: of the installation
    std::string body;                    // JSON
    std::optional<base::Instant> expires_at;
};

struct Batch {
    std::vector<EventRow> events;  // ascending by id
    std::vector<Row> rows;         // sorted by table and id, at most one for each (table, id)
    std::vector<SealedRow> sealed;
    std::vector<AdminRow> admin;  // put where they are or not, as AdminStore::put does
    // What was asked through an intake: the rows go and their answers come. Only where the store
    // has one; a row that is there no more is a conflict.
    std::vector<IntakeRow> answers{};
};

struct DueRow {
    model::Subject subject = model::Subject::shipment;
    std::int64_t id = 0;
    base::Instant due;
};

// Reads of which several make one answer.
class Reading {
  public:
    virtual ~Reading() = default;

    // Between these two a store that gains by it answers every call from one moment; the others
    // answer each from its own. May nest. Used through OneMoment.
    virtual void hold_moment() {}
    virtual void let_go() {}
};

// While it lasts: for the calls that one answer is made of.
class OneMoment {
  public:
    explicit OneMoment(Reading& reading) : reading_(reading) { reading_.hold_moment(); }
    ~OneMoment() { reading_.let_go(); }
    OneMoment(const OneMoment&) = delete;
    OneMoment& operator=(const OneMoment&) = delete;

  private:
    Reading& reading_;
};

// What the engine reads to decide, on a connection of its own, so that it goes on while a commit is
// under way. For one thread at a time; each call, or the moment it is part of, sees every commit
// that returned before it began, and nothing of one that has not.
class StoreLoader : public Reading {
  public:
    // Calls `found(id, body)` for each of `ids` that exists; ids may repeat.
    [[nodiscard]] virtual base::Result<void> load(
        Table table, std::span<const std::int64_t> ids,
        const std::function<void(std::int64_t, std::string_view)>& found) = 0;

    // Calls `found(n, id)` for the merchant's rows whose indexed text column equals keys[n]: for
    // each key in turn the first 16 ids, ascending.
    [[nodiscard]] virtual base::Result<void> find(
        Table table, std::string_view column, model::MerchantNumber merchant,
        std::span<const std::string_view> keys,
        const std::function<void(std::size_t, std::int64_t)>& found) = 0;

    // The merchant's rows with ids above `after`, ascending, at most `limit`.
    [[nodiscard]] virtual base::Result<void> load_after(
        Table table, model::MerchantNumber merchant, std::int64_t after, std::size_t limit,
        const std::function<void(std::int64_t, std::string_view)>& found) = 0;

    // The highest event number of each merchant that has any.
    [[nodiscard]] virtual base::Result<std::vector<model::EventId>> last_events() = 0;

    // Where several processes decide: from here on the next two give rows of these merchants only.
    virtual void restrict_to(std::span<const model::MerchantNumber> /*merchants*/) {}

    // Every record with a due time, in any order: the timers' heap is rebuilt from it at start.
    [[nodiscard]] virtual base::Result<void> each_due(
        const std::function<void(const DueRow&)>& found) = 0;

    // Outbox rows whose next_at is at or before `until`, oldest first, at most `limit`.
    [[nodiscard]] virtual base::Result<std::vector<Row>> outbox_due(base::Instant until,
                                                                    std::size_t limit) = 0;
};

// Makes commits durable that returned before they were (StoreWriter::sync_apart).
class StoreSync {
  public:
    virtual ~StoreSync() = default;
    // What was committed before the call is durable when it returns. Code `store_broken`: nobody
    // knows any more what the disk holds, and the process must end. On one thread at a time, which
    // need not be the committing one.
    [[nodiscard]] virtual base::Result<void> sync() = 0;
};

// Used by one thread at a time.
class StoreWriter {
  public:
    virtual ~StoreWriter() = default;

    // From here on commits may return before they are durable, so that the next is written while
    // the disk works on them: they are seen by readers, and survive the process, not the machine.
    // Null where a store has no such thing, and goes on as before. Lives no longer than the writer.
    [[nodiscard]] virtual base::Result<std::unique_ptr<StoreSync>> sync_apart() { return nullptr; }

    // Everything or nothing, durable when it returns, or else after the next sync. Codes:
    // disk_full, store_failed (both with family retry), conflict (a fresh row existed: a bug,
    // family internal). After an error of fsync the adapter refuses every further commit with
    // store_broken: the process must end. So it must after fenced (family internal): another
    // process took over what this one wrote.
    [[nodiscard]] virtual base::Result<void> commit(const Batch& batch) = 0;
};

struct Filter {
    enum class Test : unsigned char { equal, at_least, at_most, is_null, not_null, any_of };
    std::string_view column;  // of the schema; "id" is allowed
    Test test = Test::equal;
    std::vector<Value> values;
};
struct Query {
    Table table = Table::orders;
    model::MerchantNumber merchant = 0;
    std::vector<Filter> filters;
    std::optional<std::int64_t> after;  // the last id of the page before
    bool newest_first = true;           // by id
    std::size_t limit = 50;             // at most 1,000
};
struct StoredRow {
    std::int64_t id = 0;
    std::vector<Value> columns;
    std::string body;
};

// A read-only view for one thread at a time; each call sees everything committed before it began.
// A call that runs longer than 5 s is ended with code `too_slow`.
class StoreReader : public Reading {
  public:
    // No row for another merchant's id: it answers as if the id did not exist.
    [[nodiscard]] virtual base::Result<std::optional<StoredRow>> get(Table table,
                                                                     model::MerchantNumber merchant,
                                                                     std::int64_t id) = 0;
    [[nodiscard]] virtual base::Result<std::vector<StoredRow>> list(const Query& query) = 0;
    [[nodiscard]] virtual base::Result<std::int64_t> count(const Query& query) = 0;
    [[nodiscard]] virtual base::Result<std::optional<EventRow>> event(
        model::MerchantNumber merchant, model::EventId id) = 0;
    // From `head` back along `previous`, newest first, at most `limit`.
    [[nodiscard]] virtual base::Result<std::vector<EventRow>> chain(model::EventId head,
                                                                    std::size_t limit) = 0;
    // The merchant's events with numbers in (after, after + limit], ascending.
    [[nodiscard]] virtual base::Result<std::vector<EventRow>> events_after(model::EventId after,
                                                                           std::size_t limit) = 0;
    [[nodiscard]] virtual base::Result<std::optional<SealedRow>> sealed(
        model::MerchantNumber merchant, std::string_view about) = 0;
};

// Safe from any thread or process.
class AdminStore {
  public:
    virtual ~AdminStore() = default;
    [[nodiscard]] virtual base::Result<void> put(const AdminRow& row) = 0;
    // Fails with code `exists` when the name is taken.
    [[nodiscard]] virtual base::Result<void> add(const AdminRow& row) = 0;
    [[nodiscard]] virtual base::Result<std::optional<AdminRow>> get(std::string_view kind,
                                                                    std::string_view name) = 0;
    [[nodiscard]] virtual base::Result<std::vector<AdminRow>> list(std::string_view kind) = 0;
    [[nodiscard]] virtual base::Result<bool> remove(std::string_view kind,
                                                    std::string_view name) = 0;
    // Removes at most `most` rows of that kind that expired at or before `until`, oldest first, and
    // says how many. Not told as a change: readers look at expires_at themselves.
    [[nodiscard]] virtual base::Result<std::size_t> remove_expired(std::string_view kind,
                                                                   base::Instant until,
                                                                   std::size_t most) = 0;
    // Changes whenever anything here did, also by another process: cheap to poll.
    [[nodiscard]] virtual base::Result<std::int64_t> version() = 0;
    // Merchants are numbered from 1. A number that was given once is not given again, also where
    // its answer was lost: nothing may rest on there being no gaps.
    [[nodiscard]] virtual base::Result<model::MerchantNumber> next_merchant() = 0;
};

// The keys that seal personal data, apart from the data: erasing one erases what it sealed.
class Keyring {
  public:
    virtual ~Keyring() = default;
    // The key of each owner, made (durably, before this returns) where it was missing. An erased
    // owner gets a new key.
    [[nodiscard]] virtual base::Result<std::vector<std::string>> keys_for(
        model::MerchantNumber merchant, std::span<const std::string> owners) = 0;
    [[nodiscard]] virtual base::Result<std::optional<std::string>> find(
        model::MerchantNumber merchant, std::string_view owner) = 0;
    // Overwrites the key on disk.
    [[nodiscard]] virtual base::Result<void> erase(model::MerchantNumber merchant,
                                                   std::string_view owner) = 0;
};

class Store {
  public:
    virtual ~Store() = default;
    // One only: a second, also of another process, fails with code `store_in_use`.
    [[nodiscard]] virtual base::Result<std::unique_ptr<StoreWriter>> writer() = 0;
    [[nodiscard]] virtual base::Result<std::unique_ptr<StoreLoader>> loader() = 0;
    [[nodiscard]] virtual base::Result<std::unique_ptr<StoreReader>> reader() = 0;
    [[nodiscard]] virtual AdminStore& admin() = 0;  // thread-safe
    [[nodiscard]] virtual Keyring& keyring() = 0;   // thread-safe
};

}  // namespace aftermile::ports
