// The closed sets of words that code, data, API and pages share (docs/reference: vocabulary).
#pragma once

#include <array>
#include <string_view>

#include "base/enum_names.hpp"

namespace aftermile::model {

// In order of rank: where two scans bear the same instant, the later word here wins.
enum class Milestone : unsigned char {
    pending,
    info_received,
    accepted,
    in_transit,
    at_destination,
    out_for_delivery,
    available_for_pickup,
    attempt_failed,
    delivered,
    returning,
    returned,
    cancelled,
    expired,
};

// In order of gravity, least first: an incident's kind is the gravest open one.
enum class Exception : unsigned char {
    none,
    dispatch_overdue,
    label_not_scanned,
    predicted_late,
    missorted,
    weather,
    delayed_by_carrier,
    late,
    transit_silence,
    customs_or_documents,
    held_or_pickup_expiring,
    attempt_failed,
    address_problem,
    refused_or_returning,
    contents_wrong,
    delivered_not_received,
    damaged,
    lost,
};

enum class Severity : unsigned char { info, low, normal, high, urgent };

// Why a scan's instant may be trusted, best first.
enum class TimeQuality : unsigned char {
    utc,                 // written with Z
    offset,              // written with another offset
    zone_from_location,  // without offset, read in the zone of the scan's own place
    assumed,             // without offset or place, read in the destination's zone
    date_only,           // only a day was written
    suspect,             // contradicts itself, e.g. the carrier's home offset on a foreign scan
};

enum class CustomerState : unsigned char { open, waiting, remedied, closed };
enum class MoneyState : unsigned char { open, settled, lapsed };

enum class NotificationKind : unsigned char {
    order_confirmed,
    dispatch_delayed,
    label_created,
    shipped,
    in_transit,
    out_for_delivery,
    available_for_pickup,
    attempt_failed,
    delivered,
    delay_predicted,
    delayed_revised_eta,
    exception_action_needed,
    claim_update,
    feedback_request,
};
enum class Sender : unsigned char { aftermile, shopify, klaviyo, omnisend, off };
enum class Channel : unsigned char { email, sms };
enum class Purpose : unsigned char { transactional, marketing };
enum class NotificationState : unsigned char {
    decided,
    shadowed,
    held,
    queued,
    sent,
    delivered,
    bounced,
    failed,
    collapsed,
    retracted,
};

enum class TicketState : unsigned char { open, pending, on_hold, solved, closed };
enum class CoverageState : unsigned char { active, claimed, expired, void_ };
enum class Funding : unsigned char { reserve, insurer, carrier, none };
enum class Remedy : unsigned char { none, reship_or_refund, refund, replace_part, wait };

enum class ClaimSide : unsigned char { customer, carrier, insurer };
enum class ClaimGround : unsigned char { late_guarantee, loss, damage, contents, billing };
enum class ClaimState : unsigned char {
    // the customer's side
    draft,
    submitted,
    under_review,
    waiting_on_documents,
    paid,
    closed,
    // the carrier's and the insurer's side
    eligible,
    evidence_ready,
    queued,
    filed,
    acknowledged,
    info_requested,
    partial,
    escalated,
    denied_final,
    credited,
    short_credited,
    reconciled,
    written_off,
    reversed,
    lapsed,
    // both
    approved,
    denied,
    withdrawn,
};

enum class ReportKind : unsigned char { damaged, lost, not_received, wrong_item, missing_item };
enum class Mode : unsigned char { shadow, live };
enum class Grade : unsigned char { verified, unverified };

}  // namespace aftermile::model

