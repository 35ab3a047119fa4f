// What `bench ingest` sends: orders and shipments once, then tracking events in random order over
// the shipments, the same for the same seed and start. Bodies are newline-delimited JSON of the
// public API. Not safe from several threads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"

namespace aftermile::bench {

struct Mix {
    std::uint32_t shipments = 100'000;
    std::uint64_t seed = 1;
    base::Instant start;        // orders are placed and scans happen within the day before it
    double duplicates = 0.05;   // of all events: the shipment's last one again
    double exceptions = 0.012;  // of all events: one that opens an incident
    double milestones = 0.15;   // of all events: the next milestone that a message tells
};

// What a parcel's carrier tells next.
struct News {
    std::uint32_t shipment = 0, number = 0;                 // of its parcel's news, from 1
    std::string_view carrier, milestone, exception, words;  // no exception: empty
    std::string tracking_number;
    base::Instant at;
    bool again = false;  // word for word the last one
};

class Workload {
  public:
    explicit Workload(const Mix& mix);

    [[nodiscard]] std::uint32_t shipments() const { return mix_.shipments; }
    // Appends the lines of shipments [first, first + count).
    void add_orders(std::string& body, std::uint32_t first, std::uint32_t count) const;
    void add_shipments(std::string& body, std::uint32_t first, std::uint32_t count) const;
    // Of a random parcel under way. Throws std::runtime_error when every parcel is delivered: a run
    // that long needs more of them.
    News next_news();
    // Appends `count` events of 500 bytes or more.
    void add_events(std::string& body, std::uint32_t count);
    // Goes on where a run of that many events ended.
    void skip(std::uint64_t events);

    [[nodiscard]] static std::string tracking_number(std::uint32_t shipment);

  private:
    // Where a shipment is in its story; its last event can be written again from this alone.
    struct Story {
        std::uint32_t events = 0;
        std::uint8_t stage = 0;      // index of milestones reached
        std::uint8_t exception = 0;  // of the last event; 0: none
        bool moved_on = false;       // the last event reached the stage
    };
    // The parcel that moves, its story moved on.
    std::uint32_t next_shipment(bool& again);
    std::uint64_t next_random();
    bool chance(double share);

    Mix mix_;
    std::uint64_t random_;
    std::vector<Story> stories_;
    std::uint32_t over_ = 0;  // delivered
    std::string place_json_;  // where everything goes: it is day there
};

}  // namespace aftermile::bench
