#include "engine/sweep.hpp"

#include <algorithm>

#include "engine/limits.hpp"

namespace aftermile::engine {

void Sweep::begin(std::uint64_t last_event) {
    cycle_.assign(waiting_.begin(), waiting_.end());
    std::ranges::sort(cycle_);
    waiting_.clear();
    at_ = 0;
    cycle_event_ = last_event;
}

std::vector<model::ShipmentId> Sweep::next(std::uint64_t last_event,
                                           std::optional<std::size_t> most) {
    mark_.reset();
    if (at_ == cycle_.size()) {
        begin(last_event);
    }
    const std::uint64_t since = std::min(last_event - share_event_, limits::sweep_cycle_events);
    share_event_ = last_event;
    const std::size_t share =
        most.value_or(std::max<std::size_t>(1, cycle_.size() * since / limits::sweep_cycle_events));
    std::vector<model::ShipmentId> rows;
    const std::size_t end = std::min(cycle_.size(), at_ + share);
    rows.reserve(end - at_);
    for (; at_ < end; ++at_) {
        rows.emplace_back(cycle_[at_]);
    }
    if (at_ == cycle_.size()) {
        mark_ = cycle_event_;
    }
    return rows;
}

}  // namespace aftermile::engine
