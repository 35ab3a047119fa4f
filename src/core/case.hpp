// An incident as the layers see it when they answer: its subject, what is open and since when.
// Each layer gives one answer, the thing done or the reason why not, never both or neither.
#pragma once

#include <string>
#include <utility>

#include "core/draft.hpp"

namespace aftermile::core {

struct Case {
    model::IncidentId incident;
    model::ShipmentId shipment;                      // none: the order is the subject
    model::OrderId order;                            // none: a parcel without an order
    model::Exception kind = model::Exception::none;  // the gravest open, else the gravest ever
    base::Instant since;                             // when that came true
    bool open = true;                                // something stands open
    bool refuted = false;                            // nothing of it ever was
    bool reported = false;                           // the shopper told us, not the carrier
    bool word_due = false;  // a next word was promised and its time has come
};

[[nodiscard]] inline model::Answer done(std::string id, model::Because because, base::Instant at) {
    return {
        .id = std::move(id), .none = {}, .at = at, .because = std::move(because), .history = {}};
}
[[nodiscard]] inline model::Answer nothing(std::string reason, model::Because because,
                                           base::Instant at) {
    return {.id = {},
            .none = std::move(reason),
            .at = at,
            .because = std::move(because),
            .history = {}};
}

}  // namespace aftermile::core
