// What a history holds, measured on the history itself and not taken from its maker's intention.
#pragma once

#include <map>
#include <set>
#include <string>

#include "core/delivery/digest.hpp"
#include "core/delivery/testing/history.hpp"
#include "core/delivery/track.hpp"

namespace aftermile::core::delivery::testing {

// The engine's way with one scan: skip it if known, else append, sort, pack.
inline void take_in(std::string& digest, const PlacedScan& placed, const base::Zone& zone) {
    const DigestEntry entry = entry_of(placed.scan, placed.own_zone);
    if (contains(digest, entry.identity)) {
        return;
    }
    auto entries = unpack(digest);
    entries.push_back(entry);
    sort_entries(entries, zone);
    digest = pack(entries);
}

inline model::TrackState fold_digest(const std::string& digest, const History& history) {
    return fold_scans(unpack(digest), history.pieces, history.number, *history.destination);
}

// Whether these scans change the final state: it is another without them.
inline bool matters(const History& history, const std::vector<DigestEntry>& entries,
                    std::uint8_t flag) {
    auto fewer = entries;
    std::erase_if(fewer, [&](const DigestEntry& each) { return (each.flags & flag) != 0; });
    const auto fold = [&](const std::vector<DigestEntry>& sorted) {
        auto state = fold_scans(sorted, history.pieces, history.number, *history.destination);
        state.scans = 0;
        return state;
    };
    return fold(fewer) != fold(entries);
}

// The names of all ingredients, each with whether this history has it.
inline std::map<std::string, bool> ingredients_of(const History& history) {
    namespace flag = model::scan_flag;
    std::map<std::string, bool> has;
    std::string digest;
    std::set<std::string> numbers;
    for (const PlacedScan& placed : history.scans) {
        const model::Scan& scan = placed.scan;
        take_in(digest, placed, *history.destination);
        numbers.insert(scan.piece);
        has["zone-less time"] |= !scan.offset && placed.own_zone == nullptr && !scan.date_only;
        has["zone of the scan's place"] |= placed.own_zone != nullptr && !scan.date_only;
        has["day without a time"] |= scan.date_only;
        has["other offset than UTC"] |= scan.offset && scan.offset->count() != 0;
        has["synthetic movement"] |= (scan.flags & flag::synthetic) != 0;
        has["unknown code"] |= (scan.flags & flag::unknown_code) != 0;
        has["way back by flag"] |= (scan.flags & flag::return_leg) != 0;
        has["destroyed"] |= (scan.flags & flag::destroyed) != 0;
        has["correction without milestone"] |=
            (scan.flags & flag::correction) != 0 && !scan.milestone;
        has["zone-less time that two instants fit"] |=
            !scan.offset && placed.own_zone == nullptr &&
            history.destination->earliest(scan.written) !=
                history.destination->latest(scan.written);
    }
    const auto entries = unpack(digest);
    const auto& zone = *history.destination;
    has["duplicates"] = entries.size() < history.scans.size();
    has["several pieces, declared"] = history.pieces.size() > 1;
    has["several pieces, undeclared"] = history.pieces.empty() && numbers.size() > 1;
    has["master number beside pieces"] = numbers.contains("") && !history.pieces.empty() &&
                                         std::ranges::count(history.pieces, history.number) == 0;
    has["correction that matters"] = matters(history, entries, flag::correction);
    has["void that matters"] = matters(history, entries, flag::void_previous);
    bool cancelled = false, delivered = false, lost = false;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const DigestEntry& each = entries[i];
        if (i > 0 && each.instant(zone) == entries[i - 1].instant(zone)) {
            has["tie that the milestone decides"] |= each.milestone != entries[i - 1].milestone;
            has["tie that the identity decides"] |= each.milestone == entries[i - 1].milestone;
        }
        has["label message after movement"] |=
            each.milestone == model::Milestone::info_received && i > 0 &&
            std::any_of(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(i),
                        is_physical);
        has["scanned after cancelled"] |= cancelled && is_physical(each);
        has["scanned after delivered"] |= delivered && is_physical(each);
        has["lost, then moved"] |= lost && is_physical(each);
        cancelled |= each.milestone == model::Milestone::cancelled;
        delivered |= each.milestone == model::Milestone::delivered;
        lost |= each.exception == model::Exception::lost;
    }
    const auto state = fold_digest(digest, history);
    has["ends delivered"] = state.milestone == model::Milestone::delivered;
    has["ends on the way back"] = state.on_return_leg;
    has["ends with several exceptions"] = state.open.size() > 1;
    has["attempts on several days"] = state.attempts > 1;
    return has;
}

}  // namespace aftermile::core::delivery::testing
