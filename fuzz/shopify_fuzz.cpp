// The first byte picks a topic, the rest is the body: orders, shipments or a scan, ignored with a
// reason, or refused. Amounts carry the order's own currency and every record has its reference.
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/check.hpp"
#include "connectors/registry.hpp"
#include "engine/catalog_load.hpp"

using namespace aftermile;

namespace {

std::string topic_of(char letter) {
    switch (letter) {
        case 'o':
            return "orders/updated";
        case 'f':
            return "fulfillments/update";
        case 'e':
            return "fulfillment_events/create";
        default:
            return "products/update";
    }
}

void check_order(const model::OrderInput& order) {
    base::check(!order.reference.empty(), "an order has its reference");
    for (const auto& line : order.lines) {
        base::check(line.quantity >= 0, "no quantity is negative");
        base::check(line.unit_price.currency.code() == *order.currency, "one currency an order");
    }
}

void check_shipment(const model::ShipmentInput& shipment) {
    base::check(!shipment.reference.empty() && shipment.order, "a shipment has its order");
    base::check(shipment.pieces.size() != 1, "one piece is the shipment itself");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const model::Catalog catalog =
        engine::load_catalog(engine::embedded_catalog_files()).value();
    static const ports::Connector* const connector = connectors::find("shopify");
    std::string_view body(reinterpret_cast<const char*>(data), size);
    if (body.empty()) {
        return 0;
    }
    ports::WebhookHeaders headers;
    headers.all = {{"x-shopify-topic", topic_of(body.front())},
                   {"x-shopify-hmac-sha256", std::string(body.substr(0, 44))}};
    body.remove_prefix(1);
    base::check(!connector->authenticate(headers, body, {"secret"}), "no signature is guessed");
    const auto parsed = connector->parse(headers, body, catalog);
    if (!parsed) {
        base::check(!parsed.error().code.empty(), "a refusal has a code");
        return 0;
    }
    base::check(!parsed->inputs.empty() || !parsed->ignored.empty(), "nothing comes of a reason");
    for (const auto& input : parsed->inputs) {
        if (const auto* order = std::get_if<model::OrderInput>(&input)) {
            check_order(*order);
        } else if (const auto* shipment = std::get_if<model::ShipmentInput>(&input)) {
            check_shipment(*shipment);
        }
    }
    return 0;
}
