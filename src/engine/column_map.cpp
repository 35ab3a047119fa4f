#include "engine/column_map.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"

namespace aftermile::engine {

namespace {

using base::Result;

constexpr auto order_fields = std::to_array<std::string_view>(
    {"reference",       "placed_at",         "currency",           "financial_status",
     "updated_at",      "cancelled_at",      "customer.reference", "customer.email",
     "customer.phone",  "customer.name",     "customer.locale",    "ship_to.name",
     "ship_to.company", "ship_to.line1",     "ship_to.line2",      "ship_to.city",
     "ship_to.region",  "ship_to.postcode",  "ship_to.country",    "promised.earliest",
     "promised.latest", "promised.shown_at", "promised.source",    "totals.items",
     "totals.discount", "totals.shipping",   "totals.tax",         "totals.duty",
     "totals.captured", "totals.refunded"});
constexpr auto line_fields = std::to_array<std::string_view>(
    {"reference", "sku", "title", "category", "quantity", "unit_price", "unit_cost", "discount",
     "tax", "weight_grams", "image_url"});
constexpr auto shipment_fields =
    std::to_array<std::string_view>({"reference",         "order",
                                     "carrier",           "service",
                                     "account",           "tracking_number",
                                     "warehouse",         "label_created_at",
                                     "label_cost",        "declared_value",
                                     "currency",          "weight_grams",
                                     "ship_from.region",  "ship_from.postcode",
                                     "ship_from.country", "ship_from.city",
                                     "ship_to.region",    "ship_to.postcode",
                                     "ship_to.country",   "ship_to.city",
                                     "promised.earliest", "promised.latest",
                                     "promised.shown_at", "promised.source"});
constexpr auto scan_fields = std::to_array<std::string_view>(
    {"at", "milestone", "exception", "type", "code", "reason", "description", "city", "region",
     "postcode", "country", "carrier", "tracking_number", "source_id"});

// In the order of base::Rounding.
constexpr auto rounding_names =
    std::to_array<std::string_view>({"half_even", "half_up", "down", "up"});

// "69.69999999999999" in minor units: read exactly with nine decimals more than the currency has
// (what is further is below any rounding's reach for amounts of this size), then rounded once.
Result<base::Money> rounded_decimal(std::string_view text, base::Currency currency,
                                    base::Rounding rounding) {
    constexpr std::size_t more = 9;
    const std::size_t point = text.find('.');
    const auto exponent = static_cast<std::size_t>(currency.exponent());
    if (point == std::string_view::npos || text.size() - point - 1 <= exponent) {
        return base::parse_decimal(text, currency);
    }
    std::string digits(text.substr(0, point));
    std::string fraction(text.substr(point + 1, exponent + more));
    fraction.resize(exponent + more, '0');
    digits += fraction;
    if (digits.size() > 18 || digits.find_first_not_of("0123456789") != std::string::npos) {
        return base::fail("bad_money", "\"" + std::string(text) + "\" is not an amount.");
    }
    return base::Money{std::stoll(digits), currency}.scaled(1, 1'000'000'000, rounding);
}

std::unexpected<base::Error> bad_map(const toml::node& node, const std::string& what) {
    return base::fail("bad_map",
                      "line " + std::to_string(node.source().begin.line) + ": " + what + ".");
}

Result<ColumnValue> read_value(const toml::node& node, const std::string& key) {
    ColumnValue value;
    if (const auto column = node.value_exact<std::string>()) {
        value.column = *column;
        return value;
    }
    const toml::table* table = node.as_table();
    if (table == nullptr) {
        return bad_map(node, key + " must be a column's name or a table");
    }
    for (const auto& [name, inner] : *table) {
        const auto text = inner.value_exact<std::string>();
        if (name.str() == "map" && inner.as_table() != nullptr) {
            for (const auto& [from, to] : *inner.as_table()) {
                value.words.emplace(from.str(), to.value<std::string>().value_or(""));
            }
        } else if (!text) {
            return bad_map(inner, key + "." + std::string(name.str()) + " must be a text");
        } else if (name.str() == "column") {
            value.column = *text;
        } else if (name.str() == "value") {
            value.value = *text;
        } else if (name.str() == "template") {
            value.pattern = *text;
        } else if (name.str() == "round") {
            const auto at = std::ranges::find(rounding_names, *text);
            if (at == rounding_names.end()) {
                return bad_map(inner, key + ".round is half_even, half_up, down or up");
            }
            value.rounding = static_cast<base::Rounding>(at - rounding_names.begin());
        } else {
            return bad_map(inner, key + "." + std::string(name.str()) + " is not known");
        }
    }
    if (value.column.empty() && value.value.empty() && value.pattern.empty()) {
        return bad_map(node, key + " names neither column, value nor template");
    }
    return value;
}

// Values of a table, sub-tables flattened to "ship_to.region". A table with column, value or
// template is a value itself.
Result<void> read_values(const toml::table& table, const std::string& prefix,
                         std::span<const std::string_view> known, ColumnValues& out) {
    for (const auto& [name, node] : table) {
        const std::string key = prefix + std::string(name.str());
        if (key == "lines") {
            continue;
        }
        const toml::table* inner = node.as_table();
        const bool is_value = inner == nullptr || inner->contains("column") ||
                              inner->contains("value") || inner->contains("template");
        if (!is_value) {
            if (auto read = read_values(*inner, key + ".", known, out); !read) {
                return read;
            }
            continue;
        }
        if (std::ranges::find(known, key) == known.end()) {
            return bad_map(node, key + " is not a field");
        }
        auto value = read_value(node, key);
        if (!value) {
            return std::unexpected(value.error());
        }
        out.emplace(key, std::move(*value));
    }
    return {};
}

template <class Take>
Result<void> read_tables(const toml::node* node, Take take) {
    if (node == nullptr) {
        return {};
    }
    const toml::array* list = node->as_array();
    if (list == nullptr) {
        return bad_map(*node, "this must be a list of tables");
    }
    for (const toml::node& each : *list) {
        if (each.as_table() == nullptr) {
            return bad_map(each, "this must be a table");
        }
        if (auto taken = take(*each.as_table()); !taken) {
            return taken;
        }
    }
    return {};
}

// Reads a row's cells as values of fields, and remembers what was wrong with which.
class RowReader {
  public:
    RowReader(const ColumnValues& values, const SourceRow& row, base::Problems& problems)
        : values_(values), row_(row), problems_(problems) {}

    [[nodiscard]] std::optional<std::string> text(std::string_view field) const {
        const auto at = values_.find(field);
        return at == values_.end() ? std::nullopt : at->second.of(row_);
    }
    void text(std::string_view field, std::optional<std::string>& out) const { out = text(field); }
    template <class T>
    void parsed(std::string_view field, std::optional<T>& out, auto parse) {
        if (const auto written = text(field)) {
            auto value = parse(*written);
            if (value) {
                out = *value;
            } else {
                complain(field, value.error());
            }
        }
    }
    void time(std::string_view field, std::optional<base::WrittenTime>& out) {
        parsed(field, out, [](std::string_view each) { return base::parse_time(each); });
    }
    void instant(std::string_view field, std::optional<base::Instant>& out) {
        parsed(field, out, [](std::string_view each) { return base::parse_instant(each); });
    }
    // Also of a time: its day as written.
    void day(std::string_view field, std::optional<base::LocalDay>& out) {
        parsed(field, out,
               [](std::string_view each) { return base::parse_day(each.substr(0, 10)); });
    }
    void money(std::string_view field, base::Currency currency, std::optional<base::Money>& out) {
        const auto at = values_.find(field);
        const auto rounding = at == values_.end() ? std::nullopt : at->second.rounding;
        parsed(field, out, [&](std::string_view each) {
            return rounding ? rounded_decimal(each, currency, *rounding)
                            : base::parse_decimal(each, currency);
        });
    }
    // Whole numbers, also written "2.0".
    void integer(std::string_view field, std::optional<std::int64_t>& out) {
        parsed(field, out, [](std::string_view each) -> Result<std::int64_t> {
            const std::string_view whole = each.substr(0, each.find('.'));
            if (whole.empty() || whole.size() > 15 ||
                whole.find_first_not_of("0123456789") != std::string_view::npos) {
                return base::fail("bad_value", "\"" + std::string(each) + "\" is not a number.");
            }
            return std::stoll(std::string(whole));
        });
    }
    template <class E>
    void word(std::string_view field, std::optional<E>& out) {
        parsed(field, out, [](std::string_view each) -> Result<E> {
            if (const auto value = base::from_text<E>(each)) {
                return *value;
            }
            return base::fail("bad_value", "\"" + std::string(each) + "\" is not a known word.");
        });
    }
    void complain(std::string_view field, base::Error error) {
        const auto at = values_.find(field);
        error.pointer = at == values_.end() || at->second.column.empty() ? std::string(field)
                                                                         : at->second.column;
        problems_.push_back(std::move(error));
    }
    [[nodiscard]] bool any(std::string_view prefix) const {
        const auto at = values_.lower_bound(prefix);
        return at != values_.end() && at->first.starts_with(prefix);
    }

  private:
    const ColumnValues& values_;
    const SourceRow& row_;
    base::Problems& problems_;
};

base::Currency currency_of(RowReader& reader) {
    std::optional<base::Currency> currency;
    reader.parsed("currency", currency,
                  [](std::string_view each) { return base::Currency::parse(each); });
    return currency.value_or(base::Currency{});
}

void read_address(const RowReader& reader, const std::string& prefix,
                  std::optional<model::AddressInput>& out) {
    if (!reader.any(prefix)) {
        return;
    }
    model::AddressInput& address = out.emplace();
    base::for_each_field(address, [&](std::string_view name, auto& member) {
        member = reader.text(prefix + std::string(name));
    });
}

void read_promise(RowReader& reader, std::optional<model::PromiseInput>& out) {
    if (!reader.any("promised.")) {
        return;
    }
    model::PromiseInput promise;
    reader.day("promised.earliest", promise.earliest);
    reader.day("promised.latest", promise.latest);
    reader.instant("promised.shown_at", promise.shown_at);
    reader.text("promised.source", promise.source);
    if (promise.earliest || promise.latest) {
        out = std::move(promise);
    }
}

model::LineInput read_line(RowReader reader, base::Currency currency, std::size_t index) {
    model::LineInput line;
    line.reference = reader.text("reference").value_or(std::to_string(index + 1));
    line.sku = reader.text("sku").value_or("");
    line.title = reader.text("title").value_or("");
    line.category = reader.text("category").value_or("");
    std::optional<std::int64_t> quantity;
    reader.integer("quantity", quantity);
    line.quantity = quantity.value_or(1);
    std::optional<base::Money> price;
    reader.money("unit_price", currency, price);
    line.unit_price = price.value_or(base::Money{0, currency});
    reader.money("unit_cost", currency, line.unit_cost);
    reader.money("discount", currency, line.discount);
    reader.money("tax", currency, line.tax);
    reader.integer("weight_grams", line.weight_grams);
    reader.text("image_url", line.image_url);
    return line;
}

void read_totals(RowReader& reader, base::Currency currency,
                 std::optional<model::TotalsInput>& out) {
    if (!reader.any("totals.")) {
        return;
    }
    base::for_each_field(out.emplace(), [&](std::string_view name, auto& member) {
        reader.money("totals." + std::string(name), currency, member);
    });
}

model::OrderInput read_order(RowReader reader, const ColumnMap& map, const SourceRow& row,
                             base::Problems& problems) {
    model::OrderInput order;
    order.reference = reader.text("reference").value_or("");
    reader.time("placed_at", order.placed_at);
    const base::Currency currency = currency_of(reader);
    reader.text("currency", order.currency);
    reader.text("financial_status", order.financial_status);
    reader.instant("updated_at", order.updated_at);
    reader.instant("cancelled_at", order.cancelled_at);
    if (reader.any("customer.")) {
        model::CustomerInput& customer = order.customer.emplace();
        reader.text("customer.reference", customer.reference);
        reader.text("customer.email", customer.email);
        reader.text("customer.phone", customer.phone);
        reader.text("customer.name", customer.name);
        reader.text("customer.locale", customer.locale);
    }
    read_address(reader, "ship_to.", order.ship_to);
    read_promise(reader, order.promised);
    read_totals(reader, currency, order.totals);
    for (const ColumnValues& line : map.lines) {
        order.lines.push_back(
            read_line(RowReader(line, row, problems), currency, order.lines.size()));
    }
    return order;
}

std::optional<model::ShipmentInput> read_shipment(RowReader reader, const ColumnMap& map,
                                                  const std::string& order_reference) {
    model::ShipmentInput shipment;
    reader.time("label_created_at", shipment.label_created_at);
    if (!shipment.label_created_at) {
        return std::nullopt;
    }
    shipment.reference = reader.text("reference").value_or("");
    shipment.order = reader.text("order");
    if (!shipment.order && !order_reference.empty()) {
        shipment.order = "ref:" + order_reference;
    }
    reader.text("carrier", shipment.carrier);
    reader.text("service", shipment.service);
    reader.text("account", shipment.account);
    reader.text("tracking_number", shipment.tracking_number);
    reader.text("warehouse", shipment.warehouse);
    const base::Currency currency = currency_of(reader);
    reader.money("label_cost", currency, shipment.label_cost);
    reader.money("declared_value", currency, shipment.declared_value);
    reader.integer("weight_grams", shipment.weight_grams);
    read_address(reader, "ship_from.", shipment.ship_from);
    read_address(reader, "ship_to.", shipment.ship_to);
    read_promise(reader, shipment.promised);
    for (std::size_t i = 0; i < map.lines.size(); ++i) {
        shipment.lines.push_back({std::to_string(i + 1), 1});
    }
    return shipment;
}

std::optional<MappedScan> read_scan(RowReader reader,
                                    const std::optional<model::ShipmentInput>& shipment) {
    std::optional<base::WrittenTime> at;
    reader.time("at", at);
    if (!at) {
        return std::nullopt;
    }
    MappedScan mapped;
    model::Scan& scan = mapped.scan;
    scan.written = at->local;
    scan.offset = at->offset;
    scan.date_only = at->date_only;
    const auto inherited = [&](std::string_view field, const std::optional<std::string>& other) {
        return reader.text(field).value_or(other.value_or(""));
    };
    scan.carrier = inherited("carrier", shipment ? shipment->carrier : std::nullopt);
    scan.tracking_number =
        inherited("tracking_number", shipment ? shipment->tracking_number : std::nullopt);
    reader.word("milestone", scan.milestone);
    std::optional<model::Exception> exception;
    reader.word("exception", exception);
    scan.exception = exception.value_or(model::Exception::none);
    mapped.known = scan.milestone || exception;
    mapped.type = reader.text("type").value_or("");
    mapped.code = reader.text("code").value_or("");
    mapped.reason = reader.text("reason").value_or("");
    scan.description = reader.text("description").value_or("");
    scan.place = {reader.text("city").value_or(""), reader.text("region").value_or(""),
                  reader.text("postcode").value_or(""), reader.text("country").value_or("")};
    scan.source = "import";
    scan.source_id = reader.text("source_id").value_or("");
    return mapped;
}

}  // namespace

std::optional<std::string> ColumnValue::of(const SourceRow& row) const {
    std::string text = value;
    const auto cell = [&](std::string_view name) -> std::string_view {
        const auto at = row.find(name);
        return at == row.end() ? std::string_view{} : base::trim(at->second);
    };
    if (!column.empty()) {
        text = cell(column);
    } else if (!pattern.empty()) {
        for (std::size_t at = 0; at < pattern.size();) {
            const std::size_t open = pattern.find('{', at);
            const std::size_t close = open == std::string::npos ? open : pattern.find('}', open);
            text += pattern.substr(at, close == std::string::npos ? close : open - at);
            if (close == std::string::npos) {
                break;
            }
            const auto filled = cell(std::string_view(pattern).substr(open + 1, close - open - 1));
            if (filled.empty()) {
                return std::nullopt;
            }
            text += filled;
            at = close + 1;
        }
    }
    if (const auto at = words.find(text); at != words.end()) {
        text = at->second;
    }
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

Result<ColumnMap> ColumnMap::parse(std::string_view document) {
    toml::table root;
    try {
        root = toml::parse(document);
    } catch (const toml::parse_error& error) {
        return base::fail("bad_map", "line " + std::to_string(error.source().begin.line) + ": " +
                                         std::string(error.description()) + ".");
    }
    ColumnMap map;
    Result<void> read;
    for (const auto& [key, node] : root) {
        const toml::table* table = node.as_table();
        if (key.str() == "order" && table != nullptr) {
            read = read_values(*table, "", order_fields, map.order);
            if (read) {
                read = read_tables(table->get("lines"), [&](const toml::table& line) {
                    return read_values(line, "", line_fields, map.lines.emplace_back());
                });
            }
        } else if (key.str() == "shipment" && table != nullptr) {
            read = read_values(*table, "", shipment_fields, map.shipment);
        } else if (key.str() == "scan") {
            read = read_tables(&node, [&](const toml::table& scan) {
                ScanMap& made = map.scans.emplace_back();
                made.line = scan.source().begin.line;
                return read_values(scan, "", scan_fields, made.values);
            });
        } else {
            return bad_map(node, std::string(key.str()) + " is neither order, shipment nor scan");
        }
        if (!read) {
            return std::unexpected(read.error());
        }
    }
    if (!map.order.empty() && !map.order.contains("reference")) {
        return base::fail("bad_map", "order.reference is missing.");
    }
    if (!map.shipment.empty() && !map.shipment.contains("reference")) {
        return base::fail("bad_map", "shipment.reference is missing.");
    }
    return map;
}

std::vector<std::string> ColumnMap::columns() const {
    std::set<std::string> names;
    const auto add = [&](const ColumnValues& values) {
        for (const auto& [field, value] : values) {
            if (!value.column.empty()) {
                names.insert(value.column);
            }
        }
    };
    add(order);
    add(shipment);
    std::ranges::for_each(lines, add);
    std::ranges::for_each(scans, add, &ScanMap::values);
    return {names.begin(), names.end()};
}

Result<MappedRow> map_row(const ColumnMap& map, const SourceRow& row, base::Problems& problems) {
    const std::size_t before = problems.size();
    MappedRow mapped;
    if (!map.order.empty()) {
        mapped.order = read_order(RowReader(map.order, row, problems), map, row, problems);
    }
    if (!map.shipment.empty()) {
        mapped.shipment = read_shipment(RowReader(map.shipment, row, problems), map,
                                        mapped.order ? mapped.order->reference : "");
    }
    for (const ScanMap& scan : map.scans) {
        if (auto made = read_scan(RowReader(scan.values, row, problems), mapped.shipment)) {
            mapped.scans.push_back(std::move(*made));
        }
    }
    if (problems.size() > before) {
        return std::unexpected(problems[before]);
    }
    return mapped;
}

}  // namespace aftermile::engine
