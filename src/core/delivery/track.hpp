// The fold of a shipment's scans into its state. A pure function of the set of scans: their order
// of arrival cannot matter, because it is not among the arguments.
//
// Rules, in the order applied (docs/reference/tracking.md):
//   1. A correction that voids declares the last milestone before it, of its piece, never to
//      have been.
//   2. Later scans win. A label message never undoes movement.
//   3. Delivered stays delivered: only a correction regresses it, any other later movement flags
//      it. The same for returned. A correction that names no milestone lets the next one in.
//   4. From `returning` on, forward words describe the way back: `delivered` means `returned`.
//   5. A movement clears what it disproves (see cleared_by); `lost` ends with any movement. A
//      synthetic scan clears nothing by its milestone.
//   6. Of several pieces, cancelled ones aside, the shipment is delivered when all are; otherwise
//      it is where the least advanced scanned piece that is still on its way is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/delivery/digest.hpp"

namespace aftermile::core::delivery {

// `pieces` are the declared piece numbers (empty: those that scans name). `tracking_number` is
// the shipment's own: where pieces are declared and it is not among them, its scans are about
// all of them.
[[nodiscard]] model::TrackState fold_scans(const std::vector<DigestEntry>& sorted,
                                           const std::vector<std::string>& pieces,
                                           std::string_view tracking_number,
                                           const base::Zone& zone);

// The scans that stand: rule 1 applied.
[[nodiscard]] std::vector<DigestEntry> without_voided(const std::vector<DigestEntry>& sorted);

// Does reaching `milestone` end `exception`?
[[nodiscard]] bool cleared_by(model::Exception exception, model::Milestone milestone);

// A scan that shows the parcel itself, not only words about it.
[[nodiscard]] bool is_physical(const DigestEntry& entry);

// Is the journey over?
[[nodiscard]] bool is_final(model::Milestone milestone);

}  // namespace aftermile::core::delivery
