// From inputs to elements: checks what senders wrote, cuts the personal part off under the seal,
// and leaves keyed hashes and areas for decisions. Pure but for the secret it is given.
//
//   base::Problems problems;
//   auto element = engine::intake_order(input, context, problems);
//   // error `invalid`: the problems say which field and why
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "engine/submission.hpp"
#include "model/catalog.hpp"
#include "model/inputs.hpp"

namespace aftermile::engine {

struct IntakeContext {
    std::string_view secret;  // installation_secret
    model::MerchantNumber merchant = 0;
    base::Instant now;
    const model::Catalog* catalog = nullptr;
    bool imported = false;
    std::string pointer;  // of the element in its body: "" or "/3"
};

// Codes: `invalid` (rejected; every problem is in `problems`, with codes missing, bad_value,
// out_of_range, before_1970, currency_mismatch). An element more than 24 hours in the future comes
// back with `parked` set: in_the_future.
[[nodiscard]] base::Result<Element> intake_order(const model::OrderInput& input,
                                                 const IntakeContext& context,
                                                 base::Problems& problems);
[[nodiscard]] base::Result<Element> intake_shipment(const model::ShipmentInput& input,
                                                    const IntakeContext& context,
                                                    base::Problems& problems);
// Milestone, exception and flags are the caller's: from a status table or from the sender.
[[nodiscard]] base::Result<Element> intake_scan(model::Scan input, const IntakeContext& context,
                                                base::Problems& problems);
// `words` are the reporter's own and personal: sealed under `report/…`, which `report.evidence`
// then names. `owner` is the person's key, or empty.
[[nodiscard]] base::Result<Element> intake_report(model::Report report, std::string_view words,
                                                  std::string_view owner,
                                                  const IntakeContext& context,
                                                  base::Problems& problems);

// What of an address stays outside the seal.
[[nodiscard]] model::Area area_of(const model::AddressInput& address);

}  // namespace aftermile::engine
