#include "core/decide.hpp"
#include "core/invariants/invariants.hpp"

namespace aftermile::core {

std::optional<base::Error> violated(const Facts& facts, const Decisions& decisions,
                                    const model::Event& event) {
    std::optional<base::Error> first;
    const auto hold = [&](std::string_view name, auto check) {
        if (first) {
            return;
        }
        if (auto broken = check(facts, decisions, event)) {
            first = base::Error{.code = "invariant_" + std::string(name),
                                .detail = std::move(*broken),
                                .pointer = {},
                                .family = base::Family::parked};
        }
    };
    hold("one_merchant", invariants::one_merchant);
    hold("ids_derive", invariants::ids_derive);
    hold("six_answers", invariants::six_answers);
    hold("one_open_incident", invariants::one_open_incident);
    hold("delivered_stays", invariants::delivered_stays);
    hold("claims_in_order", invariants::claims_in_order);
    hold("ledger_moves", invariants::ledger_moves);
    hold("messages_are_true", invariants::messages_are_true);
    return first;
}

}  // namespace aftermile::core
