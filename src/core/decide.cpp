// The product in one table. Each signal, and the layers that answer it, in order:
//
// clang-format off
//   signal                      orders  delivery           protection  audit  learning   returns
//   order told or changed       upsert  promise, settle*   fix cover   -      exposure   -
//   shipment told or labelled   upsert  promise, settle    fix cover   -      exposure   -
//   scan                        -       fold, settle, tell -           -      exposure,  -
//                                                                             outcome
//   shopper or agent reports    -       settle             claim       claim  exception  risk
//   timer: promise, silence     -       settle             -           -      -          -
//   timer: held answer, word    -       tell, ticket       -           -      -          -
//   timer: claim opens, lapses  -       -                  -           step   -          -
//   timer: profile due          -       -                  -           -      publish    -
//   channel answered            -       message's state    -           -      -          -
//   team acts                   -       incident, ticket   remedy      claim  -          -
// clang-format on
//
//   settle = compare what stands with what the incident recorded; every exception that opens,
//   clears or never was moves the incident and all six answers (core/incidents.cpp).
//   settle* = for the lines that no shipment carries yet.
#include "core/decide.hpp"

#include <algorithm>

#include "core/actions.hpp"
#include "core/adoption.hpp"
#include "core/audit/carrier_claim.hpp"
#include "core/delivery/standing.hpp"
#include "core/delivery/tell.hpp"
#include "core/delivery/track.hpp"
#include "core/incidents.hpp"
#include "core/learning/lanes.hpp"
#include "core/milestones.hpp"
#include "core/numbers.hpp"
#include "core/orders/upsert.hpp"
#include "core/places.hpp"
#include "core/protection/cover.hpp"

