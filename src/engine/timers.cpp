#include "engine/timers.hpp"

#include <algorithm>
#include <functional>

namespace aftermile::engine {

void TimerQueue::set(model::Subject subject, std::int64_t id, std::optional<base::Instant> due) {
    const std::uint64_t record = key(subject, id);
    if (!due) {
        due_.erase(record);
        return;
    }
    std::optional<base::Instant>& stands = due_[record];
    if (stands == due) {
        return;
    }
    stands = due;
    heap_.push_back({*due, subject, id});
    std::ranges::push_heap(heap_, std::greater<>{});
    if (heap_.size() > 64 && heap_.size() > due_.size() * 4) {  // mostly superseded moments
        heap_.clear();
        due_.each([this](std::uint64_t each, std::optional<base::Instant> moment) {
            heap_.push_back({*moment, subject_of(each), id_of(each)});
        });
        std::ranges::make_heap(heap_, std::greater<>{});
    }
}

std::optional<base::Instant> TimerQueue::due_of(model::Subject subject, std::int64_t id) const {
    const auto* due = due_.find(key(subject, id));
    return due == nullptr ? std::nullopt : *due;
}

std::optional<DueTimer> TimerQueue::next() {
    while (!heap_.empty()) {
        const DueTimer top = heap_.front();
        if (due_of(top.subject, top.id) == top.due) {
            return top;
        }
        std::ranges::pop_heap(heap_, std::greater<>{});
        heap_.pop_back();
    }
    return std::nullopt;
}

}  // namespace aftermile::engine
