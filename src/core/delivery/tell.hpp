// Telling a shopper: every message passes this one gate, which decides once whether, when and to
// whom. One message a fact, one channel, at most one delay message in the policy's gap, quiet
// hours at the destination, consent, sender, mode. What it refuses it names.
#pragma once

#include <string>
#include <vector>

#include "core/case.hpp"

namespace aftermile::core::delivery {

struct Telling {
    model::NotificationKind kind = model::NotificationKind::shipped;
    std::string variant;  // of the template, e.g. the exception
    model::ShipmentId shipment;
    model::OrderId order;
    model::IncidentId incident;
    std::vector<model::MessageField> message_fields;
    base::Word rule;  // for because
    // Whose policy row decides, where it is not the message's own: a correction goes out wherever
    // what it corrects went out.
    std::optional<model::NotificationKind> policy_row = std::nullopt;
};

struct Told {
    model::Answer answer;                    // id ntf_… or the reason
    std::optional<base::Instant> ask_again;  // the reason passes at this instant
};

[[nodiscard]] Told tell(Draft& draft, const Telling& telling, std::vector<model::Told>& told);

// The policy has us send this message. Where it has not, nothing need be read to refuse it.
[[nodiscard]] bool is_ours_to_tell(const model::Policy& policy, model::NotificationKind kind);

// A message of delay: a shopper gets at most one in 48 hours.
[[nodiscard]] bool is_delay(model::NotificationKind kind);

// Was this fact told, or was it decided for good not to tell it?
[[nodiscard]] bool is_told(const std::vector<model::Told>& told, model::NotificationKind kind,
                           std::string_view variant);

// Fields that every message about an order or parcel bears.
[[nodiscard]] std::vector<model::MessageField> common_fields(Draft& draft, model::OrderId order,
                                                             model::ShipmentId shipment);

// The day or days of a row of the promise ledger that still lie ahead, as the field `expected`.
void add_expected(const model::Promise& promise, base::LocalDay today,
                  std::vector<model::MessageField>& message_fields);

// Takes back messages that are not sent; returns true if one had been sent that is now false.
bool retract_messages(Draft& draft, const std::vector<model::Told>& told);

}  // namespace aftermile::core::delivery
