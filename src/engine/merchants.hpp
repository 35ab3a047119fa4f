// The facts of each merchant as the writer keeps them between batches, and how they begin.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "core/decide.hpp"
#include "engine/sweep.hpp"
#include "engine/timers.hpp"
#include "ports/store.hpp"

namespace aftermile::engine {

struct MerchantState {
    core::Facts facts;
    std::shared_ptr<const model::Policy> policy;
    std::uint64_t taken = 0;  // the number of the last event in a batch taken to the store
    std::uint64_t next = 1;
    bool has_row = false;         // of itself, in the store or on its way there
    bool has_policy_row = false;  // of version 1, likewise
    bool touched = false;         // by the batch at hand
    Sweep sweep;
    std::optional<std::uint64_t> mark;  // of the sweep, in the store or on its way there
};

// What a merchant is before its first event.
[[nodiscard]] model::Merchant new_merchant(model::MerchantNumber number, model::Mode mode);

// Facts with nothing but the merchant, its policy and its profile.
[[nodiscard]] base::Result<MerchantState> load_merchant(ports::StoreLoader& store,
                                                        ports::AdminStore& admin,
                                                        const model::Catalog& catalog,
                                                        model::MerchantNumber number,
                                                        std::uint64_t last_event);

}  // namespace aftermile::engine
