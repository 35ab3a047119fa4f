// Layer 2's answer to an incident: is the order now likely to come back, and what would be
// offered against it.
#pragma once

#include "core/case.hpp"

namespace aftermile::core::returns {

[[nodiscard]] model::Answer answer_return_risk(Draft& draft, const Case& about);

}  // namespace aftermile::core::returns
