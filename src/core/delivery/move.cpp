#include "core/delivery/move.hpp"

#include <algorithm>

#include "core/delivery/digest.hpp"
#include "core/delivery/standing.hpp"
#include "core/places.hpp"

namespace aftermile::core::delivery {

namespace {

// Whether all that a scan could change beside track, digest, timers and the chain is as it was.
// Whoever lets a scan change another member of a shipment adds it here; the test that compares
// `move` with the decision for every story finds it missing.
bool else_unchanged(const model::Shipment& before, const model::Shipment& after) {
    return before.carrier == after.carrier && before.order == after.order &&
           before.customer == after.customer && before.cover == after.cover &&
           before.incident == after.incident && before.incident_open == after.incident_open &&
           before.claims.size() == after.claims.size() &&
           before.reports.size() == after.reports.size() &&
           before.told.size() == after.told.size() &&
           before.exposure_counted == after.exposure_counted &&
           before.outcome_counted == after.outcome_counted &&
           std::ranges::equal(before.reports, after.reports, {}, &model::ReportNote::settled,
                              &model::ReportNote::settled);
}

}  // namespace

std::optional<model::Moved> only_moved(const model::Event& event, const Facts& facts,
                                       const Decisions& decisions) {
    if (!std::holds_alternative<model::Scan>(event.payload) || decisions.puts.size() != 1 ||
        !decisions.outbox.empty()) {
        return std::nullopt;
    }
    const auto* after = std::get_if<model::Shipment>(&decisions.puts.front());
    const model::Shipment* before = after != nullptr ? facts.shipments.find(after->id) : nullptr;
    if (before == nullptr || !else_unchanged(*before, *after)) {
        return std::nullopt;
    }
    return model::Moved{after->id, after->timers};
}

void move(model::Shipment& shipment, const model::Event& event, const model::Moved& moved,
          const model::Catalog& catalog) {
    const auto& scan = std::get<model::Scan>(event.payload);
    shipment.digest += pack({entry_of(scan, zone_of(catalog, scan.place))});
    refold(shipment, catalog);
    shipment.timers = moved.timers;
    shipment.last_event = event.id;
}

}  // namespace aftermile::core::delivery
