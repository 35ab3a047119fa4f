// What events teach about lanes: contributions, and the published versions that decisions read.
#pragma once

#include "core/case.hpp"

namespace aftermile::core::learning {

[[nodiscard]] model::Lane lane_of(const model::Shipment& shipment);

// The performance record of an incident: its exception, counted once for each kind.
[[nodiscard]] model::Answer answer_performance(Draft& draft, const Case& about);

// Counts the shipment's exposure at hand-off and its outcome at delivery, each once. The outcome
// bears `gap_minutes` (delivery/standing.hpp: longest_gap).
void count_journey(Draft& draft, model::ShipmentId shipment,
                   std::optional<std::int64_t> gap_minutes);

// Counts an earlier contribution back.
void retract(Draft& draft, model::ContributionId contribution);

// Folds what was committed since the last version into a new one, by effective time and id.
void publish(Draft& draft);

// The book that decisions read, one version on.
void apply_version(ProfileBook& book, const model::ProfileVersion& version);

}  // namespace aftermile::core::learning
