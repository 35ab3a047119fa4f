// What a batch decided, on its way from the deciding thread to the store. A value that owns
// everything it holds, so that the next batch is decided while this one is written.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/decisions.hpp"
#include "engine/submission.hpp"
#include "model/trace.hpp"
#include "ports/rows.hpp"

namespace aftermile::engine {

struct Pending {
    struct PlaceHash {
        std::size_t operator()(const ports::RowPlace& place) const {
            return std::hash<model::EventId>{}(
                model::EventId{place.id * 16 + static_cast<std::int64_t>(place.table)});
        }
    };
    struct DecidedEvent {
        ports::EventRow row;  // without its decision
        model::Trace trace;   // which becomes that
    };
    struct OutboxPut {
        std::string kind;
        base::Instant next_at;
        std::int32_t attempts = 0;
        bool gone = false;
    };
    // How a merchant stood before this batch.
    struct Before {
        std::uint64_t last_event = 0;
        bool has_row = false;
        bool has_mark = false;          // of its sweep
        bool needs_policy_row = false;  // of version 1: written with its first event
    };

    std::vector<DecidedEvent> events;
    std::unordered_map<ports::RowPlace, core::Put, PlaceHash> puts;
    std::map<model::MerchantNumber, model::SweepMark> marks;
    std::vector<ports::Row> rows;  // parked events and published policies
    std::map<std::int64_t, OutboxPut> outbox;
    std::map<model::MerchantNumber, std::vector<SealedPart>> sealed;
    std::vector<ports::AdminRow> admin;
    std::vector<ports::IntakeRow> answers;
    std::map<model::MerchantNumber, Before> merchants;  // every one that the batch touched
    std::optional<base::Instant> outbox_wake;           // the earliest hand-over asked for

    [[nodiscard]] bool empty() const {
        return events.empty() && outbox.empty() && puts.empty() && marks.empty() && rows.empty() &&
               admin.empty() && answers.empty();
    }
};

}  // namespace aftermile::engine
