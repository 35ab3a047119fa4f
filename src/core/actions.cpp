#include "core/actions.hpp"

#include <algorithm>
#include <array>

#include "core/claims.hpp"
#include "core/incidents.hpp"

namespace aftermile::core {

using model::ClaimState;

namespace {

Decisions reject(Draft& draft, std::string code, std::string detail, std::string pointer) {
    return std::move(draft).refuse(Outcome::rejected, {.code = std::move(code),
                                                       .detail = std::move(detail),
                                                       .pointer = std::move(pointer),
                                                       .family = base::Family::rejected});
}

void chain_any(Draft& draft, model::ShipmentId shipment, model::OrderId order) {
    if (shipment) {
        draft.chain_to(shipment);
    } else if (order) {
        draft.chain_to(order);
    }
}

void line(Draft& draft, EntryType type, std::string id, base::Word text,
          std::vector<model::MessageField> text_fields) {
    draft.line({.type = type,
                .id = std::move(id),
                .text = std::move(text),
                .text_fields = std::move(text_fields),
                .occurred_at = draft.now(),
                .milestone = std::nullopt,
                .because = draft.because("team.acted")});
}

model::Account payer(model::Funding funding) {
    switch (funding) {
        case model::Funding::reserve:
            return model::Account::reserve;
        case model::Funding::insurer:
            return model::Account::insurer_receivable;
        case model::Funding::carrier:
            return model::Account::carrier_receivable;
        case model::Funding::none:
            return model::Account::merchandise_cost;
    }
    return model::Account::merchandise_cost;
}

// One row of the ledger, and the incident's total of that side.
base::Result<void> book(Draft& draft, model::IncidentId incident, model::ClaimId claim,
                        model::Account debit, model::Account credit, base::Money amount,
                        base::Money model::Incident::* total) {
    model::Incident& mine = draft.edit(incident);
    auto sum = (mine.*total).plus(amount);
    if (!sum) {
        return std::unexpected(sum.error());
    }
    mine.*total = *sum;
    model::LedgerEntry& entry = draft.create<model::LedgerEntry>();
    entry.incident = incident;
    entry.claim = claim;
    entry.at = draft.now();
    entry.debit = debit;
    entry.credit = credit;
    entry.amount = amount;
    entry.because = draft.because("ledger.booked");
    return {};
}

// Would the shopper get more than the parcel was worth? Then some of it was given before.
bool exceeds_value(Draft& draft, const model::Incident& incident, base::Money amount) {
    if (incident.money_customer.is_zero()) {
        return false;
    }
    const model::Shipment* shipment = draft.look(incident.shipment);
    const auto sum = incident.money_customer.plus(amount);
    return !sum || shipment == nullptr || sum->amount > shipment->label->value.amount;
}

Decisions refuse_second_remedy(Draft& draft) {
    return reject(draft, "already_remedied",
                  "The shopper has been made whole. Reopen the incident to give what is still "
                  "missing, up to the parcel's value.",
                  {});
}

Decisions give_remedy(Draft& draft, const model::IncidentAction& action) {
    if (action.remedy == model::Remedy::none || action.remedy == model::Remedy::wait) {
        return reject(draft, "bad_value", "Name the remedy that the shopper gets.", "/remedy");
    }
    if (action.amount && action.amount->amount <= 0) {
        return reject(draft, "out_of_range", "The amount must be above zero.", "/amount");
    }
    model::Incident& incident = draft.edit(action.incident);
    if (incident.customer_state == model::CustomerState::remedied ||
        (action.amount && exceeds_value(draft, incident, *action.amount))) {
        return refuse_second_remedy(draft);
    }
    if (action.amount) {
        const auto booked =
            book(draft, incident.id, {}, model::Account::customer_remedies, payer(incident.funding),
                 *action.amount, &model::Incident::money_customer);
        if (!booked) {
            return reject(draft, booked.error().code, booked.error().detail, "/amount");
        }
    }
    incident.remedy = action.remedy;
    incident.customer_state = model::CustomerState::remedied;
    if (const model::Shipment* shipment = draft.look(incident.shipment)) {
        if (draft.look(shipment->label->cover) != nullptr) {
            model::Coverage& cover = draft.edit(shipment->label->cover);
            cover.state = model::CoverageState::claimed;
            cover.last_event = draft.event().id;
        }
        // What the shopper asked for is answered; what the carrier owes goes on beside it.
        const auto claims = shipment->claims;
        for (const model::ClaimRef& each : claims) {
            const model::Claim* claim = draft.look(each.id);
            if (each.side == model::ClaimSide::customer && claim != nullptr &&
                !is_over(claim->state)) {
                step_claim(draft, draft.edit(each.id), ClaimState::paid, action.by,
                           std::string(base::to_text(action.remedy)));
            }
        }
        for (const model::ReportNote& each : shipment->reports) {
            if (!each.settled) {
                auto& reports = draft.edit(shipment->id).reports;
                for (model::ReportNote& report : reports) {
                    report.settled = true;
                }
                break;
            }
        }
    }
    line(draft, EntryType::cover, incident.id.text(), "remedy_given",
         {choice_field("remedy", base::to_text(action.remedy)), text_field("who", action.by)});
    if (incident.shipment) {
        settle_shipment(draft, incident.shipment);
    }
    refresh_incident(draft, incident.id);
    return std::move(draft).finish();
}

Decisions merge(Draft& draft, const model::IncidentAction& action) {
    const model::Incident* target = draft.look(action.into);
    if (target == nullptr || target->id == action.incident || target->closed_at) {
        return reject(draft, "bad_value", "Name another open incident to merge into.", "/into");
    }
    model::Incident& incident = draft.edit(action.incident);
    incident.merged_into = action.into;
    incident.customer_state = model::CustomerState::closed;
    draft.edit(action.into)
        .notes.push_back({action.by, draft.now(), "Merged " + incident.id.text()});
    line(draft, EntryType::incident, incident.id.text(), "incident_merged",
         {text_field("who", action.by), text_field("into", action.into.text())});
    refresh_incident(draft, incident.id);
    return std::move(draft).finish();
}

// Evidence that the data layer itself holds; the rest must be attached.
constexpr std::array held_evidence{std::string_view{"tracking_history"},
                                   std::string_view{"promised_time"},
                                   std::string_view{"invoice_line"}};

// Attached pieces are kept with a leading plus beside the names that are asked for.
std::string missing_evidence(const model::Claim& claim) {
    for (const std::string& name : claim.evidence) {
        if (name.starts_with('+') ||
            std::ranges::find(held_evidence, name) != held_evidence.end()) {
            continue;
        }
        if (std::ranges::find(claim.evidence, "+" + name) == claim.evidence.end()) {
            return name;
        }
    }
    return {};
}

void attach(model::Claim& claim, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        if (std::ranges::find(claim.evidence, "+" + name) == claim.evidence.end()) {
            claim.evidence.push_back("+" + name);
        }
    }
}

Decisions file_claim(Draft& draft, const model::ClaimAction& action) {
    model::Claim& claim = draft.edit(action.claim);
    if (claim.side == model::ClaimSide::customer || !is_unfiled(claim.state)) {
        return reject(draft, "wrong_state",
                      "Only an unfiled claim against a carrier or insurer can be filed; this one "
                      "is " +
                          std::string(base::to_text(claim.state)) + ".",
                      {});
    }
    if (claim.opens_at && draft.now() < *claim.opens_at) {
        return reject(
            draft, "too_early",
            "The carrier hears this claim from " + base::to_text(*claim.opens_at) + " on.", {});
    }
    if (claim.deadline && draft.now() >= *claim.deadline) {
        return reject(draft, "too_late",
                      "The window closed at " + base::to_text(*claim.deadline) + ".", {});
    }
    attach(claim, action.evidence);
    if (const std::string missing = missing_evidence(claim); !missing.empty()) {
        return reject(draft, "evidence_missing", "Attach " + missing + " first.", "/evidence");
    }
    claim.filed_by = action.by;
    claim.method = action.method;
    claim.case_number = action.case_number;
    set_timer(claim.timers, model::TimerKind::claim_lapses, std::nullopt);
    set_timer(claim.timers, model::TimerKind::claim_opens, std::nullopt);
    step_claim(draft, claim, ClaimState::filed, action.by, action.method);
    refresh_incident(draft, claim.incident);
    return std::move(draft).finish();
}

Decisions credit_claim(Draft& draft, const model::ClaimAction& action) {
    model::Claim& claim = draft.edit(action.claim);
    if (!action.amount || action.amount->amount <= 0) {
        return reject(draft, "out_of_range", "Name the amount that was credited.", "/amount");
    }
    if (is_unfiled(claim.state) || is_over(claim.state)) {
        return reject(draft, "wrong_state", "Only a filed claim can be credited.", {});
    }
    const bool insurer = claim.side == model::ClaimSide::insurer;
    if (claim.side == model::ClaimSide::customer &&
        exceeds_value(draft, *draft.look(claim.incident), *action.amount)) {
        return refuse_second_remedy(draft);
    }
    const auto booked =
        claim.side == model::ClaimSide::customer
            ? book(draft, claim.incident, claim.id, model::Account::customer_remedies,
                   payer(draft.look(claim.incident)->funding), *action.amount,
                   &model::Incident::money_customer)
            : book(
                  draft, claim.incident, claim.id, model::Account::bank,
                  insurer ? model::Account::insurer_recoveries : model::Account::carrier_recoveries,
                  *action.amount,
                  insurer ? &model::Incident::money_insurer : &model::Incident::money_carrier);
    if (!booked) {
        return reject(draft, booked.error().code, booked.error().detail, "/amount");
    }
    const bool customer = claim.side == model::ClaimSide::customer;
    const bool is_short =
        claim.decided_amount && action.amount->amount < claim.decided_amount->amount;
    step_claim(draft, claim,
               customer   ? ClaimState::paid
               : is_short ? ClaimState::short_credited
                          : ClaimState::reconciled,
               action.by, action.text);
    refresh_incident(draft, claim.incident);
    return std::move(draft).finish();
}

Decisions decide_claim(Draft& draft, const model::ClaimAction& action) {
    model::Claim& claim = draft.edit(action.claim);
    if (claim.side != model::ClaimSide::customer && is_unfiled(claim.state)) {
        return reject(draft, "wrong_state", "This claim is not filed yet.", {});
    }
    if (is_over(claim.state)) {
        return reject(draft, "wrong_state", "This claim is over.", {});
    }
    const bool known = action.verdict == ClaimState::approved ||
                       action.verdict == ClaimState::partial ||
                       action.verdict == ClaimState::denied;
    if (!known) {
        return reject(draft, "bad_value", "A decision is approved, partial or denied.", "/verdict");
    }
    claim.decided_amount = action.verdict == ClaimState::denied ? std::nullopt : action.amount;
    step_claim(draft, claim, action.verdict, action.by, action.text);
    refresh_incident(draft, claim.incident);
    return std::move(draft).finish();
}

}  // namespace

