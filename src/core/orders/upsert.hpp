// Orders and shipments as they are told to us: absent members keep what is stored, nulls clear,
// and an older `updated_at` is a duplicate.
#pragma once

#include <optional>

#include "core/draft.hpp"

namespace aftermile::core::orders {

// Null when the event brings nothing new.
[[nodiscard]] std::optional<model::OrderId> upsert_order(Draft& draft,
                                                         const model::OrderFacts& facts);
[[nodiscard]] std::optional<model::ShipmentId> upsert_shipment(Draft& draft,
                                                               const model::ShipmentFacts& facts);

// A shipment known from scans only, kept until its order or label arrives.
[[nodiscard]] model::ShipmentId keep_unknown(Draft& draft, std::string_view carrier,
                                             std::string_view tracking_number);

// Named by a shipment and not told yet: nothing is known of it but which shipments wait for it.
[[nodiscard]] bool is_awaited(const model::Order& order);

// The mode that holds for what is ordered or labelled at `at`.
[[nodiscard]] model::Mode mode_at(const model::Merchant& merchant, base::Instant at);

// Copies what a shipment needs of its order: customer, destination, promises, value, category.
void take_from_order(Draft& draft, model::ShipmentId shipment);

}  // namespace aftermile::core::orders
