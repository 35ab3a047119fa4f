#include <algorithm>

#include "core/decide.hpp"
#include "core/learning/lanes.hpp"

namespace aftermile::core {

namespace {

// Adds the id to what the name stands for. A name that is not known is left for a later load,
// which will read it from the store.
void name(Facts& facts, const NameKey& key, std::int64_t id) {
    const auto* known = facts.names.find(key);
    if (known == nullptr && !facts.names.known(key)) {
        return;
    }
    std::vector<std::int64_t> ids = known != nullptr ? *known : std::vector<std::int64_t>{};
    if (std::ranges::find(ids, id) == ids.end()) {
        ids.push_back(id);
        std::ranges::sort(ids);
        facts.names.put(key, std::move(ids));
    }
}

void place(Facts& facts, const model::Customer& record) {
    if (!record.reference.empty()) {
        name(facts, customer_reference_key(record.reference), record.id.value);
    }
    if (!record.email_hash.empty()) {
        name(facts, customer_email_key(record.email_hash), record.id.value);
    }
    facts.customers.put(record.id, record);
}
void place(Facts& facts, const model::Order& record) {
    name(facts, order_reference_key(record.reference), record.id.value);
    facts.orders.put(record.id, record);
}
void place(Facts& facts, const model::Shipment& record) {
    // Its names change only where the record does: most scans leave them alone.
    const model::Shipment* before = facts.shipments.find(record.id);
    if (!record.reference.empty() && (before == nullptr || before->reference != record.reference)) {
        name(facts, shipment_reference_key(record.reference), record.id.value);
    }
    if (before == nullptr || before->tracking_number != record.tracking_number) {
        name(facts, tracking_key(record.tracking_number), record.id.value);
    }
    facts.shipments.put(record.id, record);
}
void place(Facts& facts, const model::Incident& record) { facts.incidents.put(record.id, record); }
void place(Facts& facts, const model::Notification& record) {
    facts.notifications.put(record.id, record);
}
void place(Facts& facts, const model::Ticket& record) { facts.tickets.put(record.id, record); }
void place(Facts& facts, const model::Coverage& record) { facts.coverages.put(record.id, record); }
void place(Facts& facts, const model::Claim& record) { facts.claims.put(record.id, record); }
void place(Facts&, const model::LedgerEntry&) {}  // no decision reads the ledger
void place(Facts& facts, const model::Contribution& record) {
    facts.contributions.put(record.id, record);
    facts.unpublished.push_back(record);
}
void place(Facts& facts, const model::ReturnRisk& record) { facts.risks.put(record.id, record); }
void place(Facts& facts, const model::Merchant& record) { facts.merchant = record; }
void place(Facts& facts, const model::ProfileVersion& record) {
    learning::apply_version(facts.profile, record);
    std::erase_if(facts.unpublished, [&](const model::Contribution& each) {
        return each.id <= facts.merchant.profile_through;
    });
}

}  // namespace

void fold(Facts& facts, const Decisions& decisions) {
    if (decisions.outcome != Outcome::applied) {
        return;
    }
    for (const Put& put : decisions.puts) {
        std::visit([&](const auto& record) { place(facts, record); }, put);
    }
}

}  // namespace aftermile::core
