#include "sim/bodies.hpp"

#include <fmt/format.h>

#include "base/json.hpp"

namespace aftermile::sim {
namespace {

class Body {
  public:
    Body() : writer_(out_) { writer_.begin_object(); }
    Body& text(std::string_view key, std::string_view value) {
        writer_.key(key);
        writer_.text(value);
        return *this;
    }
    Body& number(std::string_view key, std::int64_t value) {
        writer_.key(key);
        writer_.integer(value);
        return *this;
    }
    Body& flag(std::string_view key, bool value) {
        writer_.key(key);
        writer_.boolean(value);
        return *this;
    }
    Body& raw(std::string_view key, std::string_view json) {
        writer_.key(key);
        writer_.raw(json);
        return *this;
    }
    Body& money(std::string_view key, std::int64_t cents, std::string_view currency) {
        return raw(key, Body().number("amount", cents).text("currency", currency).done());
    }
    std::string done() {
        writer_.end_object();
        return std::move(out_);
    }

  private:
    std::string out_;
    base::JsonWriter writer_;
};

template <class Range, class Make>
std::string list_of(const Range& range, Make make) {
    std::string out = "[";
    for (const auto& each : range) {
        out += (out.size() > 1 ? "," : "") + make(each);
    }
    return out + "]";
}

std::string place_of(const City& city) {
    return Body()
        .text("city", city.name)
        .text("region", city.region)
        .text("postcode", city.postcode)
        .text("country", city.country)
        .done();
}

std::string address_of(const Person& person) {
    return Body()
        .text("name", person.name)
        .text("line1", person.line1)
        .text("city", person.city->name)
        .text("region", person.city->region)
        .text("postcode", person.city->postcode)
        .text("country", person.city->country)
        .done();
}

std::string customer_of(const Parcel& parcel) {
    const std::string at = base::to_text(parcel.placed_at);
    const std::string consent = Body()
                                    .text("channel", "email")
                                    .text("purpose", "transactional")
                                    .flag("granted", true)
                                    .text("source", "checkout")
                                    .text("at", at)
                                    .done();
    return Body()
        .text("reference", parcel.person.reference)
        .text("email", parcel.person.email)
        .text("name", parcel.person.name)
        .text("locale", parcel.person.city->locale)
        .raw("consents", "[" + consent + "]")
        .done();
}

std::string line_name(const Parcel& parcel, const Item& item) {
    return fmt::format("{}/{}", parcel.order, item.product->sku);
}

}  // namespace

std::int64_t Parcel::grams() const {
    std::int64_t sum = 250;  // the box
    for (const Item& item : items) {
        sum += item.product->grams * item.quantity;
    }
    return sum;
}

std::int64_t Parcel::cents() const {
    std::int64_t sum = 0;
    for (const Item& item : items) {
        sum += item.product->cents * item.quantity;
    }
    return sum;
}

std::string order_body(const Parcel& parcel) {
    const std::string_view currency = parcel.person.city->currency;
    const std::int64_t items = parcel.cents(), shipping = items >= 5'000 ? 0 : 595;
    const std::string lines = list_of(parcel.items, [&](const Item& item) {
        return Body()
            .text("reference", line_name(parcel, item))
            .text("sku", item.product->sku)
            .text("title", item.product->title)
            .text("category", item.product->category)
            .number("quantity", item.quantity)
            .money("unit_price", item.product->cents, currency)
            .number("weight_grams", item.product->grams)
            .done();
    });
    const std::string promised = Body()
                                     .text("earliest", base::to_text(parcel.earliest))
                                     .text("latest", base::to_text(parcel.latest))
                                     .text("shown_at", base::to_text(parcel.placed_at))
                                     .text("source", "checkout")
                                     .done();
    return Body()
        .text("reference", parcel.order)
        .text("placed_at", base::to_text(parcel.placed_at))
        .text("currency", currency)
        .text("financial_status", "paid")
        .raw("totals", Body()
                           .money("items", items, currency)
                           .money("shipping", shipping, currency)
                           .money("captured", items + shipping, currency)
                           .done())
        .raw("customer", customer_of(parcel))
        .raw("ship_to", address_of(parcel.person))
        .raw("lines", lines)
        .raw("promised", promised)
        .done();
}

std::string shipment_body(const Parcel& parcel) {
    const City& home = parcel.warehouse->city;
    Person sender{"", "Shipping desk", "", "1 Warehouse Road", &home};
    Body body;
    body.text("reference", parcel.reference)
        .text("order", "ref:" + parcel.order)
        .text("carrier", parcel.service->carrier)
        .text("service", parcel.service->name)
        .text("tracking_number", parcel.number);
    if (!parcel.pieces.empty()) {
        body.raw("pieces", list_of(parcel.pieces, [](const std::string& piece) {
                     return fmt::format("\"{}\"", piece);
                 }));
    }
    body.text("warehouse", parcel.warehouse->id)
        .raw("ship_from", address_of(sender))
        .raw("ship_to", address_of(parcel.person))
        .text("label_created_at", local_text(home, parcel.label_at, true))
        .money("label_cost", parcel.service->base_cents + parcel.grams() / 25, "USD")
        .number("weight_grams", parcel.grams())
        .raw("dimensions_mm", "[320,240,180]")
        .money("declared_value", parcel.cents(), parcel.person.city->currency)
        .raw("lines", list_of(parcel.items, [&](const Item& item) {
                 return Body()
                     .text("line", line_name(parcel, item))
                     .number("quantity", item.quantity)
                     .done();
             }));
    if (parcel.guaranteed_by) {
        body.text("guaranteed_by", local_text(*parcel.person.city, *parcel.guaranteed_by, true));
    }
    if (parcel.replaces) {
        body.text("replaces", "ref:" + *parcel.replaces);
    }
    if (parcel.voided_at) {
        body.text("voided_at", base::to_text(*parcel.voided_at));
    }
    return body.done();
}

std::string scan_body(const Parcel& parcel, const ScanBody& scan) {
    Body code;
    if (!scan.code.type.empty()) {
        code.text("type", scan.code.type);
    }
    code.text("code", scan.code.code);
    if (!scan.code.reason.empty()) {
        code.text("reason", scan.code.reason);
    }
    Body body;
    body.text("carrier", parcel.service->carrier).text("tracking_number", parcel.number);
    if (!scan.piece.empty()) {
        body.text("piece", scan.piece);
    }
    if (scan.exception.empty()) {
        body.raw("code", code.done());
    } else {
        body.text("exception", scan.exception);
    }
    body.text("description", scan.code.text)
        .text("occurred_at", local_text(*scan.place, scan.occurred_at, scan.with_offset))
        .raw("location", place_of(*scan.place));
    if (!scan.source_id.empty()) {
        body.text("source_id", scan.source_id);
    }
    return body.done();
}

std::string report_body(const Parcel& parcel, std::string_view kind, std::string_view words,
                        base::Instant at) {
    return Body()
        .text("kind", kind)
        .text("tracking_number", parcel.number)
        .text("description", words)
        .text("occurred_at", base::to_text(at))
        .text("reported_by", "shopper")
        .done();
}

}  // namespace aftermile::sim
