// What decisions read of a merchant, and the learned profile. Both change only by events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/incident.hpp"

namespace aftermile::model {

struct ModeSpan {  // a switch covers what is ordered or labelled from here on
    Mode mode = Mode::live;
    base::Instant from;
    static constexpr auto fields() {
        return base::fields(base::field("mode", &ModeSpan::mode),
                            base::field("from", &ModeSpan::from));
    }
};
struct PausedChannel {
    Channel channel = Channel::email;
    base::Instant since;
    static constexpr auto fields() {
        return base::fields(base::field("channel", &PausedChannel::channel),
                            base::field("since", &PausedChannel::since));
    }
};

struct Merchant {
    static constexpr std::string_view kind_name = "merchant";
    MerchantNumber number = 0;
    std::vector<ModeSpan> modes;  // oldest first, at least one
    std::vector<PausedChannel> paused;
    std::uint32_t policy_version = 1;
    std::uint32_t profile_version = 0;
    ContributionId profile_through;  // the last contribution that a version holds
    Timers timers;
    EventId last_event;
    static constexpr auto fields() {
        using T = Merchant;
        return base::fields(
            base::field("number", &T::number), base::field("modes", &T::modes),
            base::field("paused", &T::paused), base::field("policy_version", &T::policy_version),
            base::field("profile_version", &T::profile_version),
            base::field("profile_through", &T::profile_through), base::field("timers", &T::timers),
            base::field("last_event", &T::last_event));
    }
};

// Counts of one lane. Rates are always shown with their n.
inline constexpr std::int64_t gap_step_hours = 6;
inline constexpr std::size_t gap_steps = 61;  // up to 15 days, and whatever is longer

struct ProfileCell {
    Lane lane;
    std::int64_t exposures = 0, outcomes = 0, on_time = 0, transit_minutes = 0;
    std::vector<std::int64_t> exceptions = {};  // by Exception, as many as there are
    std::vector<std::int64_t> gaps = {};        // outcomes by longest gap, in steps of 6 hours
    static constexpr auto fields() {
        using T = ProfileCell;
        return base::fields(
            base::field("lane", &T::lane), base::field("exposures", &T::exposures),
            base::field("outcomes", &T::outcomes), base::field("on_time", &T::on_time),
            base::field("transit_minutes", &T::transit_minutes),
            base::field("exceptions", &T::exceptions), base::field("gaps", &T::gaps));
    }
};

// An immutable version: its predecessor and the contributions committed since. A version holds
// the cells that changed; a lane's cell is the newest one at or below the version asked for.
struct ProfileVersion {
    MerchantNumber merchant = 0;
    std::uint32_t version = 0;
    base::Instant published_at;
    std::vector<ProfileCell> cells;
    static constexpr auto fields() {
        using T = ProfileVersion;
        return base::fields(
            base::field("merchant", &T::merchant), base::field("version", &T::version),
            base::field("published_at", &T::published_at), base::field("cells", &T::cells));
    }
};

// The number of an event up to which the rows of all the merchant's shipments are written. None
// stored: all of them are.
struct SweepMark {
    MerchantNumber merchant = 0;
    std::uint64_t event = 0;
    static constexpr auto fields() {
        using T = SweepMark;
        return base::fields(base::field("merchant", &T::merchant), base::field("event", &T::event));
    }
};

}  // namespace aftermile::model
