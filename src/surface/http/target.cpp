#include "surface/http/target.hpp"

#include <algorithm>

namespace aftermile::surface {
namespace {

constexpr std::size_t target_parts_max = 256;

int hex_digit_of(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

bool has_control_character(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7F;
    });
}

std::unexpected<base::Error> bad_target(std::string detail) {
    return base::fail("bad_target", std::move(detail));
}

base::Result<void> parse_path(std::string_view path, Target& target) {
    path.remove_prefix(1);
    if (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    while (!path.empty()) {
        const auto slash = path.find('/');
        auto segment = percent_decode(path.substr(0, slash), false);
        if (!segment) {
            return std::unexpected(segment.error());
        }
        if (*segment == "." || *segment == "..") {
            return bad_target("The path must not contain dot segments.");
        }
        if (has_control_character(*segment)) {
            return bad_target("The path must not contain control characters.");
        }
        target.path += '/';
        target.path += *segment;
        target.segments.push_back(std::move(*segment));
        if (target.segments.size() > target_parts_max) {
            return bad_target("The path has too many segments.");
        }
        path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    }
    if (target.path.empty()) {
        target.path = "/";
    }
    return {};
}

}  // namespace

base::Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            decoded += ' ';
        } else if (text[i] != '%') {
            decoded += text[i];
        } else {
            const int high = i + 2 < text.size() ? hex_digit_of(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_digit_of(text[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return bad_target("A '%' must be followed by two hexadecimal digits.");
            }
            decoded += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return decoded;
}

base::Result<void> parse_form(std::string_view text,
                              std::vector<std::pair<std::string, std::string>>& fields) {
    while (!text.empty()) {
        const auto end = text.find('&');
        const auto field = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (field.empty()) {
            continue;
        }
        const auto equals = field.find('=');
        auto name = percent_decode(field.substr(0, equals), true);
        auto value = percent_decode(
            equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1), true);
        if (!name || !value) {
            return bad_target("A '%' must be followed by two hexadecimal digits.");
        }
        fields.emplace_back(std::move(*name), std::move(*value));
        if (fields.size() > target_parts_max) {
            return bad_target("There are too many parameters.");
        }
    }
    return {};
}

base::Result<void> parse_target(std::string_view raw, Target& target) {
    target.path.clear();
    target.segments.clear();
    target.query.clear();
    if (raw.find('#') != std::string_view::npos) {
        return bad_target("The target must not contain a fragment.");
    }
    if (!raw.starts_with('/')) {
        const auto scheme = raw.starts_with("http://") ? 7 : raw.starts_with("https://") ? 8 : 0;
        if (scheme == 0) {
            return bad_target("The target must start with '/'.");
        }
        const auto slash = raw.find_first_of("/?", static_cast<std::size_t>(scheme));
        raw = slash == std::string_view::npos ? std::string_view("/") : raw.substr(slash);
        if (raw.starts_with('?')) {
            return bad_target("The target has no path.");
        }
    }
    const auto question = raw.find('?');
    if (auto path = parse_path(raw.substr(0, question), target); !path) {
        return path;
    }
    return question == std::string_view::npos ? base::Result<void>()
                                              : parse_form(raw.substr(question + 1), target.query);
}

}  // namespace aftermile::surface
