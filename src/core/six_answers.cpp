#include "core/six_answers.hpp"

#include <algorithm>

#include "core/audit/carrier_claim.hpp"
#include "core/delivery/answers.hpp"
#include "core/delivery/standing.hpp"
#include "core/learning/lanes.hpp"
#include "core/protection/cover.hpp"
#include "core/returns/risk.hpp"

namespace aftermile::core {

using model::AnswerKind;
using model::CustomerState;
using model::Exception;
using model::IncidentException;

namespace {

// Every exception with a ground is claimed for; the answer shows the gravest that is.
model::Answer carrier_answer(Draft& draft, const Case& about, model::Funding funding) {
    const auto exceptions = draft.look(about.incident)->exceptions;
    std::optional<model::Answer> best, reason;
    Exception best_kind = Exception::none;
    for (const IncidentException& each : exceptions) {
        if (each.retracted || (about.open && !is_open(each))) {
            continue;
        }
        Case one = about;
        one.kind = each.kind;
        one.since = each.opened_at;
        one.open = is_open(each);
        auto answer = audit::answer_carrier_claim(draft, one, funding).answer;
        if (!answer.id.empty() && each.kind >= best_kind) {
            best = answer;
            best_kind = each.kind;
        } else if (each.kind == about.kind) {
            reason = answer;
        }
    }
    if (best) {
        return *best;
    }
    return reason ? *reason : audit::answer_carrier_claim(draft, about, funding).answer;
}

// Lesser exceptions that opened together with the gravest are counted too, each once.
void count_lesser(Draft& draft, const Case& about, const Movement& moved) {
    for (const Exception kind : moved.opened) {
        if (kind == about.kind) {
            continue;
        }
        Case lesser = about;
        lesser.kind = kind;
        auto answer = learning::answer_performance(draft, lesser);
        auto& incident = draft.edit(about.incident);
        auto& standing = incident.answers[static_cast<std::size_t>(AnswerKind::performance)];
        if (!answer.id.empty() && answer.id != standing.id) {
            standing.history.push_back({answer.id, {}, answer.at, answer.because});
        }
    }
}

// The shopper's claims: one for each ground that stands open.
void claim_for_shopper(Draft& draft, const Case& about) {
    const auto exceptions = draft.look(about.incident)->exceptions;
    for (const IncidentException& each : exceptions) {
        const model::Shipment* shipment = draft.look(about.shipment);
        if (!is_open(each) || shipment == nullptr) {
            continue;
        }
        Case one = about;
        one.kind = each.kind;
        one.since = each.opened_at;
        one.reported = delivery::is_reported(*shipment, each.kind);
        protection::claim_for_customer(draft, one, {});
    }
}

}  // namespace

Case case_of(Draft& draft, const model::Incident& incident) {
    Case about{.incident = incident.id,
               .shipment = incident.shipment,
               .order = incident.order,
               .kind = Exception::none,
               .since = incident.opened_at,
               .open = std::ranges::any_of(incident.exceptions, is_open),
               .refuted = std::ranges::all_of(incident.exceptions, &IncidentException::retracted),
               .reported = false,
               .word_due = false};
    for (const IncidentException& each : incident.exceptions) {
        const bool counts = about.open ? is_open(each) : about.refuted || !each.retracted;
        if (counts && each.kind >= about.kind) {
            about.kind = each.kind;
            about.since = each.opened_at;
        }
    }
    if (const model::Shipment* shipment = draft.look(incident.shipment)) {
        about.reported = delivery::is_reported(*shipment, about.kind);
    }
    return about;
}

const model::Answer& answer_in(const model::Incident& incident, AnswerKind kind) {
    return incident.answers[static_cast<std::size_t>(kind)];
}

void set_answer(model::Incident& incident, AnswerKind kind, model::Answer answer) {
    model::Answer& standing = incident.answers[static_cast<std::size_t>(kind)];
    if (standing.id == answer.id && standing.none == answer.none) {
        return;
    }
    answer.history = std::move(standing.history);
    if (!standing.id.empty() || !standing.none.empty()) {
        answer.history.push_back(
            {standing.id, standing.none, standing.at, std::move(standing.because)});
    }
    standing = std::move(answer);
}

void answer_all(Draft& draft, const Case& about, const Movement& moved) {
    model::Incident& incident = draft.edit(about.incident);
    set_answer(incident, AnswerKind::ticket, delivery::answer_ticket(draft, about));
    const protection::Cover cover = protection::answer_cover(draft, about);
    set_answer(incident, AnswerKind::cover, cover.answer);
    incident.funding = cover.funding;
    incident.remedy =
        incident.customer_state == CustomerState::remedied ? incident.remedy : cover.remedy;
    claim_for_shopper(draft, about);
    delivery::Told told = delivery::answer_customer_told(draft, about);
    set_answer(incident, AnswerKind::customer_told, std::move(told.answer));
    set_timer(incident.timers, model::TimerKind::hold_ends,
              about.open ? told.ask_again : std::nullopt);
    set_answer(incident, AnswerKind::carrier_claim, carrier_answer(draft, about, cover.funding));
    count_lesser(draft, about, moved);
    set_answer(incident, AnswerKind::performance, learning::answer_performance(draft, about));
    set_answer(incident, AnswerKind::return_risk, returns::answer_return_risk(draft, about));
}

}  // namespace aftermile::core
