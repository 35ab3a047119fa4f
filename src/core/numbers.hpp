// Whose number is it? The shipments that bear a tracking number, as their own or as a piece's, and
// which of them a scan or a label is about: carriers use numbers again
// (docs/decisions/0012-numbers-used-again.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/draft.hpp"

namespace aftermile::core {

// Every number that its scans may come under, its own and its pieces', each once.
[[nodiscard]] std::vector<std::string> numbers_of(const model::Shipment& shipment);

// How long a number is one shipment's: from its label, or the first scan where only scans are known
// of it, to its end, or the last scan.
struct NumberUse {
    std::optional<base::Instant> begins, ends;
};
[[nodiscard]] NumberUse use_of(const model::Shipment& shipment);

// Whether what happened then may belong to that use: not `reuse` or more before or after it.
[[nodiscard]] bool is_within(const NumberUse& use, base::Instant at, std::chrono::days reuse);

// The shipment of that number whose carrier is the same, or unsaid on either side, and which a scan
// of that instant is about. None: it opens another one.
[[nodiscard]] model::ShipmentId find_for_scan(Draft& draft, std::string_view carrier,
                                              std::string_view number, base::Instant at);
// Those told by name that bear that number.
[[nodiscard]] std::vector<model::ShipmentId> named_of(Draft& draft, std::string_view carrier,
                                                      std::string_view number);
// The one that bears that number now.
[[nodiscard]] model::ShipmentId find_latest(Draft& draft, std::string_view carrier,
                                            std::string_view number);

// The shipments known from scans only, under one of these numbers, that a label of that instant
// (none: of any) is for; oldest first.
[[nodiscard]] std::vector<model::ShipmentId> unnamed_of(Draft& draft, std::string_view carrier,
                                                        const std::vector<std::string>& numbers,
                                                        std::optional<base::Instant> label);

}  // namespace aftermile::core
