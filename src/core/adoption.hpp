// Scans that turn out to be another shipment's. What is moved is folded anew; whoever asked follows
// the shipments named, on which less stands now.
#pragma once

#include <string_view>
#include <vector>

#include "core/draft.hpp"

namespace aftermile::core {

// Its numbers were scanned before it was told: takes over what was known from scans only under
// them, the scans and reports with it.
[[nodiscard]] std::vector<model::ShipmentId> absorb_unnamed(Draft& draft, model::ShipmentId id);

// A label told late: takes the scans that another use of its number took in and that are its own.
[[nodiscard]] std::vector<model::ShipmentId> take_scans_of_earlier_uses(Draft& draft,
                                                                        model::ShipmentId id);

// An end told late: scans under that number so long after it are another shipment's, which may be
// created by this. That one; none when there are no such scans.
[[nodiscard]] model::ShipmentId give_scans_to_later_use(Draft& draft, model::ShipmentId id,
                                                        std::string_view number);

}  // namespace aftermile::core
