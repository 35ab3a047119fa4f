// What `bench ingest` sends: orders and shipments once, then tracking events in random order over
// the shipments, the same for the same seed and start. Bodies are newline-delimited JSON of the
// public API. Not safe from several threads.
#pragma once

#include <cstdint>
#include <string>
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

class Workload {
  public:
    explicit Workload(const Mix& mix);

    [[nodiscard]] std::uint32_t shipments() const { return mix_.shipments; }
    // Appends the lines of shipments [first, first + count).
    void add_orders(std::string& body, std::uint32_t first, std::uint32_t count) const;
    void add_shipments(std::string& body, std::uint32_t first, std::uint32_t count) const;
    // Appends `count` events of 500 bytes or more. Throws std::runtime_error when every parcel is
    // delivered: a run that long needs more of them.
    void add_events(std::string& body, std::uint32_t count);

  private:
    // Where a shipment is in its story; its last event can be written again from this alone.
    struct Story {
        std::uint32_t events = 0;
        std::uint8_t stage = 0;      // index of milestones reached
        std::uint8_t exception = 0;  // of the last event; 0: none
        bool moved_on = false;       // the last event reached the stage
    };
    void write_event(std::string& body, std::uint32_t shipment, const Story& story) const;
    std::uint64_t next_random();
    bool chance(double share);

    Mix mix_;
    std::uint64_t random_;
    std::vector<Story> stories_;
    std::uint32_t over_ = 0;  // delivered
    std::string place_json_;  // where everything goes: it is day there
};

}  // namespace aftermile::bench
