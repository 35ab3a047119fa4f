#include <algorithm>
#include <tuple>

#include "core/claims.hpp"
#include "core/invariants/invariants.hpp"

namespace aftermile::core::invariants {

namespace {

Broken claims_are_unique(const model::Shipment& shipment) {
    const auto& claims = shipment.claims;
    for (std::size_t i = 0; i < claims.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (std::tie(claims[i].side, claims[i].ground, claims[i].piece) ==
                std::tie(claims[j].side, claims[j].ground, claims[j].piece)) {
                return "The same cents would be asked for twice: " + claims[i].id.text();
            }
        }
    }
    return std::nullopt;
}

Broken claim_in_window(const Facts& facts, const model::Claim& claim, const model::Event& event) {
    if (claim.opens_at && claim.deadline && *claim.opens_at >= *claim.deadline) {
        return "The claim's window ends before it opens: " + claim.id.text();
    }
    const model::Claim* before = facts.claims.find(claim.id);
    const bool files = claim.state == model::ClaimState::filed &&
                       (before == nullptr || before->state != model::ClaimState::filed);
    if (files && ((claim.opens_at && event.recorded_at < *claim.opens_at) ||
                  (claim.deadline && event.recorded_at >= *claim.deadline))) {
        return "The claim would be filed outside of its window: " + claim.id.text();
    }
    return std::nullopt;
}

}  // namespace

Broken claims_in_order(const Facts& facts, const Decisions& decisions, const model::Event& event) {
    for (const Put& put : decisions.puts) {
        Broken broken;
        if (const auto* shipment = put_of<model::Shipment>(put)) {
            broken = claims_are_unique(*shipment);
        } else if (const auto* claim = put_of<model::Claim>(put)) {
            broken = claim_in_window(facts, *claim, event);
        }
        if (broken) {
            return broken;
        }
    }
    return std::nullopt;
}

Broken ledger_moves(const Facts&, const Decisions& decisions, const model::Event&) {
    for (const Put& put : decisions.puts) {
        const auto* entry = put_of<model::LedgerEntry>(put);
        if (entry != nullptr && (entry->amount.amount <= 0 || entry->debit == entry->credit ||
                                 entry->amount.currency == base::Currency{})) {
            return "A ledger row does not move money: " + entry->id.text();
        }
    }
    return std::nullopt;
}

Broken messages_are_true(const Facts& facts, const Decisions& decisions, const model::Event&) {
    const auto standing = [&]<class Record>(const Record*, auto id, const auto& shelf) {
        for (const Put& put : decisions.puts) {
            const auto* record = put_of<Record>(put);
            if (record != nullptr && record->id == id) {
                return record;
            }
        }
        return shelf.find(id);
    };
    for (const Put& put : decisions.puts) {
        const auto* told = put_of<model::Notification>(put);
        if (told == nullptr || facts.notifications.find(told->id) != nullptr) {
            continue;
        }
        const auto* shipment =
            standing(static_cast<const model::Shipment*>(nullptr), told->shipment, facts.shipments);
        const auto* order =
            standing(static_cast<const model::Order*>(nullptr), told->order, facts.orders);
        if (shipment == nullptr && order == nullptr) {
            return "A message would be about nothing: " + told->id.text();
        }
        if ((shipment != nullptr && shipment->label->imported) ||
            (order != nullptr && order->imported)) {
            return "History would be told as news: " + told->id.text();
        }
        const auto& promises = shipment != nullptr ? shipment->label->promises : order->promises;
        for (const model::MessageField& each : told->message_fields) {
            if (each.name != "expected" && each.name != "expected_latest" && each.name != "was" &&
                each.name != "planned") {
                continue;
            }
            const bool recorded = std::ranges::any_of(promises, [&](const model::Promise& row) {
                return row.latest.time_since_epoch().count() == each.number;
            });
            if (!recorded) {
                return "A message names a day that nobody recorded: " + told->id.text();
            }
        }
    }
    return std::nullopt;
}

}  // namespace aftermile::core::invariants
