#include <array>

#include "core/decide.hpp"
#include "core/invariants/invariants.hpp"

namespace aftermile::core {

namespace {

struct Invariant {
    std::string_view name;
    invariants::Broken (*check)(const Facts&, const Decisions&, const model::Event&);
};
constexpr std::array all{
    Invariant{"one_merchant", invariants::one_merchant},
    Invariant{"ids_derive", invariants::ids_derive},
    Invariant{"six_answers", invariants::six_answers},
    Invariant{"one_open_incident", invariants::one_open_incident},
    Invariant{"delivered_stays", invariants::delivered_stays},
    Invariant{"claims_in_order", invariants::claims_in_order},
    Invariant{"ledger_moves", invariants::ledger_moves},
    Invariant{"messages_are_true", invariants::messages_are_true},
};

}  // namespace

std::optional<base::Error> violated(const Facts& facts, const Decisions& decisions,
                                    const model::Event& event) {
    for (const Invariant& invariant : all) {
        if (auto broken = invariant.check(facts, decisions, event)) {
            return base::Error{.code = "invariant_" + std::string(invariant.name),
                               .detail = std::move(*broken),
                               .pointer = {},
                               .family = base::Family::parked};
        }
    }
    return std::nullopt;
}

}  // namespace aftermile::core
