#include "text/clean.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

namespace aftermile::text {
namespace {

constexpr char32_t replacement = 0xFFFD;

struct Decoded {
    char32_t point;
    std::size_t bytes;
};

// The first character of `text`; what is not UTF-8 yields one replacement for one byte.
Decoded decode(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) {
        return {lead, 1};
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) {
        return {replacement, 1};
    }
    char32_t point = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) {
            return {replacement, 1};
        }
        point = point << 6 | (byte(i) & 0x3FU);
    }
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    if (point < least[length] || point > 0x10FFFF || surrogate) {
        return {replacement, 1};
    }
    return {point, length};
}

bool breaks_line(char32_t point) {
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 || point == 0x2029;
}

bool shows_nothing(char32_t point) {
    return point == 0x200B || point == 0x200E || point == 0x200F || point == 0xFEFF ||
           (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

using Rgb = std::array<int, 3>;

int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

Rgb rgb_of(std::string_view colour) {
    const std::string six = colour_or(colour, "#000000");
    Rgb rgb{};
    for (std::size_t i = 0; i < 3; ++i) {
        rgb[i] = hex_digit(six[1 + 2 * i]) * 16 + hex_digit(six[2 + 2 * i]);
    }
    return rgb;
}

std::string text_of(const Rgb& rgb) {
    return fmt::format("#{:02x}{:02x}{:02x}", rgb[0], rgb[1], rgb[2]);
}

double luminance(const Rgb& rgb) {
    const auto linear = [](int channel) {
        const double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
}

}  // namespace

std::string one_line(std::string_view text) {
    std::string line;
    line.reserve(text.size());
    bool blank_due = false;
    while (!text.empty()) {
        const auto [point, bytes] = decode(text);
        const std::string_view character = text.substr(0, bytes);
        text.remove_prefix(bytes);
        if (point == ' ' || breaks_line(point)) {
            blank_due = !line.empty();
        } else if (!shows_nothing(point)) {
            if (std::exchange(blank_due, false)) {
                line += ' ';
            }
            line += point == replacement ? std::string_view{"\xEF\xBF\xBD"} : character;
        }
    }
    return line;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos
               ? std::string_view{}
               : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string html_escape(std::string_view text) {
    std::string escaped;
    escaped.reserve(text.size() + text.size() / 8);
    for (const char c : text) {
        switch (c) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            case '\'':
                escaped += "&#39;";
                break;
            default:
                escaped += c;
        }
    }
    return escaped;
}

bool is_web_address(std::string_view text) {
    const std::size_t scheme = text.starts_with("https://")  ? 8
                               : text.starts_with("http://") ? 7
                                                             : 0;
    if (scheme == 0 || text.size() == scheme || text.size() > 2'000) {
        return false;
    }
    return std::ranges::all_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte < 0x7F && c != '"' && c != '\'' && c != '<' && c != '>' &&
               c != '\\' && c != '`';
    });
}

std::string colour_or(std::string_view text, std::string_view fallback) {
    const bool shape = (text.size() == 4 || text.size() == 7) && text[0] == '#';
    if (!shape || !std::ranges::all_of(text.substr(1), [](char c) { return hex_digit(c) >= 0; })) {
        return std::string{fallback};
    }
    std::string colour = "#";
    for (const char c : text.substr(1)) {
        const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c | 0x20) : c;
        colour.append(text.size() == 4 ? 2 : 1, lower);
    }
    return colour;
}

double contrast(std::string_view one, std::string_view other) {
    const double a = luminance(rgb_of(one));
    const double b = luminance(rgb_of(other));
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

std::string ink_on(std::string_view background) {
    return contrast(background, "#ffffff") >= contrast(background, "#000000") ? "#ffffff"
                                                                              : "#000000";
}

std::string readable_on(std::string_view colour, std::string_view background) {
    Rgb rgb = rgb_of(colour);
    const int towards = ink_on(background) == "#ffffff" ? 255 : 0;
    constexpr int steps_max = 40;
    for (int step = 0; step < steps_max && contrast(text_of(rgb), background) < 4.5; ++step) {
        for (int& channel : rgb) {
            const int move = (towards - channel) / 10;
            channel = move == 0 ? towards : channel + move;
        }
    }
    return text_of(rgb);
}

}  // namespace aftermile::text
