#include "core/audit/carrier_claim.hpp"

#include <algorithm>

#include "core/claims.hpp"
#include "core/places.hpp"

namespace aftermile::core::audit {

using model::ClaimGround;
using model::ClaimState;

namespace {

base::LocalDay ship_day(const Draft& draft, const model::Shipment& shipment) {
    const base::Instant shipped = shipment.track.handed_off_at.value_or(
        shipment.label->label_created_at.value_or(draft.now()));
    return zone_of(draft.catalog(), shipment.label->ship_from).day_of(shipped);
}

// "2026-01": terms change by month more often than by anything else.
std::string month_text(base::LocalDay day) { return base::to_text(day).substr(0, 7); }

std::string service_text(const model::Shipment& shipment) {
    return shipment.label->carrier + "/" +
           (shipment.label->service.empty() ? "?" : shipment.label->service);
}

std::string service_id(const Draft& draft, const model::Shipment& shipment) {
    const model::Service* known =
        draft.catalog().find_service(shipment.label->carrier, shipment.label->service);
    return known != nullptr ? known->id : shipment.label->service;
}

// Empty when a guarantee is in force that day; otherwise the reason.
std::string guarantee_refusal(const Draft& draft, const model::Shipment& shipment,
                              base::LocalDay shipped) {
    if (shipment.label->service.empty()) {
        return "service_unknown";
    }
    const model::Guarantee* row = draft.catalog().find_guarantee(
        shipment.label->carrier, service_id(draft, shipment), shipped);
    if (row == nullptr) {
        return "no_guarantee_terms " + service_text(shipment);
    }
    if (!row->guaranteed) {
        return row->reason + " " + service_text(shipment) + " " + month_text(shipped);
    }
    return {};
}

// The day from which the carrier's clock runs; none while it has not started.
std::optional<base::LocalDay> clock_day(const Draft& draft, const model::Shipment& shipment,
                                        model::ClaimClock clock, base::LocalDay shipped) {
    const base::Zone& zone = zone_of(draft.catalog(), shipment.label->ship_to);
    std::optional<base::LocalDay> scheduled, delivered;
    if (!shipment.label->promises.empty()) {
        scheduled = shipment.label->promises.front().latest;
    }
    if (shipment.track.delivered_at) {
        delivered = zone.day_of(*shipment.track.delivered_at);
    }
    switch (clock) {
        case model::ClaimClock::ship_date:
            return shipped;
        case model::ClaimClock::delivery:
            return delivered ? delivered : scheduled;
        case model::ClaimClock::scheduled_delivery:
            return scheduled ? scheduled : delivered;
        case model::ClaimClock::later_of_scheduled_and_delivery:
            return delivered && scheduled ? std::max(*delivered, *scheduled)
                   : delivered            ? delivered
                                          : scheduled;
        case model::ClaimClock::invoice_date:
            return std::nullopt;
    }
    return std::nullopt;
}

struct Window {
    base::Instant opens_at;
    base::Instant deadline;
};
// Our own deadline errs early: the first end of the last day over the zones that fit.
Window window_of(const Draft& draft, const model::Shipment& shipment, const model::ClaimWindow& row,
                 base::LocalDay day) {
    const model::ClaimDays days = model::claim_days(row, day);
    const auto zones = zones_of(draft.catalog(), shipment.label->ship_from);
    Window window{zones.zones.front()->start_of(days.opens),
                  zones.zones.front()->end_of(days.last)};
    for (const base::Zone* zone : zones.zones) {
        window.opens_at = std::max(window.opens_at, zone->start_of(days.opens));
        window.deadline = std::min(window.deadline, zone->end_of(days.last));
    }
    return window;
}

base::Money amount_of(const Draft& draft, const model::Shipment& shipment, ClaimGround ground,
                      const model::ClaimWindow& row) {
    if (ground == ClaimGround::late_guarantee) {
        return shipment.label->label_cost.value_or(base::Money{});
    }
    base::Money amount = shipment.label->value;
    if (shipment.label->declared_value &&
        shipment.label->declared_value->currency == amount.currency) {
        amount.amount = std::min(amount.amount, shipment.label->declared_value->amount);
    } else if (row.liability && row.liability->currency == amount.currency) {
        amount.amount = std::min(amount.amount, row.liability->amount);
    } else if (!shipment.label->declared_value) {
        amount.amount = std::min(amount.amount, draft.policy().claim_amount_cap);
    }
    return amount;
}

model::LaneScope scope_of(const model::Shipment& shipment) {
    return shipment.label->ship_from.country.empty() ||
                   shipment.label->ship_from.country == shipment.label->ship_to.country
               ? model::LaneScope::domestic
               : model::LaneScope::international;
}

std::vector<std::string> evidence_for(ClaimGround ground) {
    switch (ground) {
        case ClaimGround::late_guarantee:
            return {"tracking_history", "promised_time"};
        case ClaimGround::loss:
            return {"tracking_history", "proof_of_value"};
        case ClaimGround::damage:
            return {"photos", "proof_of_value"};
        case ClaimGround::contents:
            return {"photos", "packing_list", "proof_of_value"};
        case ClaimGround::billing:
            return {"invoice_line"};
    }
    return {};
}

void set_windows_timer(model::Claim& claim, base::Instant now) {
    set_timer(claim.timers, model::TimerKind::claim_opens,
              claim.opens_at && *claim.opens_at > now ? claim.opens_at : std::nullopt);
    set_timer(claim.timers, model::TimerKind::claim_lapses, claim.deadline);
}

// Shadow stops before anything would reach the carrier.
ClaimState open_state(const model::Shipment& shipment, base::Instant opens_at, base::Instant now) {
    if (now < opens_at) {
        return ClaimState::eligible;
    }
    return shipment.label->mode == model::Mode::shadow ? ClaimState::evidence_ready
                                                       : ClaimState::queued;
}

// The reason not to claim that needs no terms, or empty.
std::string plain_refusal(const Draft& draft, const Case& about, const model::Shipment* shipment,
                          model::Funding funding) {
    if (shipment == nullptr) {
        return "nothing_shipped";
    }
    if (!ground_of(about.kind)) {
        return "no_ground " + std::string(base::to_text(about.kind));
    }
    if (shipment->label->imported) {
        return "imported";
    }
    if (!draft.policy().file_carrier_claims) {
        return "claims_off";
    }
    if (shipment->label->carrier.empty()) {
        return "carrier_unknown";
    }
    if (funding == model::Funding::insurer &&
        *ground_of(about.kind) != ClaimGround::late_guarantee) {
        return "insurer_recovers";
    }
    if (about.refuted) {
        return "retracted";
    }
    return {};
}

model::Claim& open_claim(Draft& draft, const Case& about, ClaimGround ground,
                         const model::ClaimWindow& row, const Window& window, base::Money amount) {
    const model::Shipment& shipment = *draft.look(about.shipment);
    model::Claim& claim = draft.create<model::Claim>();
    claim.side = model::ClaimSide::carrier;
    claim.ground = ground;
    claim.shipment = about.shipment;
    claim.order = about.order;
    claim.incident = about.incident;
    claim.carrier = shipment.label->carrier;
    claim.amount = amount;
    claim.opens_at = window.opens_at;
    claim.deadline = window.deadline;
    claim.terms = row.id;
    claim.grade = row.evidence.shown_as();
    claim.evidence = evidence_for(ground);
    claim.opened_at = draft.now();
    claim.because = draft.because(
        "audit.claim." + row.id,
        {compare_instants("opens_at", draft.now(),
                          draft.now() < window.opens_at ? model::Op::lt : model::Op::ge,
                          window.opens_at),
         compare_instants("deadline", draft.now(), model::Op::lt, window.deadline)});
    set_windows_timer(claim, draft.now());
    const ClaimState state = open_state(shipment, window.opens_at, draft.now());
    draft.edit(about.shipment).claims.push_back({claim.id, claim.side, ground, {}});
    step_claim(draft, claim, state, "aftermile", row.id);
    return claim;
}

}  // namespace

CarrierClaim answer_carrier_claim(Draft& draft, const Case& about, model::Funding funding) {
    const auto none = [&](std::string reason, std::vector<model::Number> numbers = {}) {
        const std::string rule = "audit.claim." + reason.substr(0, reason.find(' '));
        return CarrierClaim{
            nothing(std::move(reason), draft.because(rule, std::move(numbers)), draft.now()),
            std::nullopt};
    };
    const model::Shipment* shipment = draft.look(about.shipment);
    if (auto reason = plain_refusal(draft, about, shipment, funding); !reason.empty()) {
        return none(std::move(reason));
    }
    const ClaimGround ground = *ground_of(about.kind);
    if (const auto* known = find_claim(*shipment, model::ClaimSide::carrier, ground, {})) {
        const model::Claim* claim = draft.look(known->id);
        if (claim != nullptr && claim->state != ClaimState::withdrawn) {
            return {done(known->id.text(), claim->because, claim->opened_at), claim->deadline};
        }
        if (claim == nullptr || !about.open) {
            return none("cause_gone");
        }
        std::erase_if(draft.edit(about.shipment).claims,
                      [&](const model::ClaimRef& each) { return each.id == claim->id; });
        shipment = draft.look(about.shipment);
    }
    if (!about.open && ground == ClaimGround::loss) {
        return none("cause_gone");
    }
    const base::LocalDay shipped = ship_day(draft, *shipment);
    if (ground == ClaimGround::late_guarantee) {
        if (auto reason = guarantee_refusal(draft, *shipment, shipped); !reason.empty()) {
            return none(std::move(reason));
        }
    }
    const model::ClaimWindow* row =
        draft.catalog().find_window(shipment->label->carrier, ground, service_id(draft, *shipment),
                                    shipped, scope_of(*shipment));
    if (row == nullptr) {
        return none("no_claim_terms " + service_text(*shipment));
    }
    const auto day = clock_day(draft, *shipment, row->clock, shipped);
    if (!day) {
        return none("clock_not_started " + std::string(base::to_text(row->clock)));
    }
    const base::Money amount = amount_of(draft, *shipment, ground, *row);
    if (amount.amount <= 0) {
        return none(ground == ClaimGround::late_guarantee ? "label_cost_unknown" : "value_unknown");
    }
    const Window window = window_of(draft, *shipment, *row, *day);
    if (draft.now() >= window.deadline) {
        return none("window_over " + row->id,
                    {compare_instants("deadline", draft.now(), model::Op::ge, window.deadline)});
    }
    const model::Claim& claim = open_claim(draft, about, ground, *row, window, amount);
    return {done(claim.id.text(), claim.because, draft.now()), claim.deadline};
}

void claim_timer(Draft& draft, model::ClaimId id) {
    model::Claim& claim = draft.edit(id);
    for (const model::Timer& timer : take_due(claim.timers, draft.now())) {
        if (timer.kind == model::TimerKind::claim_lapses && is_unfiled(claim.state)) {
            step_claim(draft, claim, ClaimState::lapsed, "aftermile", "its window is over");
        } else if (timer.kind == model::TimerKind::claim_opens &&
                   claim.state == ClaimState::eligible) {
            const model::Shipment* shipment = draft.look(claim.shipment);
            const bool shadow = shipment == nullptr || shipment->label->mode == model::Mode::shadow;
            step_claim(draft, claim, shadow ? ClaimState::evidence_ready : ClaimState::queued,
                       "aftermile", "it may be filed now");
        }
    }
    claim.last_event = draft.event().id;
}

void withdraw_carrier_claims(Draft& draft, model::ShipmentId id,
                             const std::vector<ClaimGround>& grounds, std::string_view why) {
    if (!id) {
        return;
    }
    const auto claims = draft.look(id)->claims;
    for (const model::ClaimRef& each : claims) {
        const model::Claim* claim = draft.look(each.id);
        const bool hit = std::ranges::find(grounds, each.ground) != grounds.end();
        if (each.side == model::ClaimSide::customer || !hit || claim == nullptr ||
            is_over(claim->state)) {
            continue;
        }
        if (is_unfiled(claim->state)) {
            step_claim(draft, draft.edit(each.id), ClaimState::withdrawn, "aftermile",
                       std::string(why));
        } else if (claim->steps.empty() || claim->steps.back().note != why) {
            step_claim(draft, draft.edit(each.id), claim->state, "aftermile", std::string(why));
        }
    }
}

}  // namespace aftermile::core::audit
