// What comes in through the doors, in our words: the bodies of POST /v1/orders and /v1/shipments,
// also produced by connectors and imports. Absent members keep what is stored; `cleared` names
// members that the sender set to null.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/money.hpp"
#include "base/record.hpp"
#include "model/scan.hpp"

namespace aftermile::model {

struct AddressInput {  // personal: sealed at intake, except country, region and postcode area
    std::optional<std::string> name, company, line1, line2, city, region, postcode, country;
    static constexpr auto fields() {
        using T = AddressInput;
        return base::fields(base::field("name", &T::name), base::field("company", &T::company),
                            base::field("line1", &T::line1), base::field("line2", &T::line2),
                            base::field("city", &T::city), base::field("region", &T::region),
                            base::field("postcode", &T::postcode),
                            base::field("country", &T::country));
    }
};

struct ConsentInput {
    Channel channel = Channel::email;
    Purpose purpose = Purpose::transactional;
    bool granted = false;
    std::optional<std::string> source;
    std::optional<base::Instant> at;
    static constexpr auto fields() {
        using T = ConsentInput;
        return base::fields(base::field("channel", &T::channel),
                            base::field("purpose", &T::purpose),
                            base::field("granted", &T::granted), base::field("source", &T::source),
                            base::field("at", &T::at));
    }
};

struct CustomerInput {  // personal: email, phone and name are sealed at intake
    std::optional<std::string> reference, email, phone, name, locale;
    std::vector<ConsentInput> consents;
    static constexpr auto fields() {
        using T = CustomerInput;
        return base::fields(base::field("reference", &T::reference),
                            base::field("email", &T::email), base::field("phone", &T::phone),
                            base::field("name", &T::name), base::field("locale", &T::locale),
                            base::field("consents", &T::consents));
    }
};

struct TotalsInput {
    std::optional<base::Money> items, discount, shipping, tax, duty, captured, refunded;
    static constexpr auto fields() {
        using T = TotalsInput;
        return base::fields(base::field("items", &T::items), base::field("discount", &T::discount),
                            base::field("shipping", &T::shipping), base::field("tax", &T::tax),
                            base::field("duty", &T::duty), base::field("captured", &T::captured),
                            base::field("refunded", &T::refunded));
    }
};

struct LineInput {
    std::string reference;
    std::string sku, title, category;
    std::int64_t quantity = 1;
    base::Money unit_price;
    std::optional<base::Money> unit_cost, discount, tax;
    std::optional<std::int64_t> weight_grams;
    std::optional<std::string> image_url;
    std::vector<std::string> components, variants;
    static constexpr auto fields() {
        using T = LineInput;
        return base::fields(
            base::field("reference", &T::reference), base::field("sku", &T::sku),
            base::field("title", &T::title), base::field("category", &T::category),
            base::field("quantity", &T::quantity), base::field("unit_price", &T::unit_price),
            base::field("unit_cost", &T::unit_cost), base::field("discount", &T::discount),
            base::field("tax", &T::tax), base::field("weight_grams", &T::weight_grams),
            base::field("image_url", &T::image_url), base::field("components", &T::components),
            base::field("variants", &T::variants));
    }
};

// A promised day ends at 24:00 at the destination.
struct PromiseInput {
    std::optional<base::LocalDay> earliest;
    std::optional<base::LocalDay> latest;
    std::optional<base::Instant> shown_at;
    std::optional<std::string> source;
    static constexpr auto fields() {
        using T = PromiseInput;
        return base::fields(
            base::field("earliest", &T::earliest), base::field("latest", &T::latest),
            base::field("shown_at", &T::shown_at), base::field("source", &T::source));
    }
};

struct OrderInput {
    std::string reference;
    std::optional<base::WrittenTime> placed_at;  // without offset: the destination's local time
    std::optional<std::string> currency, financial_status;
    std::optional<TotalsInput> totals;
    std::optional<CustomerInput> customer;
    std::optional<AddressInput> ship_to;
    std::vector<LineInput> lines;
    std::optional<PromiseInput> promised;
    std::optional<base::Instant> updated_at, cancelled_at;
    std::vector<std::string> cleared;
};

struct ShipmentLineInput {
    std::string line;  // the order line's reference
    std::int64_t quantity = 1;
    static constexpr auto fields() {
        using T = ShipmentLineInput;
        return base::fields(base::field("line", &T::line), base::field("quantity", &T::quantity));
    }
};

struct ShipmentInput {
    std::string reference;
    std::optional<std::string> order;  // an id or ref:VALUE
    std::optional<std::string> carrier, service, account, tracking_number, warehouse;
    std::vector<std::string> pieces;  // tracking numbers of the pieces, when more than one
    std::optional<AddressInput> ship_from, ship_to;
    std::optional<bool> residential, signature, saturday;
    std::optional<std::string> packaging, replaces, guaranteed_by;
    std::optional<base::WrittenTime> label_created_at;
    std::optional<base::Money> label_cost, declared_value;
    std::optional<base::Instant> voided_at, updated_at;
    std::optional<PromiseInput> promised;
    std::optional<std::int64_t> weight_grams;
    std::vector<std::int64_t> dimensions_mm;  // three sides, or none
    std::vector<ShipmentLineInput> lines;
    std::vector<std::string> cleared;
};

}  // namespace aftermile::model
