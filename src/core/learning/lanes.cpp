#include "core/learning/lanes.hpp"

#include <algorithm>

#include "core/lanes.hpp"
#include "core/places.hpp"

namespace aftermile::core::learning {

using model::ContributionKind;

namespace {

constexpr std::size_t exception_slots = base::enum_count<model::Exception>();

model::Contribution& contribute(Draft& draft, ContributionKind kind,
                                const model::Shipment& shipment) {
    model::Contribution& made = draft.create<model::Contribution>();
    made.kind = kind;
    made.shipment = shipment.id;
    made.order = shipment.label->order;
    made.lane = lane_of(shipment);
    // The merchant's timer publishes it; armed by the first contribution since the last version.
    if (!timer_of(draft.merchant().timers, model::TimerKind::profile_due)) {
        set_timer(draft.edit_merchant().timers, model::TimerKind::profile_due,
                  draft.now() + std::chrono::minutes{draft.policy().profile_publish_minutes});
    }
    return made;
}

void count_gap(model::ProfileCell& cell, const model::Contribution& made, std::int64_t sign) {
    if (!made.gap_minutes) {
        return;
    }
    cell.gaps.resize(model::gap_steps);
    const auto step = static_cast<std::size_t>(*made.gap_minutes / (model::gap_step_hours * 60));
    cell.gaps[std::min(step, model::gap_steps - 1)] += sign;
}

void count(model::ProfileCell& cell, const model::Contribution& made, std::int64_t sign) {
    cell.exceptions.resize(exception_slots);
    switch (made.kind) {
        case ContributionKind::exposure:
            cell.exposures += sign;
            break;
        case ContributionKind::outcome:
            cell.outcomes += sign;
            cell.on_time += made.on_time ? sign : 0;
            cell.transit_minutes += sign * made.transit_minutes;
            count_gap(cell, made, sign);
            break;
        case ContributionKind::exception:
            cell.exceptions[static_cast<std::size_t>(made.exception)] += sign;
            break;
    }
}

void add_counts(RouteCounts& route, const model::ProfileCell& cell, std::int64_t sign) {
    route.exposures += sign * cell.exposures;
    for (const std::int64_t exceptions : cell.exceptions) {
        route.exceptions += sign * exceptions;
    }
    for (std::size_t step = 0; step < std::min(cell.gaps.size(), route.gaps.size()); ++step) {
        route.gaps[step] += sign * cell.gaps[step];
    }
}

// The contribution that counts this kind of exception for this incident, unless it was counted
// back because that exception never was.
const model::Contribution* counted_for(Draft& draft, const Case& about) {
    const model::Incident& incident = *draft.look(about.incident);
    const auto& answer = incident.answers[static_cast<std::size_t>(model::AnswerKind::performance)];
    std::vector<std::string> ids{answer.id};
    for (const model::AnswerRevision& earlier : answer.history) {
        ids.push_back(earlier.id);
    }
    for (const std::string& text : ids) {
        const auto id = model::ContributionId::parse(text);
        const model::Contribution* made = id ? draft.look(*id) : nullptr;
        if (made == nullptr || made->exception != about.kind) {
            continue;
        }
        const bool refuted =
            std::ranges::any_of(incident.exceptions, [&](const model::IncidentException& each) {
                return each.retracted && each.kind == made->exception &&
                       each.opened_at == made->effective_at;
            });
        if (!refuted) {
            return made;
        }
    }
    return nullptr;
}

}  // namespace

model::Lane lane_of(const model::Shipment& shipment) {
    return {.carrier = shipment.label->carrier,
            .service = shipment.label->service,
            .from = lane_end(shipment.label->ship_from),
            .to = lane_end(shipment.label->ship_to),
            .warehouse = shipment.label->warehouse,
            .category = shipment.label->category};
}

model::Answer answer_performance(Draft& draft, const Case& about) {
    const auto& standing = draft.look(about.incident)
                               ->answers[static_cast<std::size_t>(model::AnswerKind::performance)];
    if (!about.shipment) {
        return nothing("nothing_shipped", draft.because("audit.performance.nothing_shipped"),
                       draft.now());
    }
    const model::Shipment& shipment = *draft.look(about.shipment);
    if (shipment.label->carrier.empty()) {
        return nothing("carrier_unknown", draft.because("audit.performance.carrier_unknown"),
                       draft.now());
    }
    if (about.refuted) {
        return nothing("retracted", draft.because("audit.performance.retracted"), draft.now());
    }
    if (!standing.id.empty() && !about.open) {
        return standing;
    }
    if (const model::Contribution* known = counted_for(draft, about)) {
        return done(known->id.text(), known->because,
                    known->id.text() == standing.id ? standing.at : draft.now());
    }
    model::Contribution& made = contribute(draft, ContributionKind::exception, shipment);
    made.incident = about.incident;
    made.exception = about.kind;
    made.effective_at = about.since;
    made.because = draft.because("audit.performance.exception");
    return done(made.id.text(), made.because, draft.now());
}

void count_journey(Draft& draft, model::ShipmentId id, std::optional<std::int64_t> gap_minutes) {
    const model::Shipment& shipment = *draft.look(id);
    if (shipment.label->carrier.empty()) {
        return;
    }
    if (!shipment.exposure_counted && shipment.track.handed_off_at) {
        model::Contribution& made = contribute(draft, ContributionKind::exposure, shipment);
        made.effective_at = *shipment.track.handed_off_at;
        made.because = draft.because("audit.performance.exposure");
        draft.edit(id).exposure_counted = true;
    }
    const model::Shipment& now = *draft.look(id);
    if (!now.outcome_counted && now.track.delivered_at && now.track.handed_off_at) {
        model::Contribution& made = contribute(draft, ContributionKind::outcome, now);
        made.effective_at = *now.track.delivered_at;
        made.gap_minutes = gap_minutes;
        made.transit_minutes = std::chrono::duration_cast<std::chrono::minutes>(
                                   *now.track.delivered_at - *now.track.handed_off_at)
                                   .count();
        made.on_time =
            now.label->promises.empty() ||
            *now.track.delivered_at <= last_end_of(zones_of(draft.catalog(), now.label->ship_to),
                                                   now.label->promises.front().latest);
        made.because = draft.because("audit.performance.outcome");
        draft.edit(id).outcome_counted = true;
    }
}

void retract(Draft& draft, model::ContributionId id) {
    const model::Contribution* known = draft.look(id);
    if (known == nullptr) {
        return;
    }
    model::Contribution back = *known;
    model::Contribution& made = draft.create<model::Contribution>();
    back.id = made.id;
    back.retracts = id;
    back.because = draft.because("audit.performance.retracted");
    made = std::move(back);
    if (!timer_of(draft.merchant().timers, model::TimerKind::profile_due)) {
        set_timer(draft.edit_merchant().timers, model::TimerKind::profile_due,
                  draft.now() + std::chrono::minutes{draft.policy().profile_publish_minutes});
    }
}

void publish(Draft& draft) {
    const auto& waiting = draft.facts().unpublished;
    if (waiting.empty()) {
        return;
    }
    model::Merchant& merchant = draft.edit_merchant();
    model::ProfileVersion version;
    version.merchant = merchant.number;
    version.version = merchant.profile_version + 1;
    version.published_at = draft.now();
    std::map<model::Lane, model::ProfileCell> changed;
    auto ordered = waiting;
    std::ranges::sort(ordered, {}, [](const Shared<model::Contribution>& each) {
        return std::pair(each->effective_at, each->id);
    });
    for (const auto& each : ordered) {
        const model::Contribution& made = *each;
        auto at = changed.find(made.lane);
        if (at == changed.end()) {
            const auto before = draft.facts().profile.cells.find(made.lane);
            at = changed.try_emplace(made.lane).first;
            if (before != draft.facts().profile.cells.end()) {
                at->second = before->second;
            }
            at->second.lane = made.lane;
        }
        count(at->second, made, made.retracts ? -1 : 1);
    }
    for (auto& [lane, cell] : changed) {
        version.cells.push_back(std::move(cell));
    }
    merchant.profile_version = version.version;
    merchant.profile_through = waiting.back()->id;
    draft.publish_profile(std::move(version));
}

void apply_version(ProfileBook& book, const model::ProfileVersion& version) {
    book.version = version.version;
    for (const model::ProfileCell& cell : version.cells) {
        model::ProfileCell& known = book.cells[cell.lane];
        RouteCounts& route = book.routes[route_key(cell.lane)];
        add_counts(route, known, -1);
        add_counts(route, cell, 1);
        known = cell;
    }
}

}  // namespace aftermile::core::learning
