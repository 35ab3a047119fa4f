#include "core/incidents.hpp"

#include <algorithm>

#include "core/claims.hpp"
#include "core/delivery/answers.hpp"
#include "core/delivery/standing.hpp"
#include "core/delivery/track.hpp"
#include "core/learning/lanes.hpp"
#include "core/places.hpp"
#include "core/protection/cover.hpp"
#include "core/six_answers.hpp"

namespace aftermile::core {

using model::AnswerKind;
using model::CustomerState;
using model::Exception;
using model::IncidentException;

namespace {

constexpr base::Word silence_by_lane = "delivery.transit_silence.lane_threshold";

// The hours compared, and where the lane moved the threshold, what it is known by.
model::Because because_silent(const Draft& draft, const model::Shipment& shipment,
                              base::Instant since) {
    const auto last = *shipment.track.last_physical_at;
    std::vector<model::Number> numbers{{"hours_since_last_scan", whole_hours(draft.now() - last),
                                        model::Op::ge, whole_hours(since - last), "hours",
                                        std::nullopt}};
    const auto limit = delivery::silence_limit(shipment, draft.policy(), draft.facts().profile);
    if (!limit || limit->lane_n == 0) {
        return draft.because("delivery.transit_silence.threshold", std::move(numbers));
    }
    const auto compare = [](std::int64_t left, std::int64_t right) {
        return left < right ? model::Op::lt : left > right ? model::Op::gt : model::Op::eq;
    };
    numbers.push_back({"lane_gap_hours", limit->lane_hours,
                       compare(limit->lane_hours, limit->row->hours), limit->row->hours, "hours",
                       limit->lane_n});
    if (limit->hours != limit->lane_hours) {
        numbers.push_back({"lane_gap_hours_bound", limit->lane_hours,
                           compare(limit->lane_hours, limit->hours), limit->hours, "hours",
                           std::nullopt});
    }
    return draft.because(silence_by_lane, std::move(numbers));
}

model::Because because_of(const Draft& draft, const model::Shipment* shipment,
                          const model::OpenException& each) {
    if (each.kind == Exception::late) {
        return draft.because(
            "delivery.late.promised_day_ended",
            {compare_instants("promised_day_ended", draft.now(), model::Op::ge, each.since)});
    }
    if (each.kind == Exception::transit_silence && shipment != nullptr &&
        shipment->track.last_physical_at) {
        return because_silent(draft, *shipment, each.since);
    }
    const bool reported = shipment != nullptr && delivery::is_reported(*shipment, each.kind);
    return draft.because("delivery." + std::string(base::to_text(each.kind)) +
                         (reported ? ".reported" : ".scanned"));
}

void line_about(Draft& draft, const model::Incident& incident, base::Word text, Exception kind,
                base::Instant at, const model::Because& because) {
    draft.line({.type = EntryType::incident,
                .id = incident.id.text(),
                .text = std::move(text),
                .text_fields = {choice_field("kind", base::to_text(kind))},
                .occurred_at = at,
                .milestone = std::nullopt,
                .because = because});
}

model::Incident& open_incident(Draft& draft, const model::Shipment* shipment,
                               const model::Order* order) {
    model::Incident& incident = draft.create<model::Incident>();
    incident.opened_at = draft.now();
    incident.answers.resize(model::answer_count);
    if (shipment != nullptr) {
        incident.shipment = shipment->id;
        incident.imported = shipment->label->imported;
    }
    if (order != nullptr) {
        incident.order = order->id;
        incident.customer = order->customer;
        incident.imported = incident.imported || order->imported;
    }
    return incident;
}

void open_exception(Draft& draft, model::Incident& incident, const model::Shipment* shipment,
                    const model::OpenException& each, Movement& moved) {
    IncidentException made;
    made.kind = each.kind;
    made.opened_at = each.since;
    made.known_at = draft.now();
    made.because = because_of(draft, shipment, each);
    if (each.kind == Exception::transit_silence && shipment != nullptr) {
        made.basis = shipment->track.last_physical_at;
    }
    line_about(draft, incident, "exception_opened", each.kind, each.since, made.because);
    if (incident.exceptions.empty()) {
        incident.opened_at = each.since;
    }
    incident.exceptions.push_back(std::move(made));
    moved.opened.push_back(each.kind);
}

struct Ended {
    std::size_t at = 0;  // among the incident's exceptions
    delivery::Ending ending;
};

// Those that end by what stands now, or turn out never to have been.
std::vector<Ended> ended_exceptions(const Draft& draft, const model::Incident& incident,
                                    const model::Shipment& shipment,
                                    const std::vector<model::OpenException>& stands) {
    std::vector<Ended> ended;
    for (std::size_t at = 0; at < incident.exceptions.size(); ++at) {
        const IncidentException& each = incident.exceptions[at];
        const bool still =
            std::ranges::find(stands, each.kind, &model::OpenException::kind) != stands.end();
        if (each.retracted || (is_open(each) && still)) {
            continue;
        }
        const delivery::Ending ending =
            delivery::ending_of(shipment, each, draft.catalog(), draft.now());
        // One that is over already may still turn out, by a backfilled scan, never to have been.
        if (!each.cleared_at || ending.never_was) {
            ended.push_back({at, ending});
        }
    }
    return ended;
}

void end_exceptions(Draft& draft, model::Incident& incident, const std::vector<Ended>& ended,
                    Movement& moved) {
    for (const auto& [at, ending] : ended) {
        IncidentException& each = incident.exceptions[at];
        const bool never = ending.never_was;
        each.retracted = never;
        each.cleared_at = ending.at;
        (never ? moved.refuted : moved.cleared).push_back(each.kind);
        line_about(draft, incident,
                   never ? base::Word("exception_retracted") : base::Word("exception_cleared"),
                   each.kind, ending.at,
                   draft.because(never ? base::Word("delivery.exception.never_was")
                                       : base::Word("delivery.exception.cleared")));
    }
}

// A silence that was noticed lasts until something is scanned, though a profile published since
// moved the threshold of its row: that is for what is noticed next.
void keep_noticed_silence(Draft& draft, model::ShipmentId id,
                          std::vector<model::OpenException>& stands) {
    const model::Shipment& shipment = *draft.look(id);
    if (!shipment.incident_open || !shipment.track.last_physical_at || shipment.label->voided_at ||
        delivery::is_final(shipment.track.milestone)) {
        return;
    }
    const auto limit = delivery::silence_limit(shipment, draft.policy(), draft.facts().profile);
    const model::Incident* incident = draft.look(shipment.incident);
    if (!limit || !limit->row->hours_min || incident == nullptr) {
        return;
    }
    for (const IncidentException& each : incident->exceptions) {
        if (each.kind != Exception::transit_silence || !is_open(each) ||
            each.basis != shipment.track.last_physical_at) {
            continue;
        }
        const bool by_lane = each.because.rule == silence_by_lane;
        const bool by_row = whole_hours(each.opened_at - *each.basis) == limit->row->hours;
        const bool known =
            std::ranges::find(stands, each.kind, &model::OpenException::kind) != stands.end();
        if (!known && (by_lane || (by_row && limit->lane_n > 0))) {
            stands.push_back({each.kind, each.opened_at});
            std::ranges::sort(stands, {}, &model::OpenException::kind);
        }
    }
}

// Delivered late, and nobody had noticed while it was: recorded, opened and cleared at once.
void record_late_delivery(Draft& draft, model::ShipmentId id,
                          std::vector<model::OpenException>& stands) {
    const model::Shipment& shipment = *draft.look(id);
    if (!shipment.track.delivered_at || shipment.label->voided_at) {
        return;
    }
    const auto measure =
        delivery::measure_of(shipment.label->promises, shipment.label->ship_to, draft.catalog());
    if (!measure || *shipment.track.delivered_at <= measure->ends) {
        return;
    }
    if (const model::Incident* incident = draft.look(shipment.incident)) {
        const bool known =
            std::ranges::any_of(incident->exceptions, [](const IncidentException& each) {
                return each.kind == Exception::late && !each.retracted;
            });
        if (known) {
            return;
        }
    }
    stands.push_back({Exception::late, measure->ends});
}

// Kind, severity and states follow from the exceptions.
void restate(Draft& draft, model::Incident& incident, const Case& about) {
    incident.kind = about.kind;
    const auto severity = delivery::severity_of(draft.policy(), about.kind).severity;
    incident.severity = about.open ? std::max(incident.severity, severity) : incident.severity;
    if (incident.exceptions.size() == 1 && about.open) {
        incident.severity = severity;
    }
    if (about.open) {
        set_timer(incident.timers, model::TimerKind::incident_closes, std::nullopt);
        if (incident.customer_state == CustomerState::waiting) {
            incident.customer_state = CustomerState::open;
        }
    } else if (incident.customer_state == CustomerState::open) {
        incident.customer_state = CustomerState::waiting;
    }
}

// With nothing open the incident waits for the end of the journey and the policy's grace.
void arm_closing(Draft& draft, model::IncidentId id, bool over, base::Instant ended_at) {
    const model::Incident& known = *draft.look(id);
    if (!over || std::ranges::any_of(known.exceptions, is_open) || known.closed_at ||
        known.customer_state == CustomerState::closed ||
        timer_of(known.timers, model::TimerKind::incident_closes)) {
        return;
    }
    const base::Instant due = ended_at + std::chrono::hours{draft.policy().close_grace_hours};
    model::Incident& incident = draft.edit(id);
    incident.last_event = draft.event().id;
    set_timer(incident.timers, model::TimerKind::incident_closes, std::max(due, draft.now()));
}

void conclude(Draft& draft, model::IncidentId id, const Movement& moved) {
    const Case about = case_of(draft, *draft.look(id));
    restate(draft, draft.edit(id), about);
    if (!moved.cleared.empty() || !moved.refuted.empty()) {
        take_back(draft, about, moved);
    }
    answer_all(draft, about, moved);
    refresh_incident(draft, id);
}

// The parcel was in trouble before its order was known: one incident goes on, and remembers what
// the shopper was told by the other.
void merge_into(Draft& draft, model::IncidentId from, model::IncidentId into) {
    model::Incident& ended = draft.edit(from);
    model::Incident& kept = draft.edit(into);
    kept.told.insert(kept.told.end(), ended.told.begin(), ended.told.end());
    ended.merged_into = into;
    ended.customer_state = CustomerState::closed;
    ended.last_event = draft.event().id;
    draft.line({.type = EntryType::incident,
                .id = from.text(),
                .text = "incident_merged",
                .text_fields = {text_field("who", "aftermile"), text_field("into", into.text())},
                .occurred_at = draft.now(),
                .milestone = std::nullopt,
                .because = draft.because("delivery.incident.merged")});
    refresh_incident(draft, from);
}

// Most scans change nothing of the incident: it is copied when something does.
void move_incident(Draft& draft, const model::Shipment& shipment,
                   const std::vector<model::OpenException>& opens,
                   const std::vector<model::OpenException>& stands) {
    const model::Incident& known = *draft.look(shipment.incident);
    const auto has_open = [](const model::Incident& incident, const model::OpenException& each) {
        return std::ranges::any_of(incident.exceptions, [&](const auto& recorded) {
            return recorded.kind == each.kind && is_open(recorded);
        });
    };
    if (std::ranges::all_of(opens, [&](const auto& each) { return has_open(known, each); }) &&
        ended_exceptions(draft, known, shipment, stands).empty()) {
        return;
    }
    Movement moved;
    model::Incident incident = known;
    for (const model::OpenException& each : opens) {
        if (!has_open(incident, each)) {
            open_exception(draft, incident, &shipment, each, moved);
        }
    }
    end_exceptions(draft, incident, ended_exceptions(draft, incident, shipment, stands), moved);
    incident.last_event = draft.event().id;
    draft.edit(incident.id) = incident;
    conclude(draft, incident.id, moved);
}

bool may_close(Draft& draft, const model::Incident& incident) {
    if (auto id = model::TicketId::parse(answer_in(incident, AnswerKind::ticket).id)) {
        const model::Ticket* ticket = draft.look(*id);
        if (ticket != nullptr && ticket->state != model::TicketState::solved &&
            ticket->state != model::TicketState::closed) {
            return false;
        }
    }
    if (const model::Shipment* shipment = draft.look(incident.shipment)) {
        for (const model::ClaimRef& each : shipment->claims) {
            const model::Claim* claim = draft.look(each.id);
            if (each.side == model::ClaimSide::customer && claim != nullptr &&
                claim->incident == incident.id && claim->state != model::ClaimState::draft &&
                !is_over(claim->state)) {
                return false;
            }
        }
    }
    return true;
}

}  // namespace

void settle_shipment(Draft& draft, model::ShipmentId id) {
    auto stands = delivery::standing(*draft.look(id), draft.policy(), draft.facts().profile,
                                     draft.catalog(), draft.now());
    keep_noticed_silence(draft, id, stands);
    auto opens = stands;
    record_late_delivery(draft, id, opens);
    const bool had_open = draft.look(id)->incident_open;
    if (opens.empty() && !had_open) {
        return;
    }
    if (!had_open) {
        const model::Shipment& shipment = *draft.look(id);
        model::Incident& made = open_incident(draft, &shipment, draft.look(shipment.label->order));
        model::Shipment& mine = draft.edit(id);
        mine.incident = made.id;
        mine.incident_open = true;
    }
    move_incident(draft, *draft.look(id), opens, stands);
    const bool over =
        delivery::is_final(draft.look(id)->track.milestone) || draft.look(id)->merged_into;
    arm_closing(draft, draft.look(id)->incident, over,
                draft.look(id)->track.milestone_at.value_or(draft.now()));
}

bool has_unshipped_lines(Draft& draft, const model::Order& order) {
    std::vector<std::int64_t> left;
    for (const model::OrderLine& line : order.lines) {
        left.push_back(line.quantity);
    }
    for (const model::ShipmentId id : order.shipments) {
        const model::Shipment* shipment = draft.look(id);
        if (shipment == nullptr || shipment->label->voided_at) {
            continue;
        }
        if (shipment->label->lines.empty()) {
            return false;  // a shipment that lists no lines carries them all
        }
        for (const model::ShipmentLineInput& carried : shipment->label->lines) {
            const auto line =
                std::ranges::find(order.lines, carried.line, &model::OrderLine::reference);
            if (line != order.lines.end()) {
                left[static_cast<std::size_t>(line - order.lines.begin())] -= carried.quantity;
            }
        }
    }
    return left.empty() ? order.shipments.empty()
                        : std::ranges::any_of(left, [](std::int64_t each) { return each > 0; });
}

void settle_order(Draft& draft, model::OrderId id) {
    const model::Order& order = *draft.look(id);
    const auto measure = delivery::measure_of(order.promises, order.ship_to, draft.catalog());
    const bool late = measure && measure->ends <= draft.now() && !order.cancelled_at &&
                      has_unshipped_lines(draft, order);
    const model::Incident* current = order.incident_open ? draft.look(order.incident) : nullptr;
    const bool own = current != nullptr && !current->shipment;
    const bool recorded = own && std::ranges::any_of(current->exceptions, [](const auto& each) {
                              return each.kind == Exception::late && is_open(each);
                          });
    if (late == recorded || (late && current != nullptr && !own)) {
        return;
    }
    Movement moved;
    if (!own) {
        model::Incident& made = open_incident(draft, nullptr, &order);
        model::Order& mine = draft.edit(id);
        mine.incident = made.id;
        mine.incident_open = true;
    }
    model::Incident& incident = draft.edit(draft.look(id)->incident);
    incident.last_event = draft.event().id;
    if (late) {
        open_exception(draft, incident, nullptr, {Exception::late, measure->ends}, moved);
    } else {
        for (IncidentException& each : incident.exceptions) {
            if (is_open(each)) {
                each.cleared_at = draft.now();
                each.retracted = !measure || measure->ends > draft.now();
                (each.retracted ? moved.refuted : moved.cleared).push_back(each.kind);
            }
        }
    }
    conclude(draft, incident.id, moved);
    // No journey is waited for: what is shipped after all has its own.
    arm_closing(draft, incident.id, true, draft.now());
}

void join_order_incident(Draft& draft, model::ShipmentId id) {
    const model::Shipment& shipment = *draft.look(id);
    const model::Order* order = draft.look(shipment.label->order);
    if (order == nullptr || !order->incident_open) {
        return;
    }
    const model::Incident* incident = draft.look(order->incident);
    if (incident == nullptr || incident->shipment || incident->closed_at) {
        return;
    }
    if (shipment.incident_open) {
        merge_into(draft, incident->id, shipment.incident);
        return;
    }
    draft.edit(incident->id).shipment = id;
    model::Shipment& mine = draft.edit(id);
    mine.incident = incident->id;
    mine.incident_open = true;
    const Case about = case_of(draft, *draft.look(mine.incident));
    answer_all(draft, about, {.opened = {about.kind}, .cleared = {}, .refuted = {}});
    refresh_incident(draft, mine.incident);
}

void reconsider(Draft& draft, model::ShipmentId id) {
    const model::Shipment& shipment = *draft.look(id);
    const model::Incident* known = shipment.incident_open ? draft.look(shipment.incident) : nullptr;
    if (known == nullptr || known->closed_at) {
        return;
    }
    model::Incident& incident = draft.edit(known->id);
    if (const model::Order* order = draft.look(shipment.label->order); order != nullptr) {
        incident.order = order->id;
        incident.customer = order->customer;
        incident.imported = incident.imported || order->imported;
    }
    incident.last_event = draft.event().id;
    answer_all(draft, case_of(draft, incident), {});
    refresh_incident(draft, incident.id);
}

void incident_timer(Draft& draft, model::IncidentId id) {
    model::Incident& incident = draft.edit(id);
    incident.last_event = draft.event().id;
    const auto due = take_due(incident.timers, draft.now());
    const auto fired = [&](model::TimerKind kind) {
        return std::ranges::find(due, kind, &model::Timer::kind) != due.end();
    };
    if (fired(model::TimerKind::hold_ends) || fired(model::TimerKind::contact_due)) {
        Case about = case_of(draft, incident);
        about.word_due = fired(model::TimerKind::contact_due);
        if (about.word_due) {
            incident.next_contact_due.reset();
        }
        answer_all(draft, about, {});
    }
    if (fired(model::TimerKind::incident_closes) && may_close(draft, incident)) {
        incident.customer_state = CustomerState::closed;
    } else if (fired(model::TimerKind::incident_closes)) {
        // Its ticket or remedy is open: their end closes it (refresh_incident).
        incident.customer_state = incident.customer_state == CustomerState::open
                                      ? CustomerState::waiting
                                      : incident.customer_state;
        set_timer(incident.timers, model::TimerKind::incident_closes,
                  draft.now() + std::chrono::hours{draft.policy().close_grace_hours});
    }
    refresh_incident(draft, id);
}

void refresh_incident(Draft& draft, model::IncidentId id) {
    model::Incident& incident = draft.edit(id);
    std::optional<base::Instant> deadline;
    bool waiting = false, lapsed = false, paid = false;
    if (const model::Shipment* shipment = draft.look(incident.shipment)) {
        for (const model::ClaimRef& each : shipment->claims) {
            const model::Claim* claim = draft.look(each.id);
            if (claim == nullptr || claim->incident != id ||
                claim->state == model::ClaimState::draft) {
                continue;
            }
            waiting |= !is_over(claim->state);
            lapsed |= claim->state == model::ClaimState::lapsed;
            paid |= claim->state == model::ClaimState::reconciled ||
                    claim->state == model::ClaimState::paid;
            if (claim->deadline && is_unfiled(claim->state) &&
                (!deadline || *claim->deadline < *deadline)) {
                deadline = claim->deadline;
            }
        }
    }
    incident.deadline = deadline;
    const bool over = incident.customer_state == CustomerState::closed;
    incident.money_state = waiting || !over  ? model::MoneyState::open
                           : lapsed && !paid ? model::MoneyState::lapsed
                                             : model::MoneyState::settled;
    if (over && !waiting && !incident.closed_at) {
        incident.closed_at = draft.now();
        incident.timers.clear();
        if (incident.shipment) {
            draft.edit(incident.shipment).incident_open = false;
        }
        if (const model::Order* order = draft.look(incident.order);
            order != nullptr && order->incident == id) {
            draft.edit(incident.order).incident_open = false;
        }
        line_about(draft, incident, "incident_closed", incident.kind, draft.now(),
                   draft.because("delivery.incident.closed"));
    }
}

}  // namespace aftermile::core
