// Layer 4's answer: what the carrier may owe, by which dated row of its terms, from when until
// when it hears the claim; or the explicit reason why nothing is asked.
#pragma once

#include "core/case.hpp"

namespace aftermile::core::audit {

struct CarrierClaim {
    model::Answer answer;
    std::optional<base::Instant> deadline;
};
[[nodiscard]] CarrierClaim answer_carrier_claim(Draft& draft, const Case& about,
                                                model::Funding funding);

// A timer of the claim: it may be filed from now on, or its window is over.
void claim_timer(Draft& draft, model::ClaimId claim);

// Takes back what is not filed and whose cause never was or is gone. A filed one is left to the
// team, with a step that says so.
void withdraw_carrier_claims(Draft& draft, model::ShipmentId shipment,
                             const std::vector<model::ClaimGround>& grounds, std::string_view why);

}  // namespace aftermile::core::audit
