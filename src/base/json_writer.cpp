#include <array>
#include <charconv>

#include "base/json.hpp"
#include "base/text.hpp"

namespace aftermile::base {
namespace {

// Bytes that go into a JSON text as they are: ASCII without controls, quote and backslash.
constexpr auto is_plain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t i = 0x20; i < 0x7F; ++i) {
        plain[i] = i != '"' && i != '\\';
    }
    return plain;
}();

void append_escaped(std::string& out, char c) {
    switch (c) {
        case '"':
            out.append("\\\"");
            return;
        case '\\':
            out.append("\\\\");
            return;
        case '\n':
            out.append("\\n");
            return;
        case '\r':
            out.append("\\r");
            return;
        case '\t':
            out.append("\\t");
            return;
        default:
            constexpr std::string_view digits = "0123456789abcdef";
            out.append("\\u00");
            out.push_back(digits[static_cast<unsigned char>(c) >> 4]);
            out.push_back(digits[static_cast<unsigned char>(c) & 15]);
    }
}

template <class Integer>
void append_number(std::string& out, Integer value) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

}  // namespace

void JsonWriter::separate() {
    if (comma_) {
        out_.push_back(',');
    }
    comma_ = true;
}

void JsonWriter::open(char bracket) {
    separate();
    out_.push_back(bracket);
    comma_ = false;
}

void JsonWriter::close(char bracket) {
    out_.push_back(bracket);
    comma_ = true;
}

void JsonWriter::key(std::string_view name) {
    separate();
    quoted(name);
    out_.push_back(':');
    comma_ = false;
}

void JsonWriter::text(std::string_view value) {
    separate();
    quoted(value);
}

void JsonWriter::integer(std::int64_t value) {
    separate();
    append_number(out_, value);
}

void JsonWriter::natural(std::uint64_t value) {
    separate();
    append_number(out_, value);
}

void JsonWriter::raw(std::string_view json) {
    separate();
    out_.append(json);
}

void JsonWriter::quoted(std::string_view value) {
    out_.push_back('"');
    while (!value.empty()) {
        std::size_t plain = 0;
        while (plain < value.size() && is_plain[static_cast<unsigned char>(value[plain])]) {
            ++plain;
        }
        out_.append(value.substr(0, plain));
        value.remove_prefix(plain);
        if (value.empty()) {
            break;
        }
        const std::size_t length = utf8_length(value);
        if (length == 0) {
            out_.append("\xEF\xBF\xBD");
        } else if (length == 1) {
            append_escaped(out_, value.front());
        } else {
            out_.append(value.substr(0, length));
        }
        value.remove_prefix(length == 0 ? 1 : length);
    }
    out_.push_back('"');
}

}  // namespace aftermile::base
