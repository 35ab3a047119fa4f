// The writer's side of rows that follow their events: which are left behind, which are written with
// which batch, and how a restart brings them up to date.
#include <spdlog/spdlog.h>

#include <algorithm>

#include "core/delivery/move.hpp"
#include "engine/limits.hpp"
#include "engine/writer.hpp"

namespace aftermile::engine {

using base::Result;
using ports::Table;

void Writer::leave_behind(MerchantState& state, const model::Moved& moved) {
    const model::MerchantNumber merchant = state.facts.merchant.number;
    if (!state.mark) {  // stored with the first row left behind: a restart looks for it
        set_mark(state, state.taken);
    }
    set_timers(Table::shipments, moved.shipment.value, moved.timers);
    state.sweep.behind(moved.shipment);
    behind_.insert(merchant);
}

void Writer::set_mark(MerchantState& state, std::uint64_t event) {
    const model::MerchantNumber merchant = state.facts.merchant.number;
    batch_.marks.insert_or_assign(merchant, model::SweepMark{merchant, event});
    state.mark = event;
}

// Adds rows to the batch that is about to be taken.
void Writer::sweep(MerchantState& state, Rows rows) {
    const model::MerchantNumber merchant = state.facts.merchant.number;
    touch(merchant, state);
    const auto most = rows == Rows::all ? std::optional(limits::sweep_share_max) : std::nullopt;
    for (const model::ShipmentId id : state.sweep.next(state.next - 1, most)) {
        if (state.facts.shipments.full()) {
            state.facts.shipments.renew(id);  // until this batch is kept, nobody else has it
        }
        const core::Shared<model::Shipment> record = state.facts.shipments.share(id);
        batch_.puts.insert_or_assign(ports::place_of(*record), record);
    }
    if (state.sweep.mark()) {
        set_mark(state, *state.sweep.mark());
    }
    if (state.sweep.empty()) {
        behind_.erase(merchant);
    }
}

// Brings up to date, in the facts, the shipments whose rows are older than events stored after the
// mark. Nothing is decided: what the event's decision kept says what it had changed.
Result<void> Writer::catch_up(MerchantState& state) {
    const model::MerchantNumber merchant = state.facts.merchant.number;
    const std::int64_t ids[] = {ports::version_id(merchant, 1)};
    std::optional<base::Error> problem;
    auto loaded =
        loader_.store().load(Table::sweeps, ids, [&](std::int64_t, std::string_view body) {
            auto read = base::decode<model::SweepMark>(body);
            read ? void(state.mark = read->event) : void(problem = read.error());
        });
    if (!loaded || problem) {
        return std::unexpected(loaded ? *problem : loaded.error());
    }
    if (!state.mark || *state.mark >= state.taken) {
        return {};
    }
    auto reader = home_.reader();
    if (!reader) {
        return std::unexpected(reader.error());
    }
    auto after = model::EventId::of(merchant, *state.mark, 0);
    while (after.event_number() < state.taken) {
        auto events = (*reader)->events_after(after, limits::load_page);
        if (!events || events->empty()) {
            return events ? Result<void>{} : std::unexpected(events.error());
        }
        after = events->back().id;
        std::erase_if(*events, [&](const ports::EventRow& row) {
            return row.id.event_number() > state.taken;
        });
        if (auto done = catch_up(state, *events); !done) {
            return done;
        }
    }
    return {};
}

Result<void> Writer::catch_up(MerchantState& state, const std::vector<ports::EventRow>& rows) {
    struct Move {
        model::Event event;
        model::Moved moved;
    };
    std::vector<Move> moves;
    core::Keys keys;
    for (const ports::EventRow& row : rows) {
        auto trace = base::decode<model::Trace>(row.decision);
        if (!trace) {
            return std::unexpected(trace.error());
        }
        if (!trace->moved) {
            continue;
        }
        auto payload = model::decode_payload(row.payload);
        if (!payload) {
            return std::unexpected(payload.error());
        }
        moves.push_back({{row.id, row.recorded_at, std::move(*payload)}, *trace->moved});
        if (!state.facts.shipments.known(trace->moved->shipment)) {
            keys.shipments.push_back(trace->moved->shipment);
        }
    }
    if (auto loaded = loader_.load(state.facts.merchant.number, std::move(keys), state.facts);
        !loaded) {
        return loaded;
    }
    for (const Move& each : moves) {
        const model::Shipment* stored = state.facts.shipments.find(each.moved.shipment);
        if (stored == nullptr || stored->last_event >= each.event.id) {
            continue;  // its row was written with that event, or after it
        }
        model::Shipment record = *stored;
        core::delivery::move(record, each.event, each.moved, catalog_);
        set_timers(Table::shipments, record.id.value, record.timers);
        state.facts.shipments.put(each.moved.shipment, std::move(record));
        state.sweep.behind(each.moved.shipment);
    }
    return {};
}

// Every merchant with rows behind its events, at a start or after a batch was lost. One whose own
// rows cannot be read waits for an operator; the others do not wait with it.
Result<void> Writer::catch_up_all() {
    std::vector<std::int64_t> ids;
    for (const auto& [merchant, last] : last_events_) {
        if (!merchants_.contains(merchant)) {
            ids.push_back(ports::version_id(merchant, 1));
        }
    }
    std::vector<model::MerchantNumber> behind;
    auto loaded =
        loader_.store().load(Table::sweeps, ids, [&](std::int64_t id, std::string_view body) {
            const model::MerchantNumber merchant = model::EventId{id}.merchant();
            const auto mark = base::decode<model::SweepMark>(body);
            // A mark that cannot be read fails again, with its error.
            if (!mark || mark->event < last_events_.at(merchant)) {
                behind.push_back(merchant);
            }
        });
    if (!loaded) {
        return loaded;
    }
    for (const model::MerchantNumber merchant : behind) {
        auto state = state_of(merchant);
        if (!state && state.error().family == base::Family::retry) {  // nothing can be read now
            return std::unexpected(state.error());
        }
        if (!state) {
            spdlog::error("merchant {} cannot be read and is not served: {}", merchant,
                          state.error().code);
        }
    }
    return {};
}

}  // namespace aftermile::engine
