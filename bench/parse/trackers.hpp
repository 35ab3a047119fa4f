// Webhook bodies as EasyPost documents them (Event with a whole Tracker), made up by a generator:
// no two alike, nobody's data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aftermile::bench {

struct TrackingDetail {
    std::string_view message, status, status_detail;
    std::string_view datetime;  // as it is written
    std::string_view source, city, state, country, zip;
};
struct TrackerEvent {
    std::uint32_t number = 0;  // its id
    std::string_view carrier, tracking_code, status, status_detail;
    std::string_view written;  // when everything else happened
    std::uint64_t ounces = 10;
    std::string_view details;  // comma between
};
void add_tracking_detail(std::string& out, const TrackingDetail& detail);
void add_tracker_event(std::string& out, const TrackerEvent& event);

// Whole histories, one parcel each: 6 to 20 tracking details from pre-transit to delivered, and
// every ninth detail on the way an exception; four carriers, places in three countries, times with
// an offset, in UTC, and local ones without either.
class TrackerHistories {
  public:
    explicit TrackerHistories(std::uint64_t seed) : state_(seed * 2 + 1) {}
    // The body for the parcel of that number, and how many details it has.
    std::string body(std::uint32_t number, std::uint32_t& details);

  private:
    std::uint64_t next();
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }

    std::uint64_t state_;
};

// The first `count` of them.
[[nodiscard]] std::vector<std::string> make_trackers(std::uint32_t count, std::uint64_t seed);

}  // namespace aftermile::bench
