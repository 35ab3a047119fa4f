#include "core/returns/risk.hpp"

#include <algorithm>

namespace aftermile::core::returns {

namespace {

const model::RiskRow* row_for(const model::Policy& policy, model::Exception kind,
                              const std::string& category) {
    for (const model::RiskRow& row : policy.risk) {
        const bool fits = row.categories.empty() ||
                          std::ranges::find(row.categories, category) != row.categories.end();
        if (row.exception == kind && fits) {
            return &row;
        }
    }
    return nullptr;
}

// Of the line that is worth most.
std::string category_of(Draft& draft, const Case& about) {
    if (const model::Shipment* shipment = draft.look(about.shipment)) {
        return shipment->label->category;
    }
    const model::Order* order = draft.look(about.order);
    if (order == nullptr || order->lines.empty()) {
        return {};
    }
    return std::ranges::max(
               order->lines, {},
               [](const model::OrderLine& line) { return line.unit_price.amount * line.quantity; })
        .category;
}

// Was it flagged for an exception that never was, while others stand?
bool rests_on_nothing(Draft& draft, const Case& about, const model::Answer& standing) {
    const auto id = model::RiskId::parse(standing.id);
    const model::ReturnRisk* risk = id ? draft.look(*id) : nullptr;
    if (risk == nullptr) {
        return false;
    }
    bool refuted = false;
    for (const model::IncidentException& each : draft.look(about.incident)->exceptions) {
        if (each.because.event == risk->because.event) {
            if (!each.retracted) {
                return false;
            }
            refuted = true;
        }
    }
    return refuted;
}

void take_back(Draft& draft, const model::Answer& standing) {
    if (auto id = model::RiskId::parse(standing.id)) {
        const model::ReturnRisk* known = draft.look(*id);
        if (known != nullptr && !known->retracted) {
            model::ReturnRisk& risk = draft.edit(*id);
            risk.retracted = true;
            risk.last_event = draft.event().id;
        }
    }
}

}  // namespace

model::Answer answer_return_risk(Draft& draft, const Case& about) {
    model::Answer standing =
        draft.look(about.incident)
            ->answers[static_cast<std::size_t>(model::AnswerKind::return_risk)];
    if (about.refuted) {
        take_back(draft, standing);
        return nothing("retracted", draft.because("returns.risk.retracted"), draft.now());
    }
    if (rests_on_nothing(draft, about, standing)) {
        take_back(draft, standing);
        standing = {};
    }
    if (!about.order) {
        return nothing("no_order", draft.because("returns.risk.no_order"), draft.now());
    }
    const std::string category = category_of(draft, about);
    const model::RiskRow* row = row_for(draft.policy(), about.kind, category);
    if (!standing.id.empty() && (row == nullptr || !about.open)) {
        return standing;
    }
    if (row == nullptr) {
        return nothing("no_risk_rule " + std::string(base::to_text(about.kind)),
                       draft.because("returns.risk.no_risk_rule"), draft.now());
    }
    if (auto id = model::RiskId::parse(standing.id)) {
        const model::ReturnRisk* known = draft.look(*id);
        if (known != nullptr && known->level >= row->level) {
            return standing;
        }
    }
    if (!about.open) {
        return nothing("resolved", draft.because("returns.risk.resolved"), draft.now());
    }
    model::ReturnRisk& risk = draft.create<model::ReturnRisk>();
    risk.incident = about.incident;
    risk.order = about.order;
    risk.shipment = about.shipment;
    risk.level = row->level;
    risk.incentive = row->incentive;
    if (const model::Order* order = draft.look(about.order); row->incentive_amount > 0) {
        risk.incentive_amount = {row->incentive_amount, order->currency};
    }
    risk.flagged_at = draft.now();
    risk.because = draft.because("returns.risk." + row->id);
    risk.last_event = draft.event().id;
    draft.line({.type = EntryType::risk,
                .id = risk.id.text(),
                .text = "risk_flagged",
                .text_fields = {choice_field("level", base::to_text(risk.level)),
                                choice_field("kind", base::to_text(about.kind))},
                .occurred_at = draft.now(),
                .milestone = std::nullopt,
                .because = risk.because});
    return done(risk.id.text(), risk.because, draft.now());
}

}  // namespace aftermile::core::returns
