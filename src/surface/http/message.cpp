#include "surface/http/message.hpp"

#include <array>
#include <deque>

#include <fmt/format.h>

namespace aftermile::surface {
namespace {

constexpr std::array<std::string_view, method_count> method_words = {
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

constexpr char folded(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Length of the well-formed UTF-8 sequence at the start of `text`, 0 when there is none
// (Unicode 15, table 3-7).
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) -> unsigned {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto within = [](unsigned value, unsigned low, unsigned high) {
        return value >= low && value <= high;
    };
    const unsigned lead = byte(0);
    if (lead < 0x80) {
        return 1;
    }
    if (within(lead, 0xC2, 0xDF)) {
        return within(byte(1), 0x80, 0xBF) ? 2 : 0;
    }
    if (within(lead, 0xE0, 0xEF)) {
        const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = lead == 0xED ? 0x9F : 0xBF;
        return within(byte(1), low, high) && within(byte(2), 0x80, 0xBF) ? 3 : 0;
    }
    if (within(lead, 0xF0, 0xF4)) {
        const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
        const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
        return within(byte(1), low, high) && within(byte(2), 0x80, 0xBF) &&
                       within(byte(3), 0x80, 0xBF)
                   ? 4
                   : 0;
    }
    return 0;
}

void append_json_member(std::string& out, std::string_view name, std::string_view value) {
    append_json_string(out, name);
    out += ':';
    append_json_string(out, value);
}

}  // namespace

std::string_view method_name(Method method) {
    return method_words[static_cast<std::size_t>(method)];
}

std::optional<Method> method_from(std::string_view name) {
    for (std::size_t i = 0; i < method_words.size(); ++i) {
        if (method_words[i] == name) {
            return static_cast<Method>(i);
        }
    }
    return std::nullopt;
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
    if (left.size() != right.size()) {
        return false;
    }
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (folded(left[i]) != folded(right[i])) {
            return false;
        }
    }
    return true;
}

std::optional<std::string_view> Request::header(std::string_view name) const {
    for (const auto& header : headers) {
        if (equals_ignoring_case(header.name, name)) {
            return header.value;
        }
    }
    return std::nullopt;
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
    for (const auto& [key, value] : query) {
        if (key == name) {
            return value;
        }
    }
    return std::nullopt;
}

std::string_view Request::parameter(std::string_view name) const {
    for (const auto& [key, value] : parameters) {
        if (key == name) {
            return value;
        }
    }
    return {};
}

std::shared_ptr<const Request> keep(const Request& request) {
    struct Kept {
        Request request;
        std::deque<std::string> bytes;  // its texts stay where they are
    };
    const auto kept = std::make_shared<Kept>(request, std::deque<std::string>{});
    const auto own = [&kept](std::string_view& view) { view = kept->bytes.emplace_back(view); };
    own(kept->request.raw_target);
    for (HeaderView& header : kept->request.headers) {
        own(header.name);
        own(header.value);
    }
    return {kept, &kept->request};
}

Reply json_reply(int status, std::string body) {
    Reply reply;
    reply.status = status;
    reply.content_type = "application/json";
    reply.body = std::move(body);
    return reply;
}

Reply text_reply(int status, std::string body, std::string content_type) {
    Reply reply;
    reply.status = status;
    reply.content_type = std::move(content_type);
    reply.body = std::move(body);
    return reply;
}

Reply problem_reply(std::string_view request_id, int status, std::string_view code,
                    std::string_view detail, const std::vector<FieldProblem>& errors) {
    std::string body = R"({"type":"about:blank",)";
    append_json_member(body, "title", reason_phrase(status));
    body += fmt::format(R"(,"status":{},)", status);
    append_json_member(body, "code", code);
    body += ',';
    append_json_member(body, "detail", detail);
    body += ',';
    append_json_member(body, "request_id", request_id);
    body += R"(,"errors":[)";
    for (const auto& error : errors) {
        body += body.back() == '[' ? "{" : ",{";
        append_json_member(body, "pointer", error.pointer);
        body += ',';
        append_json_member(body, "code", error.code);
        body += ',';
        append_json_member(body, "detail", error.detail);
        body += '}';
    }
    body += "]}";
    Reply reply;
    reply.status = status;
    reply.content_type = "application/problem+json";
    reply.body = std::move(body);
    return reply;
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const char c = text.front();
        const std::size_t length = utf8_length(text);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else if (length == 0) {
            out += "\xEF\xBF\xBD";
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    out += '"';
}

std::string page_security_policy(std::string_view script_nonce, std::string_view frame_ancestors) {
    const std::string scripts =
        script_nonce.empty() ? "'none'" : fmt::format("'nonce-{}'", script_nonce);
    return fmt::format(
        "default-src 'none'; script-src {}; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
        "frame-ancestors {}",
        scripts, frame_ancestors);
}

}  // namespace aftermile::surface