Decisions decide_dispatched(Draft& draft, const model::Dispatched& reply) {
    model::Notification& told = draft.edit(reply.notification);
    told.reply = reply.reply;
    told.last_event = draft.event().id;
    base::Word text;
    switch (reply.outcome) {
        case model::DispatchOutcome::sent:
            told.state = model::NotificationState::sent;
            told.sent_at = draft.now();
            text = "told";
            break;
        case model::DispatchOutcome::rejected:
            told.state = model::NotificationState::bounced;
            text = "told_bounced";
            break;
        case model::DispatchOutcome::given_up:
            told.state = model::NotificationState::failed;
            text = "told_failed";
            break;
        case model::DispatchOutcome::retry:
        case model::DispatchOutcome::channel_down:
            ++told.attempts;
            break;
    }
    draft.explain(draft.because("delivery.message." + std::string(base::to_text(reply.outcome))));
    if (!text.empty()) {
        chain_any(draft, told.shipment, told.order);
        draft.line(
            {.type = EntryType::message,
             .id = told.id.text(),
             .text = std::move(text),
             .text_fields = {text_field("message", std::string(base::to_text(told.kind))),
                             text_field("channel", std::string(base::to_text(told.channel)))},
             .occurred_at = draft.now(),
             .milestone = std::nullopt,
             .because = told.because});
    }
    return std::move(draft).finish();
}

