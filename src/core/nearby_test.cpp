#include "core/nearby.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aftermile::core {
namespace {

model::Payload scan_of(const std::string& number) {
    model::Scan scan;
    scan.tracking_number = number;
    return scan;
}

TEST(Nearby, walks_to_the_shipments_that_scans_name_and_passes_over_what_is_not_known) {
    constexpr std::int64_t parcels = 50;
    Facts facts;
    std::vector<model::Payload> payloads;
    std::vector<model::ShipmentId> expected;
    for (std::int64_t n = 1; n <= parcels; ++n) {
        const std::string number = "1Z999AA10123456" + std::to_string(100 + n);
        payloads.push_back(scan_of(number));
        if (n % 3 == 0) {
            payloads.emplace_back(model::OrderFacts{});
        }
        if (n % 4 == 0) {
            continue;  // a name that was never looked for
        }
        const model::ShipmentId id{n};
        facts.names.put(tracking_key(number), std::span(&id.value, 1));
        expected.push_back(id);
        if (n % 5 == 0) {
            facts.shipments.absent(id);
            continue;
        }
        model::Shipment shipment;
        shipment.id = id;
        shipment.label.edit().order = model::OrderId{n * 7};
        shipment.label.edit().tracking_number = number;
        shipment.digest = std::string(static_cast<std::size_t>(n) * 24, 'x');
        facts.shipments.put(id, shipment);
        if (n % 2 == 0) {
            facts.orders.put(model::OrderId{n * 7}, model::Order{});
        }
    }
    std::vector<const model::Payload*> asked;
    for (const model::Payload& payload : payloads) {
        asked.push_back(&payload);
    }
    EXPECT_EQ(bring_near(asked, facts), expected);
    EXPECT_TRUE(bring_near({}, facts).empty());
}

}  // namespace
}  // namespace aftermile::core
