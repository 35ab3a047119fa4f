#include "connectors/json.hpp"

#include "base/text.hpp"

namespace aftermile::connectors {

base::Result<simdjson::dom::object> parse_object(std::string_view body) {
    // Only memory is kept between calls, never a value.
    thread_local simdjson::dom::parser parser(body_bytes_max);
    simdjson::dom::object object;
    if (const auto error = parser.parse(body.data(), body.size()).get_object().get(object)) {
        return base::fail("bad_json", std::string("The body is not a JSON object: ") +
                                          simdjson::error_message(error));
    }
    return object;
}

std::string_view text_of(simdjson::dom::object from, std::string_view key) {
    std::string_view text;
    return from[key].get_string().get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

std::string id_of(simdjson::dom::object from, std::string_view key) {
    std::int64_t number = 0;
    if (from[key].get_int64().get(number) == simdjson::SUCCESS) {
        return std::to_string(number);
    }
    return std::string(text_of(from, key));
}

std::int64_t integer_of(simdjson::dom::object from, std::string_view key, std::int64_t otherwise) {
    std::int64_t number = 0;
    return from[key].get_int64().get(number) == simdjson::SUCCESS ? number : otherwise;
}

bool truth_of(simdjson::dom::object from, std::string_view key, bool otherwise) {
    bool value = false;
    return from[key].get_bool().get(value) == simdjson::SUCCESS ? value : otherwise;
}

bool object_of(simdjson::dom::object from, std::string_view key, simdjson::dom::object& into) {
    return from[key].get_object().get(into) == simdjson::SUCCESS;
}

bool array_of(simdjson::dom::object from, std::string_view key, simdjson::dom::array& into) {
    return from[key].get_array().get(into) == simdjson::SUCCESS;
}

std::string country_code(std::string_view text) {
    std::string code = base::upper_ascii(base::trim(text));
    const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (code.size() != 2 || !letter(code[0]) || !letter(code[1])) {
        code.clear();
    }
    return code;
}

}  // namespace aftermile::connectors
