#include "core/delivery/standing.hpp"

#include <algorithm>

#include "core/delivery/track.hpp"
#include "core/lanes.hpp"
#include "core/places.hpp"

namespace aftermile::core::delivery {

using model::Exception;
using model::Milestone;

namespace {

void add(std::vector<model::OpenException>& open, Exception kind, base::Instant since) {
    const auto found = std::ranges::find(open, kind, &model::OpenException::kind);
    if (found == open.end()) {
        open.push_back({kind, since});
    } else {
        found->since = std::min(found->since, since);
    }
}

bool journey_over(const model::Shipment& shipment) {
    return is_final(shipment.track.milestone) || shipment.label->voided_at;
}

// A movement inside the silence that we had noticed says that it was none.
Ending ending_of_silence(const model::IncidentException& exception,
                         const std::vector<DigestEntry>& entries, const base::Zone& zone,
                         base::Instant now) {
    for (const DigestEntry& entry : entries) {
        const base::Instant at = entry.instant(zone);
        if (is_physical(entry) && (!exception.basis || at > *exception.basis)) {
            return {.never_was = at < exception.opened_at, .at = at};
        }
    }
    return {.never_was = false, .at = now};
}

Ending ending_of_late(const model::Shipment& shipment, const model::Catalog& catalog,
                      base::Instant now) {
    const auto measure = measure_of(shipment.label->promises, shipment.label->ship_to, catalog);
    if (!measure || measure->ends > now) {
        return {.never_was = true, .at = now};  // the promise was another one
    }
    if (shipment.track.delivered_at) {
        return {.never_was = *shipment.track.delivered_at <= measure->ends,
                .at = *shipment.track.delivered_at};
    }
    return {.never_was = false, .at = shipment.track.milestone_at.value_or(now)};
}

}  // namespace

std::optional<Measure> measure_of(const std::vector<model::Promise>& promises,
                                  const model::Area& destination, const model::Catalog& catalog) {
    if (promises.empty()) {
        return std::nullopt;
    }
    const model::Promise* measured = &promises.front();
    for (const model::Promise& promise : promises) {
        if (promise.consented) {
            measured = &promise;
        }
    }
    return Measure{measured->latest, last_end_of(zones_of(catalog, destination), measured->latest)};
}

std::optional<SilenceLimit> silence_limit(const model::Shipment& shipment,
                                          const model::Policy& policy, const ProfileBook& profile) {
    for (const model::SilenceRow& row : policy.silence) {
        if ((!row.carrier.empty() && row.carrier != shipment.label->carrier) ||
            (row.milestone && *row.milestone != shipment.track.milestone)) {
            continue;
        }
        if (row.hours <= 0) {
            return std::nullopt;
        }
        SilenceLimit limit{.row = &row, .hours = row.hours};
        if (row.hours_min && row.hours_max) {
            const LaneGap gap = lane_gap(profile, shipment, policy.silence_lane_percent);
            if (gap.n >= policy.silence_lane_n_min) {
                limit.lane_n = gap.n;
                limit.lane_hours = gap.hours;
                limit.hours = std::clamp(gap.hours, *row.hours_min, *row.hours_max);
            }
        }
        return limit;
    }
    return std::nullopt;
}

std::optional<base::Instant> silence_due(const model::Shipment& shipment,
                                         const model::Policy& policy, const ProfileBook& profile) {
    if (!shipment.track.last_physical_at || journey_over(shipment)) {
        return std::nullopt;
    }
    const auto limit = silence_limit(shipment, policy, profile);
    return limit
               ? std::optional(*shipment.track.last_physical_at + std::chrono::hours{limit->hours})
               : std::nullopt;
}

std::optional<std::int64_t> longest_gap(const model::Shipment& shipment,
                                        const model::Catalog& catalog) {
    const base::Zone& zone = zone_of(catalog, shipment.label->ship_to);
    std::optional<std::int64_t> longest;
    std::optional<base::Instant> since;  // of the scan before, if it was in transit
    for (const DigestEntry& entry : without_voided(unpack(shipment.digest))) {
        if (!is_physical(entry)) {
            continue;
        }
        const base::Instant at = entry.instant(zone);
        if (since) {
            const auto gap = std::chrono::duration_cast<std::chrono::minutes>(at - *since).count();
            longest = std::max(longest.value_or(0), static_cast<std::int64_t>(gap));
        }
        since = entry.milestone == Milestone::in_transit ? std::optional(at) : std::nullopt;
    }
    return longest;
}

std::vector<model::OpenException> standing(const model::Shipment& shipment,
                                           const model::Policy& policy, const ProfileBook& profile,
                                           const model::Catalog& catalog, base::Instant now) {
    std::vector<model::OpenException> open;
    if (shipment.label->voided_at) {
        return open;
    }
    open = shipment.track.open;
    for (const model::ReportNote& report : shipment.reports) {
        if (!report.settled) {
            add(open, exception_of(report.kind), report.at);
        }
    }
    if (!journey_over(shipment)) {
        const auto measure = measure_of(shipment.label->promises, shipment.label->ship_to, catalog);
        if (measure && measure->ends <= now) {
            add(open, Exception::late, measure->ends);
        }
        if (const auto due = silence_due(shipment, policy, profile); due && *due <= now) {
            add(open, Exception::transit_silence, *due);
        }
    }
    std::ranges::sort(open, {}, &model::OpenException::kind);
    return open;
}

Ending ending_of(const model::Shipment& shipment, const model::IncidentException& exception,
                 const model::Catalog& catalog, base::Instant now) {
    if (exception.kind == Exception::late) {
        return ending_of_late(shipment, catalog, now);
    }
    const base::Zone& zone = zone_of(catalog, shipment.label->ship_to);
    const auto entries = without_voided(unpack(shipment.digest));
    if (exception.kind == Exception::transit_silence) {
        return ending_of_silence(exception, entries, zone, now);
    }
    const auto says_so = [&](const DigestEntry& entry) {
        return entry.exception == exception.kind ||
               (exception.kind == Exception::refused_or_returning &&
                entry.milestone == Milestone::returning);
    };
    const auto reported = [&](const model::ReportNote& report) {
        return exception_of(report.kind) == exception.kind;
    };
    const bool was =
        std::ranges::any_of(entries, says_so) || std::ranges::any_of(shipment.reports, reported);
    return {.never_was = !was, .at = shipment.track.milestone_at.value_or(now)};
}

void refold(model::Shipment& shipment, const model::Catalog& catalog) {
    const base::Zone& zone = zone_of(catalog, shipment.label->ship_to);
    auto entries = unpack(shipment.digest);
    sort_entries(entries, zone);
    shipment.track =
        fold_scans(entries, shipment.label->pieces, shipment.label->tracking_number, zone);
    shipment.digest = pack(entries);
}

Exception exception_of(model::ReportKind report) {
    switch (report) {
        case model::ReportKind::damaged:
            return Exception::damaged;
        case model::ReportKind::lost:
            return Exception::lost;
        case model::ReportKind::not_received:
            return Exception::delivered_not_received;
        case model::ReportKind::wrong_item:
        case model::ReportKind::missing_item:
            return Exception::contents_wrong;
    }
    return Exception::none;
}

bool is_reported(const model::Shipment& shipment, Exception kind) {
    return std::ranges::any_of(shipment.reports, [&](const model::ReportNote& report) {
        return !report.settled && exception_of(report.kind) == kind;
    });
}

}  // namespace aftermile::core::delivery
