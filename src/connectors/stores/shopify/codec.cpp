#include "connectors/stores/shopify/codec.hpp"

#include <algorithm>
#include <array>

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "connectors/json.hpp"

namespace aftermile::connectors::shopify {

namespace {

using base::Money;
using base::Result;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t list_max = 1'000;  // lines, fulfilments, pieces: more is not an order
constexpr std::size_t description_bytes_max = 500;

std::unexpected<base::Error> bad_field(std::string_view pointer, std::string_view why) {
    return base::fail("bad_field", std::string(why), std::string(pointer));
}

template <class T>
void keep(std::optional<T>& into, T value) {
    if (!value.empty()) {
        into = std::move(value);
    }
}

void keep_text(std::optional<std::string>& into, object from, std::string_view key) {
    keep(into, std::string(base::trim(text_of(from, key))));
}

// Absent or null gives nothing; anything but an instant is refused.
Result<std::optional<base::WrittenTime>> time_of(object from, std::string_view key) {
    const std::string_view text = text_of(from, key);
    if (text.empty()) {
        return std::nullopt;
    }
    auto at = base::parse_time(text);
    if (!at) {
        return bad_field("/" + std::string(key), at.error().detail);
    }
    return *at;
}

Result<std::optional<base::Instant>> instant_of(object from, std::string_view key) {
    const auto at = time_of(from, key);
    if (!at) {
        return std::unexpected(at.error());
    }
    return *at ? (*at)->instant() : std::nullopt;
}

// Decimal texts ("199.00") of shop money. The first fault is kept and everything after it is
// empty, so that a reader can ask for all members and look once.
class Amounts {
  public:
    explicit Amounts(base::Currency currency) : currency_(currency) {}

    std::optional<Money> text(std::string_view decimal, std::string_view pointer) {
        if (decimal.empty() || fault_) {
            return std::nullopt;
        }
        auto money = base::parse_decimal(decimal, currency_);
        if (!money) {
            fault_ = base::Error{"bad_field", money.error().detail, std::string(pointer),
                                 base::Family::rejected};
            return std::nullopt;
        }
        return *money;
    }
    std::optional<Money> member(object from, std::string_view key) {
        return text(text_of(from, key), "/" + std::string(key));
    }
    // The shop_money of a price set.
    std::optional<Money> shop_money(object from, std::string_view key) {
        object set;
        object money;
        if (!object_of(from, key, set) || !object_of(set, "shop_money", money)) {
            return std::nullopt;
        }
        return text(text_of(money, "amount"), "/" + std::string(key) + "/shop_money/amount");
    }
    // The sum of a member over a list; nothing when the list is empty or absent.
    template <class Wanted>
    std::optional<Money> sum(object from, std::string_view list, std::string_view key,
                             Wanted&& wanted) {
        array items;
        std::optional<Money> total;
        if (!array_of(from, list, items)) {
            return total;
        }
        for (const element each : items) {
            object item;
            if (each.get_object().get(item) != simdjson::SUCCESS || !wanted(item)) {
                continue;
            }
            add(total, text(text_of(item, key), "/" + std::string(list)), list);
        }
        return total;
    }
    void add(std::optional<Money>& total, std::optional<Money> more, std::string_view where) {
        if (!more || fault_) {
            return;
        }
        auto both = total ? total->plus(*more) : Result<Money>(*more);
        if (!both) {
            fault_ = base::Error{"bad_field", both.error().detail, "/" + std::string(where),
                                 base::Family::rejected};
            return;
        }
        total = *both;
    }
    [[nodiscard]] base::Currency currency() const { return currency_; }
    [[nodiscard]] const std::optional<base::Error>& fault() const { return fault_; }

