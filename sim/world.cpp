#include "sim/world.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aftermile::sim {
namespace {

using namespace std::chrono;

constexpr auto product_list = std::to_array<Product>({
    {"KETTLE-BLK", "Kettle, black", "kitchen", 4900, 1400},
    {"PAN-28", "Iron pan, 28 cm", "kitchen", 6900, 2300},
    {"KNIFE-SET", "Kitchen knives, set of three", "kitchen", 11900, 900},
    {"MUG-4", "Stoneware mugs, set of four", "ceramics", 3900, 1700},
    {"BOWL-L", "Salad bowl, large", "ceramics", 4400, 1900},
    {"VASE-TALL", "Tall vase", "glass", 5900, 1600},
    {"GLASS-6", "Water glasses, set of six", "glass", 3400, 1500},
    {"LAMP-DESK", "Desk lamp", "electronics", 8900, 1800},
    {"SPEAKER", "Kitchen speaker", "electronics", 12900, 1300},
    {"MIXER-PRO", "Stand mixer", "electronics", 54900, 8200},
    {"BLANKET", "Wool blanket", "home", 9900, 1200},
    {"CUSHION-2", "Linen cushions, pair", "home", 5400, 1100},
    {"TOWEL-4", "Towels, set of four", "home", 4800, 1600},
    {"APRON", "Canvas apron", "apparel", 2900, 350},
    {"SCARF", "Merino scarf", "apparel", 5900, 250},
    {"BLOCKS", "Wooden blocks", "toys", 3600, 1500},
    {"PUZZLE", "Map puzzle, 500 pieces", "toys", 2400, 700},
    {"SEEDS", "Herb seeds, five kinds", "garden", 1200, 120},
    {"TROWEL", "Garden trowel", "garden", 2600, 450},
    {"CANDLE-3", "Beeswax candles, three", "gifts", 2800, 600},
    {"TEA-BOX", "Tea sampler", "gifts", 3200, 400},
    {"CARD-12", "Blank cards, twelve", "gifts", 1400, 180},
});

constexpr auto city_list = std::to_array<City>({
    {"New York", "NY", "10011", "US", "USD", "en-US", -5, Summer::us, 14, false, 4.0, 0.3},
    {"Boston", "MA", "02116", "US", "USD", "en-US", -5, Summer::us, 6, false, 4.2, 0.5},
    {"Philadelphia", "PA", "19103", "US", "USD", "en-US", -5, Summer::us, 5, false, 3.9, 0.2},
    {"Atlanta", "GA", "30309", "US", "USD", "en-US", -5, Summer::us, 6, false, 3.2, -0.6},
    {"Miami", "FL", "33131", "US", "USD", "en-US", -5, Summer::us, 6, false, 3.7, -1.5},
    {"Chicago", "IL", "60611", "US", "USD", "en-US", -6, Summer::us, 9, false, 2.8, 0.4},
    {"Minneapolis", "MN", "55401", "US", "USD", "en-US", -6, Summer::us, 8, true, 2.3, 0.8},
    {"Fargo", "ND", "58102", "US", "USD", "en-US", -6, Summer::us, 4, true, 2.0, 1.0},
    {"Madison", "WI", "53703", "US", "USD", "en-US", -6, Summer::us, 4, true, 2.6, 0.6},
    {"Kansas City", "MO", "64105", "US", "USD", "en-US", -6, Summer::us, 3, false, 2.3, 0.1},
    {"Dallas", "TX", "75201", "US", "USD", "en-US", -6, Summer::us, 7, false, 2.0, -0.7},
    {"Houston", "TX", "77002", "US", "USD", "en-US", -6, Summer::us, 6, false, 2.1, -1.1},
    {"Denver", "CO", "80202", "US", "USD", "en-US", -7, Summer::us, 6, false, 1.3, 0.2},
    {"Phoenix", "AZ", "85004", "US", "USD", "en-US", -7, Summer::none, 4, false, 0.8, -0.6},
    {"Salt Lake City", "UT", "84101", "US", "USD", "en-US", -7, Summer::us, 3, false, 0.8, 0.3},
    {"Seattle", "WA", "98101", "US", "USD", "en-US", -8, Summer::us, 6, false, 0.1, 1.1},
    {"Portland", "OR", "97205", "US", "USD", "en-US", -8, Summer::us, 4, false, 0.0, 0.9},
    {"San Francisco", "CA", "94103", "US", "USD", "en-US", -8, Summer::us, 8, false, 0.0, 0.1},
    {"Los Angeles", "CA", "90012", "US", "USD", "en-US", -8, Summer::us, 12, false, 0.3, -0.4},
    {"Berlin", "BE", "10115", "DE", "EUR", "de-DE", 1, Summer::eu, 3, false, 10.4, 2.6},
    {"Hamburg", "HH", "20095", "DE", "EUR", "de-DE", 1, Summer::eu, 2, false, 10.2, 2.7},
    {"München", "BY", "80331", "DE", "EUR", "de-DE", 1, Summer::eu, 2, false, 10.5, 2.2},
    {"London", "ENG", "WC2N 5DU", "GB", "GBP", "en-GB", 0, Summer::eu, 3, false, 9.6, 2.4},
    {"Leeds", "ENG", "LS1 4AP", "GB", "GBP", "en-GB", 0, Summer::eu, 1, false, 9.6, 2.6},
    {"São Paulo", "SP", "01310-100", "BR", "BRL", "pt-BR", -3, Summer::none, 3, false, 7.0, -7.0},
    {"Curitiba", "PR", "80010-000", "BR", "BRL", "pt-BR", -3, Summer::none, 1, false, 6.9, -7.3},
});

constexpr auto warehouse_list = std::to_array<Warehouse>({
    {"reno", {"Reno", "NV", "89502", "US", "USD", "en-US", -8, Summer::us, 1, false, 0.3, 0.3}},
    {"columbus",
     {"Columbus", "OH", "43215", "US", "USD", "en-US", -5, Summer::us, 1, false, 3.2, 0.2}},
});

constexpr auto word_list = std::to_array<CarrierWords>({
    {.carrier = "ups",
     .label = {"M", "MP", "", "Shipper created a label"},
     .accepted = {"I", "OR", "", "Origin scan"},
     .departed = {"I", "DP", "", "Departed from facility"},
     .arrived = {"I", "AR", "", "Arrived at facility"},
     .at_destination = {"I", "DS", "", "Destination scan"},
     .out_for_delivery = {"I", "OT", "", "Out for delivery today"},
     .delivered = {"", "011", "", "Delivered"},
     .attempt_failed = {"X", "48", "", "Delivery attempted, nobody there"},
     .address_problem = {"X", "A6", "", "The street number is incorrect"},
     .delayed = {"", "048", "", "Delayed"},
     .weather = {"", "032", "", "Delayed by severe weather"},
     .damaged = {"X", "45", "", "The parcel was damaged"},
     .lost = {"", "068", "", "The parcel cannot be found"},
     .returning = {"", "036", "", "Being returned to the sender"},
     .unknown = {"I", "QZ", "", "Processed"},
     .late_per_mille = 40},
    {.carrier = "fedex",
     .label = {"", "OC", "", "Shipment information sent to FedEx"},
     .accepted = {"", "PU", "", "Picked up"},
     .departed = {"", "DP", "", "Left FedEx facility"},
     .arrived = {"", "AR", "", "At FedEx facility"},
     .at_destination = {"", "FD", "", "At local facility"},
     .out_for_delivery = {"", "OD", "", "On vehicle for delivery"},
     .delivered = {"", "DL", "", "Delivered"},
     .attempt_failed = {"", "DE", "", "Delivery exception"},
     .address_problem = {},
     .delayed = {"", "DY", "", "Delay"},
     .weather = {"", "DY", "WEATHER", "Weather delay"},
     .damaged = {},
     .lost = {},
     .returning = {"", "RS", "", "Returning package to shipper"},
     .unknown = {"", "ZQ", "", "Shipment update"},
     .late_per_mille = 55},
    {.carrier = "usps",
     .label = {"", "MA", "", "Shipping label created"},
     .accepted = {"", "03", "", "Accepted"},
     .departed = {"", "SF", "", "Departed post office"},
     .arrived = {"", "10", "", "Arrived at regional facility"},
     .at_destination = {"", "07", "", "Arrived at post office"},
     .out_for_delivery = {"", "OF", "", "Out for delivery"},
     .delivered = {"", "01", "", "Delivered"},
     .attempt_failed = {"", "02", "", "Notice left"},
     .address_problem = {"", "21", "", "No such number"},
     .delayed = {"", "71", "", "Delayed"},
     .weather = {},
     .damaged = {},
     .lost = {"", "11", "", "Missing"},
     .returning = {"", "09", "", "Return to sender"},
     .unknown = {"", "Z9", "", "Status update"},
     .late_per_mille = 70},
    {.carrier = "dhl_express",
     .label = {"", "104", "", "Shipment information received"},
     .accepted = {"", "PU", "", "Shipment picked up"},
     .departed = {"", "DF", "", "Departed facility"},
     .arrived = {"", "AF", "", "Arrived at facility"},
     .at_destination = {"", "AR", "", "Arrived at delivery facility"},
     .out_for_delivery = {"", "WC", "", "With courier"},
     .delivered = {"", "OK", "", "Delivered"},
     .attempt_failed = {"", "NH", "", "Recipient not at home"},
     .address_problem = {"", "BA", "", "Address information needed"},
     .delayed = {"", "MD", "", "Missed the delivery cycle"},
     .weather = {},
     .damaged = {"", "DS", "", "Damage reported"},
     .lost = {},
     .returning = {"", "RT", "", "Returned to shipper"},
     .unknown = {"", "QQ", "", "Shipment event"},
     .late_per_mille = 35},
});

constexpr auto service_list = std::to_array<Service>({
    {"ups", "ground", 1, 1.0, false, false, 905, 24},
    {"ups", "second_day_air", 2, 0, false, false, 1890, 4},
    {"ups", "next_day_air", 1, 0, false, true, 3450, 8},
    {"fedex", "home_delivery", 1, 1.0, false, false, 880, 20},
    {"fedex", "two_day", 2, 0, false, false, 1790, 3},
    {"fedex", "priority_overnight", 1, 0, false, true, 3620, 7},
    {"usps", "ground_advantage", 2, 0.8, false, false, 640, 24},
    {"usps", "priority_express", 2, 0, false, true, 2870, 4},
    {"dhl_express", "express_worldwide", 3, 0.1, true, false, 3980, 4},
    {"dhl_express", "express_1200", 2, 0.1, true, true, 5240, 2},
});

constexpr auto given_list = std::to_array<std::string_view>(
    {"Ada",    "Alex",  "Avery", "Casey", "Charlie", "Dana",  "Eden",  "Ellis", "Finley", "Jamie",
     "Jordan", "Jules", "Kai",   "Kim",   "Lee",     "Logan", "Lou",   "Max",   "Morgan", "Noa",
     "Pat",    "Quinn", "Remy",  "Robin", "Rowan",   "Sam",   "Sasha", "Sky",   "Taylor", "Toni"});
constexpr auto family_list = std::to_array<std::string_view>(
    {"Ash",  "Bay",   "Beech", "Birch", "Brook", "Cedar", "Dale",  "Elm",   "Field",  "Ford",
     "Glen", "Grove", "Hazel", "Heath", "Hill",  "Lake",  "Lane",  "Marsh", "Meadow", "Moor",
     "Oak",  "Park",  "Pine",  "Reed",  "Ridge", "Shore", "Stone", "Vale",  "Wood",   "Yew"});
constexpr auto street_list = std::to_array<std::string_view>(
    {"Sample Street", "Example Avenue", "Specimen Road", "Model Lane", "Test Square",
     "Fictional Way", "Placeholder Place", "Invented Row"});

bool is_summer(const City& city, base::Instant at) {
    const year year = year_month_day{floor<days>(at)}.year();
    if (city.summer == Summer::us) {  // from two o'clock until two o'clock by the wall
        const base::Instant standard = at + hours{city.offset_hours};
        return standard >= sys_days{year / March / Sunday[2]} + hours{2} &&
               standard < sys_days{year / November / Sunday[1]} + hours{1};
    }
    return city.summer == Summer::eu && at >= sys_days{year / March / Sunday[last]} + hours{1} &&
           at < sys_days{year / October / Sunday[last]} + hours{1};
}

int mod10(std::string_view digits, int odd_weight) {
    int sum = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const int digit = digits[digits.size() - 1 - i] - '0';
        sum += digit * (i % 2 == 0 ? odd_weight : 1);
    }
    return (10 - sum % 10) % 10;
}

