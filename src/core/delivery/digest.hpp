// The digest: every scan of a shipment in 24 bytes, so that the fold needs no look at the log and
// a duplicate is seen however late it comes.
//
// Layout, little endian:
//   0  time       int64   microseconds; UTC, or local as written when `zone_less` is set
//   8  identity   uint64  hash of carrier, piece, code (or milestone and exception), time written
//   16 piece      uint32  hash of the piece's number
//   20 milestone  uint8   255: none
//   21 exception  uint8
//   22 flags      uint8   model::scan_flag
//   23 clears     uint8   low 6 bits; bit 7: zone_less
//
// Kept sorted by (instant, milestone's rank, identity): nothing depends on the order of arrival.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/zone.hpp"
#include "model/records.hpp"
#include "model/scan.hpp"

namespace aftermile::core::delivery {

inline constexpr std::size_t digest_entry_bytes = 24;
// Scans of one shipment that are kept; the next one is parked.
inline constexpr std::size_t digest_entries_max = 4096;

struct DigestEntry {
    std::int64_t time = 0;
    std::uint64_t identity = 0;
    std::uint32_t piece = 0;
    std::optional<model::Milestone> milestone;
    model::Exception exception = model::Exception::none;
    model::Exception clears = model::Exception::none;
    std::uint8_t flags = 0;
    bool zone_less = false;

    // Zone-less times are read in `zone`, the first moment that fits.
    [[nodiscard]] base::Instant instant(const base::Zone& zone) const;
    friend bool operator==(const DigestEntry&, const DigestEntry&) = default;
};

[[nodiscard]] std::uint32_t piece_hash(std::string_view number);

// `own_zone` is the zone of the scan's own place, when the scan has no offset but that place has
// one zone: the time is then resolved for good.
[[nodiscard]] DigestEntry entry_of(const model::Scan& scan, const base::Zone* own_zone);

[[nodiscard]] std::vector<DigestEntry> unpack(std::string_view digest);
[[nodiscard]] std::string pack(const std::vector<DigestEntry>& entries);
void append_to(std::string& digest, const DigestEntry& entry);

// True if a scan of that identity is in the digest.
[[nodiscard]] bool contains(std::string_view digest, std::uint64_t identity);

// Sorts as described above; needed again when the destination's zone becomes known.
void sort_entries(std::vector<DigestEntry>& entries, const base::Zone& zone);

}  // namespace aftermile::core::delivery
