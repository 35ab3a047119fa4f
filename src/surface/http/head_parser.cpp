#include "surface/http/head_parser.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/status.hpp>

namespace aftermile::surface {
namespace {

namespace beast_http = boost::beast::http;
using ParseError = boost::beast::error_code;

std::string_view as_view(boost::beast::string_view text) { return {text.data(), text.size()}; }

// Beast hands parts of the message to this as it recognises them.
class Collector final : public beast_http::basic_parser<true> {
  public:
    Collector(std::string_view bytes, std::vector<HeaderView>& headers)
        : bytes_(bytes), headers_(&headers) {
        headers_->clear();
        // The caller has found the end of the header, so its own limit has been applied.
        header_limit(std::numeric_limits<std::uint32_t>::max());
        body_limit(boost::none);
    }

    Head head;
    std::string* body = nullptr;
    std::size_t body_max = 0;
    bool was_folded = false;

  private:
    void on_request_impl(beast_http::verb, boost::beast::string_view method,
                         boost::beast::string_view target, int version, ParseError&) override {
        head.method = as_view(method);
        head.target = as_view(target);
        head.is_http11 = version >= 11;
    }
    void on_response_impl(int, boost::beast::string_view, int, ParseError&) override {}
    void on_field_impl(beast_http::field, boost::beast::string_view name,
                       boost::beast::string_view value, ParseError&) override {
        if (headers_ == nullptr) {
            return;  // a trailer
        }
        // Beast unfolds into a buffer of its own; everything else points into our bytes.
        const char* const end = bytes_.data() + bytes_.size();
        if (!value.empty() && (value.data() < bytes_.data() || value.data() >= end)) {
            was_folded = true;
            return;
        }
        headers_->push_back({as_view(name), as_view(value)});
    }
    void on_header_impl(ParseError&) override { headers_ = nullptr; }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, ParseError&) override {}
    std::size_t on_body_impl(boost::beast::string_view text, ParseError&) override {
        return text.size();
    }
    void on_chunk_header_impl(std::uint64_t size, boost::beast::string_view,
                              ParseError& error) override {
        if (size > body_max - body->size()) {
            error = beast_http::error::body_limit;
        }
    }
    std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view text,
                                   ParseError&) override {
        body->append(text.data(), text.size());
        return text.size();
    }
    void on_finish_impl(ParseError&) override {}

    std::string_view bytes_;
    std::vector<HeaderView>* headers_;
};

std::unexpected<Refusal> malformed_head(std::string detail) {
    return std::unexpected(Refusal{400, "malformed_request", std::move(detail)});
}

// Whether the request line is well formed and only its version is not ours.
bool is_other_version(std::string_view bytes) {
    const auto line = bytes.substr(0, bytes.find("\r\n"));
    const auto last_space = line.rfind(' ');
    return std::ranges::count(line, ' ') == 2 && line.substr(last_space + 1).starts_with("HTTP/");
}

std::size_t header_count(const std::vector<HeaderView>& headers, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::count_if(
        headers, [&](const auto& header) { return equals_ignoring_case(header.name, name); }));
}

std::string_view first_header(const std::vector<HeaderView>& headers, std::string_view name) {
    for (const auto& header : headers) {
        if (equals_ignoring_case(header.name, name)) {
            return header.value;
        }
    }
    return {};
}

// The rules about framing that Beast leaves open.
std::expected<void, Refusal> check_framing(const Head& head,
                                           const std::vector<HeaderView>& headers) {
    const auto hosts = header_count(headers, "Host");
    if (hosts > 1 || (hosts == 0 && head.is_http11)) {
        return malformed_head("There must be exactly one Host header.");
    }
    const auto lengths = header_count(headers, "Content-Length");
    const auto encodings = header_count(headers, "Transfer-Encoding");
    if (lengths + encodings > 1) {
        return malformed_head("There must be one Content-Length or one Transfer-Encoding.");
    }
    if (lengths == 1) {
        const auto value = first_header(headers, "Content-Length");
        const bool digits = !value.empty() &&
                            std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
        if (!digits) {
            return malformed_head("Content-Length must be one number.");
        }
    }
    if (encodings == 1) {
        if (!head.is_http11 || !head.chunked ||
            !equals_ignoring_case(first_header(headers, "Transfer-Encoding"), "chunked")) {
            return malformed_head("The only Transfer-Encoding is chunked, in HTTP/1.1.");
        }
    }
    return {};
}