// UPS: letters count as (letter - 63) mod 10, every second position twice.
std::string ups_number(std::uint64_t serial) {
    std::string body = fmt::format("999AA10{:08}", serial % 100'000'000);
    int sum = 0;
    for (std::size_t i = 0; i < body.size(); ++i) {
        const char c = body[i];
        const int value = c >= '0' && c <= '9' ? c - '0' : (c - 63) % 10;
        sum += value * (i % 2 == 1 ? 2 : 1);
    }
    return fmt::format("1Z{}{}", body, (10 - sum % 10) % 10);
}

std::string fedex_number(std::uint64_t serial) {
    const std::string body = fmt::format("990{:08}", serial % 100'000'000);
    constexpr int weights[] = {3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1};
    int sum = 0;
    for (std::size_t i = 0; i < body.size(); ++i) {
        sum += (body[i] - '0') * weights[i];
    }
    return fmt::format("{}{}", body, sum % 11 % 10);
}

}  // namespace

std::span<const Product> products() { return product_list; }
std::span<const City> cities() { return city_list; }
std::span<const Warehouse> warehouses() { return warehouse_list; }
std::span<const CarrierWords> carriers() { return word_list; }
std::span<const Service> services() { return service_list; }
std::span<const std::string_view> given_names() { return given_list; }
std::span<const std::string_view> family_names() { return family_list; }
std::span<const std::string_view> streets() { return street_list; }

