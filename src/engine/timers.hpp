// When which record of one merchant wants to be decided about again: in memory, rebuilt from the
// store at start, kept in step with every decision. One moment a record: its earliest timer.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/flat_table.hpp"
#include "model/event.hpp"

namespace aftermile::engine {

struct DueTimer {
    base::Instant due;
    model::Subject subject = model::Subject::shipment;
    std::int64_t id = 0;
    // By instant, then subject and id: the same timers fire in the same order everywhere.
    friend auto operator<=>(const DueTimer&, const DueTimer&) = default;
};

class TimerQueue {
  public:
    // Replaces the record's moment; none: it wants nothing.
    void set(model::Subject subject, std::int64_t id, std::optional<base::Instant> due);
    [[nodiscard]] std::optional<base::Instant> due_of(model::Subject subject,
                                                      std::int64_t id) const;
    // Asks the processor for what `set` reads first.
    void bring_near(model::Subject subject, std::int64_t id) const {
        due_.bring_near(key(subject, id));
    }
    // The earliest, which stays until it is replaced.
    [[nodiscard]] std::optional<DueTimer> next();
    [[nodiscard]] std::size_t size() const { return due_.size(); }

  private:
    // Ids of two subjects may be equal numbers: the subject stands in the bits that no id uses.
    [[nodiscard]] static std::uint64_t key(model::Subject subject, std::int64_t id) {
        return static_cast<std::uint64_t>(id) * 8 + static_cast<std::uint64_t>(subject);
    }
    [[nodiscard]] static model::Subject subject_of(std::uint64_t key) {
        return static_cast<model::Subject>(key % 8);
    }
    [[nodiscard]] static std::int64_t id_of(std::uint64_t key) {
        return static_cast<std::int64_t>(key / 8);
    }
    struct Spread {
        std::uint64_t operator()(std::uint64_t key) const { return key; }
    };
    std::vector<DueTimer> heap_;  // the earliest at its front
    base::FlatTable<std::uint64_t, std::optional<base::Instant>, Spread> due_;
};

}  // namespace aftermile::engine