std::expected<void, Refusal> check_expectations(Head& head,
                                                const std::vector<HeaderView>& headers) {
    if (const auto value = first_header(headers, "Expect"); !value.empty()) {
        if (!equals_ignoring_case(value, "100-continue")) {
            return std::unexpected(
                Refusal{417, "expectation_failed", "The only expectation met is 100-continue."});
        }
        head.expects_continue = head.is_http11 && head.has_body();
    }
    if (const auto value = first_header(headers, "Content-Encoding");
        !value.empty() && !equals_ignoring_case(value, "identity")) {
        return std::unexpected(Refusal{415, "unsupported_content_encoding",
                                       "Send the body without Content-Encoding."});
    }
    return {};
}

}  // namespace

class HeadParser::Parser {
  public:
    std::optional<Collector> collector;
    bool asked_for_more = false;  // of the chunks, when they were last looked at
};

HeadParser::HeadParser() : parser_(std::make_unique<Parser>()) {}
HeadParser::~HeadParser() = default;

std::expected<Head, Refusal> HeadParser::parse(std::string_view bytes,
                                               std::vector<HeaderView>& headers) {
    auto& collector = parser_->collector.emplace(bytes, headers);
    parser_->asked_for_more = false;
    ParseError error;
    const auto taken = collector.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    if (error == beast_http::error::bad_version && is_other_version(bytes)) {
        return std::unexpected(
            Refusal{505, "http_version_not_supported", "Speak HTTP/1.1 or HTTP/1.0."});
    }
    if (error || !collector.is_header_done() || taken != bytes.size()) {
        return malformed_head(fmt::format("The header cannot be read: {}.",
                                          error ? error.message() : "it ends too early"));
    }
    if (collector.was_folded) {
        return malformed_head("A header must not continue on the next line.");
    }
    Head head = collector.head;
    head.chunked = collector.chunked();
    head.keep_alive = collector.keep_alive();
    const auto length = collector.content_length();
    head.content_length = length && !head.chunked ? *length : 0;
    if (auto framing = check_framing(head, headers); !framing) {
        return std::unexpected(framing.error());
    }
    if (auto met = check_expectations(head, headers); !met) {
        return std::unexpected(met.error());
    }
    return head;
}

std::expected<ChunkProgress, Refusal> HeadParser::take_chunks(std::string_view bytes,
                                                              std::string& body,
                                                              std::size_t body_max) {
    auto& collector = *parser_->collector;
    collector.body = &body;
    collector.body_max = body_max;
    collector.eager(true);
    ChunkProgress progress;
    while (progress.consumed < bytes.size() && !collector.is_done()) {
        ParseError error;
        const auto left = bytes.substr(progress.consumed);
        // Once Beast has asked for more of a last chunk, it asserts that it is given five bytes.
        // From where a chunk begins a whole message has as many, or it is not over.
        constexpr std::size_t last_chunk_bytes = 5;  // 0 CR LF CR LF
        if (parser_->asked_for_more && left.size() < last_chunk_bytes) {
            break;
        }
        const auto taken = collector.put(boost::asio::buffer(left.data(), left.size()), error);
        progress.consumed += taken;
        parser_->asked_for_more = error == beast_http::error::need_more;
        if (parser_->asked_for_more) {
            break;
        }
        if (error == beast_http::error::body_limit) {
            return std::unexpected(body_too_large(body_max));
        }
        if (error) {
            return malformed_head(fmt::format("The chunks cannot be read: {}.", error.message()));
        }
    }
    progress.done = collector.is_done();
    return progress;
}

Refusal body_too_large(std::size_t body_max) {
    return {413, "body_too_large",
            fmt::format("The body is larger than the {} bytes that this path takes.", body_max)};
}

std::string_view reason_phrase(int status) {
    return as_view(beast_http::obsolete_reason(static_cast<beast_http::status>(status)));
}

}  // namespace aftermile::surface
