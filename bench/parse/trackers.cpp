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

class Generator {
  public:
    explicit Generator(std::uint64_t seed) : state_(seed * 2 + 1) {}

    std::string body(std::uint32_t number) {
        const Carrier& carrier = carriers[number % carriers.size()];
        const std::uint64_t details = 6 + below(15);
        std::string list;
        auto at = std::chrono::sys_seconds{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}} +
                  std::chrono::minutes{below(2'000)};
        for (std::uint64_t i = 0; i < details; ++i) {
            at += std::chrono::minutes{30 + below(600)} + std::chrono::seconds{below(60)};
            list += (i == 0 ? "" : ",") + detail(carrier, step(i, details), at);
        }
        return fmt::format(
            R"({{"description":"tracker.updated","mode":"production","previous_attributes":)"
            R"({{"status":"out_for_delivery"}},"created_at":"{2}","pending_urls":[],)"
            R"("completed_urls":[],"updated_at":"{2}","id":"evt_{0:08x}","user_id":"user_{0:06x}",)"
            R"("status":"pending","object":"Event","result":{{"id":"trk_{0:08x}",)"
            R"("object":"Tracker","mode":"production","tracking_code":"{3}{1:014}",)"
            R"("status":"delivered","status_detail":"arrived_at_destination","created_at":"{2}",)"
            R"("updated_at":"{2}","signed_by":null,"weight":{4}.{5},"est_delivery_date":"{2}",)"
            R"("shipment_id":null,"carrier":"{6}","tracking_details":[{7}],"carrier_detail":)"
            R"({{"object":"CarrierDetail","service":"Ground","container_type":null,)"
            R"("est_delivery_date_local":null,"est_delivery_time_local":null,)"
            R"("origin_location":"RENO NV, 89502","origin_tracking_location":)"
            R"({{"object":"TrackingLocation","city":"RENO","state":"NV","country":null,)"
            R"("zip":"89502"}},"destination_location":"PORTLAND OR, 97205",)"
            R"("guaranteed_delivery_date":null,"alternate_identifier":null,)"
            R"("initial_delivery_attempt":"{2}"}},"finalized":true,"is_return":false,)"
            R"("public_url":"https://track.example/trk_{0:08x}","fees":[{{"object":"Fee",)"
            R"("type":"TrackerFee","amount":"0.03000","charged":true,"refunded":false}}]}}}})",
            next() & 0xFFFFFFFFU, number * 1'000'003ULL, written(at), carrier.prefix, 1 + below(40),
            below(10), carrier.name, list);
    }

  private:
    Step step(std::uint64_t at, std::uint64_t count) {
        if (at == 0 || at + 1 == count) {
            return at == 0 ? first : last;
        }
        if (at + 2 == count) {
            return out;
        }
        return below(9) == 0 ? troubles[below(troubles.size())] : moves[below(moves.size())];
    }
    std::string detail(const Carrier& carrier, const Step& step, std::chrono::sys_seconds at) {
        const Spot& spot = spots[below(spots.size())];
        constexpr auto ends = std::to_array<std::string_view>({"Z", "-06:00", ""});
        return fmt::format(
            R"({{"object":"TrackingDetail","message":"{}","description":"","status":"{}",)"
            R"("status_detail":"{}","datetime":"{:%Y-%m-%dT%H:%M:%S}{}","source":"{}",)"
            R"("carrier_code":"","tracking_location":{{"object":"TrackingLocation",)"
            R"("city":"{}","state":"{}","country":"{}","zip":"{}"}},"est_delivery_date":null}})",
            step.message, step.status, step.detail, at, ends[below(ends.size())], carrier.source,
            spot.city, spot.state, spot.country, spot.zip);
    }
    static std::string written(std::chrono::sys_seconds at) {
        return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", at);
    }

    std::uint64_t next() {  // xorshift64*
        state_ ^= state_ >> 12U;
        state_ ^= state_ << 25U;
        state_ ^= state_ >> 27U;
        return state_ * 0x2545F4914F6CDD1DULL >> 16U;
    }
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }

    std::uint64_t state_;
};

}  // namespace

std::vector<std::string> make_trackers(std::uint32_t count, std::uint64_t seed) {
    Generator generator(seed);
    std::vector<std::string> bodies;
    for (std::uint32_t i = 0; i < count; ++i) {
        bodies.push_back(generator.body(i));
    }
    return bodies;
}

}  // namespace aftermile::bench
