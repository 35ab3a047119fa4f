#include "core/delivery/answers.hpp"

#include <algorithm>

#include "core/delivery/standing.hpp"
#include "core/places.hpp"

namespace aftermile::core::delivery {

using model::Exception;
using model::NotificationKind;

namespace {

NotificationKind message_for(const Case& about) {
    switch (about.kind) {
        case Exception::late:
        case Exception::transit_silence:
        case Exception::delayed_by_carrier:
        case Exception::weather:
        case Exception::missorted:
        case Exception::label_not_scanned:
            return about.shipment ? NotificationKind::delayed_revised_eta
                                  : NotificationKind::dispatch_delayed;
        case Exception::predicted_late:
            return NotificationKind::delay_predicted;
        case Exception::dispatch_overdue:
            return NotificationKind::dispatch_delayed;
        case Exception::attempt_failed:
            return NotificationKind::attempt_failed;
        case Exception::none:
        case Exception::customs_or_documents:
        case Exception::held_or_pickup_expiring:
        case Exception::address_problem:
        case Exception::refused_or_returning:
        case Exception::contents_wrong:
        case Exception::delivered_not_received:
        case Exception::damaged:
        case Exception::lost:
            break;
    }
    return about.reported ? NotificationKind::claim_update
                          : NotificationKind::exception_action_needed;
}

// A new date is named only from the promise ledger; without one the message says when we write
// next, and that is recorded on the incident and kept by a timer.
void add_dates(Draft& draft, const Case& about, const model::Shipment* shipment,
               std::vector<model::MessageField>& message_fields) {
    const model::Order* order = draft.look(about.order);
    if (shipment == nullptr && order == nullptr) {
        return;
    }
    const auto& promises = shipment != nullptr ? shipment->label->promises : order->promises;
    const model::Area& area = shipment != nullptr ? shipment->label->ship_to : order->ship_to;
    const base::Zone& zone = zone_of(draft.catalog(), area);
    if (!promises.empty()) {
        const model::Promise& first = promises.front();
        message_fields.push_back(day_field(
            shipment != nullptr ? base::Word("was") : base::Word("planned"), first.latest));
        const model::Promise& newest = promises.back();
        if (newest.latest != first.latest && newest.latest >= zone.day_of(draft.now())) {
            add_expected(newest, zone.day_of(draft.now()), message_fields);
            return;
        }
    }
    model::Incident& incident = draft.edit(about.incident);
    const base::Instant next = draft.now() + std::chrono::hours{draft.policy().next_contact_hours};
    incident.next_contact_due = next;
    set_timer(incident.timers, model::TimerKind::contact_due, next);
    message_fields.push_back(day_field("next_contact", zone.day_of(next)));
}

std::vector<model::MessageField> fields_for(Draft& draft, const Case& about,
                                            NotificationKind kind) {
    auto message_fields = common_fields(draft, about.order, about.shipment);
    const model::Shipment* shipment = draft.look(about.shipment);
    message_fields.push_back(choice_field("reason", base::to_text(about.kind)));
    message_fields.push_back(choice_field("kind", base::to_text(about.kind)));
    if (kind == NotificationKind::delayed_revised_eta ||
        kind == NotificationKind::delay_predicted || kind == NotificationKind::dispatch_delayed) {
        add_dates(draft, about, shipment, message_fields);
    }
    if (kind == NotificationKind::claim_update) {
        message_fields.push_back(choice_field("state", "submitted"));
    }
    if (shipment != nullptr && shipment->track.last_physical_at) {
        message_fields.push_back(instant_field("last_scan", *shipment->track.last_physical_at,
                                               zone_of(draft.catalog(), shipment->label->ship_to)));
    }
    if (kind == NotificationKind::attempt_failed && shipment != nullptr &&
        shipment->track.milestone_at) {
        message_fields.push_back(
            day_field("attempted", zone_of(draft.catalog(), shipment->label->ship_to)
                                       .day_of(*shipment->track.milestone_at)));
    }
    const auto& answers = draft.look(about.incident)->answers;
    if (!answers[static_cast<std::size_t>(model::AnswerKind::ticket)].id.empty()) {
        message_fields.push_back(choice_field("did", "opened_case"));
    }
    return message_fields;
}

// The policy's scan lag: a parcel may be on the doorstep and its scan on the way.
std::optional<base::Instant> grace_ends(const Draft& draft, const Case& about) {
    if (about.kind != Exception::late || draft.policy().late_grace_hours <= 0) {
        return std::nullopt;
    }
    const base::Instant ends = about.since + std::chrono::hours{draft.policy().late_grace_hours};
    return draft.now() < ends ? std::optional(ends) : std::nullopt;
}

bool is_taken_back(Draft& draft, model::NotificationId id) {
    const model::Notification* known = draft.look(id);
    return known != nullptr && known->state == model::NotificationState::retracted;
}

// The answer that stands if this fact was told before. A delay is one fact, whether the order's
// dispatch or the parcel's arrival was named.
std::optional<model::Answer> standing_answer(Draft& draft, const Case& about,
                                             NotificationKind kind) {
    const model::Incident& incident = *draft.look(about.incident);
    const std::string variant(base::to_text(about.kind));
    for (const model::Told& each : incident.told) {
        const bool same = each.kind == kind || (is_delay(each.kind) && is_delay(kind));
        if (same && each.variant == variant && !is_taken_back(draft, each.notification)) {
            const auto& answer =
                incident.answers[static_cast<std::size_t>(model::AnswerKind::customer_told)];
            return answer.id == each.notification.text()
                       ? answer
                       : done(each.notification.text(), draft.because("delivery.told.before"),
                              each.at);
        }
    }
    return std::nullopt;
}

std::vector<model::MessageField> ticket_context(Draft& draft, const Case& about) {
    auto context = common_fields(draft, about.order, about.shipment);
    std::erase_if(context, [](const model::MessageField& each) { return each.name == "items"; });
    context.push_back(choice_field("kind", base::to_text(about.kind)));
    const model::Shipment* shipment = draft.look(about.shipment);
    const model::Order* order = draft.look(about.order);
    const model::Area* area = shipment != nullptr ? &shipment->label->ship_to
                              : order != nullptr  ? &order->ship_to
                                                  : nullptr;
    if (area != nullptr) {
        const base::Zone& zone = zone_of(draft.catalog(), *area);
        context.push_back(instant_field("since", about.since, zone));
        if (shipment != nullptr && shipment->track.last_physical_at) {
            context.push_back(instant_field("last_scan", *shipment->track.last_physical_at, zone));
        }
    }
    if (shipment != nullptr) {
        context.push_back(
            text_field("milestone", std::string(base::to_text(shipment->track.milestone))));
        if (!shipment->label->promises.empty()) {
            context.push_back(day_field("promised", shipment->label->promises.front().latest));
        }
        if (shipment->label->value.amount > 0) {
            context.push_back(money_field("value", shipment->label->value));
        }
    }
    return context;
}

// Something graver joined, or what had settled by itself is back.
void raise_ticket(Draft& draft, model::TicketId id, const Case& about, model::Severity severity) {
    const model::Ticket* known = draft.look(id);
    if (known == nullptr || !about.open) {
        return;
    }
    const bool graver = known->severity < severity;
    const bool back = known->state == model::TicketState::solved && !known->touched &&
                      severity >= draft.policy().ticket_from;
    if (!graver && !back) {
        return;
    }
    model::Ticket& ticket = draft.edit(id);
    ticket.severity = std::max(ticket.severity, severity);
    ticket.kind = about.kind;
    ticket.context = ticket_context(draft, about);
    ticket.last_event = draft.event().id;
    if (ticket.state == model::TicketState::solved) {
        ticket.state = model::TicketState::open;
        draft.line({.type = EntryType::ticket,
                    .id = id.text(),
                    .text = "ticket_reopened",
                    .text_fields = {text_field("who", "aftermile"),
                                    choice_field("kind", base::to_text(ticket.kind))},
                    .occurred_at = draft.now(),
                    .milestone = std::nullopt,
                    .because = draft.because("delivery.ticket.raised")});
    }
}

}  // namespace

model::SeverityRow severity_of(const model::Policy& policy, Exception kind) {
    const auto found = std::ranges::find(policy.severities, kind, &model::SeverityRow::exception);
    return found == policy.severities.end()
               ? model::SeverityRow{kind, model::Severity::normal, {}, {}}
               : *found;
}

Told answer_customer_told(Draft& draft, const Case& about) {
    const NotificationKind kind = message_for(about);
    if (about.refuted || !about.open) {
        const auto& standing =
            draft.look(about.incident)
                ->answers[static_cast<std::size_t>(model::AnswerKind::customer_told)];
        const auto told = model::NotificationId::parse(standing.id);
        if (told && !about.refuted && !is_taken_back(draft, *told)) {
            return {standing, std::nullopt};
        }
        return {nothing(about.refuted ? "retracted" : "resolved_before_told",
                        draft.because("delivery.told.resolved"), draft.now()),
                std::nullopt};
    }
    if (auto told = standing_answer(draft, about, kind)) {
        return {std::move(*told), std::nullopt};
    }
    if (const auto ends = grace_ends(draft, about)) {
        const bool silent = draft.look(about.order) == nullptr || draft.look(about.order)->imported;
        if (!silent) {
            return {nothing("scan_lag_grace",
                            draft.because("delivery.told.scan_lag_grace",
                                          {compare_instants("grace_ends", draft.now(),
                                                            model::Op::lt, *ends)}),
                            draft.now()),
                    ends};
        }
    }
    if (!about.order) {
        return {nothing("no_order", draft.because("delivery.told.no_order"), draft.now()),
                std::nullopt};
    }
    // The gate first without the date fields' side effects: they promise a next word.
    model::Incident before = *draft.look(about.incident);
    const Telling telling{.kind = kind,
                          .variant = std::string(base::to_text(about.kind)),
                          .shipment = about.shipment,
                          .order = about.order,
                          .incident = about.incident,
                          .message_fields = fields_for(draft, about, kind),
                          .rule = "delivery.told.exception"};
    Told told = tell(draft, telling, draft.edit(about.incident).told);
    if (told.answer.id.empty()) {
        draft.edit(about.incident) = std::move(before);
    }
    return told;
}

model::Answer answer_ticket(Draft& draft, const Case& about) {
    const model::Incident& incident = *draft.look(about.incident);
    const auto& standing = incident.answers[static_cast<std::size_t>(model::AnswerKind::ticket)];
    const model::SeverityRow row = severity_of(draft.policy(), about.kind);
    const auto numbers = std::vector<model::Number>{
        {.name = "severity",
         .left = static_cast<std::int64_t>(row.severity),
         .op = row.severity >= draft.policy().ticket_from ? model::Op::ge : model::Op::lt,
         .right = static_cast<std::int64_t>(draft.policy().ticket_from),
         .unit = "rank",
         .n = std::nullopt}};
    if (!standing.id.empty()) {
        if (auto id = model::TicketId::parse(standing.id)) {
            raise_ticket(draft, *id, about, row.severity);
        }
        return standing;
    }
    if (incident.imported) {
        return nothing("imported", draft.because("delivery.ticket.imported"), draft.now());
    }
    if (!about.open) {
        return nothing(about.refuted ? "retracted" : "resolved",
                       draft.because("delivery.ticket.resolved"), draft.now());
    }
    if (row.severity < draft.policy().ticket_from && !about.word_due) {
        return nothing("below_severity", draft.because("delivery.ticket.below_severity", numbers),
                       draft.now());
    }
    model::Ticket& ticket = draft.create<model::Ticket>();
    ticket.incident = about.incident;
    ticket.order = about.order;
    ticket.shipment = about.shipment;
    ticket.customer = incident.customer;
    ticket.severity = row.severity;
    ticket.kind = about.kind;
    ticket.assignee = row.assignee;
    ticket.opened_at = draft.now();
    ticket.because = draft.because(about.word_due ? base::Word("delivery.ticket.word_due")
                                                  : base::Word("delivery.ticket.severity"),
                                   numbers);
    ticket.last_event = draft.event().id;
    ticket.context = ticket_context(draft, about);
    draft.line({.type = EntryType::ticket,
                .id = ticket.id.text(),
                .text = "ticket_opened",
                .text_fields = {choice_field("kind", base::to_text(about.kind)),
                                text_field("assignee", ticket.assignee)},
                .occurred_at = draft.now(),
                .milestone = std::nullopt,
                .because = ticket.because});
    return done(ticket.id.text(), ticket.because, draft.now());
}

void settle_ticket(Draft& draft, model::TicketId id, std::string_view note) {
    const model::Ticket* known = draft.look(id);
    if (known == nullptr || known->state == model::TicketState::solved ||
        known->state == model::TicketState::closed) {
        return;
    }
    model::Ticket& ticket = draft.edit(id);
    ticket.notes.push_back({"aftermile", draft.now(), std::string(note)});
    ticket.last_event = draft.event().id;
    if (!ticket.touched) {
        ticket.state = model::TicketState::solved;
        draft.line({.type = EntryType::ticket,
                    .id = id.text(),
                    .text = "ticket_solved",
                    .text_fields = {choice_field("kind", base::to_text(ticket.kind))},
                    .occurred_at = draft.now(),
                    .milestone = std::nullopt,
                    .because = draft.because("delivery.ticket.settled")});
    }
}

}  // namespace aftermile::core::delivery
