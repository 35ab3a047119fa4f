#include "core/delivery/move.hpp"

#include <algorithm>
#include <iterator>
#include <span>

#include "core/delivery/digest.hpp"
#include "core/delivery/standing.hpp"
#include "core/places.hpp"

namespace aftermile::core::delivery {

namespace {

// Whether all that `move` leaves alone is as it was, of what a scan could change. Whoever lets a
// scan change another member of a shipment adds it here; the test that compares `move` with the
// decision for every story finds it missing.
bool else_unchanged(const model::Shipment& before, const model::Shipment& after) {
    return before.label.shares(after.label) &&
           std::ranges::equal(before.reports, after.reports, {}, &model::ReportNote::settled,
                              &model::ReportNote::settled);
}

// What was added behind those of before; nothing when it does not begin with them.
template <class T>
std::optional<std::vector<T>> added(const std::vector<T>& before, const std::vector<T>& after) {
    if (after.size() < before.size() ||
        !std::ranges::equal(before, std::span(after).first(before.size()))) {
        return std::nullopt;
    }
    return std::vector<T>(after.begin() + std::ssize(before), after.end());
}

}  // namespace

std::optional<model::Moved> moved_by(const model::Event& event, const Facts& facts,
                                     const Decisions& decisions) {
    if (!std::holds_alternative<model::Scan>(event.payload)) {
        return std::nullopt;
    }
    const model::Shipment* after = nullptr;
    for (const Put& put : decisions.puts) {
        if (const auto* shipment = put_of<model::Shipment>(put)) {
            if (after != nullptr) {
                return std::nullopt;
            }
            after = shipment;
        }
    }
    const model::Shipment* before = after != nullptr ? facts.shipments.find(after->id) : nullptr;
    if (before == nullptr || !else_unchanged(*before, *after)) {
        return std::nullopt;
    }
    auto told = added(before->told, after->told);
    auto claims = added(before->claims, after->claims);
    if (!told || !claims) {
        return std::nullopt;
    }
    model::Moved moved{after->id, after->timers, {}};
    if (!told->empty() || !claims->empty() || before->incident != after->incident ||
        before->incident_open != after->incident_open ||
        before->exposure_counted != after->exposure_counted ||
        before->outcome_counted != after->outcome_counted) {
        moved.answered = {std::move(*told),     std::move(*claims),      after->incident,
                          after->incident_open, after->exposure_counted, after->outcome_counted};
    }
    return moved;
}

void move(model::Shipment& shipment, const model::Event& event, const model::Moved& moved,
          const model::Catalog& catalog) {
    const auto& scan = std::get<model::Scan>(event.payload);
    append_to(shipment.digest, entry_of(scan, zone_of(catalog, scan.place)));
    refold(shipment, catalog);
    if (moved.answered) {
        std::ranges::copy(moved.answered->told, std::back_inserter(shipment.told));
        std::ranges::copy(moved.answered->claims, std::back_inserter(shipment.claims));
        shipment.incident = moved.answered->incident;
        shipment.incident_open = moved.answered->incident_open;
        shipment.exposure_counted = moved.answered->exposure_counted;
        shipment.outcome_counted = moved.answered->outcome_counted;
    }
    shipment.timers = moved.timers;
    shipment.last_event = event.id;
}

}  // namespace aftermile::core::delivery
