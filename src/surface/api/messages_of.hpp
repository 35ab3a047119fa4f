// Messages are found through what they are about: an order, a shipment and an incident each say
// what was told of them (model::Told), and so the table of messages needs no index
// (ports/schema.cpp).
#pragma once

#include <vector>

#include "surface/api/records.hpp"

namespace aftermile::surface {

// More than these are not found through one subject: the newest are.
inline constexpr std::size_t messages_of_max = 500;

// Their ids, newest first. A shipment's are with its incidents', an order's with its shipments', a
// customer's with their orders'. Errors are the store's.
[[nodiscard]] base::Result<std::vector<ports::Value>> messages_of_order(Records& records,
                                                                        std::int64_t id);
[[nodiscard]] base::Result<std::vector<ports::Value>> messages_of_shipment(Records& records,
                                                                           std::int64_t id);

// Puts the ids of messages in the place of filters on an order, shipment, incident or customer.
[[nodiscard]] base::Result<void> lead_to_messages(Records& records,
                                                  std::vector<ports::Filter>& filters);

}  // namespace aftermile::surface
