// Layer 3: who funds a loss and what the shopper is offered. The shopper's right to a remedy does
// not depend on who pays for it.
#pragma once

#include "core/case.hpp"

namespace aftermile::core::protection {

// Fixed once, when the label is made: what was agreed then holds whatever the policy says later.
// Does nothing when it is fixed already or there is no label yet.
void fix_cover(Draft& draft, model::ShipmentId shipment);

struct Cover {
    model::Answer answer;
    model::Funding funding = model::Funding::none;
    model::Remedy remedy = model::Remedy::none;
};
[[nodiscard]] Cover answer_cover(Draft& draft, const Case& about);

// The shopper's claim for a loss or damage, whoever funds it: one for each shipment, piece and
// ground. A report submits it; the carrier's own word only drafts it.
void claim_for_customer(Draft& draft, const Case& about, std::string_view piece);

// The shopper took the report back: the claim that it made goes, unless the parcel is still in
// that state by somebody else's word.
void withdraw_reported(Draft& draft, model::ShipmentId id, model::Exception kind);

// What a shopper asks for is withdrawn when its cause never was or is gone (`grounds` no more).
void withdraw_customer_claims(Draft& draft, model::ShipmentId shipment,
                              const std::vector<model::ClaimGround>& grounds);

}  // namespace aftermile::core::protection
