// The state of a history told naively, from the words of docs/reference/tracking.md: by names
// instead of hashes, by looking back over lists instead of walking with a state, one question at a
// time. It shares nothing with track.cpp but the model's types; the hash of an identity, which
// breaks the last ties, is taken as given.
#pragma once

#include <list>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/delivery/digest.hpp"
#include "core/delivery/testing/history.hpp"

namespace aftermile::core::delivery::testing {

class Oracle {
  public:
    Oracle(const History& history, const std::vector<PlacedScan>& arrived) : history_(history) {
        std::map<std::string, Known> once;
        for (const PlacedScan& placed : arrived) {
            once.emplace(name_of(placed.scan), known(placed));
            numbers_.insert(placed.scan.piece.empty() ? placed.scan.tracking_number
                                                      : placed.scan.piece);
        }
        scans_ = once.size();
        put_in_order(once);
        remove_voided();
    }

    [[nodiscard]] model::TrackState tell() const {
        std::map<std::string, Tale> tales;
        for (const std::string& piece : pieces()) {
            Tale tale;
            for (const Known& each : in_order_) {
                if (!numbers_all_pieces(each.number) && each.number != piece) {
                    continue;
                }
                tale.scans.push_back(each);
            }
            tell_reached(tale);
            tales.emplace(piece, std::move(tale));
        }
        return combined(tales);
    }

  private:
    using Milestone = model::Milestone;
    using Exception = model::Exception;
    using Time = std::optional<base::Instant>;

    struct Known {
        model::Scan scan;
        std::string number;
        base::Instant at;
        std::uint64_t identity = 0;
        [[nodiscard]] bool marked(std::uint8_t flag) const { return (scan.flags & flag) != 0; }
        [[nodiscard]] bool label_message() const {
            return scan.milestone == Milestone::pending ||
                   scan.milestone == Milestone::info_received;
        }
        [[nodiscard]] bool physical() const {
            return scan.milestone && *scan.milestone >= Milestone::accepted &&
                   *scan.milestone <= Milestone::returned && !marked(model::scan_flag::synthetic);
        }
    };

    // A piece's scans; for each what it reached, whether it was let in, whether it flags.
    struct Tale {
        std::vector<Known> scans;
        std::vector<std::optional<Milestone>> reached;
        std::vector<bool> let_in, way_back, flagging;
        [[nodiscard]] Milestone before(std::size_t i) const {
            while (i-- > 0) {
                if (reached[i]) {
                    return *reached[i];
                }
            }
            return Milestone::pending;
        }
        [[nodiscard]] Milestone last() const { return before(reached.size()); }
        [[nodiscard]] bool arrived_before(std::size_t i) const {
            return before(i) == Milestone::delivered || before(i) == Milestone::returned;
        }
    };

    static std::string name_of(const model::Scan& scan) {
        std::string name = scan.carrier + "|" + scan.tracking_number + "|" + scan.piece + "|";
        name += scan.code.empty()
                    ? "m" + (scan.milestone ? std::string(base::to_text(*scan.milestone)) : "-") +
                          "|" + std::string(base::to_text(scan.exception))
                    : "c" + scan.code;
        name += "|" + base::to_text(scan.written);
        return name + (scan.offset ? "|" + std::to_string(scan.offset->count()) : "");
    }

    [[nodiscard]] Known known(const PlacedScan& placed) const {
        const model::Scan& scan = placed.scan;
        Known result{scan, scan.piece.empty() ? scan.tracking_number : scan.piece, {}, 0};
        if (scan.offset) {
            result.at = base::Instant{scan.written.time_since_epoch()} - *scan.offset;
        } else if (placed.own_zone != nullptr && !scan.date_only) {
            result.at = placed.own_zone->earliest(scan.written);
        } else {
            result.at = history_.destination->earliest(scan.written);
        }
        result.identity = entry_of(scan, placed.own_zone).identity;
        return result;
    }

    static bool earlier(const Known& a, const Known& b) {
        if (a.at != b.at) {
            return a.at < b.at;
        }
        if (a.scan.milestone != b.scan.milestone) {
            return !a.scan.milestone || (b.scan.milestone && *a.scan.milestone < *b.scan.milestone);
        }
        return a.identity < b.identity;
    }

    void put_in_order(const std::map<std::string, Known>& once) {
        for (const auto& [name, scan] : once) {
            auto place = in_order_.begin();
            while (place != in_order_.end() && earlier(*place, scan)) {
                ++place;
            }
            in_order_.insert(place, scan);
        }
    }

