#include "transport/http.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <optional>
#include <span>

#include "transport/curl.hpp"

namespace aftermile::transport {
namespace {

using base::fail;
using base::Family;
using base::Result;

struct Range {
    std::uint32_t network;
    int bits;
};

// IANA IPv4 Special-Purpose Address Registry: everything that is not globally reachable.
constexpr auto closed_v4 = std::to_array<Range>({
    {0x00000000, 8},
    {0x0A000000, 8},
    {0x64400000, 10},
    {0x7F000000, 8},
    {0xA9FE0000, 16},
    {0xAC100000, 12},
    {0xC0000000, 24},
    {0xC0000200, 24},
    {0xC0586300, 24},
    {0xC0A80000, 16},
    {0xC6120000, 15},
    {0xC6336400, 24},
    {0xCB007100, 24},
    {0xE0000000, 4},
    {0xF0000000, 4},
});

bool is_public_v4(std::uint32_t address) {
    return std::ranges::none_of(closed_v4, [&](const Range& range) {
        const int shift = 32 - range.bits;
        return (address >> shift) == (range.network >> shift);
    });
}

std::uint32_t v4_in(std::span<const std::uint8_t, 16> bytes, std::size_t at) {
    return static_cast<std::uint32_t>(bytes[at]) << 24 |
           static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
           static_cast<std::uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}

// Only global unicast, 2000::/3, without the ranges that carry or translate IPv4 and without
// documentation; mapped IPv4 is judged as what it is.
bool is_public_v6(std::span<const std::uint8_t, 16> bytes) {
    const bool zeros = std::all_of(bytes.begin(), bytes.begin() + 10, [](int b) { return b == 0; });
    if (zeros && bytes[10] == 0xFF && bytes[11] == 0xFF) {
        return is_public_v4(v4_in(bytes, 12));
    }
    if ((bytes[0] & 0xE0) != 0x20) {
        return false;
    }
    if (bytes[0] == 0x20 && bytes[1] == 0x02) {  // 6to4
        return is_public_v4(v4_in(bytes, 2));
    }
    const bool special = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] < 0x02;  // 2001::/23
    const bool written_only = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D &&
                              bytes[3] == 0xB8;  // 2001:db8::/32
    return !special && !written_only;
}

bool is_public(const sockaddr* address) {
    if (address->sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, address, sizeof v4);
        return is_public_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, address, sizeof v6);
        return is_public_v6(std::span<const std::uint8_t, 16>{v6.sin6_addr.s6_addr});
    }
    return false;
}

struct Exchange {
    bool trusted = false;
    bool forbidden = false;
    bool too_large = false;
    std::size_t bytes_max = 0;
    ports::HttpReply reply;
};

// Asked with the address that is about to be connected to, after name resolution: a name that
// changes its address between a check and the connection gains nothing.
curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* address) {
    auto& exchange = *static_cast<Exchange*>(user);
    if (!exchange.trusted && !is_public(&address->addr)) {
        exchange.forbidden = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t keep_body(char* bytes, std::size_t size, std::size_t count, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    const std::size_t total = size * count;
    if (exchange.reply.body.size() + total > exchange.bytes_max) {
        exchange.too_large = true;
        return 0;
    }
    exchange.reply.body.append(bytes, total);
    return total;
}

std::size_t keep_header(char* bytes, std::size_t size, std::size_t count, void* user) {
    auto& headers = static_cast<Exchange*>(user)->reply.headers;
    const std::string_view line{bytes, size * count};
    constexpr std::size_t headers_max = 200;
    if (line.starts_with("HTTP/")) {
        headers.clear();  // those of an interim reply such as 100
        return line.size();
    }
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && headers.size() < headers_max) {
        std::string name{line.substr(0, colon)};
        std::ranges::transform(name, name.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        std::string_view value = line.substr(colon + 1);
        const std::size_t first = value.find_first_not_of(" \t\r\n");
        value = first == std::string_view::npos
                    ? std::string_view{}
                    : value.substr(first, value.find_last_not_of(" \t\r\n") - first + 1);
        headers.emplace_back(std::move(name), value);
    }
    return line.size();
}

struct UrlEnd {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

struct Target {
    std::string scheme;
    std::string host_and_port;
};

std::string url_part(CURLU* url, CURLUPart part, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, flags) != CURLUE_OK) {
        return {};
    }
    std::string copy{text};
    curl_free(text);
    return copy;
}

// Read by the same parser that connects, so that the two cannot disagree about the host.
std::optional<Target> target_of(const std::string& text) {
    const std::unique_ptr<CURLU, UrlEnd> url{curl_url()};
    if (!url || !is_header_value(text) ||
        curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
        return std::nullopt;
    }
    return Target{url_part(url.get(), CURLUPART_SCHEME),
                  fmt::format("{}:{}", url_part(url.get(), CURLUPART_HOST),
                              url_part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT))};
}

