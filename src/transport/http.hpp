// Calls other people's APIs through libcurl: certificates verified, no redirects, a size limit,
// and no way into the network that the server stands in.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ports/transport.hpp"

namespace aftermile::transport {

struct HttpOptions {
    // "host:port" as written in the URL: may be plain http and may resolve to any address.
    // For an installation's own helpdesk, and for tests.
    std::vector<std::string> trusted_hosts;
    std::chrono::milliseconds connect_timeout{5'000};
    std::size_t reply_bytes_max = 8 << 20;
    std::string ca_file;  // empty: the machine's own
};

class HttpTransportCurl final : public ports::HttpTransport {
  public:
    explicit HttpTransportCurl(HttpOptions options = {});
    [[nodiscard]] base::Result<ports::HttpReply> send(const ports::HttpRequest& request) override;

  private:
    HttpOptions options_;
};

// Whether an address in text form ("10.0.0.1", "::1", "::ffff:127.0.0.1") may be reached from
// outside: no loopback, private, shared, link-local (cloud metadata), multicast, documentation or
// other special ranges (IANA special-purpose registries; IPv4 inside IPv6 is judged as IPv4).
[[nodiscard]] bool is_public_address(const std::string& address);

}  // namespace aftermile::transport
