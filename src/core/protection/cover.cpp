#include "core/protection/cover.hpp"

#include <algorithm>

#include "core/claims.hpp"
#include "core/lanes.hpp"

namespace aftermile::core::protection {

using model::ClaimState;

namespace {

bool listed(const std::vector<std::string>& list, const std::string& value) {
    return list.empty() || std::ranges::find(list, value) != list.end();
}

struct Match {
    const model::CoverRow* row = nullptr;
    std::vector<model::Number> numbers;
};
Match match(const Draft& draft, const model::Shipment& shipment) {
    const LaneRate rate = lane_rate(draft.facts().profile, shipment);
    for (const model::CoverRow& row : draft.policy().cover) {
        std::vector<model::Number> numbers;
        const std::string currency(shipment.label->value.currency.code());
        if ((row.value_min || row.value_max) && !row.currency.empty() && row.currency != currency) {
            continue;
        }
        if (row.value_min) {
            if (shipment.label->value.amount < *row.value_min) {
                continue;
            }
            numbers.push_back({"value", shipment.label->value.amount, model::Op::ge, *row.value_min,
                               "minor_units", std::nullopt});
        }
        if (row.value_max) {
            if (shipment.label->value.amount > *row.value_max) {
                continue;
            }
            numbers.push_back({"value", shipment.label->value.amount, model::Op::le, *row.value_max,
                               "minor_units", std::nullopt});
        }
        if (!listed(row.countries, shipment.label->ship_to.country) ||
            !listed(row.categories, shipment.label->category) ||
            !listed(row.carriers, shipment.label->carrier)) {
            continue;
        }
        if (row.lane_exception_ppm_min) {
            if (rate.n < row.lane_n_min || rate.ppm < *row.lane_exception_ppm_min) {
                continue;
            }
            numbers.push_back({"lane_exception_rate", rate.ppm, model::Op::ge,
                               *row.lane_exception_ppm_min, "ppm", rate.n});
        }
        return {&row, std::move(numbers)};
    }
    return {};
}

}  // namespace

void fix_cover(Draft& draft, model::ShipmentId id) {
    const model::Shipment& shipment = *draft.look(id);
    // Rules compare values: nothing is fixed before there is one.
    if (shipment.label->cover || !shipment.label->label_created_at || !shipment.label->order ||
        shipment.label->value.currency == base::Currency{}) {
        return;
    }
    Match found = match(draft, shipment);
    if (found.row == nullptr) {
        return;
    }
    const model::CoverRow& row = *found.row;
    model::Coverage& cover = draft.create<model::Coverage>();
    cover.shipment = id;
    cover.order = shipment.label->order;
    cover.funding = row.funding;
    cover.remedy = row.remedy;
    cover.rule = row.id;
    cover.limit = row.limit > 0 ? base::Money{row.limit, shipment.label->value.currency}
                                : shipment.label->value;
    cover.decided_at = draft.now();
    cover.because = draft.because("protection.cover." + row.id, std::move(found.numbers));
    cover.last_event = draft.event().id;
    draft.edit(id).label.edit().cover = cover.id;
    draft.line({.type = EntryType::cover,
                .id = cover.id.text(),
                .text = "cover_fixed",
                .text_fields = {choice_field("funding", base::to_text(cover.funding)),
                                money_field("limit", cover.limit)},
                .occurred_at = draft.now(),
                .milestone = std::nullopt,
                .because = cover.because});
}

Cover answer_cover(Draft& draft, const Case& about) {
    const auto none = [&](std::string reason) {
        const std::string rule = "protection.cover." + reason;
        return Cover{nothing(std::move(reason), draft.because(rule), draft.now()),
                     model::Funding::none, model::Remedy::none};
    };
    if (!about.shipment) {
        return none("nothing_shipped");
    }
    const model::Shipment& shipment = *draft.look(about.shipment);
    if (!shipment.label->order) {
        return none("no_order");
    }
    if (!shipment.label->cover && shipment.label->value.currency == base::Currency{}) {
        return none("value_unknown");
    }
    if (!shipment.label->cover) {
        return none(shipment.label->label_created_at ? "no_cover_rule" : "no_label");
    }
    const model::Coverage* cover = draft.look(shipment.label->cover);
    if (cover == nullptr) {
        return none("no_cover_rule");
    }
    // A parcel that is only late or silent is waited for; the remedy is for what is gone.
    const bool gone = about.kind >= model::Exception::contents_wrong;
    return {done(cover->id.text(), cover->because, cover->decided_at), cover->funding,
            gone ? cover->remedy : model::Remedy::wait};
}

void claim_for_customer(Draft& draft, const Case& about, std::string_view piece) {
    const auto ground = ground_of(about.kind);
    const bool gone = about.kind >= model::Exception::contents_wrong;
    if (!ground || !gone || !about.shipment || !about.order) {
        return;
    }
    const model::Shipment& shipment = *draft.look(about.shipment);
    const auto state = about.reported ? ClaimState::submitted : ClaimState::draft;
    if (const auto* known = find_claim(shipment, model::ClaimSide::customer, *ground, piece)) {
        const model::Claim* claim = draft.look(known->id);
        if (claim != nullptr && claim->state == ClaimState::draft && about.reported) {
            step_claim(draft, draft.edit(known->id), state, "shopper", "reported");
        }
        return;
    }
    model::Claim& claim = draft.create<model::Claim>();
    claim.side = model::ClaimSide::customer;
    claim.ground = *ground;
    claim.shipment = about.shipment;
    claim.order = about.order;
    claim.incident = about.incident;
    claim.piece = std::string(piece);
    claim.carrier = shipment.label->carrier;
    claim.amount = shipment.label->value;
    claim.opened_at = draft.now();
    claim.because = draft.because(about.reported ? base::Word("protection.claim.reported")
                                                 : base::Word("protection.claim.carrier_says"));
    draft.edit(about.shipment).claims.push_back({claim.id, claim.side, claim.ground, claim.piece});
    step_claim(draft, claim, state, about.reported ? "shopper" : "aftermile", {});
}

void withdraw_reported(Draft& draft, model::ShipmentId id, model::Exception kind) {
    const auto ground = ground_of(kind);
    const model::Shipment& shipment = *draft.look(id);
    const model::Incident* incident = draft.look(shipment.incident);
    const bool stands =
        incident != nullptr &&
        std::ranges::any_of(incident->exceptions, [&](const model::IncidentException& each) {
            return !each.cleared_at && !each.retracted && ground_of(each.kind) == ground;
        });
    if (!ground || stands) {
        return;
    }
    const auto claims = shipment.claims;
    for (const model::ClaimRef& each : claims) {
        const model::Claim* claim = draft.look(each.id);
        if (each.side == model::ClaimSide::customer && each.ground == *ground && claim != nullptr &&
            claim->state == ClaimState::submitted) {
            step_claim(draft, draft.edit(each.id), ClaimState::withdrawn, "shopper",
                       "the report was withdrawn");
        }
    }
}

void withdraw_customer_claims(Draft& draft, model::ShipmentId id,
                              const std::vector<model::ClaimGround>& grounds) {
    if (!id) {
        return;
    }
    const auto claims = draft.look(id)->claims;
    for (const model::ClaimRef& each : claims) {
        const model::Claim* claim = draft.look(each.id);
        const bool hit = std::ranges::find(grounds, each.ground) != grounds.end();
        if (each.side == model::ClaimSide::customer && hit && claim != nullptr &&
            claim->state == ClaimState::draft) {
            step_claim(draft, draft.edit(each.id), ClaimState::withdrawn, "aftermile",
                       "its cause is gone");
        }
    }
}

}  // namespace aftermile::core::protection
