#include "core/numbers.hpp"

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <limits>

#include "core/delivery/digest.hpp"
#include "core/delivery/track.hpp"

namespace aftermile::core {

namespace {

// Nothing is scanned before its label is made, but clocks are wrong and times come without a zone.
constexpr std::chrono::days label_slack{2};

// A name outlives what it named: a shipment may have got another number, or other pieces.
bool bears(const model::Shipment& shipment, std::string_view carrier, std::string_view number) {
    return (carrier.empty() || shipment.label->carrier.empty() ||
            shipment.label->carrier == carrier) &&
           (shipment.label->tracking_number == number ||
            std::ranges::find(shipment.label->pieces, number) != shipment.label->pieces.end());
}

// Mostly there is one.
template <class T>
using Few = boost::container::small_vector<T, 4>;

Few<const model::Shipment*> bearers(Draft& draft, std::string_view carrier,
                                    std::string_view number) {
    Few<model::ShipmentId> ids;
    for (const std::int64_t id : draft.ids_named(tracking_key(number))) {
        ids.emplace_back(id);
    }
    draft.each_edited_shipment([&](const model::Shipment& mine) { ids.push_back(mine.id); });
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    Few<const model::Shipment*> found;
    for (const model::ShipmentId id : ids) {
        const model::Shipment* shipment = draft.look(id);
        if (shipment != nullptr && bears(*shipment, carrier, number)) {
            found.push_back(shipment);
        }
    }
    return found;
}

// Without a beginning it has always been.
base::Instant begin_of(const NumberUse& use) {
    return use.begins.value_or(base::instant_of(std::numeric_limits<std::int64_t>::min() / 2));
}

// The latest that had begun then; where none had, the earliest of all.
const model::Shipment* latest_begun(const Few<const model::Shipment*>& among, base::Instant at) {
    const model::Shipment* found = nullptr;
    bool found_begun = false;
    for (const model::Shipment* each : among) {
        const auto begins = begin_of(use_of(*each));
        const bool begun = begins - label_slack <= at;
        const bool later = found == nullptr || begins >= begin_of(use_of(*found));
        if (found == nullptr || (begun && (!found_begun || later)) ||
            (!begun && !found_begun && !later)) {
            found = each;
            found_begun = begun;
        }
    }
    return found;
}

}  // namespace

std::vector<std::string> numbers_of(const model::Shipment& shipment) {
    std::vector<std::string> numbers = shipment.label->pieces;
    if (!shipment.label->tracking_number.empty()) {
        numbers.push_back(shipment.label->tracking_number);
    }
    std::ranges::sort(numbers);
    numbers.erase(std::ranges::unique(numbers).begin(), numbers.end());
    return numbers;
}

NumberUse use_of(const model::Shipment& shipment) {
    NumberUse use;
    if (!shipment.label->reference.empty()) {
        use.begins = shipment.label->label_created_at;
        if (shipment.label->voided_at) {
            use.ends = shipment.label->voided_at;
        } else if (delivery::is_final(shipment.track.milestone)) {
            use.ends = shipment.track.milestone_at;
        }
        return use;
    }
    for (const delivery::DigestEntry& entry : delivery::unpack(shipment.digest)) {
        const auto at = base::instant_of(entry.time);  // hours do not count here
        use.begins = std::min(use.begins.value_or(at), at);
        use.ends = std::max(use.ends.value_or(at), at);
    }
    return use;
}

bool is_within(const NumberUse& use, base::Instant at, std::chrono::days reuse) {
    return (!use.begins || at > *use.begins - reuse) && (!use.ends || at < *use.ends + reuse);
}

model::ShipmentId find_for_scan(Draft& draft, std::string_view carrier, std::string_view number,
                                base::Instant at) {
    const std::chrono::days reuse{draft.policy().number_reuse_days};
    auto among = bearers(draft, carrier, number);
    among.erase(std::ranges::remove_if(among,
                                       [&](const model::Shipment* each) {
                                           return !is_within(use_of(*each), at, reuse);
                                       })
                    .begin(),
                among.end());
    const model::Shipment* found = latest_begun(among, at);
    return found == nullptr ? model::ShipmentId{} : found->id;
}

std::vector<model::ShipmentId> named_of(Draft& draft, std::string_view carrier,
                                        std::string_view number) {
    std::vector<model::ShipmentId> found;
    for (const model::Shipment* each : bearers(draft, carrier, number)) {
        if (!each->label->reference.empty()) {
            found.push_back(each->id);
        }
    }
    return found;
}

model::ShipmentId find_latest(Draft& draft, std::string_view carrier, std::string_view number) {
    const model::Shipment* found = latest_begun(bearers(draft, carrier, number), draft.now());
    return found == nullptr ? model::ShipmentId{} : found->id;
}

std::vector<model::ShipmentId> unnamed_of(Draft& draft, std::string_view carrier,
                                          const std::vector<std::string>& numbers,
                                          std::optional<base::Instant> label) {
    const std::chrono::days reuse{draft.policy().number_reuse_days};
    std::vector<model::ShipmentId> found;
    for (const std::string& number : numbers) {
        for (const model::Shipment* each : bearers(draft, carrier, number)) {
            if (each->label->reference.empty() &&
                (!label || is_within(use_of(*each), *label, reuse))) {
                found.push_back(each->id);
            }
        }
    }
    std::ranges::sort(found);
    found.erase(std::ranges::unique(found).begin(), found.end());
    return found;
}

}  // namespace aftermile::core
