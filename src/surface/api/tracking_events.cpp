// The hot path of intake: tracking events straight from simdjson's stream into scans, without a
// tree in between. A line costs one pass over its bytes.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"
#include "engine/limits.hpp"
#include "surface/api/bodies.hpp"

namespace aftermile::surface {
namespace {

namespace ondemand = simdjson::ondemand;
namespace limits = engine::limits;

thread_local ondemand::parser parser;

constexpr auto field_names = std::to_array<std::string_view>(
    {"carrier", "tracking_number", "piece", "code", "milestone", "exception", "description",
     "occurred_at", "location", "source_id"});
enum FieldIndex : unsigned {
    carrier,
    tracking_number,
    piece,
    code,
    milestone,
    exception,
    description,
    occurred_at,
    location,
    source_id,
};
constexpr auto code_names = std::to_array<std::string_view>({"type", "code", "reason"});
constexpr auto place_names =
    std::to_array<std::string_view>({"city", "region", "postcode", "country"});

// Of a description; what is stored of it is shorter.
constexpr std::size_t description_characters = 2'000;

// What somebody sent, short enough to be quoted back.
std::string_view shown(std::string_view text) { return base::utf8_prefix(text, 64); }

std::size_t characters_of(std::string_view text) {
    const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return static_cast<std::size_t>(std::ranges::count_if(text, starts));
}

// The pointer to a field without its first slash, escaped as RFC 6901 says.
std::string pointer_to(std::string_view within, std::string_view name) {
    std::string out(within);
    if (!within.empty()) {
        out.push_back('/');
    }
    for (const char c : shown(name)) {
        if (c == '~' || c == '/') {
            out.append(c == '~' ? "~0" : "~1");
        } else {
            out.push_back(c);
        }
    }
    return out;
}

class EventReader {
  public:
    EventReader(const model::Catalog& catalog, Read<model::Scan>& out)
        : catalog_(catalog), out_(out), scan_(out.input) {}

    // False when the text is not JSON: then nothing after it can be read either.
    bool read(ondemand::object object) {
        for (auto each : object) {
            ondemand::field field;
            std::string_view key;
            if (std::move(each).get(field) != simdjson::SUCCESS ||
                field.unescaped_key().get(key) != simdjson::SUCCESS) {
                return false;
            }
            if (!member(key, field.value())) {
                return false;
            }
        }
        finish();
        return true;
    }

  private:
    bool member(std::string_view key, ondemand::value value) {
        const auto at = std::ranges::find(field_names, key);
        if (at == field_names.end()) {
            unknown(key);
            return true;
        }
        const auto index = static_cast<unsigned>(at - field_names.begin());
        if ((seen_ & (1U << index)) != 0) {
            problem(key, "duplicate_key", "This field is written twice.");
            return true;
        }
        seen_ |= 1U << index;
        switch (index) {
            case carrier:
                return text(key, value, carrier_);
            case tracking_number:
                return text(key, value, number_);
            case piece:
                return text(key, value, piece_);
            case code:
                return parts(key, value, code_names, code_);
            case milestone:
                return text(key, value, milestone_);
            case exception:
                return text(key, value, exception_);
            case description:
                return text(key, value, description_);
            case occurred_at:
                return text(key, value, occurred_at_);
            case location:
                return parts(key, value, place_names, place_);
            default:
                return text(key, value, source_id_);
        }
    }

    // `within` is the object that holds the field, nothing for the event itself.
    bool text(std::string_view name, ondemand::value value, std::optional<std::string_view>& out,
              std::string_view within = {}) {
        std::string_view found;
        const auto error = value.get_string().get(found);
        if (error == simdjson::SUCCESS) {
            out = found;
            return true;
        }
        if (error != simdjson::INCORRECT_TYPE) {
            return false;
        }
        bool null = false;
        if (value.is_null().get(null) == simdjson::SUCCESS && null) {
            return true;
        }
        problem(pointer_to(within, name), "wrong_type", "This must be a text.");
        return true;
    }

    template <std::size_t Count>
    bool parts(std::string_view name, ondemand::value value,
               const std::array<std::string_view, Count>& names,
               std::array<std::optional<std::string_view>, Count>& out) {
        ondemand::object object;
        const auto error = value.get_object().get(object);
        if (error == simdjson::INCORRECT_TYPE) {
            bool null = false;
            if (value.is_null().get(null) != simdjson::SUCCESS || !null) {
                problem(name, "wrong_type", "This must be an object.");
            }
            return true;
        }
        if (error != simdjson::SUCCESS) {
            return false;
        }
        unsigned seen = 0;
        for (auto each : object) {
            ondemand::field field;
            std::string_view key;
            if (std::move(each).get(field) != simdjson::SUCCESS ||
                field.unescaped_key().get(key) != simdjson::SUCCESS) {
                return false;
            }
            const auto at = std::ranges::find(names, key);
            if (at == names.end()) {
                problem(pointer_to(name, key), "unknown_field",
                        fmt::format("There is no field {}; known are {}.", shown(key),
                                    fmt::join(names, ", ")));
                continue;
            }
            const auto index = static_cast<unsigned>(at - names.begin());
            if ((seen & (1U << index)) != 0) {
                problem(pointer_to(name, key), "duplicate_key", "This field is written twice.");
                continue;
            }
            seen |= 1U << index;
            if (!text(key, field.value(), out[index], name)) {
                return false;
            }
        }
        return true;
    }

