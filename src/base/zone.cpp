#include "base/zone.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace aftermile::base {
namespace {

// No zone was ever further from UTC (Manila and Alaska kept 16 hours until they changed sides of
// the date line); it bounds the search for the offsets that may apply to a local time.
constexpr std::chrono::hours east_max{26};

// From here on 80 spans of 2^44 microseconds, some 203 days each, until 2049.
constexpr Instant near_from = std::chrono::sys_days{std::chrono::year{2005} / 1 / 1};
constexpr int near_bits = 44;

Instant as_if_utc(LocalTime local) { return Instant{local.time_since_epoch()}; }

}  // namespace

Zone::Zone(std::string name, std::vector<Offset> offsets)
    : name_(std::move(name)), offsets_(std::move(offsets)) {
    check(!offsets_.empty(), "a zone has at least one offset");
    for (std::size_t i = 0; i < offsets_.size(); ++i) {
        check(i == 0 || offsets_[i - 1].from < offsets_[i].from, "a zone's offsets are sorted");
        check(offsets_[i].east <= east_max, "an offset is at most 26 hours east");
        check(offsets_[i].east >= -east_max, "an offset is at most 26 hours west");
    }
    check(offsets_.size() <= UINT16_MAX, "a zone has at most 65,535 offsets");
    for (std::size_t n = 0; n < near_.size(); ++n) {
        const Instant begin = near_from + Span{static_cast<std::int64_t>(n) << near_bits};
        near_[n] = static_cast<std::uint16_t>(search(begin));
    }
}

Zone Zone::utc() { return Zone("UTC", {{Instant{}, std::chrono::seconds{0}}}); }

std::size_t Zone::index_at(Instant at) const {
    const std::uint64_t span = static_cast<std::uint64_t>((at - near_from).count()) >> near_bits;
    if (span >= near_.size()) {  // also before it
        return search(at);
    }
    std::size_t index = near_[span];
    while (index + 1 < offsets_.size() && offsets_[index + 1].from <= at) {
        ++index;
    }
    return index;
}

std::size_t Zone::search(Instant at) const {
    const auto after = std::upper_bound(
        offsets_.begin() + 1, offsets_.end(), at,
        [](Instant instant, const Offset& offset) { return instant < offset.from; });
    return static_cast<std::size_t>(after - offsets_.begin()) - 1;
}

LocalTime Zone::to_local(Instant at) const {
    return LocalTime{at.time_since_epoch() + offsets_[index_at(at)].east};
}

LocalDay Zone::day_of(Instant at) const {
    return std::chrono::floor<std::chrono::days>(to_local(at));
}

// Forward through the offsets that may apply: the first whose end lies after the local time read
// with it. Read before that offset's start, the time fell into the gap, which is the change.
Instant Zone::earliest(LocalTime local) const {
    const Instant utc = as_if_utc(local);
    for (std::size_t i = index_at(utc - east_max);; ++i) {
        const Instant read = utc - offsets_[i].east;
        if (i + 1 == offsets_.size() || read < offsets_[i + 1].from) {
            return i == 0 ? read : std::max(read, offsets_[i].from);
        }
    }
}

// The mirror image: backward, the first that starts at or before the local time read with it.
Instant Zone::latest(LocalTime local) const {
    const Instant utc = as_if_utc(local);
    for (std::size_t i = index_at(utc + east_max);; --i) {
        const Instant read = utc - offsets_[i].east;
        if (i == 0 || read >= offsets_[i].from) {
            return i + 1 == offsets_.size() ? read : std::min(read, offsets_[i + 1].from);
        }
    }
}

Instant Zone::start_of(LocalDay day) const { return earliest(LocalTime{day}); }

Instant Zone::end_of(LocalDay day) const { return start_of(day + std::chrono::days{1}); }

}  // namespace aftermile::base
