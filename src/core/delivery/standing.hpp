// Which exceptions stand open on a shipment at an instant: a function of its scans, its reports,
// its promise and the clock. Nothing remembers; comparing with what an incident recorded gives
// what opened, what cleared and what never was.
#pragma once

#include <optional>
#include <vector>

#include "core/facts.hpp"
#include "model/catalog.hpp"
#include "model/incident.hpp"
#include "model/policy.hpp"

namespace aftermile::core::delivery {

// What lateness measures: the first promise shown, or the last later one the shopper agreed to.
struct Measure {
    base::LocalDay latest;
    base::Instant ends;  // 24:00 of that day at the destination, wherever it comes last
};
[[nodiscard]] std::optional<Measure> measure_of(const std::vector<model::Promise>& promises,
                                                const model::Area& destination,
                                                const model::Catalog& catalog);

// How long a parcel may show nothing. Of the policy's row for this carrier and milestone; where the
// row allows it, what the lane's published profile says, within the row's bounds.
struct SilenceLimit {
    const model::SilenceRow* row = nullptr;
    std::int64_t hours = 0;
    // Delivered parcels of the lane, and the hours that the policy's share of them never were
    // silent for; n is 0 where the profile was not asked or knows too few.
    std::int64_t lane_n = 0, lane_hours = 0;
};
// None when silence is not watched there.
[[nodiscard]] std::optional<SilenceLimit> silence_limit(const model::Shipment& shipment,
                                                        const model::Policy& policy,
                                                        const ProfileBook& profile);
[[nodiscard]] std::optional<base::Instant> silence_due(const model::Shipment& shipment,
                                                       const model::Policy& policy,
                                                       const ProfileBook& profile);

// The longest time without a physical scan that began in transit, in minutes; none: it never was
// in transit, or nothing came after.
[[nodiscard]] std::optional<std::int64_t> longest_gap(const model::Shipment& shipment,
                                                      const model::Catalog& catalog);

// Sorted by kind. `since` is when each came true.
[[nodiscard]] std::vector<model::OpenException> standing(const model::Shipment& shipment,
                                                         const model::Policy& policy,
                                                         const ProfileBook& profile,
                                                         const model::Catalog& catalog,
                                                         base::Instant now);

// How a recorded exception ended that stands no more.
struct Ending {
    bool never_was = false;  // refuted: what had been decided for it is taken back
    base::Instant at;
};
[[nodiscard]] Ending ending_of(const model::Shipment& shipment,
                               const model::IncidentException& exception,
                               const model::Catalog& catalog, base::Instant now);

// Folds the digest anew into shipment.track, re-sorting it where the destination changed.
void refold(model::Shipment& shipment, const model::Catalog& catalog);

[[nodiscard]] model::Exception exception_of(model::ReportKind report);

// Did the shopper report this, and is that report unsettled?
[[nodiscard]] bool is_reported(const model::Shipment& shipment, model::Exception kind);

}  // namespace aftermile::core::delivery
