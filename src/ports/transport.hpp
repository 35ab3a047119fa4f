// The two doors to the outside world: mail and HTTP. Connectors and the engine build requests,
// the transport room sends them; everything else stays pure. Implementations are safe to call
// from several threads at once and block until the reply or the timeout.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace aftermile::ports {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Mail {
    std::string from;        // address alone: "post@shop.example"
    std::string from_name;   // UTF-8, may be empty
    std::string to;          // address alone
    std::string subject;     // UTF-8, one line
    std::string text;        // UTF-8; the part every reader can show
    std::string html;        // UTF-8; empty: the mail is plain text
    std::string message_id;  // "local@host" without brackets, stable for one notification, so
                             // that a mail sent twice is recognised as the same
    Headers headers;         // more of them, for example List-Unsubscribe or Auto-Submitted
};

class MailTransport {
  public:
    virtual ~MailTransport() = default;

    // The server's last reply line once it has taken the mail. Error families: `rejected` when the
    // mail will never be taken as it is (`bad_address`, `bad_header`, `mail_refused` for 5xx),
    // `retry` when it may be taken later (`mail_deferred` for 4xx, `mail_unreachable`,
    // `mail_timeout`, `mail_interrupted`: the connection ended after the content was handed over,
    // so the server may have kept it).
    [[nodiscard]] virtual base::Result<std::string> send(const Mail& mail) = 0;
};

struct HttpRequest {
    std::string method = "GET";
    std::string url{};  // https, or http where the options allow the host
    Headers headers{};
    std::string body{};
    std::chrono::milliseconds timeout{15'000};
};

struct HttpReply {
    int status = 0;
    Headers headers;  // names in lower case, in order of arrival
    std::string body;
};

class HttpTransport {
  public:
    virtual ~HttpTransport() = default;

    // Any status is a reply, 500 and 302 too (redirects are never followed); the caller judges it.
    // Errors: `rejected` for `bad_url`, `bad_header`, `forbidden_address` (the name leads to a
    // private, loopback or link-local address) and `reply_too_large`; `retry` for
    // `http_unreachable`, `http_timeout`, `http_interrupted` and `tls_failed`.
    [[nodiscard]] virtual base::Result<HttpReply> send(const HttpRequest& request) = 0;
};

}  // namespace aftermile::ports
