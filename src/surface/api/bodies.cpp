#include "surface/api/bodies.hpp"

#include <fmt/format.h>

#include <concepts>
#include <functional>

#include "base/json.hpp"
#include "base/text.hpp"

namespace aftermile::surface {
namespace {

constexpr std::size_t body_bytes_max = std::size_t{16} << 20;

// The bodies as they are written: times are still text, because an offset is optional in them.
struct OrderBody {
    std::string reference;
    std::optional<std::string> placed_at, currency, financial_status;
    std::optional<model::TotalsInput> totals;
    std::optional<model::CustomerInput> customer;
    std::optional<model::AddressInput> ship_to;
    std::vector<model::LineInput> lines;
    std::optional<model::PromiseInput> promised;
    std::optional<base::Instant> updated_at, cancelled_at;
    static constexpr auto fields() {
        using T = OrderBody;
        return base::fields(
            base::field("reference", &T::reference), base::field("placed_at", &T::placed_at),
            base::field("currency", &T::currency),
            base::field("financial_status", &T::financial_status),
            base::field("totals", &T::totals), base::field("customer", &T::customer),
            base::field("ship_to", &T::ship_to), base::field("lines", &T::lines),
            base::field("promised", &T::promised), base::field("updated_at", &T::updated_at),
            base::field("cancelled_at", &T::cancelled_at));
    }
};

struct ShipmentBody {
    std::string reference;
    std::optional<std::string> order, carrier, service, account, tracking_number, warehouse;
    std::vector<std::string> pieces;
    std::optional<model::AddressInput> ship_from, ship_to;
    std::optional<bool> residential, signature, saturday;
    std::optional<std::string> packaging, replaces, guaranteed_by, label_created_at;
    std::optional<base::Money> label_cost, declared_value;
    std::optional<base::Instant> voided_at, updated_at;
    std::optional<model::PromiseInput> promised;
    std::optional<std::int64_t> weight_grams;
    std::vector<std::int64_t> dimensions_mm;
    std::vector<model::ShipmentLineInput> lines;
    static constexpr auto fields() {
        using T = ShipmentBody;
        return base::fields(
            base::field("reference", &T::reference), base::field("order", &T::order),
            base::field("carrier", &T::carrier), base::field("service", &T::service),
            base::field("account", &T::account),
            base::field("tracking_number", &T::tracking_number),
            base::field("warehouse", &T::warehouse), base::field("pieces", &T::pieces),
            base::field("ship_from", &T::ship_from), base::field("ship_to", &T::ship_to),
            base::field("residential", &T::residential), base::field("signature", &T::signature),
            base::field("saturday", &T::saturday), base::field("packaging", &T::packaging),
            base::field("replaces", &T::replaces), base::field("guaranteed_by", &T::guaranteed_by),
            base::field("label_created_at", &T::label_created_at),
            base::field("label_cost", &T::label_cost),
            base::field("declared_value", &T::declared_value),
            base::field("voided_at", &T::voided_at), base::field("updated_at", &T::updated_at),
            base::field("promised", &T::promised), base::field("weight_grams", &T::weight_grams),
            base::field("dimensions_mm", &T::dimensions_mm), base::field("lines", &T::lines));
    }
};

// Members that are null, those of nested objects as "customer.email".
void collect_cleared(const base::Json& object, const std::string& prefix,
                     std::vector<std::string>& out) {
    for (const base::JsonItem item : object.items()) {
        const std::string name = prefix + std::string(item.name);
        if (item.value.is_null()) {
            out.push_back(name);
        } else if (prefix.empty() && item.value.kind() == base::JsonKind::object) {
            collect_cleared(item.value, name + ".", out);
        }
    }
}

std::optional<base::WrittenTime> read_time(const std::optional<std::string>& text,
                                           std::string_view pointer, base::Problems& problems) {
    if (!text) {
        return std::nullopt;
    }
    auto written = base::parse_time(*text);
    if (!written) {
        problems.push_back({written.error().code, written.error().detail, std::string(pointer)});
        return std::nullopt;
    }
    return *written;
}

void read_element(const base::Json& json, model::OrderInput& out, base::Problems& problems) {
    OrderBody body;
    base::require_fields(json, {"reference"}, problems);
    std::size_t index = 0;
    for (const base::JsonItem item : json["lines"].items()) {
        base::require_fields(item.value, {"reference", "quantity", "unit_price"}, problems,
                             fmt::format("/lines/{}", index++));
    }
    if (!base::read_json(json, body, problems)) {
        return;
    }
    out.reference = std::move(body.reference);
    out.placed_at = read_time(body.placed_at, "/placed_at", problems);
    out.currency = std::move(body.currency);
    out.financial_status = std::move(body.financial_status);
    out.totals = body.totals;
    out.customer = std::move(body.customer);
    out.ship_to = std::move(body.ship_to);
    out.lines = std::move(body.lines);
    out.promised = std::move(body.promised);
    out.updated_at = body.updated_at;
    out.cancelled_at = body.cancelled_at;
    collect_cleared(json, "", out.cleared);
}

void read_element(const base::Json& json, model::ShipmentInput& out, base::Problems& problems) {
    ShipmentBody body;
    base::require_fields(json, {"reference"}, problems);
    if (!base::read_json(json, body, problems)) {
        return;
    }
    out.reference = std::move(body.reference);
    out.order = std::move(body.order);
    out.carrier = std::move(body.carrier);
    out.service = std::move(body.service);
    out.account = std::move(body.account);
    out.tracking_number = std::move(body.tracking_number);
    out.warehouse = std::move(body.warehouse);
    out.pieces = std::move(body.pieces);
    out.ship_from = std::move(body.ship_from);
    out.ship_to = std::move(body.ship_to);
    out.residential = body.residential;
    out.signature = body.signature;
    out.saturday = body.saturday;
    out.packaging = std::move(body.packaging);
    out.replaces = std::move(body.replaces);
    out.guaranteed_by = std::move(body.guaranteed_by);
    out.label_created_at = read_time(body.label_created_at, "/label_created_at", problems);
    out.label_cost = body.label_cost;
    out.declared_value = body.declared_value;
    out.voided_at = body.voided_at;
    out.updated_at = body.updated_at;
    out.promised = std::move(body.promised);
    out.weight_grams = body.weight_grams;
    out.dimensions_mm = std::move(body.dimensions_mm);
    out.lines = std::move(body.lines);
    collect_cleared(json, "", out.cleared);
}

template <class Input>
void read_into(const base::Json& json, Read<Input>& out) {
    base::Problems problems;
    if (json.kind() != base::JsonKind::object) {
        problems.push_back({"wrong_type", "This must be an object.", ""});
    } else {
        read_element(json, out.input, problems);
    }
    for (const base::Error& problem : problems) {
        out.problems.push_back({problem.pointer, problem.code, problem.detail});
    }
}

std::unexpected<base::Error> too_many() {
    return base::fail("too_many_elements",
                      fmt::format("At most {} elements a request.", elements_max));
}

base::Error as_malformed(base::Error error) {
    if (error.code == "bad_json") {
        error.code = "malformed_json";
    }
    return error;
}

template <class Input>
base::Result<Body<Input>> read_lines(const std::string& body) {
    Body<Input> out;
    std::string_view left = body;
    while (!left.empty()) {
        const auto end = std::min(left.find('\n'), left.size());
        const auto line = base::trim(left.substr(0, end));
        left.remove_prefix(std::min(end + 1, left.size()));
        if (line.empty()) {
            continue;
        }
        if (out.elements.size() == elements_max) {
            return too_many();
        }
        auto& element = out.elements.emplace_back();
        auto document = base::JsonDocument::parse(line);
        if (document) {
            read_into(document->root(), element);
        } else {
            const base::Error error = as_malformed(document.error());
            element.problems.push_back({"", error.code, error.detail});
        }
    }
    return out;
}

template <class Input>
base::Result<Body<Input>> read_body(const std::string& body, BodyForm form) {
    if (form == BodyForm::lines) {
        return read_lines<Input>(body);
    }
    auto document = base::JsonDocument::parse(body, {.max_bytes = body_bytes_max, .max_depth = 64});
    if (!document) {
        return std::unexpected(as_malformed(document.error()));
    }
    Body<Input> out;
    const base::Json root = document->root();
    if (root.kind() != base::JsonKind::array) {
        out.single = true;
        read_into(root, out.elements.emplace_back());
        return out;
    }
    if (root.size() > elements_max) {
        return too_many();
    }
    out.elements.reserve(root.size());
    for (const base::JsonItem item : root.items()) {
        read_into(item.value, out.elements.emplace_back());
    }
    return out;
}

}  // namespace

base::Result<BodyForm> body_form(std::string_view content_type) {
    const auto essence = base::trim(content_type.substr(0, content_type.find(';')));
    if (essence.empty() || equals_ignoring_case(essence, "application/json")) {
        return BodyForm::json;
    }
    if (equals_ignoring_case(essence, "application/x-ndjson") ||
        equals_ignoring_case(essence, "application/jsonl")) {
        return BodyForm::lines;
    }
    return base::fail("media_type", "Send application/json or application/x-ndjson.");
}

base::Result<Body<model::OrderInput>> read_orders(std::string& body, BodyForm form) {
    return read_body<model::OrderInput>(body, form);
}

base::Result<Body<model::ShipmentInput>> read_shipments(std::string& body, BodyForm form) {
    return read_body<model::ShipmentInput>(body, form);
}

}  // namespace aftermile::surface
