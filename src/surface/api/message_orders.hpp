// Messages are found by their order alone (ports/schema.cpp).
#pragma once

#include <vector>

#include "surface/api/records.hpp"

namespace aftermile::surface {

// Adds to filters on a message's shipment, incident or customer the orders that these lead to, so
// that the index by order serves them too. Errors are the store's.
[[nodiscard]] base::Result<void> lead_to_orders(Records& records,
                                                std::vector<ports::Filter>& filters);

}  // namespace aftermile::surface
