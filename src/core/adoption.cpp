#include "core/adoption.hpp"

#include <algorithm>
#include <iterator>

#include "core/delivery/digest.hpp"
#include "core/delivery/standing.hpp"
#include "core/numbers.hpp"
#include "core/orders/upsert.hpp"

namespace aftermile::core {

namespace {

// Whether it has scans under that number that `wanted` picks by their instant.
bool has_scans(const model::Shipment& shipment, std::string_view number, const auto& wanted) {
    const auto picked = [&](const delivery::DigestEntry& entry) {
        return entry.piece == delivery::piece_hash(number) && wanted(base::instant_of(entry.time));
    };
    return std::ranges::any_of(delivery::unpack(shipment.digest), picked);
}

// Moves them. Both have to be folded anew.
void move_scans(model::Shipment& from, model::Shipment& to, std::string_view number,
                const auto& wanted) {
    std::vector<delivery::DigestEntry> left;
    for (const delivery::DigestEntry& entry : delivery::unpack(from.digest)) {
        if (entry.piece != delivery::piece_hash(number) || !wanted(base::instant_of(entry.time))) {
            left.push_back(entry);
        } else if (!delivery::contains(to.digest, entry.identity)) {
            delivery::append_to(to.digest, entry);
        }
    }
    from.digest = delivery::pack(left);
}

}  // namespace

std::vector<model::ShipmentId> absorb_unnamed(Draft& draft, model::ShipmentId id) {
    const model::Shipment& named = *draft.look(id);
    auto found =
        unnamed_of(draft, named.label->carrier, numbers_of(named), named.label->label_created_at);
    for (const model::ShipmentId each : found) {
        model::Shipment& from = draft.edit(each);
        model::Shipment& to = draft.edit(id);
        for (const delivery::DigestEntry& entry : delivery::unpack(from.digest)) {
            if (!delivery::contains(to.digest, entry.identity)) {
                delivery::append_to(to.digest, entry);
            }
        }
        std::ranges::move(from.reports, std::back_inserter(to.reports));
        if (to.label->carrier.empty()) {
            to.label.edit().carrier = from.label->carrier;
        }
        from.digest.clear();
        from.reports.clear();
        from.label.edit().tracking_number.clear();
        from.merged_into = id;
        delivery::refold(from, draft.catalog());
    }
    return found;
}

std::vector<model::ShipmentId> take_scans_of_earlier_uses(Draft& draft, model::ShipmentId id) {
    std::vector<model::ShipmentId> changed;
    const model::Shipment& named = *draft.look(id);
    const auto is_mine = [&](std::string_view number, base::Instant at) {
        return find_for_scan(draft, named.label->carrier, number, at) == id;
    };
    for (const std::string& number : numbers_of(named)) {
        for (const model::ShipmentId each : named_of(draft, named.label->carrier, number)) {
            if (each == id) {
                continue;
            }
            const auto mine = [&](base::Instant at) { return is_mine(number, at); };
            if (has_scans(*draft.look(each), number, mine)) {
                model::Shipment& other = draft.edit(each);
                move_scans(other, draft.edit(id), number, mine);
                delivery::refold(other, draft.catalog());
                changed.push_back(each);
            }
        }
    }
    return changed;
}

model::ShipmentId give_scans_to_later_use(Draft& draft, model::ShipmentId id,
                                          std::string_view number) {
    const NumberUse use = use_of(*draft.look(id));
    const std::chrono::days reuse{draft.policy().number_reuse_days};
    if (draft.look(id)->label->reference.empty() || !use.ends) {
        return {};
    }
    std::optional<base::Instant> first;
    const auto later = [&](base::Instant at) {
        const bool is = at >= *use.ends + reuse;
        first = is ? std::min(first.value_or(at), at) : first;
        return is;
    };
    if (!has_scans(*draft.look(id), number, later)) {
        return {};
    }
    const std::string carrier = draft.look(id)->label->carrier;
    model::ShipmentId to = find_for_scan(draft, carrier, number, *first);
    if (!to) {
        to = orders::keep_unknown(draft, carrier, number);
    }
    move_scans(draft.edit(id), draft.edit(to), number, later);
    for (const model::ShipmentId each : {id, to}) {
        delivery::refold(draft.edit(each), draft.catalog());
    }
    return to;
}

}  // namespace aftermile::core
