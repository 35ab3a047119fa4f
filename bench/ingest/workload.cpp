#include "bench/ingest/workload.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace aftermile::bench {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

// Messages wait through the night at the destination, and would then not reach the outbox: the
// parcels go where it is nearest to one in the afternoon.
struct Destination {
    int hours_east;
    std::string_view city, region, postcode, country;
};
constexpr auto destinations = std::to_array<Destination>({
    {-8, "Portland", "OR", "97205", "US"},
    {-5, "Albany", "NY", "12207", "US"},
    {-3, "Recife", "PE", "50030-000", "BR"},
    {1, "Hannover", "NI", "30159", "DE"},
    {4, "Dubai", "", "", "AE"},
    {7, "Bangkok", "", "10100", "TH"},
    {9, "Osaka", "", "530-0001", "JP"},
    {12, "Wellington", "", "6011", "NZ"},
});

const Destination& destination_by_day(base::Instant now) {
    const auto hour = std::chrono::duration_cast<hours>(now.time_since_epoch()).count() % 24;
    const Destination* best = destinations.data();
    long best_distance = 24;
    for (const Destination& each : destinations) {
        const long local = (hour + each.hours_east + 24) % 24;
        const long distance = std::labs(local - 13);
        if (distance < best_distance) {
            best = &each;
            best_distance = distance;
        }
    }
    return *best;
}

struct Carrier {
    std::string_view name, service, prefix;
};
constexpr auto carriers = std::to_array<Carrier>({{"ups", "ground", "1Z999AA1"},
                                                  {"fedex", "ground", "7712"},
                                                  {"usps", "ground_advantage", "94001118"}});

// The story of a parcel: only the stages after the first are reached by chance, each told once.
constexpr auto stages = std::to_array<std::string_view>(
    {"info_received", "accepted", "out_for_delivery", "available_for_pickup", "delivered"});
constexpr auto stage_words = std::to_array<std::string_view>(
    {"Shipment information sent to the carrier; the parcel is awaited at the origin facility",
     "Accepted at the origin facility and handed to line haul after measuring and sorting",
     "Out for delivery with the courier of this route; please keep the entrance reachable",
     "The parcel waits at the pick-up point; an identity document is asked for at the counter",
     "Delivered at the address; left with the person who opened the door"});
constexpr auto exceptions =
    std::to_array<std::string_view>({"", "address_problem", "damaged", "delayed_by_carrier"});

const Carrier& carrier_of(std::uint32_t shipment) { return carriers[shipment % carriers.size()]; }

}  // namespace

std::string Workload::tracking_number(std::uint32_t shipment) {
    return fmt::format("{}{:010}", carrier_of(shipment).prefix, shipment);
}

Workload::Workload(const Mix& mix)
    : mix_(mix), random_(mix.seed * 0x9E3779B97F4A7C15ULL + 1), stories_(mix.shipments) {
    const Destination& to = destination_by_day(mix.start);
    place_json_ = fmt::format(R"("city":"{}","region":"{}","postcode":"{}","country":"{}")",
                              to.city, to.region, to.postcode, to.country);
}

std::uint64_t Workload::next_random() {
    random_ += 0x9E3779B97F4A7C15ULL;  // splitmix64
    std::uint64_t value = random_;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
    return value ^ (value >> 31);
}

bool Workload::chance(double share) {
    return static_cast<double>(next_random() >> 11) * 0x1.0p-53 < share;
}

void Workload::add_orders(std::string& body, std::uint32_t first, std::uint32_t count) const {
    const std::string placed = base::to_text(mix_.start - hours{26});
    for (std::uint32_t i = first; i < first + count; ++i) {
        fmt::format_to(
            std::back_inserter(body),
            R"({{"reference":"bo-{0}","placed_at":"{1}","currency":"USD",)"
            R"("financial_status":"paid",)"
            R"("customer":{{"reference":"bc-{0}","email":"shopper{0}@example.com",)"
            R"("name":"Robin Sample {0}"}},"ship_to":{{"name":"Robin Sample {0}",)"
            R"("line1":"{0} Long Road",{2}}},"lines":[{{"reference":"l1","sku":"SKU-{3}",)"
            R"("title":"Desk lamp, brass","category":"home","quantity":1,)"
            R"("unit_price":{{"amount":4900,"currency":"USD"}}}}]}})"
            "\n",
            i, placed, place_json_, i % 500);
    }
}

