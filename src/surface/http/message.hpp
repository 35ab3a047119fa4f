// One HTTP exchange as the handlers see it: what came in (Request) and what goes out (Reply).
//
//   void hello(Request& request, Responder responder) {
//       responder.send(json_reply(200, R"({"hello":"world"})"));
//   }
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aftermile::surface {

enum class Method : unsigned char { get, head, post, put, patch, delete_, options };
inline constexpr std::size_t method_count = 7;

// "GET", "HEAD", ...
[[nodiscard]] std::string_view method_name(Method method);
// Exact, case-sensitive as HTTP wants it; nothing for a method that we do not serve.
[[nodiscard]] std::optional<Method> method_from(std::string_view name);
// ASCII case folding, for header names and tokens.
[[nodiscard]] bool equals_ignoring_case(std::string_view left, std::string_view right);

struct HeaderView {
    std::string_view name;
    std::string_view value;  // without surrounding white space
};

// Valid until its Responder was used. A handler may move `body` out.
struct Request {
    Method method = Method::get;
    std::string_view raw_target;  // as sent, undecoded
    std::string path;             // decoded once, starts with '/', no dot segments, no last '/'
    std::string_view route;       // the pattern that matched, for metrics and logs
    std::vector<HeaderView> headers;
    std::vector<std::pair<std::string, std::string>> query;  // decoded, in order, may repeat
    std::vector<std::pair<std::string_view, std::string>> parameters;  // {names} of the route
    std::string body;                                                  // raw bytes
    std::string remote_address;
    std::string request_id;

    // The first header of that name, in any case of letters.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
    // The first query parameter of that name.
    [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
    // The decoded value of {name} in the route, empty when the route has none.
    [[nodiscard]] std::string_view parameter(std::string_view name) const;
};

// A copy with the bytes of its headers: a request's own last until it is answered, or until its
// stream begins.
[[nodiscard]] std::shared_ptr<const Request> keep(const Request& request);

// Content-Length, Date, Connection and X-Request-Id are the server's; the server's default
// headers (see ServerOptions) yield to a header of the same name in `headers`.
struct Reply {
    int status = 200;
    std::string content_type;
    std::string body;
    // Bytes of static lifetime (embedded files) to send instead of `body`, without a copy.
    std::string_view static_body;
    std::vector<std::pair<std::string, std::string>> headers;
    bool close = false;  // ends the connection after this reply

    [[nodiscard]] std::string_view payload() const {
        return static_body.empty() ? std::string_view(body) : static_body;
    }
};

[[nodiscard]] Reply json_reply(int status, std::string body);
[[nodiscard]] Reply text_reply(int status, std::string body,
                               std::string content_type = "text/plain; charset=utf-8");

// One field at fault in a problem document.
struct FieldProblem {
    std::string pointer;
    std::string code;
    std::string detail;
};

// application/problem+json (RFC 9457) with our `code`, `request_id` and `errors`.
[[nodiscard]] Reply problem_reply(std::string_view request_id, int status, std::string_view code,
                                  std::string_view detail,
                                  const std::vector<FieldProblem>& errors = {});

// Quotes and escapes; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

// The policy of our pages: scripts by nonce alone (none without one), nothing from third parties.
[[nodiscard]] std::string page_security_policy(std::string_view script_nonce = {},
                                               std::string_view frame_ancestors = "'none'");

// The standard words for a status, "Unknown Status" for others.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace aftermile::surface
