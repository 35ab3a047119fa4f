// The records of the data layer. All are values; a change is a new value put in its place by a
// decision. None holds personal data: a person is an id, an address is an Area.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/money.hpp"
#include "base/record.hpp"
#include "model/because.hpp"
#include "model/ids.hpp"
#include "model/inputs.hpp"
#include "model/vocabulary.hpp"

namespace aftermile::model {

// What of an address stays outside the seal: enough for zones, lanes and rules.
struct Area {
    std::string country;        // ISO 3166-1 alpha-2
    std::string region;         // as written, upper case
    std::string postcode_area;  // the leading part: 3 characters, or the UK outward code
    static constexpr auto fields() {
        return base::fields(base::field("country", &Area::country),
                            base::field("region", &Area::region),
                            base::field("postcode_area", &Area::postcode_area));
    }
    friend bool operator==(const Area&, const Area&) = default;
};

// A moment at which a record wants to be decided about again. Carries no verdict.
enum class TimerKind : unsigned char {
    promise_ends,     // the promised day is over at the destination
    grace_ends,       // the scan-lag grace before a shopper hears of lateness is over
    silence,          // no physical scan for as long as the policy allows
    hold_ends,        // a held notification may be decided anew (quiet hours, 48-hour cap)
    incident_closes,  // after the last exception cleared, delivery plus grace
    claim_opens,      // a claim may be filed from here
    claim_lapses,     // its deadline
    profile_due,      // contributions wait to be published
    contact_due,      // somebody promised the shopper a next word by then
};
struct Timer {
    TimerKind kind = TimerKind::promise_ends;
    base::Instant due;
    static constexpr auto fields() {
        return base::fields(base::field("kind", &Timer::kind), base::field("due", &Timer::due));
    }
    friend bool operator==(const Timer&, const Timer&) = default;
};
using Timers = std::vector<Timer>;

// One row of the promise ledger. The first one's `latest` is what lateness measures.
struct Promise {
    std::optional<base::LocalDay> earliest;
    base::LocalDay latest{};
    base::Instant shown_at;
    std::string source;
    bool consented = false;  // the shopper agreed to this later date: it moves the measure
    static constexpr auto fields() {
        using T = Promise;
        return base::fields(
            base::field("earliest", &T::earliest), base::field("latest", &T::latest),
            base::field("shown_at", &T::shown_at), base::field("source", &T::source),
            base::field("consented", &T::consented));
    }
};

// A fact that a shopper was told of (or would have been), so that no fact is told twice.
struct Told {
    NotificationKind kind = NotificationKind::shipped;
    std::string variant;          // the exception's name where the fact is one
    NotificationId notification;  // 0: decided not to, and that stands
    base::Instant at;
    static constexpr auto fields() {
        return base::fields(
            base::field("kind", &Told::kind), base::field("variant", &Told::variant),
            base::field("notification", &Told::notification), base::field("at", &Told::at));
    }
    friend bool operator==(const Told&, const Told&) = default;
};

struct OrderLine {
    std::string reference, sku, title, category;
    std::int64_t quantity = 1;
    base::Money unit_price;
    std::optional<base::Money> unit_cost, discount, tax;
    std::int64_t weight_grams = 0;
    std::string image_url;
    std::vector<std::string> components, variants;
    static constexpr auto fields() {
        using T = OrderLine;
        return base::fields(
            base::field("reference", &T::reference), base::field("sku", &T::sku),
            base::field("title", &T::title), base::field("category", &T::category),
            base::field("quantity", &T::quantity), base::field("unit_price", &T::unit_price),
            base::field("unit_cost", &T::unit_cost), base::field("discount", &T::discount),
            base::field("tax", &T::tax), base::field("weight_grams", &T::weight_grams),
            base::field("image_url", &T::image_url), base::field("components", &T::components),
            base::field("variants", &T::variants));
    }
};

struct Customer {
    static constexpr std::string_view kind_name = "customer";
    CustomerId id;
    std::string reference;
    std::string email_hash, phone_hash;  // keyed; empty once erased
    std::string locale;                  // BCP 47, or empty for the merchant's own
    std::vector<ConsentInput> consents;
    std::optional<base::Instant> delay_told_at;  // for "at most one delay message in 48 hours"
    EventId last_event;
    static constexpr auto fields() {
        using T = Customer;
        return base::fields(
            base::field("id", &T::id), base::field("reference", &T::reference),
            base::field("email_hash", &T::email_hash), base::field("phone_hash", &T::phone_hash),
            base::field("locale", &T::locale), base::field("consents", &T::consents),
            base::field("delay_told_at", &T::delay_told_at),
            base::field("last_event", &T::last_event));
    }
};

struct Order {
    static constexpr std::string_view kind_name = "order";
    OrderId id;
    std::string reference;
    base::Instant placed_at;
    base::Currency currency;
    std::string financial_status;
    TotalsInput totals;
    CustomerId customer;
    Area ship_to;
    std::vector<OrderLine> lines;
    std::vector<Promise> promises;
    std::vector<ShipmentId> shipments;
    IncidentId incident;  // the order's own open or latest incident
    bool incident_open = false;
    Mode mode = Mode::live;
    bool imported = false;
    std::optional<base::Instant> cancelled_at, updated_at;
    std::vector<Told> told;
    Timers timers;
    EventId last_event;
    static constexpr auto fields() {
        using T = Order;
        return base::fields(
            base::field("id", &T::id), base::field("reference", &T::reference),
            base::field("placed_at", &T::placed_at), base::field("currency", &T::currency),
            base::field("financial_status", &T::financial_status),
            base::field("totals", &T::totals), base::field("customer", &T::customer),
            base::field("ship_to", &T::ship_to), base::field("lines", &T::lines),
            base::field("promises", &T::promises), base::field("shipments", &T::shipments),
            base::field("incident", &T::incident), base::field("incident_open", &T::incident_open),
            base::field("mode", &T::mode), base::field("imported", &T::imported),
            base::field("cancelled_at", &T::cancelled_at),
            base::field("updated_at", &T::updated_at), base::field("told", &T::told),
            base::field("timers", &T::timers), base::field("last_event", &T::last_event));
    }
};

// An exception open on a parcel now, as the scans and reports have it.
struct OpenException {
    Exception kind = Exception::none;
    base::Instant since;
    static constexpr auto fields() {
        return base::fields(base::field("kind", &OpenException::kind),
                            base::field("since", &OpenException::since));
    }
    friend bool operator==(const OpenException&, const OpenException&) = default;
};

// What the fold over all scans says (core/delivery/track.hpp). Derived, kept for reading.
struct TrackState {
    Milestone milestone = Milestone::pending;
    std::optional<base::Instant> milestone_at;   // of the scan that set it
    std::optional<base::Instant> handed_off_at;  // first physical scan
    std::optional<base::Instant> delivered_at;
    std::optional<base::Instant> last_physical_at;  // synthetic scans do not count
    std::int32_t attempts = 0;                      // one a local day
    std::int32_t scans = 0;
    std::int32_t pieces_delivered = 0;
    bool on_return_leg = false;
    bool scanned_after_delivery = false;  // flagged, never a regression by itself
    bool destroyed = false;
    std::vector<OpenException> open;  // sorted by kind
    static constexpr auto fields() {
        using T = TrackState;
        return base::fields(base::field("milestone", &T::milestone),
                            base::field("milestone_at", &T::milestone_at),
                            base::field("handed_off_at", &T::handed_off_at),
                            base::field("delivered_at", &T::delivered_at),
                            base::field("last_physical_at", &T::last_physical_at),
                            base::field("attempts", &T::attempts), base::field("scans", &T::scans),
                            base::field("pieces_delivered", &T::pieces_delivered),
                            base::field("on_return_leg", &T::on_return_leg),
                            base::field("scanned_after_delivery", &T::scanned_after_delivery),
                            base::field("destroyed", &T::destroyed), base::field("open", &T::open));
    }
    friend bool operator==(const TrackState&, const TrackState&) = default;
};

// What a shopper or agent reported, kept until it is settled or refuted.
struct ReportNote {
    ReportKind kind = ReportKind::damaged;
    base::Instant at;
    bool settled = false;
    static constexpr auto fields() {
        return base::fields(base::field("kind", &ReportNote::kind),
                            base::field("at", &ReportNote::at),
                            base::field("settled", &ReportNote::settled));
    }
};

struct ClaimRef {
    ClaimId id;
    ClaimSide side = ClaimSide::carrier;
    ClaimGround ground = ClaimGround::loss;
    std::string piece;
    static constexpr auto fields() {
        return base::fields(base::field("id", &ClaimRef::id), base::field("side", &ClaimRef::side),
                            base::field("ground", &ClaimRef::ground),
                            base::field("piece", &ClaimRef::piece));
    }
    friend bool operator==(const ClaimRef&, const ClaimRef&) = default;
};

// What a label declares of a parcel. Scans leave it alone, so that the copies of a shipment share
// it.
struct Label {
    std::string reference;  // empty while the shipment is known from scans only
    OrderId order;
    CustomerId customer;
    std::string carrier, service, account, tracking_number, warehouse;
    std::vector<std::string> pieces;
    Area ship_from, ship_to;
    std::optional<base::Instant> label_created_at, voided_at, updated_at;
    std::optional<base::Money> label_cost, declared_value;
    std::vector<Promise> promises;
    std::string guaranteed_by;
    std::int64_t weight_grams = 0;
    std::vector<std::int64_t> dimensions_mm;
    std::vector<ShipmentLineInput> lines;
    std::string category;  // of the line of highest value: lanes and rules read it
    base::Money value;     // of the lines on it, for cover and claims
    Mode mode = Mode::live;
    bool imported = false;
    CoverageId cover;  // fixed at the label
    static constexpr auto fields() {
        using T = Label;
        return base::fields(
            base::field("reference", &T::reference), base::field("order", &T::order),
            base::field("customer", &T::customer), base::field("carrier", &T::carrier),
            base::field("service", &T::service), base::field("account", &T::account),
            base::field("tracking_number", &T::tracking_number),
            base::field("warehouse", &T::warehouse), base::field("pieces", &T::pieces),
            base::field("ship_from", &T::ship_from), base::field("ship_to", &T::ship_to),
            base::field("label_created_at", &T::label_created_at),
            base::field("voided_at", &T::voided_at), base::field("updated_at", &T::updated_at),
            base::field("label_cost", &T::label_cost),
            base::field("declared_value", &T::declared_value),
            base::field("promises", &T::promises), base::field("guaranteed_by", &T::guaranteed_by),
            base::field("weight_grams", &T::weight_grams),
            base::field("dimensions_mm", &T::dimensions_mm), base::field("lines", &T::lines),
            base::field("category", &T::category), base::field("value", &T::value),
            base::field("mode", &T::mode), base::field("imported", &T::imported),
            base::field("cover", &T::cover));
    }
};

struct Shipment {
    static constexpr std::string_view kind_name = "shipment";
    ShipmentId id;
    base::CopyOnWrite<Label> label;
    IncidentId incident;  // open or latest
    bool incident_open = false;
    std::vector<ClaimRef> claims;
    std::vector<ReportNote> reports;
    std::string digest;  // packed scans, 24 bytes each (core/delivery/digest.hpp)
    TrackState track;
    std::vector<Told> told;
    bool exposure_counted = false, outcome_counted = false;
    Timers timers;
    EventId last_event;
    ShipmentId merged_into;  // known from a piece's scans only, which that shipment now has
    static constexpr auto fields() {
        using T = Shipment;
        return base::fields(
            base::field("id", &T::id), base::fields_of(&T::label),
            base::field("incident", &T::incident), base::field("incident_open", &T::incident_open),
            base::field("claims", &T::claims), base::field("reports", &T::reports),
            base::field("digest", &T::digest), base::field("track", &T::track),
            base::field("told", &T::told), base::field("exposure_counted", &T::exposure_counted),
            base::field("outcome_counted", &T::outcome_counted), base::field("timers", &T::timers),
            base::field("last_event", &T::last_event), base::field("merged_into", &T::merged_into));
    }
};

// A piece's own number, where it is not the shipment's: how a scan on it finds the shipment.
// Written once; whether the shipment still has that piece is for the shipment to say.
struct PieceNumber {
    static constexpr std::string_view kind_name = "piece";
    PieceId id;
    ShipmentId shipment;
    std::string number;
    static constexpr auto fields() {
        return base::fields(base::field("id", &PieceNumber::id),
                            base::field("shipment", &PieceNumber::shipment),
                            base::field("number", &PieceNumber::number));
    }
};

}  // namespace aftermile::model

template <>
inline constexpr auto aftermile::base::enum_names<aftermile::model::TimerKind> =
    std::to_array<std::string_view>({"promise_ends", "grace_ends", "silence", "hold_ends",
                                     "incident_closes", "claim_opens", "claim_lapses",
                                     "profile_due", "contact_due"});
