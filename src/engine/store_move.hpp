// An installation that stands still, moved from one store into another: every part in batches, then
// both read once more and compared. A move that was ended in between goes on where it stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "ports/moving.hpp"

namespace aftermile::engine {

// What a part holds, whatever the order of its rows: their number and the sum of two different
// hashes of each. Any changed, missing or doubled row changes it.
struct PartSum {
    std::uint64_t rows = 0, first = 0, second = 0;
    void add(const ports::PartRow& row);
    [[nodiscard]] std::string text() const;  // the hashes, 32 hexadecimal digits
    bool operator==(const PartSum&) const = default;
};
[[nodiscard]] base::Result<PartSum> sum_of(ports::PartReader& store, std::size_t part);

struct MoveStep {
    enum class Doing : unsigned char { copying, comparing };
    Doing doing = Doing::copying;
    std::string_view part;
    std::uint64_t done = 0, total = 0;  // rows, over all parts, of both kinds of work
};
using MoveProgress = std::function<void(const MoveStep&)>;

struct MoveReport {
    struct Part {
        std::string name;
        PartSum sum;
    };
    std::vector<Part> parts;
    std::uint64_t rows = 0;
    std::uint64_t resumed_after = 0;  // rows that an earlier run had put
};

// Codes: those of the stores; move_differs when what arrived is not what the source holds, naming
// the parts: the target then stays unfinished.
[[nodiscard]] base::Result<MoveReport> move_store(ports::MoveSource& source,
                                                  ports::MoveTarget& target,
                                                  const MoveProgress& progress);

}  // namespace aftermile::engine