void Workload::add_shipments(std::string& body, std::uint32_t first, std::uint32_t count) const {
    const std::string label = base::to_text(mix_.start - hours{25});
    const auto today = std::chrono::floor<std::chrono::days>(mix_.start);
    const std::string latest =
        base::to_text(base::LocalDay{today.time_since_epoch()} + std::chrono::days{6});
    for (std::uint32_t i = first; i < first + count; ++i) {
        fmt::format_to(
            std::back_inserter(body),
            R"({{"reference":"bs-{0}","order":"ref:bo-{0}","carrier":"{1}","service":"{2}",)"
            R"("tracking_number":"{3}","ship_from":{{"city":"Reno","region":"NV",)"
            R"("postcode":"89502","country":"US"}},"ship_to":{{"name":"Robin Sample {0}",)"
            R"("line1":"{0} Long Road",{4}}},"label_created_at":"{5}","weight_grams":1200,)"
            R"("promised":{{"latest":"{6}"}},"lines":[{{"line":"l1","quantity":1}}]}})"
            "\n",
            i, carrier_of(i).name, carrier_of(i).service, tracking_number(i), place_json_, label,
            latest);
    }
}

std::uint32_t Workload::next_shipment(bool& again) {
    auto shipment = static_cast<std::uint32_t>(next_random() % mix_.shipments);
    again = chance(mix_.duplicates) && stories_[shipment].events > 0;
    if (again) {
        return shipment;
    }
    if (over_ == mix_.shipments) {
        throw std::runtime_error("every parcel is delivered: name more --shipments");
    }
    while (stories_[shipment].stage + 1U == stages.size()) {  // delivered: its story is over
        shipment = static_cast<std::uint32_t>(next_random() % mix_.shipments);
    }
    Story& story = stories_[shipment];
    ++story.events;
    story.moved_on = chance(mix_.milestones);
    story.stage = static_cast<std::uint8_t>(story.stage + (story.moved_on ? 1 : 0));
    over_ += story.stage + 1U == stages.size() ? 1 : 0;
    story.exception = chance(mix_.exceptions) ? static_cast<std::uint8_t>(1 + next_random() % 3)
                                              : std::uint8_t{0};
    return shipment;
}

News Workload::next_news() {
    News news;
    news.shipment = next_shipment(news.again);
    const Story& story = stories_[news.shipment];
    news.number = story.events;
    news.carrier = carrier_of(news.shipment).name;
    news.tracking_number = tracking_number(news.shipment);
    news.milestone = story.stage == 1 && !story.moved_on ? "in_transit" : stages[story.stage];
    news.exception = exceptions[story.exception];
    news.words = stage_words[story.stage];
    // Three minutes apart, a day at most: what is written down stays in the past and in order.
    news.at = mix_.start - hours{24} + minutes{3} * (story.events % 440) +
              std::chrono::seconds{story.events / 440};
    return news;
}

void Workload::skip(std::uint64_t events) {
    for (bool again = false; events > 0; --events) {
        next_shipment(again);
    }
}

void Workload::add_events(std::string& body, std::uint32_t count) {
    constexpr std::string_view filler =
        "Recorded by the handheld of the route; the parcel was scanned at the belt and put into "
        "the container for the next movement of the line haul, as the facility's plan of the day "
        "says.";
    for (std::uint32_t left = count; left > 0; --left) {
        const News news = next_news();
        fmt::format_to(
            std::back_inserter(body),
            R"({{"carrier":"{}","tracking_number":"{}","milestone":"{}",{}{}{}"description":)"
            R"("{}. {}","occurred_at":"{}","location":{{"city":"Reno","region":"NV",)"
            R"("postcode":"89502","country":"US"}},"source_id":"bench-{:08}-{:06}"}})"
            "\n",
            news.carrier, news.tracking_number, news.milestone,
            news.exception.empty() ? "" : R"("exception":")", news.exception,
            news.exception.empty() ? "" : R"(",)", news.words, filler, base::to_text(news.at),
            news.shipment, news.number);
    }
}

}  // namespace aftermile::bench
