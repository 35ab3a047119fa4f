#include "core/nearby.hpp"

#include <algorithm>

namespace aftermile::core {

namespace {

// More than a processor fetches at once, and less than drives out what was fetched before.
constexpr std::size_t walked_together = 16;
// Before a record that `make_shared` made lies its count, which whoever keeps it writes.
constexpr std::size_t count_bytes = 16;

void record(const auto* made_shared, std::size_t size) {
    base::bring_near(reinterpret_cast<const char*>(made_shared) - count_bytes, size + count_bytes);
}

void elements(const auto& list) {
    constexpr std::size_t most = 512;
    base::bring_near(list.data(), std::min(list.size() * sizeof *list.data(), most));
}

void scans_of(std::span<const model::Payload* const> payloads,
              std::vector<const model::Scan*>& scans) {
    for (const model::Payload* payload : payloads) {
        base::bring_near(payload, sizeof(model::Scan));
        __builtin_prefetch(reinterpret_cast<const char*>(payload + 1) - 1);  // which one it is
    }
    for (const model::Payload* payload : payloads) {
        if (const auto* scan = std::get_if<model::Scan>(payload)) {
            elements(scan->tracking_number);
            scans.push_back(scan);
        }
    }
}

// Those of whom the scans' numbers tell.
void named_by(const std::vector<const model::Scan*>& scans, const Facts& facts,
              std::vector<model::ShipmentId>& ids) {
    std::vector<base::Hash128> names;
    names.reserve(scans.size());
    for (const model::Scan* scan : scans) {
        names.push_back(facts.names.bring_near(tracking_key(scan->tracking_number)));
    }
    for (const base::Hash128& name : names) {
        for (const std::int64_t id :
             facts.names.look(name).value_or(std::span<const std::int64_t>{})) {
            facts.shipments.bring_near(ids.emplace_back(id));
        }
    }
}

void around(std::span<const model::ShipmentId> ids, const Facts& facts) {
    std::vector<const model::Shipment*> shipments;
    shipments.reserve(ids.size());
    for (const model::ShipmentId id : ids) {
        if (const model::Shipment* shipment = facts.shipments.find(id)) {
            bring_near(*shipment);
            shipments.push_back(shipment);
        }
    }
    for (const model::Shipment* shipment : shipments) {
        bring_near_rest(*shipment);
        facts.incidents.bring_near(shipment->incident);
    }
    for (const model::Shipment* shipment : shipments) {
        elements(shipment->label->tracking_number);
        elements(shipment->label->promises);
        facts.orders.bring_near(shipment->label->order);
        facts.coverages.bring_near(shipment->label->cover);
    }
    for (const model::Shipment* shipment : shipments) {
        if (const model::Order* order = facts.orders.find(shipment->label->order)) {
            record(order, sizeof *order);
            facts.customers.bring_near(shipment->label->customer);
        }
    }
}

}  // namespace

void bring_near(const model::Shipment& shipment) { record(&shipment, sizeof shipment); }

void bring_near_rest(const model::Shipment& shipment) {
    record(&*shipment.label, sizeof *shipment.label);
    elements(shipment.digest);
    elements(shipment.told);
    elements(shipment.timers);
}

std::vector<model::ShipmentId> bring_near(std::span<const model::Payload* const> payloads,
                                          const Facts& facts) {
    std::vector<model::ShipmentId> ids;
    std::vector<const model::Scan*> scans;
    while (!payloads.empty()) {
        const auto together = payloads.first(std::min(payloads.size(), walked_together));
        payloads = payloads.subspan(together.size());
        scans.clear();
        scans_of(together, scans);
        const std::size_t before = ids.size();
        named_by(scans, facts, ids);
        around(std::span(ids).subspan(before), facts);
    }
    return ids;
}

}  // namespace aftermile::core
