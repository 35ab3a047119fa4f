// What a shopper's page knows of a parcel, and what it says. Internal to the pages.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/admin_records.hpp"
#include "surface/api/context.hpp"
#include "surface/api/timeline.hpp"

namespace aftermile::surface {

// Everything that the page says, read once.
struct Parcel {
    engine::MerchantRecord merchant;
    std::optional<model::Order> order;
    std::optional<model::Shipment> shipment;
    std::optional<model::Incident> incident;  // open
    std::vector<Entry> scans;                 // oldest first
    std::string locale, city, token;
    const base::Zone* zone = nullptr;
    base::Instant now;
    bool thanked = false, reporting = false;
};

// By the token of its link. Code `not_found` for one that we never gave out.
[[nodiscard]] base::Result<Parcel> read_parcel(Context& context, ports::StoreReader& reader,
                                               std::string_view token);

// The whole page as HTML.
[[nodiscard]] std::string render_parcel(Context& context, const Parcel& parcel);

}  // namespace aftermile::surface
