#include "bench/parse/trackers.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <string_view>

namespace aftermile::bench {

namespace {

struct Carrier {
    std::string_view name, source, prefix;
};
constexpr auto carriers = std::to_array<Carrier>({{"USPS", "USPS", "94001"},
                                                  {"UPSDAP", "UPS", "1Z9"},
                                                  {"FedExDefault", "FedEx", "7946"},
                                                  {"DHLExpress", "DHLExpress", "55"}});

struct Spot {
    std::string_view city, state, zip, country;
};
// Each with one clock: where a region has several, a local time alone names no instant.
constexpr auto spots = std::to_array<Spot>({{"CHICAGO", "IL", "60607", "US"},
                                            {"ATLANTA", "GA", "30301", "US"},
                                            {"SEATTLE", "WA", "98101", "US"},
                                            {"NEWARK", "NJ", "07101", "US"},
                                            {"COLUMBUS", "OH", "43215", "US"},
                                            {"LONDON", "", "EC1A 1BB", "GB"},
                                            {"AMSTERDAM", "NH", "1012 AB", "NL"}});

struct Step {
    std::string_view status, detail, message;
};
constexpr Step first{"pre_transit", "label_created", "Shipping Label Created, Awaiting Item"};
constexpr Step last{"delivered", "arrived_at_destination", "Delivered, Front Door/Porch"};
constexpr Step out{"out_for_delivery", "out_for_delivery", "Out for Delivery"};
constexpr auto moves = std::to_array<Step>(
    {{"in_transit", "received_at_origin_facility", "Accepted at Origin Facility"},
     {"in_transit", "departed_origin_facility", "Departed Origin Facility"},
     {"in_transit", "arrived_at_facility", "Arrived at Regional Facility"},
     {"in_transit", "departed_facility", "Departed Regional Facility"},
     {"in_transit", "received_at_destination_facility", "Arrived at Destination Facility"}});
constexpr auto troubles = std::to_array<Step>(
    {{"in_transit", "weather_delay", "Severe Weather Conditions Have Delayed Delivery"},
     {"in_transit", "missorted", "Missent; Rerouted to the Right Facility"},
     {"failure", "address_correction", "The Address Is Being Corrected"}});

std::string written(std::chrono::sys_seconds at) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", at);
}

}  // namespace

void add_tracking_detail(std::string& out, const TrackingDetail& detail) {
    fmt::format_to(
        std::back_inserter(out),
        R"({{"object":"TrackingDetail","message":"{}","description":"","status":"{}",)"
        R"("status_detail":"{}","datetime":"{}","source":"{}",)"
        R"("carrier_code":"","tracking_location":{{"object":"TrackingLocation",)"
        R"("city":"{}","state":"{}","country":"{}","zip":"{}"}},"est_delivery_date":null}})",
        detail.message, detail.status, detail.status_detail, detail.datetime, detail.source,
        detail.city, detail.state, detail.country, detail.zip);
}

void add_tracker_event(std::string& out, const TrackerEvent& event) {
    fmt::format_to(
        std::back_inserter(out),
        R"({{"description":"tracker.updated","mode":"production","previous_attributes":)"
        R"({{"status":"out_for_delivery"}},"created_at":"{1}","pending_urls":[],)"
        R"("completed_urls":[],"updated_at":"{1}","id":"evt_{0:08x}","user_id":"user_{0:06x}",)"
        R"("status":"pending","object":"Event","result":{{"id":"trk_{0:08x}",)"
        R"("object":"Tracker","mode":"production","tracking_code":"{2}",)"
        R"("status":"{3}","status_detail":"{4}","created_at":"{1}",)"
        R"("updated_at":"{1}","signed_by":null,"weight":{5}.{6},"est_delivery_date":"{1}",)"
        R"("shipment_id":null,"carrier":"{7}","tracking_details":[{8}],"carrier_detail":)"
        R"({{"object":"CarrierDetail","service":"Ground","container_type":null,)"
        R"("est_delivery_date_local":null,"est_delivery_time_local":null,)"
        R"("origin_location":"RENO NV, 89502","origin_tracking_location":)"
        R"({{"object":"TrackingLocation","city":"RENO","state":"NV","country":null,)"
        R"("zip":"89502"}},"destination_location":"PORTLAND OR, 97205",)"
        R"("guaranteed_delivery_date":null,"alternate_identifier":null,)"
        R"("initial_delivery_attempt":"{1}"}},"finalized":true,"is_return":false,)"
        R"("public_url":"https://track.example/trk_{0:08x}","fees":[{{"object":"Fee",)"
        R"("type":"TrackerFee","amount":"0.03000","charged":true,"refunded":false}}]}}}})",
        event.number, event.written, event.tracking_code, event.status, event.status_detail,
        event.ounces / 10, event.ounces % 10, event.carrier, event.details);
}

std::string TrackerHistories::body(std::uint32_t number, std::uint32_t& details) {
    const auto step = [this](std::uint64_t at, std::uint64_t count) -> const Step& {
        if (at == 0 || at + 1 == count) {
            return at == 0 ? first : last;
        }
        if (at + 2 == count) {
            return out;
        }
        return below(9) == 0 ? troubles[below(troubles.size())] : moves[below(moves.size())];
    };
    constexpr auto ends = std::to_array<std::string_view>({"Z", "-06:00", ""});
    const Carrier& carrier = carriers[number % carriers.size()];
    details = static_cast<std::uint32_t>(6 + below(15));
    std::string list;
    auto at = std::chrono::sys_seconds{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}} +
              std::chrono::minutes{below(2'000)};
    for (std::uint64_t i = 0; i < details; ++i) {
        at += std::chrono::minutes{30 + below(600)} + std::chrono::seconds{below(60)};
        const Step& what = step(i, details);
        const Spot& spot = spots[below(spots.size())];
        const std::string when =
            fmt::format("{:%Y-%m-%dT%H:%M:%S}{}", at, ends[below(ends.size())]);
        list += i == 0 ? "" : ",";
        add_tracking_detail(list, {what.message, what.status, what.detail, when, carrier.source,
                                   spot.city, spot.state, spot.country, spot.zip});
    }
    const std::string code = fmt::format("{}{:014}", carrier.prefix, number * 1'000'003ULL);
    const std::string now = written(at);
    std::string text;
    add_tracker_event(text, {static_cast<std::uint32_t>(next()), carrier.name, code, last.status,
                             last.detail, now, 10 + below(400), list});
    return text;
}

std::uint64_t TrackerHistories::next() {  // xorshift64*
    state_ ^= state_ >> 12U;
    state_ ^= state_ << 25U;
    state_ ^= state_ >> 27U;
    return state_ * 0x2545F4914F6CDD1DULL >> 16U;
}

std::vector<std::string> make_trackers(std::uint32_t count, std::uint64_t seed) {
    TrackerHistories histories(seed);
    std::vector<std::string> bodies;
    for (std::uint32_t i = 0, details = 0; i < count; ++i) {
        bodies.push_back(histories.body(i, details));
    }
    return bodies;
}

}  // namespace aftermile::bench
