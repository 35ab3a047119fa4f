// Policies from TOML: policies/default.toml is the shape and the default of every value.
//
//   auto policy = engine::load_policy(document, 2);
//   // error: bad_policy, "line 14: silence.hours must be between 1 and 8760", pointer /silence/0
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "model/policy.hpp"

namespace aftermile::engine {

// Absent settings keep the default's; a list of rows that is present replaces the default's list.
// Unknown keys are refused by name, and every row must say `why`. Code `bad_policy`.
[[nodiscard]] base::Result<model::Policy> load_policy(std::string_view document,
                                                      std::uint32_t version);

// The document that travels inside the program: version 1 of every merchant.
[[nodiscard]] std::string_view default_policy_document();

}  // namespace aftermile::engine
