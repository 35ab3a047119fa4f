// Messages about the journey itself: told once, when first known, and only while it is news.
#pragma once

#include <optional>

#include "core/draft.hpp"

namespace aftermile::core {

// `before` is the milestone before this event; none asks again for the one reached now (a held
// message's time has come).
void tell_milestone(Draft& draft, model::ShipmentId shipment,
                    std::optional<model::Milestone> before);

// The order is confirmed, once.
void tell_order(Draft& draft, model::OrderId order);

// The message that reaching a milestone asks for, if any.
[[nodiscard]] std::optional<model::NotificationKind> message_of(model::Milestone milestone);

}  // namespace aftermile::core
