#include <fmt/format.h>

#include <charconv>

#include "base/crypto.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "surface/api/lists.hpp"

namespace aftermile::surface {
namespace {

constexpr std::size_t mac_bytes = 8;

// What a cursor belongs to: another list's, merchant's or filter's cursor is refused.
std::string binding(const ReadCall& call) {
    std::string out = fmt::format("{}\n{}\n", call.caller.merchant, call.request.path);
    for (const auto& [name, value] : call.request.query) {
        if (name != "cursor" && name != "limit") {
            out += fmt::format("{}={}\n", name, value);
        }
    }
    return out;
}

std::string mac_of(const ReadCall& call, std::string_view bytes) {
    return base::hmac_sha256(call.context.cursor_key, binding(call) + std::string(bytes))
        .substr(0, mac_bytes);
}

}  // namespace

std::string make_cursor(const ReadCall& call, std::int64_t last) {
    const std::string bytes = std::to_string(last);
    return base::to_base64url(mac_of(call, bytes) + bytes);
}

base::Result<PageRequest> read_page(const ReadCall& call) {
    PageRequest page;
    if (const auto limit = call.request.query_value("limit")) {
        const auto read = std::from_chars(limit->data(), limit->data() + limit->size(), page.limit);
        if (read.ec != std::errc{} || read.ptr != limit->data() + limit->size() || page.limit < 1 ||
            page.limit > page_limit_max) {
            return base::fail("bad_parameter", "limit must be between 1 and 100.", "limit");
        }
    }
    if (const auto cursor = call.request.query_value("cursor")) {
        const auto bytes = base::from_base64url(*cursor);
        std::int64_t last = 0;
        bool good = bytes && bytes->size() > mac_bytes;
        if (good) {
            const std::string_view number = std::string_view(*bytes).substr(mac_bytes);
            good = base::constant_time_equal(mac_of(call, number),
                                             std::string_view(*bytes).substr(0, mac_bytes)) &&
                   std::from_chars(number.data(), number.data() + number.size(), last).ec ==
                       std::errc{};
        }
        if (!good) {
            return base::fail("bad_cursor", "This cursor is not of this list and its filters.",
                              "cursor");
        }
        page.after = last;
    }
    return page;
}

std::optional<std::string_view> parameter(const ReadCall& call, std::string_view name) {
    const auto value = call.request.query_value(name);
    return value && !value->empty() ? value : std::nullopt;
}

base::Result<std::optional<base::Instant>> instant_parameter(const ReadCall& call,
                                                             std::string_view name) {
    const auto written = parameter(call, name);
    if (!written) {
        return std::nullopt;
    }
    auto at = base::parse_instant(*written);
    if (!at) {
        return base::fail("bad_parameter", at.error().detail, std::string(name));
    }
    return *at;
}

base::Result<std::string> page_of(
    ReadCall& call, std::size_t count,
    const std::function<Written(base::JsonWriter&, std::size_t)>& write) {
    auto page = read_page(call);
    if (!page) {
        return std::unexpected(page.error());
    }
    const auto first = static_cast<std::size_t>(page->after.value_or(0));
    const std::size_t last = std::min(count, first + page->limit);
    std::string out;
    base::JsonWriter writer(out);
    writer.begin_object();
    writer.key("data");
    writer.begin_array();
    for (std::size_t i = first; i < last; ++i) {
        if (auto written = write(writer, i); !written) {
            return std::unexpected(written.error());
        }
    }
    writer.end_array();
    writer.key("has_more");
    writer.boolean(last < count);
    if (last < count) {
        writer.key("next_cursor");
        writer.text(make_cursor(call, static_cast<std::int64_t>(last)));
    }
    writer.end_object();
    return out;
}

}  // namespace aftermile::surface