    void remove_voided() {
        for (auto scan = in_order_.begin(); scan != in_order_.end(); ++scan) {
            if (!scan->marked(model::scan_flag::void_previous)) {
                continue;
            }
            for (auto back = scan; back != in_order_.begin();) {
                --back;
                if (back->number == scan->number && back->scan.milestone) {
                    in_order_.erase(back);
                    break;
                }
            }
        }
    }

    [[nodiscard]] bool is_declared(const std::string& number) const {
        return std::ranges::count(history_.pieces, number) > 0;
    }
    [[nodiscard]] bool numbers_all_pieces(const std::string& number) const {
        return !history_.pieces.empty() && !is_declared(number);
    }
    [[nodiscard]] std::set<std::string> pieces() const {
        std::set<std::string> result(history_.pieces.begin(), history_.pieces.end());
        if (result.empty()) {
            result = numbers_;
        }
        if (result.empty()) {
            result.insert(history_.number);
        }
        return result;
    }

    // Was there, since the last scan that was let in, a correction that names no milestone?
    static bool reopened(const Tale& tale, std::size_t i) {
        while (i-- > 0 && !tale.let_in[i]) {
            if (!tale.scans[i].scan.milestone &&
                tale.scans[i].marked(model::scan_flag::correction)) {
                return true;
            }
        }
        return false;
    }

    static void tell_reached(Tale& tale) {
        bool physical = false;
        for (std::size_t i = 0; i < tale.scans.size(); ++i) {
            const Known& scan = tale.scans[i];
            const bool correction = scan.marked(model::scan_flag::correction);
            bool back = i > 0 && tale.way_back[i - 1];
            bool in = scan.scan.milestone.has_value();
            bool flags = false;
            std::optional<Milestone> reached;
            if (in && tale.arrived_before(i) && !correction) {
                in = !scan.label_message() && reopened(tale, i);
                flags = !in && !scan.label_message() &&
                        scan.scan.milestone != Milestone::delivered &&
                        scan.scan.milestone != Milestone::returned;
            }
            if (in) {
                const Milestone said = *scan.scan.milestone;
                const bool home = said == Milestone::delivered || said == Milestone::returned;
                back = (back && !correction) || said == Milestone::returning ||
                       said == Milestone::returned || scan.marked(model::scan_flag::return_leg);
                if (back) {
                    reached = home ? Milestone::returned : Milestone::returning;
                } else if (!scan.label_message() || !physical || correction) {
                    reached = said;
                }
            }
            physical = physical || scan.physical();
            tale.reached.push_back(reached);
            tale.let_in.push_back(in);
            tale.way_back.push_back(back);
            tale.flagging.push_back(flags);
        }
    }

    static const std::set<Milestone>& enders(Exception exception) {
        using enum Milestone;
        static const std::set<Milestone> door{out_for_delivery, available_for_pickup, delivered,
                                              returned};
        static const std::set<Milestone> moving{
            accepted,         in_transit,     at_destination,
            out_for_delivery, attempt_failed, available_for_pickup,
            delivered,        returning,      returned};
        static const std::set<Milestone> none;
        static const std::map<Exception, std::set<Milestone>> table{
            {Exception::delayed_by_carrier, door},
            {Exception::weather, door},
            {Exception::missorted, door},
            {Exception::predicted_late, door},
            {Exception::customs_or_documents, door},
            {Exception::address_problem, door},
            {Exception::attempt_failed, door},
            {Exception::held_or_pickup_expiring,
             {in_transit, out_for_delivery, delivered, returned}},
            {Exception::refused_or_returning, {delivered, returned}},
            {Exception::lost, moving},
            {Exception::transit_silence, moving},
            {Exception::label_not_scanned, moving},
            {Exception::dispatch_overdue, moving}};
        const auto row = table.find(exception);
        return row == table.end() ? none : row->second;
    }

    // Since when is this exception open on this piece, if it is?
    static Time open_since(const Tale& tale, Exception kind) {
        Time since;
        bool destroyed = false;
        for (std::size_t i = 0; i < tale.scans.size(); ++i) {
            const Known& scan = tale.scans[i];
            const auto reached = tale.reached[i];
            destroyed = destroyed || scan.marked(model::scan_flag::destroyed);
            const bool led_off = i > 0 && tale.way_back[i - 1] && !tale.way_back[i];
            const bool disproved = reached && enders(kind).contains(*reached) &&
                                   !scan.marked(model::scan_flag::synthetic) &&
                                   !(kind == Exception::lost && destroyed);
            if (disproved || (led_off && kind == Exception::refused_or_returning)) {
                since.reset();
            }
            if (reached == Milestone::returning && kind == Exception::refused_or_returning &&
                !since) {
                since = scan.at;
            }
            if (scan.scan.clears == kind) {
                since.reset();
            }
            const bool may_open = !tale.arrived_before(i + 1) || kind == Exception::damaged ||
                                  kind == Exception::contents_wrong;
            if (scan.scan.exception == kind && may_open && !since) {
                since = scan.at;
            }
        }
        return since;
    }

