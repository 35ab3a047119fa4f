// Layer 1's two answers to an incident: was the customer told, and is there a ticket.
#pragma once

#include "core/delivery/tell.hpp"

namespace aftermile::core::delivery {

// `ask_again` is when the reason passes; the incident sets a timer there.
[[nodiscard]] Told answer_customer_told(Draft& draft, const Case& about);

[[nodiscard]] model::Answer answer_ticket(Draft& draft, const Case& about);

// The policy's row for an exception; a normal one where there is none.
[[nodiscard]] model::SeverityRow severity_of(const model::Policy& policy, model::Exception kind);

// What a refuted or settled incident does to its ticket: untouched ones are solved, others noted.
void settle_ticket(Draft& draft, model::TicketId ticket, std::string_view note);

}  // namespace aftermile::core::delivery
