// The one timeline of a shipment: its scans, and everything that was decided because of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "surface/api/views.hpp"

namespace aftermile::surface {

struct Entry {
    std::string type, id, text;
    model::EventId event;                      // that it was stored with
    base::Instant at;                          // taken in
    std::optional<base::Instant> occurred_at;  // happened
    std::optional<model::Milestone> milestone;
    std::optional<model::Scan> scan;
    std::optional<model::TimeQuality> time_quality;
    const base::Zone* zone = nullptr;  // of the place where it happened; the catalog owns it
    model::Because because;
};

inline constexpr std::size_t timeline_events_max = 4'096;

// Oldest first, by when it happened.
[[nodiscard]] base::Result<std::vector<Entry>> shipment_timeline(Records& records,
                                                                 const model::Shipment& shipment,
                                                                 std::string_view locale);
[[nodiscard]] base::Result<std::vector<Entry>> order_timeline(Records& records,
                                                              const model::Order& order,
                                                              std::string_view locale);
void write_entry(base::JsonWriter& writer, const Entry& entry);

// "Louisville, KY"; empty where nothing is known.
[[nodiscard]] std::string place_text(const model::Place& place);
// The instant that a scan was written for, and how it was found.
struct ScanTime {
    base::Instant at;
    model::TimeQuality quality = model::TimeQuality::utc;
    const base::Zone* zone = nullptr;  // of its place
};
[[nodiscard]] ScanTime time_of(const model::Catalog& catalog, const model::Scan& scan,
                               const base::Zone* destination);

}  // namespace aftermile::surface
