#include "engine/intake.hpp"

#include <algorithm>

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "engine/intake_checks.hpp"
#include "engine/limits.hpp"
#include "engine/person.hpp"

namespace aftermile::engine {

namespace {

using base::Instant;
using base::Result;

// Writes members that were sent; an empty text removes what is sealed.
class FlatWriter {
  public:
    FlatWriter() { writer_.begin_object(); }
    void add(std::string_view name, const std::optional<std::string>& value, bool cleared = false) {
        if (!value && !cleared) {
            return;
        }
        any_ = true;
        writer_.key(name);
        if (cleared || value->empty()) {
            writer_.null();
        } else {
            writer_.text(*value);
        }
    }
    [[nodiscard]] bool any() const { return any_; }
    [[nodiscard]] std::string take() {
        writer_.end_object();
        return std::move(out_);
    }

  private:
    std::string out_;
    base::JsonWriter writer_{out_};
    bool any_ = false;
};

void check_address(Checker& check, std::string_view field,
                   const std::optional<model::AddressInput>& address) {
    if (!address) {
        return;
    }
    const std::string at(field);
    for (const auto& [name, value] : {std::pair{"/name", &address->name},
                                      {"/company", &address->company},
                                      {"/line1", &address->line1},
                                      {"/line2", &address->line2},
                                      {"/city", &address->city},
                                      {"/region", &address->region},
                                      {"/postcode", &address->postcode}}) {
        check.optional_text(at + name, *value);
    }
    if (address->country) {
        const std::string code = base::upper_ascii(*address->country);
        const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
        if (!code.empty() && (code.size() != 2 || !letter(code[0]) || !letter(code[1]))) {
            check.add(at + "/country", "bad_value", "A country is two letters of ISO 3166-1.");
        }
    }
}

void seal_address(Element& element, const std::optional<model::AddressInput>& address,
                  std::string owner, std::string about) {
    if (!address) {
        return;
    }
    FlatWriter flat;
    flat.add("name", address->name);
    flat.add("company", address->company);
    flat.add("line1", address->line1);
    flat.add("line2", address->line2);
    flat.add("city", address->city);
    flat.add("region", address->region);
    flat.add("postcode", address->postcode);
    flat.add("country", address->country);
    if (flat.any()) {
        element.sealed.push_back({std::move(owner), std::move(about), flat.take()});
    }
}

bool is_cleared(const std::vector<std::string>& cleared, std::string_view name) {
    return std::ranges::find(cleared, name) != cleared.end();
}

void check_customer(Checker& check, const model::CustomerInput& customer) {
    check.reference("customer/reference", customer.reference.value_or(""));
    check.optional_text("customer/email", customer.email, limits::email_bytes);
    if (customer.email && !customer.email->empty()) {
        const std::string_view email = base::trim(*customer.email);
        const std::size_t at = email.rfind('@');
        if (at == 0 || at == std::string_view::npos || at + 1 == email.size() ||
            email.find_first_of(" \t\r\n<>,;\"") != std::string_view::npos) {
            check.add("customer/email", "bad_value", "This is not an e-mail address.");
        }
    }
    check.optional_text("customer/phone", customer.phone);
    check.optional_text("customer/name", customer.name);
    check.optional_text("customer/locale", customer.locale, 35);
    check.size("customer/consents", customer.consents.size(), limits::consents);
}

// The person's hashes into the facts, the plain text under their key.
void take_customer(const model::CustomerInput& customer, const std::vector<std::string>& cleared,
                   const IntakeContext& context, model::OrderFacts& facts, Element& element) {
    facts.customer_reference = customer.reference.value_or("");
    facts.locale = customer.locale.value_or("");
    facts.consents = customer.consents;
    if (customer.email && !base::trim(*customer.email).empty()) {
        facts.email_hash = email_hash(context.secret, context.merchant, *customer.email);
    }
    if (customer.phone && !base::trim(*customer.phone).empty()) {
        facts.phone_hash = phone_hash(context.secret, context.merchant, *customer.phone);
    }
    std::string owner =
        !facts.email_hash.empty() ? facts.email_hash
        : !facts.phone_hash.empty()
            ? facts.phone_hash
            : reference_hash(context.secret, context.merchant, facts.customer_reference);
    FlatWriter flat;
    flat.add("email", customer.email, is_cleared(cleared, "customer.email"));
    flat.add("phone", customer.phone, is_cleared(cleared, "customer.phone"));
    flat.add("name", customer.name, is_cleared(cleared, "customer.name"));
    if (flat.any()) {
        std::string about = customer_about(owner);
        element.sealed.push_back({std::move(owner), std::move(about), flat.take()});
    }
}

void check_lines(Checker& check, const std::vector<model::LineInput>& lines) {
    check.size("lines", lines.size(), limits::lines);
    for (std::size_t i = 0; i < lines.size() && i < limits::lines; ++i) {
        const model::LineInput& line = lines[i];
        const std::string at = "lines/" + std::to_string(i) + "/";
        check.reference(at + "reference", line.reference, true);
        check.text(at + "sku", line.sku, limits::short_text_bytes);
        check.text(at + "title", line.title, limits::title_bytes);
        check.text(at + "category", line.category, limits::short_text_bytes);
        check.count(at + "quantity", line.quantity, 1, limits::quantity);
        check.money(at + "unit_price", line.unit_price);
        check.money(at + "unit_cost", line.unit_cost);
        check.money(at + "discount", line.discount);
        check.money(at + "tax", line.tax);
        check.count(at + "weight_grams", line.weight_grams.value_or(0), 0, limits::weight_grams);
        check.optional_text(at + "image_url", line.image_url, limits::url_bytes);
        for (std::size_t other = 0; other < i; ++other) {
            if (lines[other].reference == line.reference) {
                check.add(at + "reference", "bad_value", "Two lines have this reference.");
                break;
            }
        }
    }
}

void check_totals(Checker& check, const model::TotalsInput& totals) {
    check.money("totals/items", totals.items);
    check.money("totals/discount", totals.discount);
    check.money("totals/shipping", totals.shipping);
    check.money("totals/tax", totals.tax);
    check.money("totals/duty", totals.duty);
    check.money("totals/captured", totals.captured);
    check.money("totals/refunded", totals.refunded);
}

model::OrderLine line_of(const model::LineInput& input) {
    model::OrderLine line;
    line.reference = input.reference;
    line.sku = input.sku;
    line.title = input.title;
    line.category = input.category;
    line.quantity = input.quantity;
    line.unit_price = input.unit_price;
    line.unit_cost = input.unit_cost;
    line.discount = input.discount;
    line.tax = input.tax;
    line.weight_grams = input.weight_grams.value_or(0);
    line.image_url = input.image_url.value_or("");
    line.components = input.components;
    line.variants = input.variants;
    return line;
}

// A tracking number as it is compared, or a problem.
// In place: most come as they are to be.
void settle_tracking_number(Checker& check, std::string_view field, std::string& number) {
    const auto plain = [](std::string_view text) {
        return std::ranges::all_of(
            text, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
    };
    if (!plain(number)) {
        number = model::normalise_tracking_number(number);
    }
    if (number.empty()) {
        check.add(field, "missing", "A tracking number is required.");
    } else if (!plain(number) || number.size() > limits::tracking_number_bytes) {
        check.add(field, "bad_value",
                  "A tracking number is 1 to 40 letters and digits, blanks and hyphens aside.");
    }
}

std::string tracking_number_of(Checker& check, std::string_view field, std::string number) {
    settle_tracking_number(check, field, number);
    return number;
}

}  // namespace

model::Area area_of(const model::AddressInput& address) {
    constexpr std::size_t area_chars = 3;
    model::Area area;
    area.country = base::upper_ascii(base::trim(address.country.value_or("")));
    area.region = base::upper_ascii(base::trim(address.region.value_or("")));
    std::string postcode = base::upper_ascii(base::trim(address.postcode.value_or("")));
    if (area.country == "GB" && postcode.size() > area_chars) {
        const std::size_t blank = postcode.find(' ');
        area.postcode_area = blank == std::string::npos
                                 ? postcode.substr(0, postcode.size() - area_chars)
                                 : postcode.substr(0, blank);
    } else {
        area.postcode_area = base::utf8_prefix(postcode, area_chars);
    }
    return area;
}

Result<Element> intake_order(const model::OrderInput& input, const IntakeContext& context,
                             base::Problems& problems) {
    Checker check(context, problems);
    check.reference("reference", input.reference, true);
    check.currency("currency", input.currency);
    check.optional_text("financial_status", input.financial_status);
    check.written("placed_at", input.placed_at);
    check.instant("updated_at", input.updated_at);
    check.instant("cancelled_at", input.cancelled_at);
    check.promise(input.promised);
    check.size("cleared", input.cleared.size(), 100);
    if (input.totals) {
        check_totals(check, *input.totals);
    }
    if (input.customer) {
        check_customer(check, *input.customer);
    }
    check_address(check, "ship_to", input.ship_to);
    check_lines(check, input.lines);
    if (!check.good()) {
        return check.invalid();
    }
    Element element;
    model::OrderFacts facts;
    facts.reference = input.reference;
    if (input.placed_at) {
        facts.placed_at = input.placed_at->instant();
        if (!facts.placed_at) {
            facts.placed_local = input.placed_at->local;
        }
    }
    facts.currency = input.currency;
    facts.financial_status = input.financial_status;
    facts.totals = input.totals;
    if (input.customer) {
        take_customer(*input.customer, input.cleared, context, facts, element);
    }
    if (input.ship_to) {
        facts.ship_to = area_of(*input.ship_to);
    }
    std::ranges::transform(input.lines, std::back_inserter(facts.lines), line_of);
    facts.promised = input.promised;
    facts.updated_at = input.updated_at;
    facts.cancelled_at = input.cancelled_at;
    facts.cleared = input.cleared;
    facts.imported = context.imported;
    seal_address(element, input.ship_to,
                 owner_of_order(context.secret, context.merchant, input.reference),
                 "order/" + input.reference);
    check.park_if_future(element);
    element.payload = std::move(facts);
    return element;
}

namespace {

void check_shipment(Checker& check, const model::ShipmentInput& input) {
    check.reference("reference", input.reference, true);
    for (const auto& [name, value] : {std::pair{"carrier", &input.carrier},
                                      {"service", &input.service},
                                      {"account", &input.account},
                                      {"warehouse", &input.warehouse},
                                      {"packaging", &input.packaging},
                                      {"replaces", &input.replaces},
                                      {"guaranteed_by", &input.guaranteed_by}}) {
        check.optional_text(name, *value);
    }
    check.size("pieces", input.pieces.size(), limits::pieces);
    check_address(check, "ship_from", input.ship_from);
    check_address(check, "ship_to", input.ship_to);
    check.written("label_created_at", input.label_created_at);
    check.money("label_cost", input.label_cost);
    check.instant("voided_at", input.voided_at);
    check.instant("updated_at", input.updated_at);
    check.promise(input.promised);
    check.count("weight_grams", input.weight_grams.value_or(0), 0, limits::weight_grams);
    if (!input.dimensions_mm.empty() && input.dimensions_mm.size() != 3) {
        check.add("dimensions_mm", "bad_value", "A parcel has three sides.");
    }
    for (const std::int64_t side : input.dimensions_mm) {
        check.count("dimensions_mm", side, 1, limits::side_mm);
    }
    check.size("lines", input.lines.size(), limits::lines);
    for (std::size_t i = 0; i < input.lines.size() && i < limits::lines; ++i) {
        const std::string at = "lines/" + std::to_string(i);
        check.reference(at + "/line", input.lines[i].line, true);
        check.count(at + "/quantity", input.lines[i].quantity, 1, limits::quantity);
    }
}

// An id of this merchant's, or ref:VALUE.
void take_order(Checker& check, const model::ShipmentInput& input, const IntakeContext& context,
                model::ShipmentFacts& facts) {
    constexpr std::string_view by_reference = "ref:";
    if (!input.order || input.order->empty()) {
        return;
    }
    if (input.order->starts_with(by_reference)) {
        facts.order_reference = input.order->substr(by_reference.size());
        check.reference("order", facts.order_reference, true);
    } else if (auto id = model::OrderId::parse(*input.order);
               id && id->merchant() == context.merchant) {
        facts.order = *id;
    } else {
        check.add("order", "bad_value", "This is neither an order's id nor ref:REFERENCE.");
    }
}

}  // namespace

Result<Element> intake_shipment(const model::ShipmentInput& input, const IntakeContext& context,
                                base::Problems& problems) {
    Checker check(context, problems);
    check_shipment(check, input);
    Checker declared(context, problems);  // may be in another currency than the label
    declared.money("declared_value", input.declared_value);
    Element element;
    model::ShipmentFacts facts;
    facts.reference = input.reference;
    take_order(check, input, context, facts);
    if (input.tracking_number && !input.tracking_number->empty()) {
        facts.tracking_number =
            tracking_number_of(check, "tracking_number", *input.tracking_number);
    }
    for (std::size_t i = 0; i < input.pieces.size() && i < limits::pieces; ++i) {
        facts.pieces.push_back(
            tracking_number_of(check, "pieces/" + std::to_string(i), input.pieces[i]));
    }
    if (!check.good()) {
        return check.invalid();
    }
    if (input.carrier) {
        facts.carrier = context.catalog->carrier_id(*input.carrier);
        facts.service = input.service;
        if (const auto* service =
                input.service ? context.catalog->find_service(*facts.carrier, *input.service)
                              : nullptr) {
            facts.service = service->id;
        }
    } else {
        facts.service = input.service;
    }
    facts.account = input.account;
    facts.warehouse = input.warehouse;
    facts.residential = input.residential;
    facts.signature = input.signature;
    facts.saturday = input.saturday;
    facts.packaging = input.packaging;
    facts.replaces = input.replaces;
    facts.guaranteed_by = input.guaranteed_by;
    if (input.ship_from) {
        facts.ship_from = area_of(*input.ship_from);
    }
    if (input.ship_to) {
        facts.ship_to = area_of(*input.ship_to);
    }
    if (input.label_created_at) {
        facts.label_created_at = input.label_created_at->instant();
        if (!facts.label_created_at) {
            facts.label_local = input.label_created_at->local;
        }
    }
    facts.label_cost = input.label_cost;
    facts.declared_value = input.declared_value;
    facts.voided_at = input.voided_at;
    facts.updated_at = input.updated_at;
    facts.promised = input.promised;
    facts.weight_grams = input.weight_grams;
    facts.dimensions_mm = input.dimensions_mm;
    facts.lines = input.lines;
    facts.cleared = input.cleared;
    facts.imported = context.imported;
    const std::string order = facts.order ? facts.order.text() : facts.order_reference;
    seal_address(element, input.ship_to,
                 owner_of_order(context.secret, context.merchant,
                                order.empty() ? "shipment " + input.reference : order),
                 "shipment/" + input.reference);
    check.park_if_future(element);
    element.payload = std::move(facts);
    return element;
}

Result<Element> intake_scan(model::Scan input, const IntakeContext& context,
                            base::Problems& problems) {
    Result<Element> made(std::in_place);
    model::Scan& scan = made->payload.emplace<model::Scan>(std::move(input));
    Checker check(context, problems);
    check.text("carrier", scan.carrier, limits::short_text_bytes, true);
    settle_tracking_number(check, "tracking_number", scan.tracking_number);
    if (!scan.piece.empty()) {
        settle_tracking_number(check, "piece", scan.piece);
    }
    check.text("code", scan.code, limits::short_text_bytes);
    check.text("source_id", scan.source_id, limits::short_text_bytes);
    check.text("location/city", scan.place.city, limits::short_text_bytes);
    check.text("location/region", scan.place.region, limits::short_text_bytes);
    check.text("location/postcode", scan.place.postcode, limits::short_text_bytes);
    const Instant at{scan.written.time_since_epoch() -
                     scan.offset.value_or(std::chrono::minutes{0})};
    check.instant("occurred_at", at);
    check.text("description", scan.description, scan.description.size());
    if (!check.good()) {
        return check.invalid();
    }
    scan.carrier = context.catalog->carrier_id(scan.carrier);
    scan.place.country = base::upper_ascii(base::trim(scan.place.country));
    scan.description.resize(base::utf8_prefix(scan.description, limits::description_bytes).size());
    check.park_if_future(*made);
    return made;
}

Result<Element> intake_report(model::Report report, std::string_view words, std::string_view owner,
                              const IntakeContext& context, base::Problems& problems) {
    constexpr std::size_t words_bytes = 5'000;
    constexpr std::size_t name_bytes = 12;
    Checker check(context, problems);
    check.text("text", words, words_bytes);
    check.reference("shipment", report.shipment_reference);
    check.size("evidence", report.evidence.size(), limits::evidence);
    check.size("lines", report.lines.size(), limits::lines);
    if (!report.tracking_number.empty()) {
        report.tracking_number =
            tracking_number_of(check, "tracking_number", report.tracking_number);
    } else if (!report.shipment && report.shipment_reference.empty()) {
        check.add("shipment", "missing", "Name the shipment or its tracking number.");
    }
    if (report.shipment && report.shipment.merchant() != context.merchant) {
        check.add("shipment", "bad_value", "There is no such shipment.");
    }
    if (!check.good()) {
        return check.invalid();
    }
    if (!report.carrier.empty()) {
        report.carrier = context.catalog->carrier_id(report.carrier);
    }
    Element element;
    if (!words.empty()) {
        const std::string about = "report/" + base::to_hex(base::random_bytes(name_bytes));
        FlatWriter flat;
        flat.add("text", std::string(words));
        element.sealed.push_back({owner.empty()
                                      ? owner_of_order(context.secret, context.merchant, about)
                                      : std::string(owner),
                                  about, flat.take()});
        report.evidence.push_back(about);
    }
    element.payload = std::move(report);
    return element;
}

}  // namespace aftermile::engine
