#include "core/claims.hpp"

#include <algorithm>

namespace aftermile::core {

using model::ClaimState;
using model::Exception;

std::optional<model::ClaimGround> ground_of(Exception kind) {
    switch (kind) {
        case Exception::late:
            return model::ClaimGround::late_guarantee;
        case Exception::transit_silence:
        case Exception::lost:
        case Exception::delivered_not_received:
            return model::ClaimGround::loss;
        case Exception::damaged:
            return model::ClaimGround::damage;
        case Exception::contents_wrong:
            return model::ClaimGround::contents;
        case Exception::none:
        case Exception::dispatch_overdue:
        case Exception::label_not_scanned:
        case Exception::predicted_late:
        case Exception::missorted:
        case Exception::weather:
        case Exception::delayed_by_carrier:
        case Exception::customs_or_documents:
        case Exception::held_or_pickup_expiring:
        case Exception::attempt_failed:
        case Exception::address_problem:
        case Exception::refused_or_returning:
            return std::nullopt;
    }
    return std::nullopt;
}

const model::ClaimRef* find_claim(const model::Shipment& shipment, model::ClaimSide side,
                                  model::ClaimGround ground, std::string_view piece) {
    const auto found = std::ranges::find_if(shipment.claims, [&](const model::ClaimRef& each) {
        return each.side == side && each.ground == ground && each.piece == piece;
    });
    return found == shipment.claims.end() ? nullptr : &*found;
}

bool is_unfiled(ClaimState state) {
    return state == ClaimState::draft || state == ClaimState::eligible ||
           state == ClaimState::evidence_ready || state == ClaimState::queued;
}

bool is_over(ClaimState state) {
    switch (state) {
        case ClaimState::paid:
        case ClaimState::closed:
        case ClaimState::denied_final:
        case ClaimState::reconciled:
        case ClaimState::written_off:
        case ClaimState::reversed:
        case ClaimState::lapsed:
        case ClaimState::withdrawn:
            return true;
        default:
            return false;
    }
}

void step_claim(Draft& draft, model::Claim& claim, ClaimState state, std::string by,
                std::string note) {
    claim.state = state;
    claim.steps.push_back({state, draft.now(), std::move(by), std::move(note)});
    claim.last_event = draft.event().id;
    if (is_over(state)) {
        claim.timers.clear();
    }
    draft.line(
        {.type = EntryType::claim,
         .id = claim.id.text(),
         .text = claim.side == model::ClaimSide::customer ? base::Word("claim_customer_step")
                                                          : base::Word("claim_step"),
         .text_fields = {choice_field("state", base::to_text(state)),
                         choice_field("ground", base::to_text(claim.ground)),
                         text_field("carrier", claim.carrier), money_field("amount", claim.amount)},
         .occurred_at = draft.now(),
         .milestone = std::nullopt,
         .because = draft.because("claim.step." + std::string(base::to_text(state)))});
}

}  // namespace aftermile::core
