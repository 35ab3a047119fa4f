// The fictional world of the simulator: the brand Alder & Finch, what it sells, from where, to
// whom and with which carriers. Names of people are drawn from a short neutral list and every
// address of theirs ends in example.com; cities and postcodes are real, so that zones are.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/instant.hpp"

namespace aftermile::sim {

inline constexpr std::string_view brand = "Alder & Finch";

struct Product {
    std::string_view sku, title, category;
    std::int64_t cents = 0;
    std::int64_t grams = 0;
};
[[nodiscard]] std::span<const Product> products();

enum class Summer : unsigned char { none, us, eu };

struct City {
    std::string_view name, region, postcode, country, currency, locale;
    int offset_hours = 0;  // east of UTC in winter
    Summer summer = Summer::none;
    int people = 1;       // weight when a customer is drawn
    bool storm = false;   // on the lane that the storm hits
    double x = 0, y = 0;  // thousands of kilometres on a flat map: how far parcels travel
};
[[nodiscard]] std::span<const City> cities();
[[nodiscard]] const City& city_named(std::string_view name);

struct Warehouse {
    std::string_view id;
    City city;
};
[[nodiscard]] std::span<const Warehouse> warehouses();

// Minutes east of UTC there and then.
[[nodiscard]] std::chrono::minutes offset_at(const City& city, base::Instant at);
// "2026-01-05T08:00:00-07:00", or the local time alone.
[[nodiscard]] std::string local_text(const City& city, base::Instant at, bool with_offset);
[[nodiscard]] base::LocalDay local_day(const City& city, base::Instant at);
// The instant of that wall time there.
[[nodiscard]] base::Instant at_local(const City& city, base::LocalDay day,
                                     std::chrono::minutes time_of_day);

// What a carrier calls the steps of a parcel: rows of catalog/carriers/<carrier>.csv (a test
// looks each one up). An empty code: the carrier has no word for it.
struct Code {
    std::string_view type, code, reason;
    std::string_view text;
};
struct CarrierWords {
    std::string_view carrier;
    Code label, accepted, departed, arrived, at_destination, out_for_delivery, delivered;
    Code attempt_failed, address_problem, delayed, weather, damaged, lost, returning;
    Code unknown;  // in nobody's table: the mapping task of the console
    int late_per_mille = 0;
};
[[nodiscard]] std::span<const CarrierWords> carriers();
[[nodiscard]] const CarrierWords& words_of(std::string_view carrier);

struct Service {
    std::string_view carrier, name;
    int base_days = 0;  // working days on the shortest lane
    double days_per_1000km = 0;
    bool abroad = false;
    bool guaranteed = false;
    std::int64_t base_cents = 0;
    int weight = 1;  // how often the brand buys it
};
[[nodiscard]] std::span<const Service> services();

[[nodiscard]] std::span<const std::string_view> given_names();
[[nodiscard]] std::span<const std::string_view> family_names();
[[nodiscard]] std::span<const std::string_view> streets();

// With the check digits that real numbers of the carrier bear; the ranges are not in use.
[[nodiscard]] std::string tracking_number(std::string_view carrier, std::uint64_t serial);

}  // namespace aftermile::sim
