// What both sides' claims share: the ground of an exception, the one claim for each (shipment,
// piece, side, ground), and taking one back.
#pragma once

#include <optional>
#include <string_view>

#include "core/draft.hpp"

namespace aftermile::core {

// Lost and not received are one ground. None for what nobody can be asked money for.
[[nodiscard]] std::optional<model::ClaimGround> ground_of(model::Exception kind);

[[nodiscard]] const model::ClaimRef* find_claim(const model::Shipment& shipment,
                                                model::ClaimSide side, model::ClaimGround ground,
                                                std::string_view piece);

// Money was neither asked for nor moved yet: it may be dropped without a word to anyone.
[[nodiscard]] bool is_unfiled(model::ClaimState state);
// Nothing will change it any more.
[[nodiscard]] bool is_over(model::ClaimState state);

// Appends the step and sets the state; ends its timers when it is over.
void step_claim(Draft& draft, model::Claim& claim, model::ClaimState state, std::string by,
                std::string note);

}  // namespace aftermile::core