Decisions decide_incident_action(Draft& draft, const model::IncidentAction& action) {
    const model::Incident* known = draft.look(action.incident);
    if (known == nullptr) {
        return reject(draft, "not_found", "No such incident.", {});
    }
    draft.answer(action.incident.text(), {});
    if (known->closed_at && action.act != model::IncidentAct::note) {
        return reject(draft, "wrong_state", "This incident is closed.", {});
    }
    chain_any(draft, known->shipment, known->order);
    draft.explain(draft.because("team.incident." + std::string(base::to_text(action.act))));
    model::Incident& incident = draft.edit(action.incident);
    incident.last_event = draft.event().id;
    switch (action.act) {
        case model::IncidentAct::assign:
            incident.owner = action.owner;
            line(draft, EntryType::incident, incident.id.text(), "incident_assigned",
                 {text_field("who", action.by), text_field("owner", action.owner)});
            break;
        case model::IncidentAct::note:
            incident.notes.push_back({action.by, draft.now(), action.text});
            line(draft, EntryType::note, incident.id.text(), "note",
                 {text_field("who", action.by), text_field("note", action.text)});
            break;
        case model::IncidentAct::snooze:
            incident.snoozed_until = action.until;
            line(draft, EntryType::incident, incident.id.text(), "incident_snoozed",
                 {text_field("who", action.by)});
            break;
        case model::IncidentAct::remedy:
            return give_remedy(draft, action);
        case model::IncidentAct::merge:
            return merge(draft, action);
        case model::IncidentAct::close:
            incident.customer_state = model::CustomerState::closed;
            refresh_incident(draft, incident.id);
            break;
        case model::IncidentAct::reopen:
            incident.customer_state = model::CustomerState::open;
            refresh_incident(draft, incident.id);
            break;
    }
    return std::move(draft).finish();
}

