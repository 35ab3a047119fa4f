// The catalog: what carriers' codes mean, what carriers promise and until when they hear claims,
// and which time zones a place may be in. An immutable value that `decide` reads; every row keeps
// its source. The engine fills it from files (engine/catalog_load), tests by hand.
//
//   const StatusRow* row = catalog.find_status("ups", "I", "DP", "");   // null: unknown code
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/instant.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "base/zone.hpp"
#include "model/scan.hpp"
#include "model/vocabulary.hpp"

namespace aftermile::model {

// What a carrier's code says. A row that sets none of the first three is a known code that changes
// nothing. `unspecific`: the code says that something happened and not what; a reporter's own
// word for the exception may then be taken.
struct StatusMeaning {
    std::optional<Milestone> milestone;  // empty: the milestone stays as it is
    Exception exception = Exception::none;
    Exception clears = Exception::none;
    std::uint8_t flags = 0;  // bits of scan_flag
    bool unspecific = false;
};

// `type` and `reason` are empty where the row holds for any; codes are upper case.
struct StatusRow {
    std::string carrier, type, code, reason;
    StatusMeaning meaning;
    std::string source, note;
    base::LocalDay checked_on{};
    std::string origin;  // file:line
};

enum class CarrierKind : unsigned char { carrier, aggregator };

struct Service {
    std::string id;                  // ground, next_day_air, ...; unique within the carrier
    std::vector<std::string> names;  // as stores, labels and aggregators write it
};

struct Carrier {
    std::string id;    // lower case: ups fedex usps dhl_express
    std::string name;  // as people write it
    CarrierKind kind = CarrierKind::carrier;
    std::string tracking_url;  // with {number}; empty when there is none
    std::vector<std::string> aliases;
    std::vector<Service> services;
    std::string origin;
};

// Where a dated fact comes from. Only grade A, the carrier's own page, is ever `verified`.
struct Evidence {
    char grade = 'D';  // A carrier's page, B two or more trade sources, C one, D conflicting
    std::string source;
    std::optional<base::LocalDay> verified_on;
    [[nodiscard]] Grade shown_as() const {
        return verified_on ? Grade::verified : Grade::unverified;
    }
};

// A delivery guarantee for parcels shipped from `from` until before `until`. A row that is not
// `guaranteed` says why, e.g. guarantee_suspended.
struct Guarantee {
    std::string id, carrier;
    std::vector<std::string> services;  // ids, or "*" alone
    base::LocalDay from{};
    std::optional<base::LocalDay> until;
    bool guaranteed = false;
    std::string reason;
    std::int64_t late_after_seconds = 0;  // grace of the guarantee itself
    std::string refund;                   // what comes back: transportation, postage, ...
    Evidence evidence;
    std::string origin;
};

enum class ClaimClock : unsigned char {
    ship_date,  // also the mailing date
    delivery,
    scheduled_delivery,
    later_of_scheduled_and_delivery,
    invoice_date,
};
enum class LaneScope : unsigned char { domestic, international };

// When a claim on that ground may be filed: from `opens_after_days` after the day of the clock,
// through the day `days` or `months` after it (one of the two is 0).
struct ClaimWindow {
    std::string id, carrier;
    ClaimGround ground = ClaimGround::loss;
    std::vector<std::string> services;  // ids; empty: every service
    std::optional<LaneScope> lane;      // empty: both
    base::LocalDay from{};              // ship dates, as above
    std::optional<base::LocalDay> until;
    std::int64_t opens_after_days = 0;
    std::int64_t days = 0;
    std::int64_t months = 0;
    ClaimClock clock = ClaimClock::ship_date;
    std::int64_t appeals = 0;
    std::int64_t appeal_days = 0;
    std::int64_t reply_days = 0;           // how long the carrier may take; 0: not said
    std::string claimant;                  // who may claim, e.g. payer; empty: not said
    std::optional<base::Money> liability;  // without declared value
    Evidence evidence;
    std::string origin;
};

// First and last day on which the claim may be filed, given the day of the clock.
struct ClaimDays {
    base::LocalDay opens;
    base::LocalDay last;
};
[[nodiscard]] ClaimDays claim_days(const ClaimWindow& window, base::LocalDay clock_day);

// The zones of a country (region ""), of one of its regions, or of every other named one ("*").
struct PlaceZones {
    std::string country, region;
    std::vector<std::string> names;  // other names of the region
    std::vector<std::string> zones;
    std::string origin;
};

// Postcodes whose first characters lie between `first` and `last` (equally long) are in `region`.
struct PostcodeRange {
    std::string country, first, last, region;
};

struct CatalogParts {
    std::uint32_t version = 0;
    std::vector<Carrier> carriers;
    std::vector<StatusRow> statuses;
    std::vector<Guarantee> guarantees;
    std::vector<ClaimWindow> windows;
    std::vector<base::Zone> zones;
    std::vector<PlaceZones> places;
    std::vector<PostcodeRange> postcodes;
};

// Where a place's clocks may stand, west to east. Not `known`: the country is not listed, and the
// one zone is UTC.
struct PossibleZones {
    std::span<const base::Zone* const> zones;  // never empty; owned by the catalog
    bool known = false;
};

// Owns its rows: pointers and spans that it hands out live as long as it does (moving it keeps
// them). Reading is safe from several threads.
class Catalog {
  public:
    // Refuses two rows with one key, terms that overlap, unknown names: code `bad_catalog`, naming
    // the files and lines.
    [[nodiscard]] static base::Result<Catalog> build(CatalogParts parts);

