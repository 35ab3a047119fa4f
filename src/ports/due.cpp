#include "ports/due.hpp"

namespace aftermile::ports {

std::optional<model::Subject> subject_with_due(Table table) {
    switch (table) {
        case Table::merchants:
            return model::Subject::merchant;
        case Table::orders:
            return model::Subject::order;
        case Table::shipments:
            return model::Subject::shipment;
        case Table::incidents:
            return model::Subject::incident;
        case Table::notifications:
            return model::Subject::notification;
        case Table::claims:
            return model::Subject::claim;
        case Table::customers:
        case Table::tickets:
        case Table::coverages:
        case Table::ledger:
        case Table::contributions:
        case Table::risks:
        case Table::profiles:
        case Table::policies:
        case Table::outbox:
        case Table::parked:
        case Table::sweeps:
        case Table::pieces:
            return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace aftermile::ports