base::Error error_of(CURLcode result, const Exchange& exchange) {
    const std::string why = curl_easy_strerror(result);
    if (exchange.forbidden) {
        return {"forbidden_address",
                "the address leads into a private network; name the host as "
                "trusted if that is meant",
                "/url", Family::rejected};
    }
    if (exchange.too_large) {
        return {"reply_too_large",
                fmt::format("the reply is longer than {} bytes", exchange.bytes_max),
                {},
                Family::rejected};
    }
    switch (result) {
        case CURLE_OPERATION_TIMEDOUT:
            return {"http_timeout", why, {}, Family::retry};
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CACERT_BADFILE:
            return {"tls_failed", why, {}, Family::retry};
        case CURLE_GOT_NOTHING:
        case CURLE_PARTIAL_FILE:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
            return {"http_interrupted", why, {}, Family::retry};
        default:
            return {"http_unreachable", why, {}, Family::retry};
    }
}

Result<List> headers_of(const ports::HttpRequest& request) {
    List list;
    for (const auto& [name, value] : request.headers) {
        if (!is_header_name(name) || !is_header_value(value)) {
            return fail("bad_header", "a header name or value is not allowed", "/headers");
        }
        list.add(value.empty() ? fmt::format("{};", name) : fmt::format("{}: {}", name, value));
    }
    list.add("Expect:");  // no waiting for 100-continue
    return list;
}

void set_safety(CURL* handle, const HttpOptions& options, const ports::HttpRequest& request) {
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");  // a proxy would resolve names for us
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(options.connect_timeout.count()));
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    if (!options.ca_file.empty()) {
        curl_easy_setopt(handle, CURLOPT_CAINFO, options.ca_file.c_str());
    }
}

void set_body(CURL* handle, const ports::HttpRequest& request) {
    if (request.method == "HEAD") {
        curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    } else if (request.method != "GET" || !request.body.empty()) {
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(request.body.size()));
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.c_str());
        curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
}

}  // namespace

HttpTransportCurl::HttpTransportCurl(HttpOptions options) : options_{std::move(options)} {}

Result<ports::HttpReply> HttpTransportCurl::send(const ports::HttpRequest& request) {
    const std::optional<Target> target = target_of(request.url);
    if (!target || (target->scheme != "https" && target->scheme != "http")) {
        return fail("bad_url", "not an http or https address", "/url");
    }
    Exchange exchange;
    exchange.trusted = std::ranges::find(options_.trusted_hosts, target->host_and_port) !=
                       options_.trusted_hosts.end();
    exchange.bytes_max = options_.reply_bytes_max;
    if (target->scheme == "http" && !exchange.trusted) {
        return fail("bad_url", "only https, except to a trusted host", "/url");
    }
    if (!is_header_name(request.method)) {
        return fail("bad_header", "not a method", "/method");
    }
    const Result<List> headers = headers_of(request);
    if (!headers) {
        return std::unexpected(headers.error());
    }
    const Easy easy = make_easy();
    if (!easy) {
        return fail("http_unreachable", "libcurl cannot start", {}, Family::retry);
    }
    CURL* handle = easy.get();
    curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
    set_safety(handle, options_, request);
    set_body(handle, request);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers->get());
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &exchange);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, keep_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, keep_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &exchange);
    if (const CURLcode result = curl_easy_perform(handle); result != CURLE_OK) {
        return std::unexpected(error_of(result, exchange));
    }
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    exchange.reply.status = static_cast<int>(status);
    return std::move(exchange.reply);
}

bool is_public_address(const std::string& address) {
    in_addr v4{};
    if (inet_pton(AF_INET, address.c_str(), &v4) == 1) {
        return is_public_v4(ntohl(v4.s_addr));
    }
    in6_addr v6{};
    if (inet_pton(AF_INET6, address.c_str(), &v6) == 1) {
        return is_public_v6(std::span<const std::uint8_t, 16>{v6.s6_addr});
    }
    return false;
}

}  // namespace aftermile::transport
