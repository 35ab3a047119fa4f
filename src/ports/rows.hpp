// Records to rows: which members of each record stand in which column (ports/schema.cpp).
#pragma once

#include "model/merchant.hpp"
#include "model/policy.hpp"
#include "ports/store.hpp"

namespace aftermile::ports {

[[nodiscard]] Row row_of(const model::Customer& record);
[[nodiscard]] Row row_of(const model::Order& record);
[[nodiscard]] Row row_of(const model::Shipment& record);
[[nodiscard]] Row row_of(const model::Incident& record);
[[nodiscard]] Row row_of(const model::Notification& record);
[[nodiscard]] Row row_of(const model::Ticket& record);
[[nodiscard]] Row row_of(const model::Coverage& record);
[[nodiscard]] Row row_of(const model::Claim& record);
[[nodiscard]] Row row_of(const model::LedgerEntry& record);
[[nodiscard]] Row row_of(const model::Contribution& record);
[[nodiscard]] Row row_of(const model::ReturnRisk& record);
[[nodiscard]] Row row_of(const model::PieceNumber& record);
[[nodiscard]] Row row_of(const model::Merchant& record);
[[nodiscard]] Row row_of(const model::ProfileVersion& record);
[[nodiscard]] Row row_of(const model::SweepMark& record);

// The id of a profile's or policy's version: merchant, then version.
[[nodiscard]] constexpr std::int64_t version_id(model::MerchantNumber merchant,
                                                std::uint32_t version) {
    return (static_cast<std::int64_t>(merchant) << (base::id_event_bits + base::id_ordinal_bits)) |
           version;
}

}  // namespace aftermile::ports
