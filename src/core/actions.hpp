// What people and channels do to records that exist: the team's actions, attributed, and a
// channel's reply to one attempt.
#pragma once

#include "core/draft.hpp"

namespace aftermile::core {

[[nodiscard]] Decisions decide_dispatched(Draft& draft, const model::Dispatched& reply);
[[nodiscard]] Decisions decide_incident_action(Draft& draft, const model::IncidentAction& action);
[[nodiscard]] Decisions decide_ticket_action(Draft& draft, const model::TicketAction& action);
[[nodiscard]] Decisions decide_claim_action(Draft& draft, const model::ClaimAction& action);

}  // namespace aftermile::core
