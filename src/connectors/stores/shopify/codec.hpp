// Shopify's webhooks for orders, fulfilments and fulfilment events.
//
// orders/create, orders/updated, orders/paid and orders/cancelled: one
// OrderInput whose reference is the order's id as text, then a ShipmentInput for each fulfilment
// in it. Money is shop money in the order's `currency`. Lines that need no shipping (gift cards,
// downloads) are left out, for nothing will ever carry them.
// fulfillments/create and fulfillments/update: one ShipmentInput whose reference is the
// fulfilment's id. The first of several tracking numbers is the shipment's and all are its
// pieces: Shopify cannot say which line went into which parcel. A cancelled or failed fulfilment
// is a voided shipment. `shipment_status` is left out: it has no time of its own.
// fulfillment_events/create: one Scan. It names a fulfilment and no tracking number, so
// `tracking_number` is "ref:<fulfilment id>", the shipment's reference, and `carrier` is shopify,
// whose words have their own status table.
#pragma once

#include "ports/connector.hpp"

namespace aftermile::connectors::shopify {

class Codec final : public ports::Connector {
  public:
    [[nodiscard]] std::string_view id() const override { return "shopify"; }
    // Codes: no_signature, bad_signature.
    [[nodiscard]] base::Result<void> authenticate(
        const ports::WebhookHeaders& headers, std::string_view body,
        const std::vector<std::string>& secrets) const override;
    // The topic comes from the header X-Shopify-Topic. Codes: bad_json; no_topic; bad_field with a
    // pointer to an id, amount or currency that cannot be read.
    [[nodiscard]] base::Result<ports::Parsed> parse(const ports::WebhookHeaders& headers,
                                                    std::string_view body,
                                                    const model::Catalog& catalog) const override;
};

}  // namespace aftermile::connectors::shopify
