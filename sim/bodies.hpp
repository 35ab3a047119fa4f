// The simulator's records as bodies of the public API.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/world.hpp"

namespace aftermile::sim {

struct Person {
    std::string reference, name, email, line1;
    const City* city = nullptr;
};

struct Item {
    const Product* product = nullptr;
    std::int64_t quantity = 1;
};

struct Parcel {
    std::string order, reference, number;
    const Service* service = nullptr;
    const Warehouse* warehouse = nullptr;
    Person person;
    std::vector<Item> items;
    std::vector<std::string> pieces;
    base::Instant placed_at, label_at;
    base::LocalDay earliest, latest;
    std::optional<base::Instant> guaranteed_by, voided_at;
    std::optional<std::string> replaces;

    [[nodiscard]] std::int64_t grams() const;
    [[nodiscard]] std::int64_t cents() const;
};

struct ScanBody {
    Code code;
    const City* place = nullptr;
    base::Instant occurred_at;
    bool with_offset = true;
    std::string piece, source_id;
    std::string_view exception{};  // said in our word instead of a code
};

[[nodiscard]] std::string order_body(const Parcel& parcel);
[[nodiscard]] std::string shipment_body(const Parcel& parcel);
[[nodiscard]] std::string scan_body(const Parcel& parcel, const ScanBody& scan);
[[nodiscard]] std::string report_body(const Parcel& parcel, std::string_view kind,
                                      std::string_view words, base::Instant at);

}  // namespace aftermile::sim
