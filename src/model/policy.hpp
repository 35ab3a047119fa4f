// A policy: rows that people publish. Read from TOML by the engine, versioned per merchant,
// changed only by an event. Every row of policies/default.toml bears its reason.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/incident.hpp"

namespace aftermile::model {

// First row that fits wins; empty strings and absent bounds fit everything.
struct SilenceRow {
    std::string carrier;
    std::optional<Milestone> milestone;
    std::int64_t hours = 96;
    // Between these the lane's published gaps may move it; both or neither.
    std::optional<std::int64_t> hours_min, hours_max;
    std::string why;
};
struct MessageRow {
    NotificationKind kind = NotificationKind::shipped;
    Channel channel = Channel::email;
    Sender sender = Sender::aftermile;
    std::string why;
};
struct SeverityRow {
    Exception exception = Exception::late;
    Severity severity = Severity::normal;
    std::string assignee;
    std::string why;
};
struct CoverRow {
    std::string id;
    std::optional<std::int64_t> value_min, value_max;  // minor units of the order's currency
    std::string currency;
    std::vector<std::string> countries, categories, carriers;
    std::optional<std::int64_t> lane_exception_ppm_min;  // of the published profile
    std::int64_t lane_n_min = 30;                        // observations that such a rate needs
    Funding funding = Funding::none;
    Remedy remedy = Remedy::reship_or_refund;
    std::int64_t limit = 0;  // minor units; 0: the parcel's value
    std::string why;
};
struct RiskRow {
    std::string id;
    Exception exception = Exception::late;
    std::vector<std::string> categories;
    RiskLevel level = RiskLevel::raised;
    std::string incentive;
    std::int64_t incentive_amount = 0;  // minor units
    std::string why;
};

struct Policy {
    std::uint32_t version = 1;
    std::string document;  // the TOML it was read from

    std::int64_t late_grace_hours = 18;  // scan lag before a shopper hears of lateness
    std::int64_t delay_message_gap_hours = 48;
    std::int64_t quiet_from_minute = 21 * 60;  // local time at the destination
    std::int64_t quiet_until_minute = 8 * 60;
    bool quiet_hours = true;
    std::int64_t close_grace_hours = 72;  // after delivery
    std::int64_t profile_publish_minutes = 60;
    std::int64_t next_contact_hours = 48;  // when a message promised a next word
    // From a shipment's end on; what a carrier then shows under its number is another shipment.
    std::int64_t number_reuse_days = 120;
    std::int64_t silence_lane_percent = 95;  // of a lane's parcels that never were so long silent
    std::int64_t silence_lane_n_min = 50;    // delivered parcels that such a quantile needs
    Severity ticket_from = Severity::normal;
    std::int64_t claim_amount_cap = 10'000;  // carrier's standard liability, minor units
    bool file_carrier_claims = true;

    std::vector<SilenceRow> silence;
    std::vector<MessageRow> messages;
    std::vector<SeverityRow> severities;
    std::vector<CoverRow> cover;
    std::vector<RiskRow> risk;
};

}  // namespace aftermile::model
