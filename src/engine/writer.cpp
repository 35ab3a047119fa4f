#include "engine/writer.hpp"

#include <algorithm>
#include <chrono>

#include "base/failpoint.hpp"
#include "engine/limits.hpp"
#include "engine/person.hpp"
#include "engine/policy_load.hpp"

namespace aftermile::engine {

namespace {

using base::Error;
using base::Family;
using base::Result;
using ports::Row;
using ports::Table;

std::optional<model::Subject> subject_of(Table table) {
    switch (table) {
        case Table::merchants:
            return model::Subject::merchant;
        case Table::orders:
            return model::Subject::order;
        case Table::shipments:
            return model::Subject::shipment;
        case Table::incidents:
            return model::Subject::incident;
        case Table::notifications:
            return model::Subject::notification;
        case Table::claims:
            return model::Subject::claim;
        case Table::customers:
        case Table::tickets:
        case Table::coverages:
        case Table::ledger:
        case Table::contributions:
        case Table::risks:
        case Table::profiles:
        case Table::policies:
        case Table::outbox:
        case Table::parked:
            return std::nullopt;
    }
    return std::nullopt;
}

Change change_of(const core::Put& put) {
    return std::visit(
        []<class Record>(const Record& record) -> Change {
            if constexpr (std::same_as<Record, model::Merchant>) {
                return {record.number, "merchant", {}};
            } else if constexpr (std::same_as<Record, model::ProfileVersion>) {
                return {record.merchant, "profile", std::to_string(record.version)};
            } else {
                return {record.id.merchant(), std::string(Record::kind_name), record.id.text()};
            }
        },
        put);
}

Receipt failed(Error error) {
    Receipt receipt;
    receipt.kind = ReceiptKind::retry;
    receipt.error = std::move(error);
    return receipt;
}

}  // namespace

Result<std::unique_ptr<Writer>> Writer::open(ports::Store& store, const model::Catalog& catalog,
                                             Metrics& metrics) {
    std::unique_ptr<Writer> writer(new Writer(store, catalog, metrics));
    auto handle = store.writer();
    auto loader = store.loader();
    auto reader = store.reader();
    if (!handle || !loader || !reader) {
        return std::unexpected(!handle   ? handle.error()
                               : !loader ? loader.error()
                                         : reader.error());
    }
    writer->store_ = std::move(*handle);
    writer->loader_ = std::move(*loader);
    writer->reader_ = std::move(*reader);
    auto last = writer->loader_->last_events();
    if (!last) {
        return std::unexpected(last.error());
    }
    for (const model::EventId id : *last) {
        writer->committed_[id.merchant()] = id.event_number();
    }
    if (auto timers = writer->load_timers(); !timers) {
        return std::unexpected(timers.error());
    }
    return writer;
}

Result<void> Writer::load_timers() {
    timers_.clear();
    return loader_->each_due([this](const ports::DueRow& row) {
        const auto merchant = row.subject == model::Subject::merchant
                                  ? static_cast<model::MerchantNumber>(row.id)
                                  : model::EventId{row.id}.merchant();
        timers_[merchant].set(row.subject, row.id, row.due);
    });
}

Result<MerchantState*> Writer::state_of(model::MerchantNumber merchant) {
    if (const auto at = merchants_.find(merchant); at != merchants_.end()) {
        return &at->second;
    }
    const auto last = committed_.find(merchant);
    auto state = load_merchant(*loader_, home_.admin(), catalog_, merchant,
                               last == committed_.end() ? 0 : last->second);
    if (!state) {
        return std::unexpected(state.error());
    }
    return &merchants_.insert_or_assign(merchant, std::move(*state)).first->second;
}

void Writer::prefetch(model::MerchantNumber merchant, std::span<Element> elements) {
    auto state = state_of(merchant);
    if (!state || elements.size() < 2) {
        return;
    }
    std::vector<model::Event> events;  // borrowed from the elements, and given back below
    std::vector<const model::Event*> wanted;
    events.reserve(elements.size());
    for (Element& element : elements) {
        events.push_back({{}, {}, std::move(element.payload)});
        if (!element.parked) {
            wanted.push_back(&events.back());
        }
    }
    // What cannot be loaded now fails again, event by event, where it can be told to its sender.
    static_cast<void>(engine::prefetch(*loader_, merchant, wanted, **state));
    for (std::size_t i = 0; i < elements.size(); ++i) {
        elements[i].payload = std::move(events[i].payload);
    }
}

Result<void> Writer::load_for(const model::Event& event, MerchantState& state) {
    for (int round = 0; round <= core::needs_rounds_max; ++round) {
        core::Keys keys = core::needs(event, state.facts, *state.policy);
        if (keys.empty()) {
            return {};
        }
        if (auto loaded =
                load_keys(*loader_, state.facts.merchant.number, std::move(keys), state.facts);
            !loaded) {
            return loaded;
        }
    }
    return base::fail("needs_never_end", "This event asks for more than it may.", {},
                      Family::internal);
}

Receipt Writer::apply(model::MerchantNumber merchant, Element element, base::Instant now) {
    auto found = state_of(merchant);
    if (!found) {
        return failed(std::move(found.error()));
    }
    MerchantState& state = **found;
    state.touched = true;
    if (element.encoded.empty()) {
        element.encoded = model::encode_payload(element.payload);
    }
    const model::Event event{model::EventId::of(merchant, state.next, 0), now,
                             std::move(element.payload)};
    if (element.parked) {
        model::Because because;
        because.event = event.id;
        because.rule = "intake.parked." + element.parked->code;
        return park(state, event, *element.parked, std::move(because), element);
    }
    if (const auto* policy = std::get_if<model::PolicyPublished>(&event.payload)) {
        if (auto valid = load_policy(policy->toml, policy->version); !valid) {
            Receipt receipt = failed(std::move(valid.error()));
            receipt.kind = ReceiptKind::rejected;
            return receipt;
        }
    }
    if (auto loaded = load_for(event, state); !loaded) {
        return failed(std::move(loaded.error()));
    }
    return keep(state, event, core::decide(event, state.facts, *state.policy, now), element);
}

Receipt Writer::keep(MerchantState& state, model::Event event, core::Decisions decisions,
                     Element& element) {
    Receipt receipt;
    receipt.id = decisions.id;
    receipt.reference = decisions.reference;
    receipt.error = decisions.error;
    switch (decisions.outcome) {
        case core::Outcome::duplicate:
            receipt.kind = ReceiptKind::duplicate;
            ++metrics_.duplicates;
            return receipt;
        case core::Outcome::rejected:
            receipt.kind = ReceiptKind::rejected;
            ++metrics_.rejected;
            return receipt;
        case core::Outcome::parked:
            return park(state, event,
                        decisions.error.value_or(Error{"parked", "Set aside.", "", Family::parked}),
                        decisions.trace.because, element);
        case core::Outcome::applied:
            break;
    }
    if (auto broken = core::violated(state.facts, decisions, event)) {
        return park(state, event, std::move(*broken), decisions.trace.because, element);
    }
    take_puts(state, decisions.puts);
    for (const core::OutboxChange& change : decisions.outbox) {
        take_outbox(change);
    }
    const model::EventId previous = decisions.previous;
    std::string trace = base::encode(decisions.trace);
    core::fold(state.facts, std::move(decisions));
    if (auto published = publish_policy(state, event); !published) {
        return failed(std::move(published.error()));
    }
    events_.push_back(
        {event.id, previous, event.recorded_at, std::move(element.encoded), std::move(trace)});
    ++state.next;
    auto& sealed = sealed_[event.id.merchant()];
    std::ranges::move(element.sealed, std::back_inserter(sealed));
    receipt.kind = ReceiptKind::accepted;
    receipt.event = event.id;
    ++metrics_.events;
    return receipt;
}

// A parked event keeps its number and its place in the log, and touches nothing else.
Receipt Writer::park(MerchantState& state, const model::Event& event, Error reason,
                     model::Because because, Element& element) {
    core::Trace trace;
    trace.because = std::move(because);
    Row row{.table = Table::parked, .id = event.id.value, .columns = {}, .body = element.encoded};
    row.columns = {reason.code, reason.detail, base::microseconds_of(event.recorded_at),
                   ports::Value{}};
    rows_.push_back(std::move(row));
    events_.push_back(
        {event.id, {}, event.recorded_at, std::move(element.encoded), base::encode(trace)});
    ++state.next;
    std::ranges::move(element.sealed, std::back_inserter(sealed_[event.id.merchant()]));
    Receipt receipt;
    receipt.kind = ReceiptKind::parked;
    receipt.event = event.id;
    reason.family = Family::parked;
    receipt.error = std::move(reason);
    ++metrics_.parked;
    return receipt;
}

Result<void> Writer::publish_policy(MerchantState& state, const model::Event& event) {
    const model::Merchant& merchant = state.facts.merchant;
    const auto* published = std::get_if<model::PolicyPublished>(&event.payload);
    if (published == nullptr || merchant.policy_version == state.policy->version) {
        return {};
    }
    auto policy = load_policy(published->toml, merchant.policy_version);
    if (!policy) {
        return std::unexpected(policy.error());
    }
    state.policy = std::make_shared<const model::Policy>(std::move(*policy));
    Row row{.table = Table::policies,
            .id = ports::version_id(merchant.number, merchant.policy_version),
            .columns = {std::int64_t{merchant.policy_version}},
            .body = published->toml};
    rows_.push_back(std::move(row));
    return {};
}

// Written out at once, while the records are at hand: the facts take them over next.
void Writer::take_puts(MerchantState& state, const std::vector<core::Put>& puts) {
    TimerQueue& timers = timers_[state.facts.merchant.number];
    for (const core::Put& put : puts) {
        Row row = std::visit([](const auto& record) { return ports::row_of(record); }, put);
        std::visit(
            [&](const auto& record) {
                if constexpr (requires { record.timers; }) {
                    const auto first =
                        std::ranges::min_element(record.timers, {}, &model::Timer::due);
                    timers.set(
                        *subject_of(row.table), row.id,
                        first == record.timers.end() ? std::nullopt : std::optional(first->due));
                }
            },
            put);
        const RowKey key{row.table, row.id};
        puts_.insert_or_assign(key, PutRow{std::move(row), change_of(put)});
    }
}

void Writer::take_outbox(const core::OutboxChange& change) {
    outbox_.insert_or_assign(change.id,
                             OutboxPut{change.kind, change.next_at, change.attempts, change.gone});
    if (!change.gone && (!batch_outbox_wake_ || change.next_at < *batch_outbox_wake_)) {
        batch_outbox_wake_ = change.next_at;
    }
}

Receipt Writer::apply_dispatched(Element element, std::int32_t attempts, base::Instant now) {
    const auto dispatched = std::get<model::Dispatched>(element.payload);
    const std::int64_t id = dispatched.notification.value;
    Receipt receipt = apply(dispatched.notification.merchant(), std::move(element), now);
    if (receipt.kind == ReceiptKind::retry) {
        return receipt;
    }
    core::OutboxChange change;
    change.kind = "mail";
    change.id = id;
    change.gone = true;
    if (dispatched.outcome == model::DispatchOutcome::retry &&
        receipt.kind == ReceiptKind::accepted) {
        const auto tried = static_cast<std::size_t>(std::max(attempts, 0)) + 1;
        const auto wait =
            limits::dispatch_waits[std::min(tried, limits::dispatch_waits.size() - 1)];
        change.gone = false;
        change.attempts = attempts + 1;
        change.next_at = now + wait;
    }
    take_outbox(change);
    return receipt;
}

void Writer::drop_outbox(model::NotificationId id) {
    if (state_of(id.merchant())) {
        take_outbox({.kind = "mail", .id = id.value, .next_at = {}, .attempts = 0, .gone = true});
    }
}

std::optional<base::Instant> Writer::next_due() {
    std::optional<base::Instant> earliest;
    for (auto& [merchant, timers] : timers_) {
        if (frozen_.contains(merchant)) {
            continue;
        }
        if (const auto next = timers.next(); next && (!earliest || next->due < *earliest)) {
            earliest = next->due;
        }
    }
    return earliest;
}

std::optional<base::Instant> Writer::next_due(model::MerchantNumber merchant) {
    const auto next = timers_[merchant].next();
    return next ? std::optional(next->due) : std::nullopt;
}

Result<std::size_t> Writer::fire_due(base::Instant until, std::size_t most,
                                     std::optional<base::Instant> now,
                                     std::optional<model::MerchantNumber> only) {
    std::size_t fired = 0;
    while (fired < most) {
        std::optional<DueTimer> first;
        model::MerchantNumber merchant = 0;
        const auto look = [&](model::MerchantNumber number, TimerQueue& timers) {
            if (const auto next = timers.next(); next && (!first || *next < *first)) {
                first = next;
                merchant = number;
            }
        };
        if (only) {
            look(*only, timers_[*only]);
        } else {
            for (auto& [number, timers] : timers_) {
                if (!frozen_.contains(number)) {
                    look(number, timers);
                }
            }
        }
        if (!first || first->due > until) {
            break;
        }
        Element element;
        element.payload = model::TimerFired{first->subject, first->id, first->due};
        Receipt receipt = apply(merchant, std::move(element), now.value_or(first->due));
        if (receipt.kind == ReceiptKind::retry) {
            return std::unexpected(std::move(*receipt.error));
        }
        ++fired;
        ++metrics_.timers_fired;
        TimerQueue& timers = timers_[merchant];
        if (const auto due = timers.due_of(first->subject, first->id); due && *due <= first->due) {
            // Decided, and still asking for a moment that is over: the record no longer wants it,
            // or the event was parked. It is not asked again until the record changes.
            timers.set(first->subject, first->id, std::nullopt);
            metrics_.timers_stuck += receipt.kind == ReceiptKind::duplicate ? 0U : 1U;
        }
    }
    return fired;
}

bool Writer::is_fresh(Table table, std::int64_t id) {
    if (table == Table::profiles) {
        return true;  // a version is written once
    }
    const auto merchant = table == Table::merchants ? static_cast<model::MerchantNumber>(id)
                                                    : model::EventId{id}.merchant();
    const MerchantState& state = merchants_.at(merchant);
    return table == Table::merchants ? !state.has_row
                                     : model::EventId{id}.event_number() > state.committed;
}

Result<void> Writer::build_outbox(ports::Batch& batch) {
    std::vector<std::int64_t> older;
    for (const auto& [id, put] : outbox_) {
        if (!is_fresh(Table::notifications, id)) {
            older.push_back(id);
        }
    }
    std::set<std::int64_t> there;
    if (!older.empty()) {
        auto loaded = loader_->load(Table::outbox, older,
                                   [&](std::int64_t id, std::string_view) { there.insert(id); });
        if (!loaded) {
            return loaded;
        }
    }
    for (const auto& [id, put] : outbox_) {
        const bool exists = there.contains(id);
        if (put.gone && !exists) {
            continue;  // came and went in this batch
        }
        Row row{.table = Table::outbox,
                .id = id,
                .fresh = !exists,
                .gone = put.gone,
                .columns = {},
                .body = {}};
        if (!put.gone) {
            row.columns = {put.kind, base::microseconds_of(put.next_at),
                           std::int64_t{put.attempts}};
        }
        batch.rows.push_back(std::move(row));
    }
    return {};
}

Result<void> Writer::build_sealed(ports::Batch& batch) {
    for (const auto& [merchant, parts] : sealed_) {
        if (parts.empty()) {
            continue;
        }
        auto rows = seal_parts(merchant, parts, *reader_, home_.keyring());
        if (!rows) {
            return std::unexpected(rows.error());
        }
        std::ranges::move(*rows, std::back_inserter(batch.sealed));
    }
    return {};
}

Result<ports::Batch> Writer::build_batch(std::vector<Change>& changes) {
    ports::Batch batch;
    batch.rows.reserve(puts_.size() + rows_.size() + outbox_.size() + 1);
    changes.reserve(puts_.size());
    for (auto& [key, put] : puts_) {
        put.row.fresh = is_fresh(key.table, key.id);
        batch.rows.push_back(std::move(put.row));
        changes.push_back(std::move(put.change));
    }
    for (const auto& [merchant, state] : merchants_) {
        if (state.touched && !state.has_policy_row && state.next > state.committed + 1) {
            batch.rows.push_back({.table = Table::policies,
                                  .id = ports::version_id(merchant, 1),
                                  .columns = {std::int64_t{1}},
                                  .body = std::string(default_policy_document())});
        }
    }
    batch.rows.insert(batch.rows.end(), rows_.begin(), rows_.end());
    if (auto outbox = build_outbox(batch); !outbox) {
        return std::unexpected(outbox.error());
    }
    if (auto sealed = build_sealed(batch); !sealed) {
        return std::unexpected(sealed.error());
    }
    std::ranges::sort(batch.rows, {}, [](const Row& row) { return std::pair(row.table, row.id); });
    batch.events = std::move(events_);
    std::ranges::sort(batch.events, {}, &ports::EventRow::id);
    return batch;
}

Result<std::vector<Change>> Writer::commit() {
    std::vector<Change> changes;
    if (events_.empty() && outbox_.empty()) {
        forget_batch();
        return changes;
    }
    auto batch = build_batch(changes);
    if (!batch) {
        roll_back();
        return std::unexpected(batch.error());
    }
    base::failpoint("before_commit");
    const auto start = std::chrono::steady_clock::now();
    auto done = store_->commit(*batch);
    metrics_.commit_took(
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                       std::chrono::steady_clock::now() - start)
                                       .count()));
    if (!done) {
        ++metrics_.commit_failures;
        roll_back();
        return std::unexpected(done.error());
    }
    base::failpoint("after_commit");
    for (auto& [merchant, state] : merchants_) {
        if (state.touched) {
            state.has_policy_row = state.has_policy_row || state.next > state.committed + 1;
            state.has_row = state.has_row || puts_.contains({Table::merchants, merchant});
            state.committed = state.next - 1;
            committed_[merchant] = state.committed;
            state.touched = false;
            state.facts.trim();
        }
    }
    if (batch_outbox_wake_ && (!outbox_wake_ || *batch_outbox_wake_ < *outbox_wake_)) {
        outbox_wake_ = batch_outbox_wake_;
    }
    forget_batch();
    if (merchants_.size() > limits::merchants_cached) {
        merchants_.clear();
    }
    return changes;
}

void Writer::forget_batch() {
    events_.clear();
    puts_.clear();
    rows_.clear();
    outbox_.clear();
    sealed_.clear();
    batch_outbox_wake_.reset();
}

void Writer::roll_back() {
    std::erase_if(merchants_, [](const auto& each) { return each.second.touched; });
    forget_batch();
    // A timer set by what was undone may have replaced one that still stands.
    static_cast<void>(load_timers());
}

std::optional<base::Instant> Writer::take_outbox_wake() {
    return std::exchange(outbox_wake_, std::nullopt);
}

bool Writer::email_paused(model::MerchantNumber merchant) {
    const auto state = state_of(merchant);
    return state && std::ranges::find((*state)->facts.merchant.paused, model::Channel::email,
                                      &model::PausedChannel::channel) !=
                        (*state)->facts.merchant.paused.end();
}

}  // namespace aftermile::engine