namespace aftermile::base {

template <>
inline constexpr auto enum_names<model::Milestone> = std::to_array<std::string_view>(
    {"pending", "info_received", "accepted", "in_transit", "at_destination", "out_for_delivery",
     "available_for_pickup", "attempt_failed", "delivered", "returning", "returned", "cancelled",
     "expired"});
template <>
inline constexpr auto enum_names<model::Exception> = std::to_array<std::string_view>(
    {"none", "dispatch_overdue", "label_not_scanned", "predicted_late", "missorted", "weather",
     "delayed_by_carrier", "late", "transit_silence", "customs_or_documents",
     "held_or_pickup_expiring", "attempt_failed", "address_problem", "refused_or_returning",
     "contents_wrong", "delivered_not_received", "damaged", "lost"});
template <>
inline constexpr auto enum_names<model::Severity> =
    std::to_array<std::string_view>({"info", "low", "normal", "high", "urgent"});
template <>
inline constexpr auto enum_names<model::TimeQuality> = std::to_array<std::string_view>(
    {"utc", "offset", "zone_from_location", "assumed", "date_only", "suspect"});
template <>
inline constexpr auto enum_names<model::CustomerState> =
    std::to_array<std::string_view>({"open", "waiting", "remedied", "closed"});
template <>
inline constexpr auto enum_names<model::MoneyState> =
    std::to_array<std::string_view>({"open", "settled", "lapsed"});
template <>
inline constexpr auto enum_names<model::NotificationKind> = std::to_array<std::string_view>(
    {"order_confirmed", "dispatch_delayed", "label_created", "shipped", "in_transit",
     "out_for_delivery", "available_for_pickup", "attempt_failed", "delivered", "delay_predicted",
     "delayed_revised_eta", "exception_action_needed", "claim_update", "feedback_request"});
template <>
inline constexpr auto enum_names<model::Sender> =
    std::to_array<std::string_view>({"aftermile", "shopify", "klaviyo", "omnisend", "off"});
template <>
inline constexpr auto enum_names<model::Channel> =
    std::to_array<std::string_view>({"email", "sms"});
template <>
inline constexpr auto enum_names<model::Purpose> =
    std::to_array<std::string_view>({"transactional", "marketing"});
template <>
inline constexpr auto enum_names<model::NotificationState> =
    std::to_array<std::string_view>({"decided", "shadowed", "held", "queued", "sent", "delivered",
                                     "bounced", "failed", "collapsed", "retracted"});
template <>
inline constexpr auto enum_names<model::TicketState> =
    std::to_array<std::string_view>({"open", "pending", "on_hold", "solved", "closed"});
template <>
inline constexpr auto enum_names<model::CoverageState> =
    std::to_array<std::string_view>({"active", "claimed", "expired", "void"});
template <>
inline constexpr auto enum_names<model::Funding> =
    std::to_array<std::string_view>({"reserve", "insurer", "carrier", "none"});
template <>
inline constexpr auto enum_names<model::Remedy> =
    std::to_array<std::string_view>({"none", "reship_or_refund", "refund", "replace_part", "wait"});
template <>
inline constexpr auto enum_names<model::ClaimSide> =
    std::to_array<std::string_view>({"customer", "carrier", "insurer"});
template <>
inline constexpr auto enum_names<model::ClaimGround> =
    std::to_array<std::string_view>({"late_guarantee", "loss", "damage", "contents", "billing"});
template <>
inline constexpr auto enum_names<model::ClaimState> = std::to_array<std::string_view>(
    {"draft",          "submitted",  "under_review", "waiting_on_documents",
     "paid",           "closed",     "eligible",     "evidence_ready",
     "queued",         "filed",      "acknowledged", "info_requested",
     "partial",        "escalated",  "denied_final", "credited",
     "short_credited", "reconciled", "written_off",  "reversed",
     "lapsed",         "approved",   "denied",       "withdrawn"});
template <>
inline constexpr auto enum_names<model::ReportKind> = std::to_array<std::string_view>(
    {"damaged", "lost", "not_received", "wrong_item", "missing_item"});
template <>
inline constexpr auto enum_names<model::Mode> = std::to_array<std::string_view>({"shadow", "live"});
template <>
inline constexpr auto enum_names<model::Grade> =
    std::to_array<std::string_view>({"verified", "unverified"});

}  // namespace aftermile::base
