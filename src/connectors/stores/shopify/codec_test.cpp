#include "connectors/stores/shopify/codec.hpp"

#include <gtest/gtest.h>

#include "connectors/testing.hpp"

namespace aftermile::connectors::shopify {
namespace {

using base::Money;
using model::OrderInput;
using model::ShipmentInput;

std::string fixture(std::string_view name) {
    return testing::fixture("stores/shopify/fixtures", name);
}

model::Catalog catalog() {
    testing::Rows rows;
    rows.carrier("ups", "UPS", {});
    rows.status("shopify", "", "attempted_delivery", model::Milestone::attempt_failed).exception =
        model::Exception::attempt_failed;
    return rows.build();
}

base::Result<ports::Parsed> try_parse(std::string_view topic, std::string_view body) {
    ports::WebhookHeaders headers;
    headers.all = {{"x-shopify-topic", std::string(topic)}};
    return Codec().parse(headers, body, catalog());
}

ports::Parsed parse(std::string_view topic, std::string_view body) {
    auto parsed = try_parse(topic, body);
    EXPECT_TRUE(parsed.has_value()) << parsed.error().detail << parsed.error().pointer;
    return parsed ? *parsed : ports::Parsed{};
}

Money usd(std::int64_t cents) { return {cents, base::Currency::parse("USD").value()}; }

OrderInput order() {
    return std::get<OrderInput>(
        parse("orders/updated", fixture("order_updated.json")).inputs.at(0));
}

ShipmentInput fulfillment() {
    return std::get<ShipmentInput>(
        parse("fulfillments/update", fixture("fulfillment_update.json")).inputs.at(0));
}

base::Result<void> check(std::string_view header, std::string_view body,
                         const std::vector<std::string>& secrets) {
    ports::WebhookHeaders headers;
    headers.all = {{"x-shopify-hmac-sha256", std::string(header)}};
    return Codec().authenticate(headers, body, secrets);
}

TEST(ShopifySignature, the_raw_body_is_signed) {
    constexpr std::string_view header = "VnKUjZsLuN5iZWjn5EntcBVCF9kMN43LglzCE1/GSeY=";
    EXPECT_TRUE(check(header, R"({"id":1})", {"old", "hush"}).has_value());
    EXPECT_EQ(check(header, R"({"id": 1})", {"hush"}).error().code, "bad_signature");
    EXPECT_EQ(check(header, R"({"id":1})", {"old"}).error().code, "bad_signature");
    EXPECT_EQ(check("%%%", R"({"id":1})", {"hush"}).error().code, "bad_signature");
    EXPECT_EQ(Codec().authenticate({}, "{}", {"hush"}).error().code, "no_signature");
}

TEST(Shopify, an_order_keeps_its_id_times_and_customer) {
    const OrderInput out = order();
    EXPECT_EQ(out.reference, "820982911946154508");
    EXPECT_EQ(out.placed_at->instant(), base::parse_instant("2026-01-05T14:59:30Z").value());
    EXPECT_EQ(out.updated_at, base::parse_instant("2026-01-06T17:00:00Z").value());
    EXPECT_FALSE(out.cancelled_at.has_value());
    EXPECT_EQ(out.financial_status, "partially_refunded");
    ASSERT_TRUE(out.customer && out.ship_to);
    EXPECT_EQ(out.customer->email, "ada@example.com");
    EXPECT_EQ(out.customer->phone, "+15555550100");
    EXPECT_EQ(out.customer->locale, "en-US");
    EXPECT_EQ(out.ship_to->region, "OR");
    EXPECT_EQ(out.ship_to->country, "US");
    EXPECT_FALSE(out.ship_to->line2.has_value());
}

TEST(Shopify, marketing_consent_is_no_more_than_what_was_given) {
    const OrderInput out = order();
    const auto& consents = out.customer->consents;
    ASSERT_EQ(consents.size(), 2U);
    EXPECT_EQ(consents[0].channel, model::Channel::email);
    EXPECT_EQ(consents[0].purpose, model::Purpose::marketing);
    EXPECT_TRUE(consents[0].granted);
    EXPECT_FALSE(consents[1].granted);
}

TEST(Shopify, amounts_are_shop_money_in_minor_units) {
    const OrderInput out = order();
    ASSERT_TRUE(out.totals.has_value());
    EXPECT_EQ(out.currency, "USD");
    EXPECT_EQ(out.totals->items, usd(12000));
    EXPECT_EQ(out.totals->shipping, usd(499));  // not the 4.60 EUR that were shown
    EXPECT_EQ(out.totals->discount, usd(1200));
    EXPECT_EQ(out.totals->captured, usd(12163));
    EXPECT_EQ(out.totals->refunded, usd(1000));  // the failed refund gave nothing back
    EXPECT_EQ(out.lines.at(0).unit_price, usd(5000));
    EXPECT_EQ(out.lines.at(0).discount, usd(1000));  // 6.00 + 4.00
    EXPECT_EQ(out.lines.at(0).tax, usd(864));
}

TEST(Shopify, a_currency_without_cents_keeps_its_units) {
    const auto parsed =
        parse("orders/create", R"({"id":1,"currency":"JPY","total_line_items_price":"1200"})");
    const auto& out = std::get<OrderInput>(parsed.inputs.at(0));
    EXPECT_EQ(out.totals->items->amount, 1200);
    EXPECT_EQ(try_parse("orders/create",
                        R"({"id":1,"currency":"JPY","total_line_items_price":"1200.50"})")
                  .error()
                  .pointer,
              "/total_line_items_price");
}

TEST(Shopify, lines_that_need_no_shipping_are_left_out) {
    const auto parsed = parse("orders/updated", fixture("order_updated.json"));
    const auto& out = std::get<OrderInput>(parsed.inputs.at(0));
    ASSERT_EQ(out.lines.size(), 1U);
    EXPECT_EQ(out.lines[0].reference, "487817672276298554");
    EXPECT_EQ(out.lines[0].title, "Lamp - brass");
    EXPECT_EQ(out.lines[0].weight_grams, 1250);
    EXPECT_EQ(parsed.skipped, std::vector<std::string>{"line_items/1: needs no shipping"});
}

TEST(Shopify, fulfilments_inside_an_order_are_shipments_of_it) {
    const auto parsed = parse("orders/updated", fixture("order_updated.json"));
    ASSERT_EQ(parsed.inputs.size(), 2U);
    const auto& out = std::get<ShipmentInput>(parsed.inputs.at(1));
    EXPECT_EQ(out.reference, "4001");
    EXPECT_EQ(out.order, "ref:820982911946154508");
    EXPECT_EQ(out.carrier, "ups");
    EXPECT_EQ(out.tracking_number, "1Z999AA1");
    EXPECT_TRUE(out.pieces.empty());
    EXPECT_FALSE(out.ship_from.has_value());
    ASSERT_EQ(out.lines.size(), 1U);
    EXPECT_EQ(out.lines[0].quantity, 1);
}

TEST(Shopify, several_tracking_numbers_are_pieces_of_one_shipment) {
    const ShipmentInput out = fulfillment();
    EXPECT_EQ(out.tracking_number, "A1");
    EXPECT_EQ(out.pieces, (std::vector<std::string>{"A1", "A2"}));
    EXPECT_EQ(out.carrier, "my_own_van");
    EXPECT_EQ(out.warehouse, "905684977");
    EXPECT_EQ(out.ship_to->name, "Ada Palmer");
    EXPECT_EQ(out.ship_to->region, "Oregon");
}

TEST(Shopify, a_cancelled_fulfilment_is_a_voided_shipment) {
    EXPECT_EQ(fulfillment().voided_at, base::parse_instant("2026-01-07T13:00:00Z").value());
}

TEST(Shopify, a_fulfilment_event_is_a_scan_of_the_shipments_reference) {
    const auto parsed = parse("fulfillment_events/create", fixture("fulfillment_event.json"));
    const auto& scan = std::get<model::Scan>(parsed.inputs.at(0));
    EXPECT_EQ(scan.carrier, "shopify");
    EXPECT_EQ(scan.tracking_number, "ref:4001");
    EXPECT_EQ(scan.milestone, model::Milestone::attempt_failed);
    EXPECT_EQ(scan.exception, model::Exception::attempt_failed);
    EXPECT_EQ(scan.offset, std::chrono::minutes{-480});
    EXPECT_EQ(scan.source_id, "944956391");
}

TEST(Shopify, an_unknown_event_word_keeps_the_state_and_is_named) {
    const auto parsed =
        parse("fulfillment_events/create",
              R"({"fulfillment_id":1,"status":"flown","happened_at":"2026-01-09T11:39:28Z"})");
    EXPECT_FALSE(std::get<model::Scan>(parsed.inputs.at(0)).milestone.has_value());
    EXPECT_EQ(parsed.unknown_codes, std::vector<std::string>{"shopify/FLOWN"});
}

TEST(Shopify, faults_name_the_member) {
    const std::vector<std::tuple<std::string, std::string, std::string>> faults{
        {"orders/create", R"({"currency":"USD"})", "/id"},
        {"orders/create", R"({"id":1,"currency":"XYZ"})", "/currency"},
        {"orders/create", R"({"id":1,"currency":"USD","created_at":"soon"})", "/created_at"},
        {"orders/create", R"({"id":1,"currency":"USD","line_items":[{}]})", "/line_items/0/id"},
        {"orders/create", R"({"id":1,"currency":"USD","line_items":[{"id":1,"quantity":-1}]})",
         "/line_items/0/quantity"},
        {"orders/create", R"({"id":1,"currency":"USD","total_tax":"1,00"})", "/total_tax"},
        {"fulfillments/create", R"({"id":1})", "/order_id"},
        {"fulfillment_events/create", R"({"fulfillment_id":1})", "/happened_at"},
    };
    for (const auto& [topic, body, pointer] : faults) {
        const auto parsed = try_parse(topic, body);
        ASSERT_FALSE(parsed.has_value()) << body;
        EXPECT_EQ(parsed.error().code, "bad_field") << body;
        EXPECT_EQ(parsed.error().pointer, pointer) << body;
    }
    EXPECT_EQ(try_parse("orders/create", "{").error().code, "bad_json");
    EXPECT_EQ(try_parse("", "{}").error().code, "no_topic");
}

TEST(Shopify, other_topics_are_ignored_by_name) {
    EXPECT_EQ(parse("products/update", "{}").ignored,
              "The topic \"products/update\" is not acted on.");
}

}  // namespace
}  // namespace aftermile::connectors::shopify