const CarrierWords& words_of(std::string_view carrier) {
    return *std::ranges::find(word_list, carrier, &CarrierWords::carrier);
}

const City& city_named(std::string_view name) {
    return *std::ranges::find(city_list, name, &City::name);
}

std::chrono::minutes offset_at(const City& city, base::Instant at) {
    return hours{city.offset_hours + (is_summer(city, at) ? 1 : 0)};
}

std::string local_text(const City& city, base::Instant at, bool with_offset) {
    const minutes offset = offset_at(city, at);
    std::string text =
        base::to_text(base::LocalTime{floor<seconds>(at).time_since_epoch() + offset});
    if (with_offset) {
        text += fmt::format("{}{:02}:{:02}", offset.count() < 0 ? '-' : '+',
                            std::chrono::abs(offset).count() / 60,
                            std::chrono::abs(offset).count() % 60);
    }
    return text;
}

base::LocalDay local_day(const City& city, base::Instant at) {
    return floor<days>(base::LocalTime{at.time_since_epoch() + offset_at(city, at)});
}

base::Instant at_local(const City& city, base::LocalDay day, minutes time_of_day) {
    const base::Instant wall{day.time_since_epoch() + time_of_day};
    return wall - offset_at(city, wall);
}

std::string tracking_number(std::string_view carrier, std::uint64_t serial) {
    if (carrier == "ups") {
        return ups_number(serial);
    }
    if (carrier == "fedex") {
        return fedex_number(serial);
    }
    if (carrier == "usps") {
        const std::string body = fmt::format("940010000000{:09}", serial % 1'000'000'000);
        return fmt::format("{}{}", body, mod10(body, 3));
    }
    const std::uint64_t body = 990'000'000 + serial % 1'000'000;
    return fmt::format("{}{}", body, body % 7);
}

}  // namespace aftermile::sim
