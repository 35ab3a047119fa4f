// The incident's life: what stands is compared with what it recorded; what opened, cleared or
// never was moves it, and all six answers follow in the same decision.
#pragma once

#include "core/case.hpp"

namespace aftermile::core {

// After anything that may have changed a shipment, its scans, promise or reports, or time.
void settle_shipment(Draft& draft, model::ShipmentId shipment);

// The same for an order, about the lines that no shipment carries yet.
void settle_order(Draft& draft, model::OrderId order);

// A shipment takes over the incident of its order that had no parcel to be about.
void join_order_incident(Draft& draft, model::ShipmentId shipment);

// After the parcel's order, label or reports were told: an open incident's answers may rest on
// what was not known, so each layer answers anew.
void reconsider(Draft& draft, model::ShipmentId shipment);

// A timer of the incident: a held answer is decided anew, a promised word is due, or it may close.
void incident_timer(Draft& draft, model::IncidentId incident);

// After a ticket, claim or remedy of it moved: money state, deadline, and whether it may close.
void refresh_incident(Draft& draft, model::IncidentId incident);

[[nodiscard]] bool has_unshipped_lines(Draft& draft, const model::Order& order);

}  // namespace aftermile::core
