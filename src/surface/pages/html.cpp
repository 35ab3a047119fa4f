#include "surface/pages/html.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace aftermile::surface {
namespace {

using Colour = std::array<double, 3>;

double luminance(const Colour& colour) {
    constexpr std::array weights{0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (std::size_t i = 0; i < colour.size(); ++i) {
        const double part = colour[i] / 255;
        sum +=
            weights[i] * (part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
}

double contrast(double a, double b) { return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05); }

}  // namespace

Html& Html::text(std::string_view value) {
    for (const char c : value) {
        switch (c) {
            case '&':
                out_ += "&amp;";
                break;
            case '<':
                out_ += "&lt;";
                break;
            case '>':
                out_ += "&gt;";
                break;
            case '"':
                out_ += "&quot;";
                break;
            case '\'':
                out_ += "&#39;";
                break;
            default:
                out_ += c;
        }
    }
    return *this;
}

Html& Html::element(std::string_view tag, std::string_view classes, std::string_view value) {
    if (value.empty()) {
        return *this;
    }
    raw("<").raw(tag);
    if (!classes.empty()) {
        raw(" class=\"").raw(classes).raw("\"");
    }
    return raw(">").text(value).raw("</").raw(tag).raw(">");
}

std::string readable_colour(std::string_view colour, bool on_dark) {
    constexpr double enough = 4.5;
    constexpr Colour light_page{250, 250, 248};
    constexpr Colour dark_page{22, 23, 26};
    if (colour.size() != 7 || colour.front() != '#') {
        return {};
    }
    Colour parts{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        int value = 0;
        const char* from = colour.data() + 1 + 2 * i;
        if (std::from_chars(from, from + 2, value, 16).ptr != from + 2) {
            return {};
        }
        parts[i] = value;
    }
    const double page = luminance(on_dark ? dark_page : light_page);
    const double target = on_dark ? 255 : 0;
    for (int step = 0; step < 40 && contrast(luminance(parts), page) < enough; ++step) {
        for (double& part : parts) {
            part += (target - part) * 0.08;
        }
    }
    return fmt::format("#{:02x}{:02x}{:02x}", static_cast<int>(parts[0]),
                       static_cast<int>(parts[1]), static_cast<int>(parts[2]));
}

}  // namespace aftermile::surface