Decisions decide_ticket_action(Draft& draft, const model::TicketAction& action) {
    if (draft.look(action.ticket) == nullptr) {
        return reject(draft, "not_found", "No such ticket.", {});
    }
    model::Ticket& ticket = draft.edit(action.ticket);
    draft.answer(ticket.id.text(), {});
    chain_any(draft, ticket.shipment, ticket.order);
    draft.explain(draft.because("team.ticket." + std::string(base::to_text(action.act))));
    ticket.touched = true;
    ticket.last_event = draft.event().id;
    base::Word text = "ticket_noted";
    switch (action.act) {
        case model::TicketAct::assign:
            ticket.assignee = action.assignee;
            text = "ticket_assigned";
            break;
        case model::TicketAct::note:
            ticket.notes.push_back({action.by, draft.now(), action.text});
            break;
        case model::TicketAct::pend:
            ticket.state = model::TicketState::pending;
            break;
        case model::TicketAct::hold:
            ticket.state = model::TicketState::on_hold;
            break;
        case model::TicketAct::solve:
            ticket.state = model::TicketState::solved;
            text = "ticket_solved";
            break;
        case model::TicketAct::reopen:
            ticket.state = model::TicketState::open;
            text = "ticket_reopened";
            break;
    }
    if (!action.text.empty() && action.act != model::TicketAct::note) {
        ticket.notes.push_back({action.by, draft.now(), action.text});
    }
    line(draft, EntryType::ticket, ticket.id.text(), text,
         {text_field("who", action.by), choice_field("kind", base::to_text(ticket.kind))});
    return std::move(draft).finish();
}

Decisions decide_claim_action(Draft& draft, const model::ClaimAction& action) {
    if (draft.look(action.claim) == nullptr) {
        return reject(draft, "not_found", "No such claim.", {});
    }
    model::Claim& claim = draft.edit(action.claim);
    draft.answer(claim.id.text(), {});
    chain_any(draft, claim.shipment, claim.order);
    draft.explain(draft.because("team.claim." + std::string(base::to_text(action.act))));
    switch (action.act) {
        case model::ClaimAct::file:
            return file_claim(draft, action);
        case model::ClaimAct::decide:
            return decide_claim(draft, action);
        case model::ClaimAct::credit:
            return credit_claim(draft, action);
        case model::ClaimAct::add_evidence:
            attach(claim, action.evidence);
            claim.last_event = draft.event().id;
            return std::move(draft).finish();
        case model::ClaimAct::escalate:
        case model::ClaimAct::withdraw:
        case model::ClaimAct::write_off: {
            if (is_over(claim.state)) {
                return reject(draft, "wrong_state", "This claim is over.", {});
            }
            const ClaimState state = action.act == model::ClaimAct::escalate ? ClaimState::escalated
                                     : action.act == model::ClaimAct::withdraw
                                         ? ClaimState::withdrawn
                                         : ClaimState::written_off;
            if (state == ClaimState::escalated && claim.state != ClaimState::denied &&
                claim.state != ClaimState::partial) {
                return reject(draft, "wrong_state",
                              "Only a denied or partly granted claim can be escalated.", {});
            }
            step_claim(draft, claim, state, action.by, action.text);
            refresh_incident(draft, claim.incident);
            return std::move(draft).finish();
        }
    }
    return reject(draft, "bad_value", "Unknown action.", {});
}

}  // namespace aftermile::core
