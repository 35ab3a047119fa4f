// A carrier's tracking event as it comes in, in our vocabulary but not yet in any order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/record.hpp"
#include "model/vocabulary.hpp"

namespace aftermile::model {

struct Place {
    std::string city;
    std::string region;  // state or province as written
    std::string postcode;
    std::string country;  // ISO 3166-1 alpha-2, upper case, or empty
    static constexpr auto fields() {
        return base::fields(
            base::field("city", &Place::city), base::field("region", &Place::region),
            base::field("postcode", &Place::postcode), base::field("country", &Place::country));
    }
    friend bool operator==(const Place&, const Place&) = default;
};

// What a status row says of a scan beside its milestone and exception. Bits of Scan::flags.
namespace scan_flag {
inline constexpr std::uint8_t synthetic = 1;        // nothing moved: does not break a silence
inline constexpr std::uint8_t correction = 2;       // the carrier corrects itself: may regress
inline constexpr std::uint8_t void_previous = 4;    // and declares the milestone before it void
inline constexpr std::uint8_t return_leg = 8;       // the carrier says this is the way back
inline constexpr std::uint8_t unknown_code = 16;    // no row for this code: state is kept
inline constexpr std::uint8_t refused = 32;         // the recipient refused it
inline constexpr std::uint8_t destroyed = 64;       // the parcel no longer exists
inline constexpr std::uint8_t late_recorded = 128;  // happened earlier than it was written down
}  // namespace scan_flag

// The event's own words. `milestone`, `exception`, `clears` and `flags` come from the status row
// of (carrier, code); an unknown code leaves them empty and sets unknown_code.
struct Scan {
    std::string carrier;          // lower case, e.g. ups fedex usps dhl_express
    std::string tracking_number;  // upper case, without blanks
    std::string piece;            // the piece's own number if it is not tracking_number
    std::string code;             // normalised "type/code/reason" with absent parts left out
    std::optional<Milestone> milestone;
    Exception exception = Exception::none;
    Exception clears = Exception::none;
    std::uint8_t flags = 0;
    base::LocalTime written;                     // as written, in the offset written
    std::optional<std::chrono::minutes> offset;  // absent: zone-less
    bool date_only = false;
    Place place;
    std::string description;  // the carrier's words, shown and never interpreted, cap 500
    std::string source;       // which door: api, easypost, import, demo
    std::string source_id;    // the sender's id, for display; never identity
    static constexpr auto fields() {
        return base::fields(
            base::field("carrier", &Scan::carrier),
            base::field("tracking_number", &Scan::tracking_number),
            base::field("piece", &Scan::piece), base::field("code", &Scan::code),
            base::field("milestone", &Scan::milestone), base::field("exception", &Scan::exception),
            base::field("clears", &Scan::clears), base::field("flags", &Scan::flags),
            base::field("written", &Scan::written), base::field("offset", &Scan::offset),
            base::field("date_only", &Scan::date_only), base::field("place", &Scan::place),
            base::field("description", &Scan::description), base::field("source", &Scan::source),
            base::field("source_id", &Scan::source_id));
    }
};

}  // namespace aftermile::model
