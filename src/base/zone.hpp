// A time zone as a value: the list of its offsets. Loading one from the machine's tz database is
// the engine's business (engine/zones); deciding with one is pure.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.hpp"

namespace aftermile::base {

class Zone {
  public:
    struct Offset {
        Instant from;               // valid from here until the next entry
        std::chrono::seconds east;  // added to UTC to get local time
    };

    // `offsets` sorted by `from`, at least one; the first also covers everything before it.
    Zone(std::string name, std::vector<Offset> offsets);
    [[nodiscard]] static Zone utc();

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] LocalTime to_local(Instant at) const;
    [[nodiscard]] LocalDay day_of(Instant at) const;

    // A local time that a clock change skips or repeats has no single instant: `earliest` and
    // `latest` pick the first or last one that fits (a skipped time gives the instant of the
    // change for both).
    [[nodiscard]] Instant earliest(LocalTime local) const;
    [[nodiscard]] Instant latest(LocalTime local) const;

    // 00:00 of that day (or its first existing moment), and 24:00: the first moment of the next.
    [[nodiscard]] Instant start_of(LocalDay day) const;
    [[nodiscard]] Instant end_of(LocalDay day) const;

    friend bool operator==(const Zone&, const Zone&) = default;

  private:
    std::string name_;
    std::vector<Offset> offsets_;
    // Which offset the half years of our time begin with: a decision asks some ten times.
    std::array<std::uint16_t, 80> near_{};
    [[nodiscard]] std::size_t search(Instant at) const;
    [[nodiscard]] std::size_t index_at(Instant at) const;
};

inline bool operator==(const Zone::Offset& a, const Zone::Offset& b) {
    return a.from == b.from && a.east == b.east;
}

}  // namespace aftermile::base
