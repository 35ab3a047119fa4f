#include "surface/http/reply_head.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <iterator>

#include <fmt/format.h>

namespace aftermile::surface {
namespace {

using HeaderPairs = std::vector<std::pair<std::string, std::string>>;

bool names_header(const HeaderPairs& headers, std::string_view name) {
    return std::ranges::any_of(
        headers, [&](const auto& header) { return equals_ignoring_case(header.first, name); });
}

void append_header_line(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

bool is_token(std::string_view text) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               marks.find(c) != std::string_view::npos;
    });
}

bool is_field_value(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x20 ? byte != 0x7F : c == '\t';
    });
}

// The server decides these.
bool is_servers_own(std::string_view name) {
    constexpr std::array own = {"Content-Length", "Transfer-Encoding", "Connection", "Date",
                                "X-Request-Id"};
    return std::ranges::any_of(
        own, [&](const char* candidate) { return equals_ignoring_case(name, candidate); });
}

}  // namespace

DefaultHeaders::DefaultHeaders(HeaderPairs headers) : headers_(std::move(headers)) {
    for (const auto& [name, value] : headers_) {
        append_header_line(block_, name, value);
    }
}

void DefaultHeaders::append_to(std::string& out, const HeaderPairs& overrides) const {
    if (overrides.empty()) {
        out += block_;
        return;
    }
    for (const auto& [name, value] : headers_) {
        if (!names_header(overrides, name)) {
            append_header_line(out, name, value);
        }
    }
}

bool has_no_body(int status) { return status == 204 || status == 304; }

bool is_sendable(const Reply& reply) {
    return reply.status >= 200 && reply.status <= 599 && is_field_value(reply.content_type) &&
           std::ranges::all_of(reply.headers, [](const auto& header) {
               return is_token(header.first) && is_field_value(header.second);
           });
}

void append_reply_head(std::string& out, const Reply& reply, const ReplyContext& context) {
    fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", reply.status,
                   reason_phrase(reply.status));
    append_header_line(out, "Date", context.date);
    if (!reply.content_type.empty() && !has_no_body(reply.status)) {
        append_header_line(out, "Content-Type", reply.content_type);
    }
    if (context.framing == BodyFraming::chunked) {
        append_header_line(out, "Transfer-Encoding", "chunked");
    } else if (context.framing == BodyFraming::length && !has_no_body(reply.status)) {
        fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", reply.payload().size());
    }
    append_header_line(out, "X-Request-Id", context.request_id);
    if (!context.keep_alive) {
        append_header_line(out, "Connection", "close");
    } else if (!context.is_http11) {
        append_header_line(out, "Connection", "keep-alive");
    }
    context.defaults->append_to(out, reply.headers);
    for (const auto& [name, value] : reply.headers) {
        if (!is_servers_own(name)) {
            append_header_line(out, name, value);
        }
    }
    out += "\r\n";
}

std::string http_date(std::int64_t unix_seconds) {
    using namespace std::chrono;
    static constexpr std::array days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const sys_seconds instant{seconds(unix_seconds)};
    const auto day = floor<std::chrono::days>(instant);
    const year_month_day date{day};
    const hh_mm_ss time{instant - day};
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", days[weekday(day).c_encoding()],
                       static_cast<unsigned>(date.day()),
                       months[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                       time.seconds().count());
}

}  // namespace aftermile::surface