    void finish() {
        require();
        if (!out_.problems.empty()) {
            return;
        }
        take_lengths();
        scan_.source = "api";
        scan_.carrier = catalog_.carrier_id(*carrier_);
        take_numbers();
        take_place();
        take_time();
        scan_.description = base::utf8_prefix(description_.value_or(""), limits::description_bytes);
        scan_.source_id = base::utf8_prefix(source_id_.value_or(""), limits::short_text_bytes);
        take_meaning();
    }

    void require() {
        const auto missing = [this](std::string_view name, const auto& value) {
            if (!value || base::trim(*value).empty()) {
                problem(name, "missing", "This field is required.");
            }
        };
        missing("carrier", carrier_);
        missing("tracking_number", number_);
        missing("occurred_at", occurred_at_);
        if ((seen_ & (1U << code)) != 0 && !code_[1]) {
            problem("code/code", "missing", "This field is required.");
        }
        if (code_[1] && (milestone_ || exception_)) {
            problem("code", "conflict", "Give code, or milestone and exception, not both.");
        }
        if (!code_[1] && !milestone_ && !exception_ && (seen_ & (1U << code)) == 0) {
            problem("code", "missing", "Give code, or milestone and/or exception.");
        }
    }

    // What names something is never cut: two long names could become one.
    void take_lengths() {
        const auto at_most = [this](std::string_view name, const auto& value, std::size_t most) {
            if (value && value->size() > most && characters_of(*value) > most) {
                problem(name, "out_of_range", fmt::format("At most {} characters.", most));
            }
        };
        at_most("carrier", carrier_, limits::short_text_bytes);
        at_most("code/type", code_[0], limits::short_text_bytes);
        at_most("code/code", code_[1], limits::short_text_bytes);
        at_most("code/reason", code_[2], limits::short_text_bytes);
        at_most("description", description_, description_characters);
    }

    void take_numbers() {
        scan_.tracking_number = model::normalise_tracking_number(*number_);
        if (scan_.tracking_number.size() > limits::tracking_number_bytes) {
            problem("tracking_number", "out_of_range",
                    fmt::format("At most {} characters.", limits::tracking_number_bytes));
        }
        if (piece_) {
            scan_.piece = model::normalise_tracking_number(*piece_);
            if (scan_.piece.size() > limits::tracking_number_bytes) {
                problem("piece", "out_of_range",
                        fmt::format("At most {} characters.", limits::tracking_number_bytes));
            }
            if (scan_.piece == scan_.tracking_number) {
                scan_.piece.clear();
            }
        }
    }

    void take_place() {
        const auto take = [this](std::size_t index, std::string& out) {
            if (place_[index]) {
                out = base::utf8_prefix(base::trim(*place_[index]), limits::short_text_bytes);
            }
        };
        take(0, scan_.place.city);
        take(1, scan_.place.region);
        take(2, scan_.place.postcode);
        if (place_[3]) {
            scan_.place.country = base::upper_ascii(base::trim(*place_[3]));
            const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
            if (!scan_.place.country.empty() &&
                (scan_.place.country.size() != 2 ||
                 !std::ranges::all_of(scan_.place.country, letter))) {
                problem("location/country", "bad_value", "Two letters of ISO 3166-1, e.g. US.");
            }
        }
    }

    void take_time() {
        auto written = base::parse_time(*occurred_at_);
        if (!written) {
            problem("occurred_at", written.error().code, written.error().detail);
            return;
        }
        scan_.written = written->local;
        scan_.offset = written->offset;
        scan_.date_only = written->date_only;
    }

    void take_meaning() {
        if (code_[1]) {
            model::apply_status(catalog_, scan_, code_[0].value_or(""), *code_[1],
                                code_[2].value_or(""));
            return;
        }
        if (milestone_) {
            scan_.milestone = base::from_text<model::Milestone>(*milestone_);
            if (!scan_.milestone) {
                problem("milestone", "bad_value",
                        fmt::format("{} is no milestone; they are {}.", shown(*milestone_),
                                    fmt::join(base::enum_names<model::Milestone>, ", ")));
            }
        }
        if (exception_) {
            const auto found = base::from_text<model::Exception>(*exception_);
            if (!found || *found == model::Exception::none) {
                problem(
                    "exception", "bad_value",
                    fmt::format("{} is no exception that can be reported.", shown(*exception_)));
            } else {
                scan_.exception = *found;
            }
        }
    }

    void unknown(std::string_view key) {
        problem(pointer_to({}, key), "unknown_field",
                fmt::format("There is no field {}; known are {}.", shown(key),
                            fmt::join(field_names, ", ")));
    }

    void problem(std::string_view pointer, std::string_view code_word, std::string_view detail) {
        if (out_.problems.size() < 20) {
            out_.problems.push_back(
                {fmt::format("/{}", pointer), std::string(code_word), std::string(detail)});
        }
    }