    Catalog();  // knows nothing: every code unknown, every place in UTC
    Catalog(Catalog&&) noexcept = default;
    Catalog& operator=(Catalog&&) noexcept = default;
    Catalog(const Catalog&) = delete;
    Catalog& operator=(const Catalog&) = delete;
    ~Catalog() = default;

    [[nodiscard]] std::uint32_t version() const { return parts_.version; }  // of the content
    [[nodiscard]] std::span<const Carrier> carriers() const { return parts_.carriers; }
    [[nodiscard]] std::span<const StatusRow> statuses() const { return parts_.statuses; }
    [[nodiscard]] std::span<const Guarantee> guarantees() const { return parts_.guarantees; }
    [[nodiscard]] std::span<const ClaimWindow> windows() const { return parts_.windows; }

    // By id, name or alias, whatever the case and punctuation ("DHLExpress", "u.s.p.s.").
    [[nodiscard]] const Carrier* find_carrier(std::string_view any_name) const;
    // The id of that carrier, or for an unknown one its name in lower_case_with_underscores.
    [[nodiscard]] std::string carrier_id(std::string_view any_name) const;
    [[nodiscard]] const Service* find_service(std::string_view carrier,
                                              std::string_view any_name) const;
    // The carrier's public page for that number, or empty.
    [[nodiscard]] std::string tracking_page(std::string_view carrier,
                                            std::string_view tracking_number) const;

    // The row with the most exact key: (type, code, reason) before (type, code) before
    // (code, reason) before (code) alone. Null when no row fits: an unknown code.
    [[nodiscard]] const StatusRow* find_status(std::string_view carrier, std::string_view type,
                                               std::string_view code,
                                               std::string_view reason) const;
    // Whether the carrier's own codes are known at all.
    [[nodiscard]] bool has_status_table(std::string_view carrier) const;

    // The row in force for parcels shipped that day; one naming the service before "*". Null:
    // nothing is known of that service on that day.
    [[nodiscard]] const Guarantee* find_guarantee(std::string_view carrier,
                                                  std::string_view service,
                                                  base::LocalDay ship_date) const;
    // As above; a row naming the service before one naming the lane before a general one.
    [[nodiscard]] const ClaimWindow* find_window(std::string_view carrier, ClaimGround ground,
                                                 std::string_view service, base::LocalDay ship_date,
                                                 LaneScope lane = LaneScope::domestic) const;

    // `region` as a code ("CA", "US-CA") or name, may be empty: then the postcode tells where its
    // ranges are known, otherwise every zone of the country is possible.
    [[nodiscard]] PossibleZones zones_of(std::string_view country, std::string_view region,
                                         std::string_view postcode) const;
    [[nodiscard]] const base::Zone* find_zone(std::string_view name) const;

  private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const;
    };
    using Index = std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>>;
    using ZoneList = std::vector<const base::Zone*>;

    [[nodiscard]] base::Result<void> index_carriers();
    [[nodiscard]] base::Result<void> index_statuses();
    [[nodiscard]] base::Result<void> check_terms() const;
    [[nodiscard]] base::Result<void> index_places();
    void index_short_places();
    [[nodiscard]] const ZoneList* find_region(std::string_view country,
                                              std::string_view region) const;

    CatalogParts parts_;
    Index carriers_by_name_, services_by_name_, statuses_by_key_, zones_by_name_, places_by_name_;
    std::vector<ZoneList> place_zones_;  // parallel to parts_.places
    // The answers of zones_of to what is mostly asked: of a country by its two letters, where
    // postcodes do not matter (`any_region`: it has one row), and of a region by its short code.
    struct Country {
        const ZoneList* zones = nullptr;
        bool any_region = false;
    };
    std::vector<Country> countries_;
    boost::unordered_flat_map<std::uint64_t, const ZoneList*> short_regions_;
    ZoneList utc_;
    std::vector<base::Zone> utc_zone_;
};

// Upper case, without blanks and hyphens.
[[nodiscard]] std::string normalise_tracking_number(std::string_view text);
// Upper case, without outer blanks, at most 40 bytes.
[[nodiscard]] std::string normalise_code(std::string_view text);

// Sets the scan's `code` to "type/code/reason" without the absent parts, and milestone, exception,
// clears and flags from the row of (scan.carrier, type, code, reason); without a row it sets
// unknown_code and nothing else. Returns the row that decided, or null.
const StatusRow* apply_status(const Catalog& catalog, Scan& scan, std::string_view type,
                              std::string_view code, std::string_view reason);
// The same for a row already found; `code` is left alone and flags are added.
void apply_meaning(Scan& scan, const StatusMeaning& meaning);

}  // namespace aftermile::model

namespace aftermile::base {

template <>
inline constexpr auto enum_names<model::CarrierKind> =
    std::to_array<std::string_view>({"carrier", "aggregator"});
template <>
inline constexpr auto enum_names<model::ClaimClock> =
    std::to_array<std::string_view>({"ship_date", "delivery", "scheduled_delivery",
                                     "later_of_scheduled_and_delivery", "invoice_date"});
template <>
inline constexpr auto enum_names<model::LaneScope> =
    std::to_array<std::string_view>({"domestic", "international"});

}  // namespace aftermile::base
