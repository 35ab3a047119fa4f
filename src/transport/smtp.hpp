// Sends mail by SMTP through libcurl: one connection a mail, STARTTLS where the server offers it,
// always where the options demand it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ports/transport.hpp"

namespace aftermile::transport {

struct SmtpOptions {
    std::string url;  // smtp://host:port or smtps://host:port
    std::string user;
    std::string password;
    bool require_tls = false;
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds timeout{30'000};  // the whole conversation
};

class SmtpTransport final : public ports::MailTransport {
  public:
    explicit SmtpTransport(SmtpOptions options);
    [[nodiscard]] base::Result<std::string> send(const ports::Mail& mail) override;

  private:
    SmtpOptions options_;
};

// A header value in ASCII: as it is, or as RFC 2047 encoded-words in UTF-8 of at most 75
// characters each, cut between characters and folded.
[[nodiscard]] std::string encoded_words(std::string_view text);

// An address that can stand in an envelope and a header: one @, no blanks, quotes, brackets,
// commas or control characters, ASCII, 254 characters at most. Not a proof that it exists.
[[nodiscard]] bool is_mail_address(std::string_view text);

}  // namespace aftermile::transport
