// The parts of reading and writing records that do not depend on the record's type.
#include <fmt/format.h>

#include <array>

#include "base/json.hpp"
#include "base/text.hpp"

namespace aftermile::base {
namespace {

std::string_view name_of_kind(JsonKind kind) {
    switch (kind) {
        case JsonKind::null:
            return "null";
        case JsonKind::boolean:
            return "true or false";
        case JsonKind::integer:
            return "a whole number";
        case JsonKind::decimal:
            return "a number";
        case JsonKind::text:
            return "a text";
        case JsonKind::array:
            return "a list";
        case JsonKind::object:
            return "an object";
    }
    return "something else";
}

void append_pointer(std::string& out, std::string_view name) {
    out.push_back('/');
    for (const char c : name) {  // RFC 6901
        if (c == '~') {
            out.append("~0");
        } else if (c == '/') {
            out.append("~1");
        } else {
            out.push_back(c);
        }
    }
}

// What somebody sent, short enough to be quoted back.
std::string_view shown(std::string_view text) { return utf8_prefix(text, 64); }

}  // namespace

void require_fields(const Json& object, std::initializer_list<std::string_view> names,
                    Problems& problems, std::string_view pointer) {
    for (const std::string_view name : names) {
        if (object[name].is_null() && problems.size() < problems_max) {
            std::string at(pointer);
            append_pointer(at, name);
            problems.push_back({"missing", fmt::format("The field {} is needed.", name),
                                std::move(at), Family::rejected});
        }
    }
}

namespace json_detail {

std::string Path::pointer() const {
    if (up == nullptr) {
        return {};
    }
    std::string out = up->pointer();
    if (name.data() == nullptr) {
        append_pointer(out, std::to_string(index));
    } else {
        append_pointer(out, shown(name));
    }
    return out;
}

void Reading::add(const Path& path, std::string code, std::string detail) {
    if (first && problems.size() >= problems_max) {
        return;
    }
    Error error{std::move(code), std::move(detail), std::string(base_pointer) + path.pointer(),
                Family::rejected};
    if (!first) {
        first = error;
    }
    if (problems.size() < problems_max) {
        problems.push_back(std::move(error));
    }
}

bool expect(const Json& json, JsonKind kind, const Path& path, Reading& reading) {
    if (json.kind() == kind) {
        return true;
    }
    reading.add(
        path, "wrong_type",
        fmt::format("Write {} here, not {}.", name_of_kind(kind), name_of_kind(json.kind())));
    return false;
}

void unknown_field(const Path& path, const std::vector<std::string_view>& known, Reading& reading) {
    reading.add(path, "unknown_field",
                fmt::format("There is no field {} here; there are {}.", shown(path.name),
                            fmt::join(known, ", ")));
}

void read_text(const Json& json, std::string& out, const Path& path, Reading& reading) {
    if (!expect(json, JsonKind::text, path, reading)) {
        return;
    }
    const std::string_view text = *json.as_text();
    if (text.size() > json_text_max) {
        reading.add(path, "out_of_range",
                    fmt::format("This text is longer than {} bytes.", json_text_max));
        return;
    }
    out.assign(text);
}

std::optional<std::int64_t> read_integer(const Json& json, std::int64_t least, std::uint64_t most,
                                         const Path& path, Reading& reading) {
    const auto number = json.number_text();
    const bool is_whole = number && number->find_first_of(".eE") == std::string_view::npos;
    if (!is_whole) {
        static_cast<void>(expect(json, JsonKind::integer, path, reading));
        return std::nullopt;
    }
    const auto value = json.as_int();
    if (!value || *value < least || (*value > 0 && static_cast<std::uint64_t>(*value) > most)) {
        reading.add(path, "out_of_range",
                    fmt::format("Write a whole number from {} to {}.", least, most));
        return std::nullopt;
    }
    return value;
}

std::optional<std::size_t> read_name(const Json& json, const std::string_view* names,
                                     std::size_t count, const Path& path, Reading& reading) {
    if (!expect(json, JsonKind::text, path, reading)) {
        return std::nullopt;
    }
    const std::string_view text = *json.as_text();
    for (std::size_t i = 0; i < count; ++i) {
        if (names[i] == text) {
            return i;
        }
    }
    reading.add(
        path, "bad_value",
        fmt::format("\"{}\" is none of {}.", shown(text), fmt::join(names, names + count, ", ")));
    return std::nullopt;
}

void read_currency(const Json& json, Currency& out, const Path& path, Reading& reading) {
    if (!expect(json, JsonKind::text, path, reading)) {
        return;
    }
    if (auto currency = Currency::parse(*json.as_text())) {
        out = *currency;
    } else {
        reading.add(path, "bad_value", std::move(currency.error().detail));
    }
}

// Money is one value: both members are needed, except that nothing at all has no currency.
void read_money(const Json& json, Money& out, const Path& path, Reading& reading) {
    if (!expect(json, JsonKind::object, path, reading)) {
        return;
    }
    Money read;
    const Path amount_path{&path, "amount"};
    const Path currency_path{&path, "currency"};
    if (const auto amount = json.get("amount")) {
        read_value(*amount, read.amount, amount_path, reading);
    } else {
        reading.add(amount_path, "missing", "Money needs its amount in minor units.");
    }
    const Json currency = json["currency"];
    if (!currency.is_null()) {
        read_currency(currency, read.currency, currency_path, reading);
    } else if (read.amount != 0) {
        reading.add(currency_path, "missing", "Money needs its currency, such as USD.");
    }
    for (const JsonItem item : json.items()) {
        if (item.name != "amount" && item.name != "currency") {
            unknown_field(Path{&path, item.name}, {"amount", "currency"}, reading);
        }
    }
    out = read;
}

void read_instant(const Json& json, Instant& out, const Path& path, Reading& reading) {
    if (!expect(json, JsonKind::text, path, reading)) {
        return;
    }
    if (auto at = parse_instant(*json.as_text())) {
        out = *at;
    } else {
        reading.add(path, "bad_value", std::move(at.error().detail));
    }
}

void read_day(const Json& json, LocalDay& out, const Path& path, Reading& reading) {
    if (!expect(json, JsonKind::text, path, reading)) {
        return;
    }
    if (auto day = parse_day(*json.as_text())) {
        out = *day;
    } else {
        reading.add(path, "bad_value", std::move(day.error().detail));
    }
}

void read_local(const Json& json, LocalTime& out, const Path& path, Reading& reading) {
    if (!expect(json, JsonKind::text, path, reading)) {
        return;
    }
    const auto written = parse_time(*json.as_text());
    if (!written || written->offset || written->date_only) {
        reading.add(path, "bad_value", "Write a local time without offset: 2026-01-05T08:00:00.");
        return;
    }
    out = written->local;
}

void write_money(JsonWriter& writer, Money money) {
    writer.begin_object();
    writer.key("amount");
    writer.integer(money.amount);
    writer.key("currency");
    if (money.currency == Currency{}) {
        writer.null();
    } else {
        writer.text(money.currency.code());
    }
    writer.end_object();
}

}  // namespace json_detail
}  // namespace aftermile::base
