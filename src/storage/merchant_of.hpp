// Which merchant a row belongs to, and which ids a merchant's rows can have. The port's rows do
// not repeat the merchant: their ids lead with it.
#pragma once

#include <cstdint>

#include "base/ids.hpp"
#include "model/ids.hpp"
#include "ports/schema.hpp"

namespace aftermile::storage {

inline constexpr int merchant_shift = base::id_event_bits + base::id_ordinal_bits;

struct IdRange {  // both ends belong to it
    std::int64_t first = 0;
    std::int64_t last = 0;
};

[[nodiscard]] constexpr std::int64_t merchant_of(ports::Table table, std::int64_t id) {
    return table == ports::Table::merchants ? id : id >> merchant_shift;
}

[[nodiscard]] constexpr IdRange ids_of(ports::Table table, model::MerchantNumber merchant) {
    if (table == ports::Table::merchants) {
        return {merchant, merchant};
    }
    const std::int64_t first = static_cast<std::int64_t>(merchant) << merchant_shift;
    return {first, first | ((std::int64_t{1} << merchant_shift) - 1)};
}

}  // namespace aftermile::storage