  private:
    base::Currency currency_;
    std::optional<base::Error> fault_;
};

constexpr auto any_item = [](object) { return true; };

std::optional<model::AddressInput> read_address(object from, std::string_view key) {
    object address;
    if (!object_of(from, key, address)) {
        return std::nullopt;
    }
    model::AddressInput out;
    keep_text(out.name, address, "name");
    if (!out.name) {
        keep(out.name, std::string(base::trim(std::string(text_of(address, "first_name")) + " " +
                                              std::string(text_of(address, "last_name")))));
    }
    keep_text(out.company, address, "company");
    keep_text(out.line1, address, "address1");
    keep_text(out.line2, address, "address2");
    keep_text(out.city, address, "city");
    keep_text(out.region, address, "province_code");
    if (!out.region) {
        keep_text(out.region, address, "province");
    }
    keep_text(out.postcode, address, "zip");
    keep(out.country, country_code(text_of(address, "country_code")));
    if (!out.line1 && !out.city && !out.postcode && !out.country) {
        return std::nullopt;
    }
    return out;
}

void read_consent(object customer, std::string_view key, model::Channel channel,
                  model::CustomerInput& out) {
    object consent;
    if (!object_of(customer, key, consent) || text_of(consent, "state").empty()) {
        return;
    }
    model::ConsentInput made;
    made.channel = channel;
    made.purpose = model::Purpose::marketing;
    made.granted = text_of(consent, "state") == "subscribed";
    made.source = "shopify";
    if (const auto at = base::parse_instant(text_of(consent, "consent_updated_at"))) {
        made.at = *at;
    }
    out.consents.push_back(std::move(made));
}

model::CustomerInput read_customer(object order) {
    model::CustomerInput out;
    object customer;
    const bool known = object_of(order, "customer", customer);
    if (known) {
        keep(out.reference, id_of(customer, "id"));
        keep(out.name, std::string(base::trim(std::string(text_of(customer, "first_name")) + " " +
                                              std::string(text_of(customer, "last_name")))));
        read_consent(customer, "email_marketing_consent", model::Channel::email, out);
        read_consent(customer, "sms_marketing_consent", model::Channel::sms, out);
    }
    for (const auto key : {"email", "contact_email"}) {
        if (!out.email) {
            keep_text(out.email, order, key);
        }
    }
    keep_text(out.phone, order, "phone");
    if (known && !out.email) {
        keep_text(out.email, customer, "email");
    }
    if (known && !out.phone) {
        keep_text(out.phone, customer, "phone");
    }
    keep_text(out.locale, order, "customer_locale");
    return out;
}

model::TotalsInput read_totals(object order, Amounts& amounts) {
    model::TotalsInput totals;
    totals.items = amounts.member(order, "total_line_items_price");
    totals.discount = amounts.member(order, "total_discounts");
    totals.shipping = amounts.shop_money(order, "total_shipping_price_set");
    if (!totals.shipping) {
        totals.shipping = amounts.sum(order, "shipping_lines", "price", any_item);
    }
    totals.tax = amounts.member(order, "total_tax");
    totals.duty = amounts.shop_money(order, "current_total_duties_set");
    const std::string_view status = text_of(order, "financial_status");
    if (status == "paid" || status == "partially_refunded" || status == "refunded") {
        totals.captured = amounts.member(order, "total_price");
    }
    array refunds;
    if (array_of(order, "refunds", refunds)) {
        for (const element each : refunds) {
            object refund;
            if (each.get_object().get(refund) == simdjson::SUCCESS) {
                amounts.add(totals.refunded,
                            amounts.sum(refund, "transactions", "amount",
                                        [&](object transaction) {
                                            const auto currency = text_of(transaction, "currency");
                                            return text_of(transaction, "kind") == "refund" &&
                                                   text_of(transaction, "status") == "success" &&
                                                   (currency.empty() ||
                                                    currency == amounts.currency().code());
                                        }),
                            "refunds");
            }
        }
    }
    return totals;
}

Result<model::LineInput> read_line(object item, std::size_t index, Amounts& amounts) {
    const std::string pointer = "/line_items/" + std::to_string(index);
    model::LineInput line;
    line.reference = id_of(item, "id");
    if (line.reference.empty()) {
        return bad_field(pointer + "/id", "A line needs its id.");
    }
    line.sku = text_of(item, "sku");
    line.title = text_of(item, "name");
    if (line.title.empty()) {
        line.title = text_of(item, "title");
    }
    line.quantity = integer_of(item, "quantity", 0);
    if (line.quantity < 0) {
        return bad_field(pointer + "/quantity", "A quantity may not be negative.");
    }
    const auto price = amounts.text(text_of(item, "price"), pointer + "/price");
    line.unit_price = price.value_or(Money{0, amounts.currency()});
    line.discount = amounts.sum(item, "discount_allocations", "amount", any_item);
    line.tax = amounts.sum(item, "tax_lines", "price", any_item);
    if (const std::int64_t grams = integer_of(item, "grams", 0); grams > 0) {
        line.weight_grams = grams;
    }
    if (const std::string_view variant = text_of(item, "variant_title"); !variant.empty()) {
        line.variants.emplace_back(variant);
    }
    return line;
}

Result<void> read_lines(object order, Amounts& amounts, model::OrderInput& out,
                        ports::Parsed& parsed) {
    array items;
    if (!array_of(order, "line_items", items)) {
        return {};
    }
    std::size_t index = 0;
    for (const element each : items) {
        object item;
        if (index >= list_max || each.get_object().get(item) != simdjson::SUCCESS) {
            return bad_field("/line_items", "Not a list of at most 1,000 lines.");
        }
        auto line = read_line(item, index, amounts);
        if (!line) {
            return std::unexpected(line.error());
        }
        if (truth_of(item, "requires_shipping", true)) {
            out.lines.push_back(std::move(*line));
        } else {
            parsed.skipped.push_back("line_items/" + std::to_string(index) + ": needs no shipping");
        }
        ++index;
    }
    return {};
}

// The fulfilment's numbers: the list, or the single one of older bodies, each once.
std::vector<std::string> read_numbers(object fulfillment) {
    std::vector<std::string> numbers;
    const auto add = [&numbers](std::string_view text) {
        std::string number = model::normalise_tracking_number(text);
        if (!number.empty() && numbers.size() < list_max &&
            std::ranges::find(numbers, number) == numbers.end()) {
            numbers.push_back(std::move(number));
        }
    };
    array list;
    if (array_of(fulfillment, "tracking_numbers", list)) {
        for (const element each : list) {
            std::string_view text;
            if (each.get_string().get(text) == simdjson::SUCCESS) {
                add(text);
            }
        }
    }
    if (numbers.empty()) {
        add(text_of(fulfillment, "tracking_number"));
    }
    return numbers;
}

// `order_around`: the id of the order that the fulfilment came in, if it did.
Result<model::ShipmentInput> read_fulfillment(object from, std::string_view order_around,
                                              const model::Catalog& catalog) {
    model::ShipmentInput out;
    out.reference = id_of(from, "id");
    const std::string order =
        order_around.empty() ? id_of(from, "order_id") : std::string(order_around);
    if (out.reference.empty() || order.empty()) {
        return bad_field(order.empty() ? "/order_id" : "/id",
                         "A fulfilment needs its id and its order's.");
    }
    out.order = "ref:" + order;
    keep(out.carrier, catalog.carrier_id(text_of(from, "tracking_company")));
    auto numbers = read_numbers(from);
    if (!numbers.empty()) {
        out.tracking_number = numbers.front();
    }
    if (numbers.size() > 1) {
        out.pieces = std::move(numbers);
    }
    out.ship_from = read_address(from, "origin_address");
    out.ship_to = read_address(from, "destination");
    keep(out.warehouse, id_of(from, "location_id"));
    const auto created = time_of(from, "created_at");
    const auto updated = instant_of(from, "updated_at");
    if (!created || !updated) {
        return std::unexpected(created ? updated.error() : created.error());
    }
    out.label_created_at = *created;
    out.updated_at = *updated;
    const std::string_view status = text_of(from, "status");
    if (status == "cancelled" || status == "failure" || status == "error") {
        out.voided_at = *updated ? *updated : (*created ? (*created)->instant() : std::nullopt);
    }
    array items;
    if (array_of(from, "line_items", items)) {
        for (const element each : items) {
            object item;
            if (out.lines.size() >= list_max || each.get_object().get(item) != simdjson::SUCCESS) {
                return bad_field("/line_items", "Not a list of at most 1,000 lines.");
            }
            model::ShipmentLineInput line{id_of(item, "id"), integer_of(item, "quantity", 0)};
            if (!line.line.empty() && line.quantity > 0) {
                out.lines.push_back(std::move(line));
            }
        }
    }
    return out;
}

Result<void> read_order_times(object from, model::OrderInput& out) {
    for (const auto key : {"processed_at", "created_at"}) {
        const auto at = time_of(from, key);
        if (!at) {
            return std::unexpected(at.error());
        }
        if (!out.placed_at) {
            out.placed_at = *at;
        }
    }
    const auto updated = instant_of(from, "updated_at");
    const auto cancelled = instant_of(from, "cancelled_at");
    if (!updated || !cancelled) {
        return std::unexpected(updated ? cancelled.error() : updated.error());
    }
    out.updated_at = *updated;
    out.cancelled_at = *cancelled;
    return {};
}

Result<ports::Parsed> read_order(object from, const model::Catalog& catalog) {
    ports::Parsed parsed;
    model::OrderInput out;
    out.reference = id_of(from, "id");
    if (out.reference.empty()) {
        return bad_field("/id", "An order needs its id.");
    }
    const auto currency = base::Currency::parse(text_of(from, "currency"));
    if (!currency) {
        return bad_field("/currency", currency.error().detail);
    }
    out.currency = std::string(currency->code());
    keep_text(out.financial_status, from, "financial_status");
    if (auto times = read_order_times(from, out); !times) {
        return std::unexpected(times.error());
    }
    Amounts amounts(*currency);
    out.totals = read_totals(from, amounts);
    if (auto lines = read_lines(from, amounts, out, parsed); !lines) {
        return std::unexpected(lines.error());
    }
    if (amounts.fault()) {
        return std::unexpected(*amounts.fault());
    }
    out.customer = read_customer(from);
    out.ship_to = read_address(from, "shipping_address");
    const std::string reference = out.reference;
    parsed.inputs.emplace_back(std::move(out));
    array fulfillments;
    if (array_of(from, "fulfillments", fulfillments)) {
        for (const element each : fulfillments) {
            object fulfillment;
            if (parsed.inputs.size() > list_max ||
                each.get_object().get(fulfillment) != simdjson::SUCCESS) {
                return bad_field("/fulfillments", "Not a list of at most 1,000 fulfilments.");
            }
            auto shipment = read_fulfillment(fulfillment, reference, catalog);
            if (!shipment) {
                return std::unexpected(shipment.error());
            }
            parsed.inputs.emplace_back(std::move(*shipment));
        }
    }
    return parsed;
}

Result<ports::Parsed> read_event(object from, const model::Catalog& catalog) {
    const std::string fulfillment = id_of(from, "fulfillment_id");
    const auto at = base::parse_time(text_of(from, "happened_at"));
    if (fulfillment.empty() || !at) {
        return bad_field(fulfillment.empty() ? "/fulfillment_id" : "/happened_at",
                         "A fulfilment event needs its fulfilment and its time.");
    }
    ports::Parsed parsed;
    model::Scan scan;
    scan.carrier = "shopify";
    scan.tracking_number = "ref:" + fulfillment;
    scan.written = at->local;
    scan.offset = at->offset;
    scan.date_only = at->date_only;
    scan.place.city = text_of(from, "city");
    scan.place.region = text_of(from, "province");
    scan.place.postcode = text_of(from, "zip");
    scan.place.country = country_code(text_of(from, "country"));
    scan.description = base::utf8_prefix(text_of(from, "message"), description_bytes_max);
    scan.source = "shopify";
    scan.source_id = id_of(from, "id");
    if (model::apply_status(catalog, scan, "", text_of(from, "status"), "") == nullptr) {
        parsed.unknown_codes.push_back("shopify/" + scan.code);
    }
    parsed.inputs.emplace_back(std::move(scan));
    return parsed;
}

// A webhook's body is the object itself; REST answers wrap it in a member of its name.
object unwrapped(object root, std::string_view name) {
    object inner;
    return object_of(root, name, inner) ? inner : root;
}

constexpr std::array<std::string_view, 6> order_topics{
    "orders/create",    "orders/updated",   "orders/paid",
    "orders/cancelled", "orders/fulfilled", "orders/partially_fulfilled"};

}  // namespace

base::Result<void> Codec::authenticate(const ports::WebhookHeaders& headers, std::string_view body,
                                       const std::vector<std::string>& secrets) const {
    const std::string_view given = headers.get("x-shopify-hmac-sha256");
    if (given.empty()) {
        return base::fail("no_signature", "The header X-Shopify-Hmac-SHA256 is missing.");
    }
    bool good = false;
    if (const auto signature = base::from_base64(given)) {
        for (const auto& secret : secrets) {
            const bool same = !secret.empty() && base::constant_time_equal(
                                                     base::hmac_sha256(secret, body), *signature);
            good = good || same;
        }
    }
    if (!good) {
        return base::fail("bad_signature",
                          "The signature does not fit the body and any active secret.");
    }
    return {};
}

base::Result<ports::Parsed> Codec::parse(const ports::WebhookHeaders& headers,
                                         std::string_view body,
                                         const model::Catalog& catalog) const {
    const std::string_view topic = headers.get("x-shopify-topic");
    if (topic.empty()) {
        return base::fail("no_topic", "The header X-Shopify-Topic is missing.");
    }
    const auto root = parse_object(body);
    if (!root) {
        return std::unexpected(root.error());
    }
    if (std::ranges::find(order_topics, topic) != order_topics.end()) {
        return read_order(unwrapped(*root, "order"), catalog);
    }
    ports::Parsed parsed;
    if (topic == "fulfillments/create" || topic == "fulfillments/update") {
        auto shipment = read_fulfillment(unwrapped(*root, "fulfillment"), {}, catalog);
        if (!shipment) {
            return std::unexpected(shipment.error());
        }
        parsed.inputs.emplace_back(std::move(*shipment));
        return parsed;
    }
    if (topic == "fulfillment_events/create") {
        return read_event(unwrapped(*root, "fulfillment_event"), catalog);
    }
    parsed.ignored =
        "The topic \"" + std::string(base::utf8_prefix(topic, 80)) + "\" is not acted on.";
    return parsed;
}

}  // namespace aftermile::connectors::shopify
