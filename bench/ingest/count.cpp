#include "bench/ingest/count.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "core/delivery/digest.hpp"
#include "model/event.hpp"
#include "model/incident.hpp"
#include "model/trace.hpp"

namespace aftermile::bench {

namespace {

using ports::PartRow;

// The number of a part of that name.
std::size_t part_named(std::string_view name) {
    const auto& parts = ports::all_parts();
    return static_cast<std::size_t>(std::ranges::find(parts, name, &ports::Part::name) -
                                    parts.begin());
}

std::string_view bytes(const PartRow& row, std::size_t column) {
    return std::get<std::string>(row.at(column));
}

bool is_told(const model::Answer& answer) {
    return answer.id.empty() != answer.none.empty() && !answer.because.rule.empty();
}

// merchant, id, previous, recorded_at, payload, decision
void count_event(const PartRow& row, Counts& counts) {
    ++counts.events;
    const auto payload = model::decode_payload(bytes(row, 4));
    if (payload) {
        counts.scans += std::holds_alternative<model::Scan>(*payload) ? 1 : 0;
        counts.timers_fired += std::holds_alternative<model::TimerFired>(*payload) ? 1 : 0;
    }
    const auto trace = base::decode<model::Trace>(bytes(row, 5));
    const bool explained = payload && trace && !trace->because.rule.empty() &&
                           trace->because.event.value == std::get<std::int64_t>(row[1]);
    counts.events_without_because += explained ? 0 : 1;
}

}  // namespace

base::Result<Counts> count_store(ports::PartReader& store) {
    Counts counts;
    std::uint64_t folded = 0;
    base::Result<void> done;
    const auto each = [&](std::string_view part, const std::function<void(const PartRow&)>& row) {
        if (done) {
            done = store.each(part_named(part), row);
        }
    };
    each("events", [&](const PartRow& row) { count_event(row, counts); });
    each("shipments", [&](const PartRow& row) {
        ++counts.shipments;
        const auto shipment = base::decode<model::Shipment>(bytes(row, row.size() - 1));
        if (!shipment) {
            return;
        }
        folded += shipment->digest.size() / core::delivery::digest_entry_bytes;
        const bool over = shipment->track.delivered_at.has_value();
        counts.shipments_without_timer += !over && shipment->timers.empty() ? 1 : 0;
    });
    each("incidents", [&](const PartRow& row) {
        ++counts.incidents;
        const auto incident = base::decode<model::Incident>(bytes(row, row.size() - 1));
        const bool six = incident && incident->answers.size() == model::answer_count &&
                         std::ranges::all_of(incident->answers, is_told);
        counts.incidents_without_answers += six ? 0 : 1;
    });
    for (const auto& [part, count] : {std::pair{"parked", &counts.parked},
                                      {"outbox", &counts.outbox},
                                      {"notifications", &counts.notifications}}) {
        each(part, [&counter = *count](const PartRow&) { ++counter; });
    }
    if (!done) {
        return std::unexpected(done.error());
    }
    counts.scans_not_in_state =
        counts.scans > folded ? counts.scans - folded : folded - counts.scans;
    return counts;
}

void add_counts(Figures& figures, const std::string& prefix, const Counts& counts,
                std::uint64_t acknowledged) {
    const auto add = [&](const char* name, std::uint64_t value, const char* note = "") {
        figures.push_back({prefix + name, static_cast<double>(value), note});
    };
    add("scans_acknowledged", acknowledged, "by all replies");
    add("scans", counts.scans, "counted in the store, as what follows");
    add("events", counts.events);
    add("shipments", counts.shipments);
    add("incidents", counts.incidents);
    add("outbox", counts.outbox);
    add("parked", counts.parked);
    add("events_without_because", counts.events_without_because);
    add("scans_not_in_state", counts.scans_not_in_state);
    add("shipments_without_timer", counts.shipments_without_timer);
    add("incidents_without_six_answers", counts.incidents_without_answers);
}

}  // namespace aftermile::bench
