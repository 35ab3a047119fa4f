// Records to rows: which members of each record stand in which column (ports/schema.cpp).
#pragma once

#include "model/merchant.hpp"
#include "model/policy.hpp"
#include "ports/store.hpp"

namespace aftermile::ports {

// The id of a profile's or policy's version: merchant, then version.
[[nodiscard]] constexpr std::int64_t version_id(model::MerchantNumber merchant,
                                                std::uint32_t version) {
    return (static_cast<std::int64_t>(merchant) << (base::id_event_bits + base::id_ordinal_bits)) |
           version;
}

// Where the row of a record stands.
struct RowPlace {
    Table table;
    std::int64_t id;
    friend auto operator<=>(const RowPlace&, const RowPlace&) = default;
};

constexpr RowPlace place_of(const model::Customer& r) { return {Table::customers, r.id.value}; }
constexpr RowPlace place_of(const model::Order& r) { return {Table::orders, r.id.value}; }
constexpr RowPlace place_of(const model::Shipment& r) { return {Table::shipments, r.id.value}; }
constexpr RowPlace place_of(const model::Incident& r) { return {Table::incidents, r.id.value}; }
constexpr RowPlace place_of(const model::Notification& r) {
    return {Table::notifications, r.id.value};
}
constexpr RowPlace place_of(const model::Ticket& r) { return {Table::tickets, r.id.value}; }
constexpr RowPlace place_of(const model::Coverage& r) { return {Table::coverages, r.id.value}; }
constexpr RowPlace place_of(const model::Claim& r) { return {Table::claims, r.id.value}; }
constexpr RowPlace place_of(const model::LedgerEntry& r) { return {Table::ledger, r.id.value}; }
constexpr RowPlace place_of(const model::Contribution& r) {
    return {Table::contributions, r.id.value};
}
constexpr RowPlace place_of(const model::ReturnRisk& r) { return {Table::risks, r.id.value}; }
constexpr RowPlace place_of(const model::PieceNumber& r) { return {Table::pieces, r.id.value}; }
constexpr RowPlace place_of(const model::Merchant& r) { return {Table::merchants, r.number}; }
constexpr RowPlace place_of(const model::ProfileVersion& r) {
    return {Table::profiles, version_id(r.merchant, r.version)};
}
constexpr RowPlace place_of(const model::SweepMark& r) {
    return {Table::sweeps, version_id(r.merchant, 1)};
}

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

}  // namespace aftermile::ports