    static Time reached_at(const Tale& tale) {
        Time at;
        for (std::size_t i = tale.reached.size(); i-- > 0;) {
            if (!tale.reached[i]) {
                continue;
            }
            if (!at) {
                at = tale.scans[i].at;
            } else if (tale.last() == Milestone::returning &&
                       tale.reached[i] == Milestone::returning) {
                at = tale.scans[i].at;
            } else {
                break;
            }
            if (tale.last() != Milestone::returning) {
                break;
            }
        }
        return at;
    }

    static Milestone shipment_milestone(const std::map<std::string, Tale>& tales) {
        std::multiset<Milestone> counted, moving;
        bool unseen = false;
        for (const auto& [piece, tale] : tales) {
            const Milestone at = tale.last();
            if (at == Milestone::cancelled) {
                continue;
            }
            counted.insert(at);
            const bool seen = reached_at(tale).has_value();
            unseen = unseen || !seen;
            if (seen && at != Milestone::delivered && at != Milestone::returned &&
                at != Milestone::expired) {
                moving.insert(at);
            }
        }
        if (counted.empty()) {
            return Milestone::cancelled;
        }
        if (counted.count(Milestone::delivered) == counted.size()) {
            return Milestone::delivered;
        }
        if (!moving.empty()) {
            return *moving.begin();
        }
        const bool returned = counted.contains(Milestone::returned);
        if (unseen && (returned || counted.contains(Milestone::delivered))) {
            return Milestone::in_transit;
        }
        if (returned) {
            return Milestone::returned;
        }
        return counted.contains(Milestone::expired) ? Milestone::expired : Milestone::pending;
    }

    static void keep_latest(Time& kept, const Time& seen) {
        if (seen && (!kept || *seen > *kept)) {
            kept = seen;
        }
    }

    [[nodiscard]] model::TrackState combined(const std::map<std::string, Tale>& tales) const {
        model::TrackState state;
        state.scans = static_cast<std::int32_t>(scans_);
        state.milestone = shipment_milestone(tales);
        Time arrivals;
        for (const auto& [piece, tale] : tales) {
            const Milestone last = tale.last();
            if (last == state.milestone) {
                keep_latest(state.milestone_at, reached_at(tale));
            }
            if (last == Milestone::delivered || last == Milestone::returned) {
                keep_latest(arrivals, reached_at(tale));
            }
            state.pieces_delivered += last == Milestone::delivered ? 1 : 0;
            add_marks(state, tale);
        }
        if (!state.milestone_at && state.milestone == Milestone::in_transit) {
            state.milestone_at = arrivals;
        }
        if (state.milestone == Milestone::delivered) {
            state.delivered_at = state.milestone_at;
        }
        for (int i = 1; i <= static_cast<int>(Exception::lost); ++i) {
            const auto kind = static_cast<Exception>(i);
            Time earliest;
            for (const auto& [piece, tale] : tales) {
                const Time since = open_since(tale, kind);
                earliest = since && (!earliest || *since < *earliest) ? since : earliest;
            }
            if (earliest) {
                state.open.push_back({kind, *earliest});
            }
        }
        return state;
    }

    void add_marks(model::TrackState& state, const Tale& tale) const {
        std::set<std::string> days;
        for (std::size_t i = 0; i < tale.scans.size(); ++i) {
            const Known& scan = tale.scans[i];
            if (scan.physical()) {
                keep_latest(state.last_physical_at, scan.at);
                if (!state.handed_off_at || scan.at < *state.handed_off_at) {
                    state.handed_off_at = scan.at;
                }
            }
            if (tale.reached[i] == Milestone::attempt_failed) {
                days.insert(base::to_text(history_.destination->day_of(scan.at)));
            }
            state.scanned_after_delivery = state.scanned_after_delivery || tale.flagging[i];
            state.destroyed = state.destroyed || scan.marked(model::scan_flag::destroyed);
        }
        state.attempts = std::max(state.attempts, static_cast<std::int32_t>(days.size()));
        state.on_return_leg =
            state.on_return_leg || (!tale.way_back.empty() && tale.way_back.back());
    }

    const History& history_;
    std::size_t scans_ = 0;
    std::list<Known> in_order_;
    std::set<std::string> numbers_;
};

[[nodiscard]] inline model::TrackState oracle_state(const History& history,
                                                    const std::vector<PlacedScan>& arrived) {
    return Oracle(history, arrived).tell();
}

}  // namespace aftermile::core::delivery::testing
