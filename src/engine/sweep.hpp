// Shipments of one merchant whose rows are behind their events: with `materialise = swept`, a scan
// commits its event, and the row follows. Rows are written in cycles, a share with every batch, in
// the order of their keys, so that neighbours change the same page; once nothing came for a moment,
// all at once. A row is written as the record stands then, whatever came since the cycle began.
//
// The mark is the number of an event up to which every row is written. It is stored with the
// cycle's last share, and from it a restart brings rows up to date with the events after it.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "model/ids.hpp"

namespace aftermile::engine {

class Sweep {
  public:
    // The record is ahead of its row, by an event of the batch at hand.
    void behind(model::ShipmentId id) { waiting_.insert(id.value); }
    // The batch at hand writes the row.
    void written(model::ShipmentId id) { waiting_.erase(id.value); }

    [[nodiscard]] bool empty() const { return waiting_.empty() && at_ == cycle_.size(); }
    [[nodiscard]] std::size_t size() const { return waiting_.size() + cycle_.size() - at_; }
    // Calls `f(ShipmentId)` for each whose row is behind; some may be named twice.
    template <class F>
    void each(F f) const {
        for (const std::int64_t id : waiting_) {
            f(model::ShipmentId{id});
        }
        for (std::size_t i = at_; i < cycle_.size(); ++i) {
            f(model::ShipmentId{cycle_[i]});
        }
    }

    // The rows to write with this batch, at most `most` or, where that is none, the share of the
    // cycle that goes with the events since the last one. `last_event` is the merchant's last
    // number, this batch included.
    [[nodiscard]] std::vector<model::ShipmentId> next(std::uint64_t last_event,
                                                      std::optional<std::size_t> most);
    // The mark that holds once what `next` gave is written, when that ended a cycle.
    [[nodiscard]] std::optional<std::uint64_t> mark() const { return mark_; }

  private:
    void begin(std::uint64_t last_event);

    boost::unordered_flat_set<std::int64_t> waiting_;  // for the next cycle
    std::vector<std::int64_t> cycle_;                  // ascending; written up to at_
    std::size_t at_ = 0;
    std::uint64_t cycle_event_ = 0;  // the last one when the cycle began
    std::uint64_t share_event_ = 0;  // the last one when rows were given
    std::optional<std::uint64_t> mark_;
};

}  // namespace aftermile::engine
