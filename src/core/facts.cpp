#include "core/facts.hpp"

namespace aftermile::core {

void Facts::trim() {
    customers.trim();
    orders.trim();
    shipments.trim();
    incidents.trim();
    notifications.trim();
    tickets.trim();
    coverages.trim();
    claims.trim();
    contributions.trim();
    risks.trim();
    names.trim();
}

}  // namespace aftermile::core