    const model::Catalog& catalog_;
    Read<model::Scan>& out_;
    model::Scan& scan_;
    unsigned seen_ = 0;
    std::optional<std::string_view> carrier_, number_, piece_, milestone_, exception_, description_,
        occurred_at_, source_id_;
    std::array<std::optional<std::string_view>, 3> code_;
    std::array<std::optional<std::string_view>, 4> place_;
};

using Result = base::Result<Body<model::Scan>>;

std::unexpected<base::Error> malformed(simdjson::error_code error) {
    if (error == simdjson::UTF8_ERROR) {
        return base::fail("bad_utf8", "The body is not UTF-8.");
    }
    return base::fail("malformed_json",
                      fmt::format("The body is not JSON: {}", simdjson::error_message(error)));
}

// Past the value there is nothing but white space.
bool at_end(ondemand::document& document) {
    const char* at = nullptr;
    return document.current_location().get(at) == simdjson::OUT_OF_BOUNDS;
}

void read_line(simdjson::padded_string_view line, const model::Catalog& catalog,
               Read<model::Scan>& out) {
    ondemand::document document;
    ondemand::object object;
    auto error = parser.iterate(line).get(document);
    if (error == simdjson::SUCCESS) {
        error = document.get_object().get(object);
    }
    if (error == simdjson::INCORRECT_TYPE) {
        out.problems.push_back({"", "wrong_type", "This must be an object."});
        return;
    }
    const bool whole =
        error == simdjson::SUCCESS && EventReader(catalog, out).read(object) && at_end(document);
    if (!whole) {
        const bool text = error == simdjson::UTF8_ERROR;
        out.input = {};
        out.problems.assign(1, {"", text ? "bad_utf8" : "malformed_json",
                                text ? "This line is not UTF-8." : "This line is not JSON."});
    }
}

Result read_lines(const std::string& body, const model::Catalog& catalog) {
    Body<model::Scan> out;
    std::string_view left = body;
    while (!left.empty()) {
        const auto end = std::min(left.find('\n'), left.size());
        const auto line = base::trim(left.substr(0, end));
        left.remove_prefix(std::min(end + 1, left.size()));
        if (line.empty()) {
            continue;
        }
        if (out.elements.size() == elements_max) {
            return base::fail("too_many_elements",
                              fmt::format("At most {} elements a request.", elements_max));
        }
        const auto start = static_cast<std::size_t>(line.data() - body.data());
        read_line(simdjson::padded_string_view(line.data(), line.size(), body.capacity() - start),
                  catalog, out.elements.emplace_back());
    }
    return out;
}

Result read_array(ondemand::document& document, const model::Catalog& catalog) {
    Body<model::Scan> out;
    ondemand::array array;
    if (const auto error = document.get_array().get(array); error != simdjson::SUCCESS) {
        return malformed(error);
    }
    for (auto each : array) {
        ondemand::value value;
        if (const auto error = std::move(each).get(value); error != simdjson::SUCCESS) {
            return malformed(error);
        }
        if (out.elements.size() == elements_max) {
            return base::fail("too_many_elements",
                              fmt::format("At most {} elements a request.", elements_max));
        }
        auto& element = out.elements.emplace_back();
        ondemand::object object;
        const auto error = value.get_object().get(object);
        if (error == simdjson::INCORRECT_TYPE) {
            element.problems.push_back({"", "wrong_type", "This must be an object."});
        } else if (error != simdjson::SUCCESS || !EventReader(catalog, element).read(object)) {
            return malformed(error == simdjson::SUCCESS ? simdjson::TAPE_ERROR : error);
        }
    }
    return out;
}

Result read_json(const std::string& body, const model::Catalog& catalog) {
    ondemand::document document;
    auto error = parser.iterate(body.data(), body.size(), body.capacity()).get(document);
    if (error != simdjson::SUCCESS) {
        return malformed(error);
    }
    ondemand::json_type type{};
    if (error = document.type().get(type); error != simdjson::SUCCESS) {
        return malformed(error);
    }
    Result out = Body<model::Scan>{};
    if (type == ondemand::json_type::array) {
        out = read_array(document, catalog);
    } else {
        out->single = true;
        auto& element = out->elements.emplace_back();
        ondemand::object object;
        error = document.get_object().get(object);
        if (error == simdjson::INCORRECT_TYPE) {
            element.problems.push_back({"", "wrong_type", "This must be an object or an array."});
            return out;
        }
        if (error != simdjson::SUCCESS || !EventReader(catalog, element).read(object)) {
            return malformed(error == simdjson::SUCCESS ? simdjson::TAPE_ERROR : error);
        }
    }
    if (out && !at_end(document)) {
        return malformed(simdjson::TRAILING_CONTENT);
    }
    return out;
}

}  // namespace

Result read_tracking_events(std::string& body, BodyForm form, const model::Catalog& catalog) {
    body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
    return form == BodyForm::lines ? read_lines(body, catalog) : read_json(body, catalog);
}

}  // namespace aftermile::surface
