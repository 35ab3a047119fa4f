// What is stored with an event beside its payload: why it was decided so, and the lines that it
// adds to its subject's timeline.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/incident.hpp"

namespace aftermile::model {

enum class EntryType : unsigned char {
    scan,
    message,
    ticket,
    claim,
    cover,
    promise,
    incident,
    note,
    risk,
    performance,
    order,
};

// One line of a timeline. The sentence is `timeline.<text>` of the message catalogue with
// `text_fields` filled in, so that it can be read in any locale.
struct TimelineEntry {
    EntryType type = EntryType::scan;
    std::string id;  // of the record that it is about
    base::Word text;
    std::vector<MessageField> text_fields;
    std::optional<base::Instant> occurred_at;
    std::optional<Milestone> milestone;
    Because because;
    static constexpr auto fields() {
        using T = TimelineEntry;
        return base::fields(
            base::field("type", &T::type), base::field("id", &T::id), base::field("text", &T::text),
            base::field("text_fields", &T::text_fields),
            base::field("occurred_at", &T::occurred_at), base::field("milestone", &T::milestone),
            base::field("because", &T::because));
    }
};

// What was answered, where anything was: `told` and `claims` are those that were added.
struct Answered {
    std::vector<Told> told;
    std::vector<ClaimRef> claims;
    IncidentId incident;
    bool incident_open = false;
    bool exposure_counted = false, outcome_counted = false;
    static constexpr auto fields() {
        using T = Answered;
        return base::fields(base::field("told", &T::told), base::field("claims", &T::claims),
                            base::field("incident", &T::incident),
                            base::field("incident_open", &T::incident_open),
                            base::field("exposure_counted", &T::exposure_counted),
                            base::field("outcome_counted", &T::outcome_counted));
    }
};

// Of a scan whose shipment's row follows later: what the scans themselves do not say of the record
// after it (core/delivery/move.hpp).
struct Moved {
    ShipmentId shipment;
    Timers timers;
    std::optional<Answered> answered;
    static constexpr auto fields() {
        return base::fields(base::field("shipment", &Moved::shipment),
                            base::field("timers", &Moved::timers),
                            base::field("answered", &Moved::answered));
    }
};

// Stored with the event (EventRow::decision).
struct Trace {
    Because because;
    std::vector<TimelineEntry> entries;
    std::optional<Moved> moved;
    static constexpr auto fields() {
        return base::fields(base::field("because", &Trace::because),
                            base::field("entries", &Trace::entries),
                            base::field("moved", &Trace::moved));
    }
};

}  // namespace aftermile::model

template <>
inline constexpr auto aftermile::base::enum_names<aftermile::model::EntryType> =
    std::to_array<std::string_view>({"scan", "message", "ticket", "claim", "cover", "promise",
                                     "incident", "note", "risk", "performance", "order"});
