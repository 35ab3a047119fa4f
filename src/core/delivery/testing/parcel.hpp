// A shipment told by its scans, for tests that write a history down.
//
//   Parcel().scan("2026-02-03T08:00:00Z", Milestone::accepted).state().milestone
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/delivery/testing/history.hpp"
#include "core/delivery/testing/ingredients.hpp"

namespace aftermile::core::delivery::testing {

struct Extra {
    std::uint8_t flags = 0;
    model::Exception exception = model::Exception::none;
    model::Exception clears = model::Exception::none;
    std::string piece = {};
    std::string code = {};
    const base::Zone* own_zone = nullptr;
};

inline PlacedScan placed_scan(std::string_view written, std::optional<model::Milestone> milestone,
                              const Extra& extra = {}) {
    const auto time = base::parse_time(written).value();
    PlacedScan placed;
    placed.scan.carrier = "ups";
    placed.scan.tracking_number = "1Z1";
    placed.scan.piece = extra.piece;
    placed.scan.code = extra.code;
    placed.scan.milestone = milestone;
    placed.scan.exception = extra.exception;
    placed.scan.clears = extra.clears;
    placed.scan.flags = extra.flags;
    placed.scan.written = time.local;
    placed.scan.offset = time.offset;
    placed.scan.date_only = time.date_only;
    placed.own_zone = extra.own_zone;
    return placed;
}

// Goes to New York; its number is 1Z1.
class Parcel {
  public:
    explicit Parcel(std::vector<std::string> pieces = {}) {
        history_.number = "1Z1";
        history_.pieces = std::move(pieces);
        history_.destination = &test_zones()[0];
    }
    Parcel& scan(std::string_view written, std::optional<model::Milestone> milestone,
                 const Extra& extra = {}) {
        history_.scans.push_back(placed_scan(written, milestone, extra));
        return *this;
    }
    [[nodiscard]] std::string digest() const {
        std::string digest;
        for (const PlacedScan& each : history_.scans) {
            take_in(digest, each, *history_.destination);
        }
        return digest;
    }
    [[nodiscard]] model::TrackState state() const { return fold_digest(digest(), history_); }
    [[nodiscard]] const History& history() const { return history_; }

  private:
    History history_;
};

}  // namespace aftermile::core::delivery::testing
