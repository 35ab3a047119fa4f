#include "core/delivery/track.hpp"

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <iterator>

namespace aftermile::core::delivery {

using model::Exception;
using model::Milestone;

namespace {

constexpr std::uint32_t bit(Milestone milestone) {
    return std::uint32_t{1} << static_cast<unsigned>(milestone);
}
constexpr std::uint32_t at_the_door = bit(Milestone::out_for_delivery) |
                                      bit(Milestone::available_for_pickup) |
                                      bit(Milestone::delivered) | bit(Milestone::returned);
constexpr std::uint32_t any_movement = at_the_door | bit(Milestone::accepted) |
                                       bit(Milestone::in_transit) | bit(Milestone::at_destination) |
                                       bit(Milestone::attempt_failed) | bit(Milestone::returning);

// By exception: the milestones that disprove or settle it.
constexpr std::uint32_t clearing_milestones(Exception exception) {
    switch (exception) {
        case Exception::delayed_by_carrier:
        case Exception::weather:
        case Exception::missorted:
        case Exception::predicted_late:
        case Exception::customs_or_documents:
        case Exception::address_problem:
        case Exception::attempt_failed:
            return at_the_door;
        case Exception::held_or_pickup_expiring:
            return bit(Milestone::in_transit) | bit(Milestone::out_for_delivery) |
                   bit(Milestone::delivered) | bit(Milestone::returned);
        case Exception::refused_or_returning:
            return bit(Milestone::delivered) | bit(Milestone::returned);
        case Exception::lost:
        case Exception::transit_silence:
        case Exception::label_not_scanned:
        case Exception::dispatch_overdue:
            return any_movement;
        case Exception::none:
        case Exception::late:            // the promise decides, not a scan
        case Exception::damaged:         // stays true whatever moves
        case Exception::contents_wrong:  // people settle these two
        case Exception::delivered_not_received:
            return 0;
    }
    return 0;
}

// Mostly there is one piece.
template <class T>
using Few = boost::container::small_vector<T, 2>;

// One piece's walk along its scans.
struct Walk {
    Milestone milestone = Milestone::pending;
    std::optional<base::Instant> milestone_at, handed_off_at, last_physical_at;
    std::vector<base::LocalDay> attempt_days;  // each once
    bool return_leg = false, scanned_after_delivery = false, destroyed = false;
    bool reopened = false;  // a correction without a milestone: the next movement may regress
    std::vector<model::OpenException> open;

    void open_exception(Exception kind, base::Instant at) {
        if (std::ranges::find(open, kind, &model::OpenException::kind) == open.end()) {
            open.push_back({kind, at});
        }
    }
    void clear(auto&& settled) { std::erase_if(open, settled); }
    void add_attempt(base::LocalDay day) {
        if (std::ranges::find(attempt_days, day) == attempt_days.end()) {
            attempt_days.push_back(day);
        }
    }

    [[nodiscard]] bool is_over() const {
        return milestone == Milestone::delivered || milestone == Milestone::returned;
    }

    // What only words said to have moved disproves nothing.
    void reach(Milestone reached, base::Instant at, bool synthetic) {
        milestone = reached;
        milestone_at = at;
        clear([&](const model::OpenException& each) {
            return !synthetic && cleared_by(each.kind, reached) &&
                   !(destroyed && each.kind == Exception::lost);
        });
    }

    // The milestone that this scan means for a piece in the state it is in, if any.
    std::optional<Milestone> meaning(const DigestEntry& entry) {
        const Milestone said = *entry.milestone;
        const bool correction = (entry.flags & model::scan_flag::correction) != 0;
        const bool words = said == Milestone::pending || said == Milestone::info_received;
        if (is_over() && !correction && (words || !reopened)) {
            const bool again = said == Milestone::delivered || said == Milestone::returned;
            scanned_after_delivery |= !again && !words;
            return std::nullopt;
        }
        const bool was_returning = return_leg;
        reopened = false;
        return_leg &= !correction;
        if (said == Milestone::returning || said == Milestone::returned ||
            (entry.flags & model::scan_flag::return_leg) != 0) {
            return_leg = true;
        }
        if (was_returning && !return_leg) {
            clear([](const model::OpenException& each) {
                return each.kind == Exception::refused_or_returning;
            });
        }
        if (return_leg) {
            const bool back = said == Milestone::delivered || said == Milestone::returned;
            return back ? Milestone::returned : Milestone::returning;
        }
        if (words && handed_off_at && !correction) {
            return std::nullopt;
        }
        return said;
    }

