#include <algorithm>

#include "core/decide.hpp"
#include "core/learning/lanes.hpp"

namespace aftermile::core {

namespace {

// Adds the id to what the name stands for. A name that is not known is left for a later load,
// which will read it from the store: `needs` asks for every name that an event may give to a
// record, so an unknown one was given, and stored, long before.
void name(Facts& facts, NameView key, std::int64_t id) {
    const auto known = facts.names.look(key);
    if (!known || std::ranges::binary_search(*known, id)) {
        return;
    }
    std::vector<std::int64_t> ids(known->begin(), known->end());
    ids.insert(std::ranges::upper_bound(ids, id), id);
    facts.names.put(key, ids);
}

template <class Shelf, class Record>
void take(Shelf& shelf, Shared<Record>&& record) {
    const auto id = record->id;
    shelf.put(id, std::move(record));
}

void place(Facts& facts, Shared<model::Customer>&& record) {
    if (!record->reference.empty()) {
        name(facts, customer_reference_key(record->reference), record->id.value);
    }
    if (!record->email_hash.empty()) {
        name(facts, customer_email_key(record->email_hash), record->id.value);
    }
    take(facts.customers, std::move(record));
}
void place(Facts& facts, Shared<model::Order>&& record) {
    name(facts, order_reference_key(record->reference), record->id.value);
    take(facts.orders, std::move(record));
}
void place(Facts& facts, Shared<model::Shipment>&& record) {
    // Its names change only where the label does: scans leave it alone.
    const model::Shipment* before = facts.shipments.find(record->id);
    if (before == nullptr || !before->label.shares(record->label)) {
        if (!record->label->reference.empty()) {
            name(facts, shipment_reference_key(record->label->reference), record->id.value);
        }
        if (!record->label->tracking_number.empty()) {
            name(facts, tracking_key(record->label->tracking_number), record->id.value);
        }
    }
    take(facts.shipments, std::move(record));
}
void place(Facts& facts, Shared<model::Incident>&& record) {
    take(facts.incidents, std::move(record));
}
void place(Facts& facts, Shared<model::Notification>&& record) {
    take(facts.notifications, std::move(record));
}
void place(Facts& facts, Shared<model::Ticket>&& record) { take(facts.tickets, std::move(record)); }
void place(Facts& facts, Shared<model::Coverage>&& record) {
    take(facts.coverages, std::move(record));
}
void place(Facts& facts, Shared<model::Claim>&& record) { take(facts.claims, std::move(record)); }
void place(Facts&, Shared<model::LedgerEntry>&&) {}  // no decision reads the ledger
void place(Facts& facts, Shared<model::Contribution>&& record) {
    facts.unpublished.push_back(record);
    take(facts.contributions, std::move(record));
}
void place(Facts& facts, Shared<model::ReturnRisk>&& record) {
    take(facts.risks, std::move(record));
}
void place(Facts& facts, Shared<model::PieceNumber>&& record) {
    facts.has_pieces = true;
    name(facts, tracking_key(record->number), record->shipment.value);
}
void place(Facts& facts, Shared<model::Merchant>&& record) { facts.merchant = *record; }
void place(Facts& facts, Shared<model::ProfileVersion>&& record) {
    learning::apply_version(facts.profile, *record);
    std::erase_if(facts.unpublished, [&](const Shared<model::Contribution>& each) {
        return each->id <= facts.merchant.profile_through;
    });
}

}  // namespace

void fold(Facts& facts, Decisions&& decisions) {
    if (decisions.outcome != Outcome::applied) {
        return;
    }
    for (Put& put : decisions.puts) {
        std::visit([&](auto& record) { place(facts, std::move(record)); }, put);
    }
}

}  // namespace aftermile::core
