// Writes the status line and headers of a reply. Internal to the server.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "surface/http/message.hpp"

namespace aftermile::surface {

// The default headers, and the block of text they make when none is overridden.
class DefaultHeaders {
  public:
    explicit DefaultHeaders(std::vector<std::pair<std::string, std::string>> headers);
    void append_to(std::string& out,
                   const std::vector<std::pair<std::string, std::string>>& overrides) const;

  private:
    std::vector<std::pair<std::string, std::string>> headers_;
    std::string block_;
};

enum class BodyFraming : unsigned char { length, chunked, until_close };

struct ReplyContext {
    std::string_view date;  // "Mon, 05 Jan 2026 00:00:00 GMT"
    std::string_view request_id;
    BodyFraming framing = BodyFraming::length;
    bool is_http11 = true;
    bool keep_alive = true;
    const DefaultHeaders* defaults = nullptr;
};

// False when the status does not exist or a header could not be sent as it is (line breaks in it):
// then the caller sends a 500 instead.
[[nodiscard]] bool is_sendable(const Reply& reply);
void append_reply_head(std::string& out, const Reply& reply, const ReplyContext& context);
// 204 and 304 have neither body nor Content-Length.
[[nodiscard]] bool has_no_body(int status);
// RFC 9110's form of a Unix time in seconds.
[[nodiscard]] std::string http_date(std::int64_t unix_seconds);

}  // namespace aftermile::surface