namespace aftermile::core {

namespace {

constexpr std::string_view facts_missing = "facts_missing";

// Re-arms the shipment's timers from what is known now. They carry no verdict.
void arm(Draft& draft, model::ShipmentId id) {
    model::Shipment& shipment = draft.edit(id);
    const bool over = delivery::is_final(shipment.track.milestone) || shipment.label->voided_at;
    const auto measure = over ? std::nullopt
                              : delivery::measure_of(shipment.label->promises,
                                                     shipment.label->ship_to, draft.catalog());
    const auto ahead = [&](std::optional<base::Instant> due) {
        return due && *due > draft.now() ? due : std::nullopt;
    };
    set_timer(shipment.timers, model::TimerKind::promise_ends,
              measure ? ahead(measure->ends) : std::nullopt);
    set_timer(shipment.timers, model::TimerKind::silence,
              ahead(delivery::silence_due(shipment, draft.policy(), draft.facts().profile)));
}

// After any change of a shipment: the layers answer in order.
// `before`: the milestone it had; none when even that is news, because nobody knew the shopper.
void follow_shipment(Draft& draft, model::ShipmentId id, std::optional<model::Milestone> before) {
    const model::Shipment& shipment = *draft.look(id);
    const bool arrives = shipment.track.delivered_at && !shipment.outcome_counted;
    learning::count_journey(
        draft, id, arrives ? delivery::longest_gap(shipment, draft.catalog()) : std::nullopt);
    settle_shipment(draft, id);
    tell_milestone(draft, id, before);
    arm(draft, id);
}

// The milestone that was known when the shopper was; none for a parcel that had no order.
std::optional<model::Milestone> known_milestone(const Draft& draft, model::ShipmentId id) {
    const model::Shipment* before = draft.facts().shipments.find(id);
    return before != nullptr && before->label->order ? std::optional(before->track.milestone)
                                                     : std::nullopt;
}

// Scans went from these to another: what stood on them is looked at anew.
void follow_all(Draft& draft, const std::vector<model::ShipmentId>& ids) {
    for (const model::ShipmentId each : ids) {
        follow_shipment(draft, each, draft.look(each)->track.milestone);
    }
}

void arm_order(Draft& draft, model::OrderId id) {
    model::Order& order = draft.edit(id);
    const auto measure = delivery::measure_of(order.promises, order.ship_to, draft.catalog());
    const bool ahead = measure && measure->ends > draft.now() && !order.cancelled_at;
    set_timer(order.timers, model::TimerKind::promise_ends,
              ahead ? std::optional(measure->ends) : std::nullopt);
}

Decisions decide_one(Draft& draft, const model::OrderFacts& facts) {
    const auto id = orders::upsert_order(draft, facts);
    if (!id) {
        return std::move(draft).duplicate();
    }
    draft.chain_to(*id);
    draft.explain(draft.because("orders.order.told"));
    const auto shipments = draft.look(*id)->shipments;
    for (const model::ShipmentId shipment : shipments) {
        const auto before = known_milestone(draft, shipment);
        draft.edit(shipment).label.edit().order = *id;  // it may have waited for its order
        orders::take_from_order(draft, shipment);
        delivery::refold(draft.edit(shipment), draft.catalog());
        protection::fix_cover(draft, shipment);
        follow_shipment(draft, shipment, before);
        reconsider(draft, shipment);
    }
    settle_order(draft, *id);
    if (shipments.empty()) {
        tell_order(draft, *id);
    }
    arm_order(draft, *id);
    return std::move(draft).finish();
}

Decisions decide_one(Draft& draft, const model::ShipmentFacts& facts) {
    const auto id = orders::upsert_shipment(draft, facts);
    if (!id) {
        return std::move(draft).duplicate();
    }
    draft.chain_to(*id);
    draft.explain(draft.because("orders.shipment.told"));
    const auto before = known_milestone(draft, *id);
    follow_all(draft, absorb_unnamed(draft, *id));
    follow_all(draft, take_scans_of_earlier_uses(draft, *id));
    delivery::refold(draft.edit(*id), draft.catalog());
    protection::fix_cover(draft, *id);
    join_order_incident(draft, *id);
    follow_shipment(draft, *id, before);
    reconsider(draft, *id);
    if (const model::OrderId order = draft.look(*id)->label->order) {
        settle_order(draft, order);
    }
    return std::move(draft).finish();
}

// Why a scan opened another shipment though one with its number is known: how far it is outside
// that one's use of the number.
model::Because because_used_again(const Draft& draft, const model::Shipment& other,
                                  base::Instant at) {
    const NumberUse use = use_of(other);
    const bool after = use.ends && at > *use.ends;
    const auto days = whole_hours(after ? at - *use.ends : use.begins.value_or(at) - at) / 24;
    return draft.because(
        "delivery.scan.number_used_again",
        {{after ? base::Word("days_after_the_end") : base::Word("days_before_the_label"), days,
          model::Op::ge, draft.policy().number_reuse_days, "days", std::nullopt}});
}

Decisions decide_one(Draft& draft, const model::Scan& scan) {
    const delivery::DigestEntry entry =
        delivery::entry_of(scan, zone_of(draft.catalog(), scan.place));
    const base::Instant at = base::instant_of(entry.time);  // to within a day
    model::ShipmentId id = find_for_scan(draft, scan.carrier, scan.tracking_number, at);
    const model::ShipmentId other =
        id ? id : find_latest(draft, scan.carrier, scan.tracking_number);
    if (const model::Shipment* known = draft.look(id)) {
        draft.answer(id.text(), known->label->reference);
        if (delivery::contains(known->digest, entry.identity)) {
            return std::move(draft).duplicate();
        }
        if (known->digest.size() >= delivery::digest_entries_max * delivery::digest_entry_bytes) {
            return std::move(draft).refuse(
                Outcome::parked,
                {.code = "too_many_scans",
                 .detail = "This shipment has " + std::to_string(delivery::digest_entries_max) +
                           " scans already. Check whether the number is used for one parcel.",
                 .pointer = "/tracking_number",
                 .family = base::Family::parked});
        }
    } else {
        id = orders::keep_unknown(draft, scan.carrier, scan.tracking_number);
        draft.answer(id.text(), {});
    }
    model::Shipment& shipment = draft.edit(id);
    if (shipment.label->carrier.empty()) {
        shipment.label.edit().carrier = scan.carrier;
    }
    const model::Milestone before = shipment.track.milestone;
    const bool flagged_before = shipment.track.scanned_after_delivery;
    delivery::append_to(shipment.digest, entry);
    delivery::refold(shipment, draft.catalog());
    draft.chain_to(id);
    if (const auto later = give_scans_to_later_use(draft, id, scan.tracking_number)) {
        follow_all(draft, {later});
    }
    const bool flagged = shipment.track.scanned_after_delivery && !flagged_before;
    const bool unknown = (scan.flags & model::scan_flag::unknown_code) != 0;
    if (other && other != id) {
        draft.explain(because_used_again(draft, *draft.look(other), at));
        follow_shipment(draft, id, before);
        return std::move(draft).finish();
    }
    draft.explain(draft.because(
        unknown   ? base::Word("delivery.scan.unknown_code")
        : flagged ? base::Word("delivery.scan.after_delivery")
                  : base::Word("delivery.scan.folded"),
        {{"milestone", static_cast<std::int64_t>(before),
          before == shipment.track.milestone ? model::Op::eq : model::Op::ne,
          static_cast<std::int64_t>(shipment.track.milestone), "rank", std::nullopt}}));
    follow_shipment(draft, id, before);
    return std::move(draft).finish();
}

Decisions decide_one(Draft& draft, const model::Report& report) {
    model::ShipmentId id = report.shipment;
    if (!id && !report.shipment_reference.empty()) {
        const auto ids = draft.ids_named(shipment_reference_key(report.shipment_reference));
        id = ids.empty() ? id : model::ShipmentId{ids.back()};
    }
    if (!id && !report.tracking_number.empty()) {
        id = find_latest(draft, report.carrier, report.tracking_number);
    }
    if (draft.look(id) == nullptr) {
        return std::move(draft).refuse(
            Outcome::rejected, {.code = "unknown_shipment",
                                .detail = "No shipment is known by that id, reference or number.",
                                .pointer = "/shipment",
                                .family = base::Family::rejected});
    }
    model::Shipment& shipment = draft.edit(id);
    draft.answer(id.text(), shipment.label->reference);
    const auto known = std::ranges::find_if(shipment.reports, [&](const model::ReportNote& each) {
        return each.kind == report.kind && !each.settled;
    });
    if ((known != shipment.reports.end()) != report.withdrawn) {
        return std::move(draft).duplicate();
    }
    if (report.withdrawn) {
        shipment.reports.erase(known);
    } else {
        shipment.reports.push_back({report.kind, draft.now(), false});
    }
    draft.chain_to(id);
    draft.explain(draft.because(report.withdrawn ? base::Word("protection.report.withdrawn")
                                                 : base::Word("protection.report.made")));
    follow_shipment(draft, id, shipment.track.milestone);
    if (report.withdrawn) {
        protection::withdraw_reported(draft, id, delivery::exception_of(report.kind));
    }
    reconsider(draft, id);
    return std::move(draft).finish();
}

void fire_shipment(Draft& draft, model::ShipmentId id) {
    model::Shipment& shipment = draft.edit(id);
    const auto due = take_due(shipment.timers, draft.now());
    draft.chain_to(id);
    settle_shipment(draft, id);
    const bool held =
        std::ranges::find(due, model::TimerKind::hold_ends, &model::Timer::kind) != due.end();
    if (held) {
        tell_milestone(draft, id, std::nullopt);
    }
    arm(draft, id);
}

void fire_order(Draft& draft, model::OrderId id) {
    model::Order& order = draft.edit(id);
    const auto due = take_due(order.timers, draft.now());
    draft.chain_to(id);
    settle_order(draft, id);
    const bool held =
        std::ranges::find(due, model::TimerKind::hold_ends, &model::Timer::kind) != due.end();
    if (held) {
        tell_order(draft, id);
    }
    arm_order(draft, id);
}

// The subject's chain is the timeline on which people look for it.
void chain_incident(Draft& draft, const model::Incident& incident) {
    if (incident.shipment) {
        draft.chain_to(incident.shipment);
    } else if (incident.order) {
        draft.chain_to(incident.order);
    }
}

// Does the record still want to be decided about?
bool is_due(const model::Timers& timers, base::Instant now) {
    return std::ranges::any_of(timers, [&](const model::Timer& each) { return each.due <= now; });
}

Decisions decide_one(Draft& draft, const model::TimerFired& fired) {
    draft.explain(draft.because("time.timer_fired",
                                {compare_instants("due", draft.now(), model::Op::ge, fired.due)}));
    const auto stale = [&](const auto* record) {
        return record == nullptr || !is_due(record->timers, draft.now());
    };
    switch (fired.subject) {
        case model::Subject::shipment:
            if (stale(draft.look(model::ShipmentId{fired.id}))) {
                return std::move(draft).duplicate();
            }
            fire_shipment(draft, model::ShipmentId{fired.id});
            break;
        case model::Subject::order:
            if (stale(draft.look(model::OrderId{fired.id}))) {
                return std::move(draft).duplicate();
            }
            fire_order(draft, model::OrderId{fired.id});
            break;
        case model::Subject::incident:
            if (stale(draft.look(model::IncidentId{fired.id}))) {
                return std::move(draft).duplicate();
            }
            chain_incident(draft, *draft.look(model::IncidentId{fired.id}));
            incident_timer(draft, model::IncidentId{fired.id});
            break;
        case model::Subject::claim: {
            if (stale(draft.look(model::ClaimId{fired.id}))) {
                return std::move(draft).duplicate();
            }
            const model::Claim& claim = *draft.look(model::ClaimId{fired.id});
            draft.chain_to(claim.shipment);
            audit::claim_timer(draft, claim.id);
            refresh_incident(draft, draft.look(model::ClaimId{fired.id})->incident);
            break;
        }
        case model::Subject::merchant: {
            if (!is_due(draft.merchant().timers, draft.now())) {
                return std::move(draft).duplicate();
            }
            (void)take_due(draft.edit_merchant().timers, draft.now());
            learning::publish(draft);
            break;
        }
        case model::Subject::notification:
            return std::move(draft).duplicate();  // messages bear no timers of their own
    }
    return std::move(draft).finish();
}

Decisions decide_one(Draft& draft, const model::Dispatched& reply) {
    const model::Notification* known = draft.look(reply.notification);
    if (known == nullptr || known->state == model::NotificationState::sent ||
        known->state == model::NotificationState::failed) {
        return std::move(draft).duplicate();
    }
    return decide_dispatched(draft, reply);
}

Decisions decide_one(Draft& draft, const model::IncidentAction& action) {
    return decide_incident_action(draft, action);
}
Decisions decide_one(Draft& draft, const model::TicketAction& action) {
    return decide_ticket_action(draft, action);
}
Decisions decide_one(Draft& draft, const model::ClaimAction& action) {
    return decide_claim_action(draft, action);
}

Decisions decide_one(Draft& draft, const model::PolicyPublished& published) {
    model::Merchant& merchant = draft.edit_merchant();
    if (published.version != merchant.policy_version + 1) {
        return std::move(draft).refuse(
            Outcome::rejected,
            {.code = "version_conflict",
             .detail = "Somebody published version " + std::to_string(merchant.policy_version) +
                       " meanwhile. Read it, and publish yours again on top of it.",
             .pointer = "/version",
             .family = base::Family::rejected});
    }
    merchant.policy_version = published.version;
    draft.explain(draft.because("policy.published"));
    return std::move(draft).finish();
}

Decisions decide_one(Draft& draft, const model::ModeSwitched& switched) {
    model::Merchant& merchant = draft.edit_merchant();
    if (!merchant.modes.empty() && merchant.modes.back().mode == switched.mode) {
        return std::move(draft).duplicate();
    }
    merchant.modes.push_back({switched.mode, draft.now()});
    draft.explain(draft.because("policy.mode_switched"));
    return std::move(draft).finish();
}

Decisions decide_one(Draft& draft, const model::ChannelSwitched& switched) {
    model::Merchant& merchant = draft.edit_merchant();
    const auto paused =
        std::ranges::find(merchant.paused, switched.channel, &model::PausedChannel::channel);
    if ((paused != merchant.paused.end()) == switched.paused) {
        return std::move(draft).duplicate();
    }
    if (switched.paused) {
        merchant.paused.push_back({switched.channel, draft.now()});
    } else {
        merchant.paused.erase(paused);
    }
    draft.explain(draft.because("policy.channel_switched"));
    return std::move(draft).finish();
}

}  // namespace

Decisions decide(const model::Event& event, const Facts& facts, const model::Policy& policy,
                 base::Instant now) {
    Draft draft(event, facts, policy, now);
    try {
        return std::visit([&](const auto& payload) { return decide_one(draft, payload); },
                          event.payload);
    } catch (const Lacking& lacking) {
        Decisions decisions;
        decisions.outcome = Outcome::parked;
        decisions.error = {.code = std::string(facts_missing),
                           .detail = "A record that this decision reads was not loaded (" +
                                     lacking.what + "). Please report this as a defect.",
                           .pointer = {},
                           .family = base::Family::parked};
        return decisions;
    }
}

bool lacks_facts(const Decisions& decisions) {
    return decisions.outcome == Outcome::parked && decisions.error &&
           decisions.error->code == facts_missing;
}

}  // namespace aftermile::core