    void take(const DigestEntry& entry, base::Instant at, const base::Zone& zone) {
        if (is_physical(entry)) {
            last_physical_at = at;
            if (!handed_off_at) {
                handed_off_at = at;
            }
        }
        destroyed |= (entry.flags & model::scan_flag::destroyed) != 0;
        if (!entry.milestone && (entry.flags & model::scan_flag::correction) != 0) {
            reopened = is_over();
        }
        if (entry.milestone) {
            if (const auto reached = meaning(entry)) {
                const bool same = milestone == *reached;
                const auto since = milestone_at;
                reach(*reached, at, (entry.flags & model::scan_flag::synthetic) != 0);
                if (same && (*reached == Milestone::returning)) {
                    milestone_at = since;
                }
                if (*reached == Milestone::attempt_failed) {
                    add_attempt(zone.day_of(at));
                }
                if (*reached == Milestone::returning) {
                    open_exception(Exception::refused_or_returning, at);
                }
            }
        }
        if (entry.clears != Exception::none) {
            clear([&](const model::OpenException& each) { return each.kind == entry.clears; });
        }
        const bool outlives_delivery =
            entry.exception == Exception::damaged || entry.exception == Exception::contents_wrong;
        if (entry.exception != Exception::none && (!is_over() || outlives_delivery)) {
            open_exception(entry.exception, at);
        }
    }
};

bool voids_previous(const DigestEntry& entry) {
    return (entry.flags & model::scan_flag::void_previous) != 0;
}

// The pieces to walk; and whose scans are about all of them (0: nobody's).
struct PiecePlan {
    Few<std::uint32_t> pieces;  // ascending
    std::uint32_t whole = 0;
};
PiecePlan plan_pieces(const std::vector<DigestEntry>& sorted,
                      const std::vector<std::string>& declared, std::string_view own_number) {
    PiecePlan plan;
    const auto add = [&](std::uint32_t piece) {
        const auto at = std::ranges::lower_bound(plan.pieces, piece);
        if (at == plan.pieces.end() || *at != piece) {
            plan.pieces.insert(at, piece);
        }
    };
    for (const std::string& number : declared) {
        add(piece_hash(number));
    }
    if (!declared.empty()) {
        const std::uint32_t own = piece_hash(own_number);
        plan.whole = std::ranges::binary_search(plan.pieces, own) ? 0 : own;
        return plan;
    }
    for (const DigestEntry& entry : sorted) {
        add(entry.piece);
    }
    if (plan.pieces.empty()) {
        add(piece_hash(own_number));
    }
    return plan;
}

void keep_later(std::optional<base::Instant>& kept, const std::optional<base::Instant>& seen) {
    if (seen && (!kept || *seen > *kept)) {
        kept = seen;
    }
}

// Everything but the milestone: what holds for any piece holds for the shipment.
void gather(model::TrackState& state, const Walk& walk) {
    keep_later(state.last_physical_at, walk.last_physical_at);
    if (walk.handed_off_at &&
        (!state.handed_off_at || *walk.handed_off_at < *state.handed_off_at)) {
        state.handed_off_at = walk.handed_off_at;
    }
    state.attempts = std::max(state.attempts, static_cast<std::int32_t>(walk.attempt_days.size()));
    state.pieces_delivered += walk.milestone == Milestone::delivered ? 1 : 0;
    state.on_return_leg |= walk.return_leg;
    state.scanned_after_delivery |= walk.scanned_after_delivery;
    state.destroyed |= walk.destroyed;
    for (const model::OpenException& each : walk.open) {
        const auto at = std::ranges::find(state.open, each.kind, &model::OpenException::kind);
        if (at == state.open.end()) {
            state.open.push_back(each);
        } else {
            at->since = std::min(at->since, each.since);
        }
    }
}

// Rule 6. Pieces whose labels were cancelled count only when all were.
Milestone milestone_of(const Few<Walk>& walks) {
    std::size_t cancelled = 0, delivered = 0, returned = 0, expired = 0;
    std::optional<Milestone> behind;  // the least advanced scanned piece still on its way
    for (const Walk& walk : walks) {
        cancelled += walk.milestone == Milestone::cancelled;
        delivered += walk.milestone == Milestone::delivered;
        returned += walk.milestone == Milestone::returned;
        expired += walk.milestone == Milestone::expired;
        if (walk.milestone_at && !is_final(walk.milestone) &&
            (!behind || walk.milestone < *behind)) {
            behind = walk.milestone;
        }
    }
    if (cancelled == walks.size()) {
        return Milestone::cancelled;
    }
    if (delivered + cancelled == walks.size()) {
        return Milestone::delivered;
    }
    if (behind) {
        return *behind;
    }
    const bool all_seen = cancelled + delivered + returned + expired == walks.size();
    if (!all_seen && delivered + returned > 0) {
        return Milestone::in_transit;  // some have arrived, others were never seen
    }
    if (returned > 0) {
        return Milestone::returned;
    }
    return expired > 0 ? Milestone::expired : Milestone::pending;
}

model::TrackState combine(const Few<Walk>& walks) {
    model::TrackState state;
    state.milestone = milestone_of(walks);
    bool borne = false;  // is any piece itself at the shipment's milestone?
    for (const Walk& walk : walks) {
        gather(state, walk);
        borne |= walk.milestone_at && walk.milestone == state.milestone;
    }
    for (const Walk& walk : walks) {
        const bool ended =
            walk.milestone == Milestone::delivered || walk.milestone == Milestone::returned;
        if (walk.milestone == state.milestone || (!borne && ended)) {
            keep_later(state.milestone_at, walk.milestone_at);
        }
    }
    if (state.milestone == Milestone::delivered) {
        state.delivered_at = state.milestone_at;
    }
    std::ranges::sort(state.open, {}, &model::OpenException::kind);
    return state;
}

}  // namespace

// A voiding correction takes back the last milestone before it, of its piece.
std::vector<DigestEntry> without_voided(const std::vector<DigestEntry>& sorted) {
    std::vector<DigestEntry> standing;
    standing.reserve(sorted.size());
    for (const DigestEntry& entry : sorted) {
        if (voids_previous(entry)) {
            const auto last =
                std::find_if(standing.rbegin(), standing.rend(), [&](const DigestEntry& earlier) {
                    return earlier.piece == entry.piece && earlier.milestone;
                });
            if (last != standing.rend()) {
                standing.erase(std::next(last).base());
            }
        }
        standing.push_back(entry);
    }
    return standing;
}

bool cleared_by(Exception exception, Milestone milestone) {
    return (clearing_milestones(exception) & bit(milestone)) != 0;
}

bool is_physical(const DigestEntry& entry) {
    return entry.milestone && (entry.flags & model::scan_flag::synthetic) == 0 &&
           (any_movement & bit(*entry.milestone)) != 0;
}

bool is_final(Milestone milestone) {
    return milestone == Milestone::delivered || milestone == Milestone::returned ||
           milestone == Milestone::cancelled || milestone == Milestone::expired;
}

model::TrackState fold_scans(const std::vector<DigestEntry>& sorted,
                             const std::vector<std::string>& pieces,
                             std::string_view tracking_number, const base::Zone& zone) {
    const PiecePlan plan = plan_pieces(sorted, pieces, tracking_number);
    Few<Walk> walks(plan.pieces.size());
    const bool voids = std::ranges::any_of(sorted, voids_previous);
    const auto standing = voids ? without_voided(sorted) : std::vector<DigestEntry>{};
    for (const DigestEntry& entry : voids ? standing : sorted) {
        const base::Instant at = entry.instant(zone);
        const bool whole = plan.whole != 0 && entry.piece == plan.whole;
        const bool declared = std::ranges::binary_search(plan.pieces, entry.piece);
        for (std::size_t piece = 0; piece < walks.size(); ++piece) {
            // An undeclared piece's scan is about the shipment: better shown than dropped.
            if (whole || !declared || plan.pieces[piece] == entry.piece) {
                walks[piece].take(entry, at, zone);
            }
        }
    }
    model::TrackState state = combine(walks);
    state.scans = static_cast<std::int32_t>(sorted.size());
    return state;
}

}  // namespace aftermile::core::delivery
