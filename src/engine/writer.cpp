#include "engine/writer.hpp"

#include <algorithm>

#include "core/delivery/move.hpp"
#include "core/nearby.hpp"
#include "engine/limits.hpp"
#include "engine/policy_load.hpp"
#include "ports/due.hpp"

namespace aftermile::engine {

namespace {

using base::Error;
using base::Family;
using base::Result;
using ports::Row;
using ports::Table;

Receipt failed(Error error) {
    Receipt receipt;
    receipt.kind = ReceiptKind::retry;
    receipt.error = std::move(error);
    return receipt;
}

}  // namespace

Result<std::unique_ptr<Writer>> Writer::open(ports::Store& store, const model::Catalog& catalog,
                                             Metrics& metrics, Materialise materialise,
                                             Holds holds) {
    std::unique_ptr<Writer> writer(new Writer(store, catalog, metrics, materialise));
    auto loader = FactsLoader::open(store);
    if (!loader) {
        return std::unexpected(loader.error());
    }
    writer->loader_ = std::move(*loader);
    if (auto held = writer->hold(std::move(holds)); !held) {
        return std::unexpected(held.error());
    }
    return writer;
}

Result<void> Writer::hold(Holds holds) {
    holds_ = std::move(holds);
    auto loaded = load();
    if (!loaded) {  // nothing is decided on half of it
        holds_ = [](model::MerchantNumber) { return false; };
        timers_.clear();
        merchants_.clear();
        behind_.clear();
        last_events_.clear();
    }
    return loaded;
}

Result<void> Writer::load() {
    batch_ = {};
    merchants_.clear();
    behind_.clear();
    last_events_.clear();
    auto last = loader_.store().last_events();
    if (!last) {
        return std::unexpected(last.error());
    }
    for (const model::EventId id : *last) {
        if (!holds_ || holds_(id.merchant())) {
            last_events_[id.merchant()] = id.event_number();
        }
    }
    if (auto timers = load_timers(); !timers) {
        return timers;
    }
    return catch_up_all();
}

void Writer::restrict_loader() {
    if (!holds_) {
        return;
    }
    std::vector<model::MerchantNumber> held;
    held.reserve(last_events_.size());
    for (const auto& [merchant, last] : last_events_) {
        held.push_back(merchant);
    }
    loader_.store().restrict_to(held);
}

Result<void> Writer::load_timers() {
    timers_.clear();
    restrict_loader();
    return loader_.store().each_due([this](const ports::DueRow& row) {
        const auto merchant = row.subject == model::Subject::merchant
                                  ? static_cast<model::MerchantNumber>(row.id)
                                  : model::EventId{row.id}.merchant();
        timers_[merchant].set(row.subject, row.id, row.due);
    });
}

Result<MerchantState*> Writer::state_of(model::MerchantNumber merchant) {
    if (holds_ && !holds_(merchant)) {
        return base::fail("not_held", "Another process decides for this merchant.", {},
                          Family::retry);
    }
    if (const auto at = merchants_.find(merchant); at != merchants_.end()) {
        return &at->second;
    }
    const auto last = last_events_.find(merchant);
    auto state = load_merchant(loader_.store(), home_.admin(), catalog_, merchant,
                               last == last_events_.end() ? 0 : last->second);
    if (!state) {
        return std::unexpected(state.error());
    }
    if (auto done = catch_up(*state); !done) {
        return std::unexpected(done.error());
    }
    MerchantState& kept = merchants_.insert_or_assign(merchant, std::move(*state)).first->second;
    if (!kept.sweep.empty()) {
        behind_.insert(merchant);
    }
    return &kept;
}

void Writer::bring_near(model::MerchantNumber merchant, std::span<Element* const> elements) {
    const auto state = merchants_.find(merchant);
    if (state == merchants_.end()) {
        return;
    }
    std::vector<const model::Payload*> payloads;
    payloads.reserve(elements.size());
    for (const Element* element : elements) {
        payloads.push_back(&element->payload);
    }
    const TimerQueue& timers = timers_[merchant];
    for (const model::ShipmentId id : core::bring_near(payloads, state->second.facts)) {
        timers.bring_near(model::Subject::shipment, id.value);
    }
}

std::size_t Writer::prefetch(model::MerchantNumber merchant, std::span<Element* const> elements) {
    auto state = state_of(merchant);
    if (!state) {
        return 0;
    }
    if (elements.size() < 2) {
        bring_near(merchant, elements);
        return 0;
    }
    std::vector<const model::Payload*> asking;
    while (!elements.empty()) {
        const auto some = elements.first(std::min(elements.size(), limits::near_at_once));
        elements = elements.subspan(some.size());
        bring_near(merchant, some);
        for (Element* const element : some) {
            const core::AtHand known =
                core::at_hand(element->payload, (*state)->facts, *(*state)->policy);
            element->at_hand = known != core::AtHand::too_little;
            if (!element->parked && known != core::AtHand::enough) {
                asking.push_back(&element->payload);
            }
        }
    }
    return loader_.prefetch(merchant, std::move(asking), (*state)->facts, *(*state)->policy);
}

Result<void> Writer::load_for(const model::Event& event, MerchantState& state) {
    for (int round = 0; round <= core::needs_rounds_max; ++round) {
        core::Keys keys = core::needs(event.payload, state.facts);
        if (keys.empty()) {
            return {};
        }
        if (auto loaded = loader_.load(state.facts.merchant.number, std::move(keys), state.facts);
            !loaded) {
            return loaded;
        }
    }
    return base::fail("needs_never_end", "This event asks for more than it may.", {},
                      Family::internal);
}

void Writer::touch(model::MerchantNumber merchant, MerchantState& state) {
    if (!state.touched) {
        state.touched = true;
        batch_.merchants.insert_or_assign(merchant,
                                          Pending::Before{.last_event = state.taken,
                                                          .has_row = state.has_row,
                                                          .has_mark = state.mark.has_value()});
    }
}

Receipt Writer::apply(model::MerchantNumber merchant, Element element, base::Instant now) {
    auto found = state_of(merchant);
    if (!found) {
        return failed(std::move(found.error()));
    }
    MerchantState& state = **found;
    touch(merchant, state);
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
    if (element.at_hand ||
        core::at_hand(event.payload, state.facts, *state.policy) != core::AtHand::too_little) {
        core::Decisions decisions = core::decide(event, state.facts, *state.policy, now);
        if (!core::lacks_facts(decisions)) {
            return keep(state, event, std::move(decisions), element);
        }
    }
    if (auto loaded = load_for(event, state); !loaded) {
        return failed(std::move(loaded.error()));
    }
    return keep(state, event, core::decide(event, state.facts, *state.policy, now), element);
}

Receipt Writer::keep(MerchantState& state, const model::Event& event, core::Decisions decisions,
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
    const model::EventId previous = decisions.previous;
    model::Trace trace = std::move(decisions.trace);
    if (materialise_ == Materialise::swept) {
        trace.moved = core::delivery::moved_by(event, state.facts, decisions);
    }
    if (trace.moved) {
        leave_behind(state, *trace.moved);
    }
    take_puts(state, decisions.puts, trace.moved.has_value());
    for (const core::OutboxChange& change : decisions.outbox) {
        take_outbox(change);
    }
    core::fold(state.facts, std::move(decisions));
    if (auto published = publish_policy(state, event); !published) {
        return failed(std::move(published.error()));
    }
    batch_.events.push_back(
        {{event.id, previous, event.recorded_at, std::move(element.encoded), {}},
         std::move(trace)});
    ++state.next;
    auto& sealed = batch_.sealed[event.id.merchant()];
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
    batch_.rows.push_back(std::move(row));
    batch_.events.push_back(
        {{event.id, {}, event.recorded_at, std::move(element.encoded), {}}, std::move(trace)});
    ++state.next;
    std::ranges::move(element.sealed, std::back_inserter(batch_.sealed[event.id.merchant()]));
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
    batch_.rows.push_back(std::move(row));
    return {};
}

void Writer::set_timers(Table table, std::int64_t id, const model::Timers& timers) {
    const auto first = std::ranges::min_element(timers, {}, &model::Timer::due);
    const auto merchant = table == Table::merchants ? static_cast<model::MerchantNumber>(id)
                                                    : model::EventId{id}.merchant();
    timers_[merchant].set(*ports::subject_with_due(table), id,
                          first == timers.end() ? std::nullopt : std::optional(first->due));
}

// A shipment that is left behind is not among what is written.
void Writer::take_puts(MerchantState& state, const std::vector<core::Put>& puts, bool left_behind) {
    for (const core::Put& each : puts) {
        if (left_behind && core::put_of<model::Shipment>(each) != nullptr) {
            continue;
        }
        core::visit_put(
            [&](const auto& record) {
                const ports::RowPlace place = ports::place_of(record);
                if constexpr (requires { record.timers; }) {
                    set_timers(place.table, place.id, record.timers);
                }
                if constexpr (std::same_as<decltype(record), const model::Shipment&>) {
                    state.sweep.written(record.id);
                }
                batch_.puts.insert_or_assign(place, each);
            },
            each);
    }
}

void Writer::take_outbox(const core::OutboxChange& change) {
    batch_.outbox.insert_or_assign(
        change.id, Pending::OutboxPut{change.kind, change.next_at, change.attempts, change.gone});
    if (!change.gone && (!batch_.outbox_wake || change.next_at < *batch_.outbox_wake)) {
        batch_.outbox_wake = change.next_at;
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
    std::set<model::MerchantNumber> passed_over;
    std::optional<Error> failure;
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
                if (!frozen_.contains(number) && !passed_over.contains(number)) {
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
            failure = std::move(receipt.error);
            if (only || failure->family == Family::retry) {
                break;  // nothing can be read now
            }
            passed_over.insert(merchant);
            continue;
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
    return failure ? Result<std::size_t>(std::unexpected(std::move(*failure))) : fired;
}

Pending Writer::take_batch(Rows rows) {
    std::uint64_t rows_behind = 0;
    for (const model::MerchantNumber merchant : std::set(behind_)) {
        MerchantState& state = merchants_.at(merchant);
        sweep(state, rows);
        rows_behind += state.sweep.size();
    }
    metrics_.rows_behind = rows_behind;
    for (auto& [merchant, before] : batch_.merchants) {
        MerchantState& state = merchants_.at(merchant);
        before.needs_policy_row = !state.has_policy_row && state.next > before.last_event + 1;
        state.has_policy_row = state.has_policy_row || before.needs_policy_row;
        state.has_row = before.has_row || batch_.puts.contains({Table::merchants, merchant});
        state.taken = state.next - 1;
        last_events_[merchant] = state.taken;
        state.touched = false;
        if (state.mark && state.sweep.empty() &&
            *state.mark + limits::sweep_mark_events < state.taken) {
            set_mark(state, state.taken);  // or a restart would read all events since
        }
        if (state.facts.shipments.full()) {
            state.sweep.each([&](model::ShipmentId id) { state.facts.shipments.renew(id); });
        }
        // Whatever this forgets was decided before the batch that was kept last: the store has it.
        state.facts.trim();
    }
    Pending taken = std::exchange(batch_, {});
    batch_.events.reserve(taken.events.size());  // the next is about as long
    return taken;
}

void Writer::kept(const Pending& pending) {
    if (pending.outbox_wake && (!outbox_wake_ || *pending.outbox_wake < *outbox_wake_)) {
        outbox_wake_ = pending.outbox_wake;
    }
    if (merchants_.size() > limits::merchants_cached) {
        std::erase_if(merchants_, [](const auto& each) {
            return !each.second.touched && each.second.sweep.empty();
        });
    }
}

void Writer::roll_back(const Pending& pending) {
    for (const auto& [merchant, before] : pending.merchants) {
        last_events_[merchant] = before.last_event;
        merchants_.erase(merchant);
    }
    roll_back();
}

void Writer::roll_back() {
    std::erase_if(merchants_, [](const auto& each) { return each.second.touched; });
    batch_ = {};
    std::erase_if(behind_, [this](auto merchant) { return !merchants_.contains(merchant); });
    stale_ = true;
    static_cast<void>(reload());  // what fails here is told, and tried again, by whoever asks
}

// A timer set by what was undone may have replaced one that still stands: all are read anew, and
// those of rows that are behind are taken from the facts.
Result<void> Writer::reload() {
    if (auto timers = load_timers(); !timers) {
        return timers;
    }
    for (const auto& [merchant, state] : merchants_) {
        state.sweep.each([&](model::ShipmentId id) {
            set_timers(Table::shipments, id.value, state.facts.shipments.find(id)->timers);
        });
    }
    if (auto done = catch_up_all(); !done) {
        return done;
    }
    stale_ = false;
    return {};
}

std::optional<base::Instant> Writer::take_outbox_wake() {
    return std::exchange(outbox_wake_, std::nullopt);
}

bool Writer::email_paused(model::MerchantNumber merchant) {
    const auto state = state_of(merchant);  // unknown: nothing is sent against a stop
    return !state || std::ranges::find((*state)->facts.merchant.paused, model::Channel::email,
                                       &model::PausedChannel::channel) !=
                         (*state)->facts.merchant.paused.end();
}

}  // namespace aftermile::engine
