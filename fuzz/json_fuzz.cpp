// Any bytes are a document or refused; a document written from its views is the same document,
// and the parser of whole documents in simdjson agrees on what JSON is.
#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "base/json.hpp"

using namespace aftermile::base;

namespace {

void copy(const Json& json, JsonWriter& writer) {
    if (json.kind() == JsonKind::array || json.kind() == JsonKind::object) {
        const bool is_object = json.kind() == JsonKind::object;
        if (is_object) {
            writer.begin_object();
        } else {
            writer.begin_array();
        }
        std::size_t count = 0;
        for (const JsonItem item : json.items()) {
            if (is_object) {
                writer.key(item.name);
            }
            copy(item.value, writer);
            ++count;
        }
        check(count == json.size(), "a container holds as many as it says");
        if (is_object) {
            writer.end_object();
        } else {
            writer.end_array();
        }
    } else if (const auto text = json.as_text()) {
        writer.text(*text);
    } else if (const auto number = json.number_text()) {
        writer.raw(*number);
    } else if (const auto boolean = json.as_bool()) {
        writer.boolean(*boolean);
    } else {
        writer.null();
    }
}

std::string copied(const JsonDocument& document) {
    std::string out;
    JsonWriter writer(out);
    copy(document.root(), writer);
    return out;
}

// Whether the other parser takes the text; numbers beyond a double are its limit.
bool oracle_accepts(std::string_view text, bool& sure) {
    simdjson::dom::parser parser;
    const auto error = parser.parse(simdjson::padded_string(text)).error();
    sure = error != simdjson::NUMBER_ERROR;
    return error == simdjson::SUCCESS;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto document = JsonDocument::parse(text);
    const std::string code = document ? "" : document.error().code;
    bool sure = true;
    const bool accepted = oracle_accepts(text, sure);
    if (!document) {
        check(!accepted || code == "duplicate_key" || code == "too_deep" || code == "too_large",
              "what is JSON is accepted");
        return 0;
    }
    check(accepted || !sure || text.starts_with("\xEF\xBB\xBF"), "what is no JSON is refused");
    const std::string once = copied(*document);
    const auto again = JsonDocument::parse(once);
    check(again.has_value(), "what was written is JSON");
    check(copied(*again) == once, "a document reads back as itself");
    return 0;
}
