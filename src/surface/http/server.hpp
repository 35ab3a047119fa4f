// The HTTP/1.1 server: strict, bounded everywhere, no TLS (a proxy in front brings it).
// It owns its threads; handlers run on them.
//
//   Router router; router.add(...);
//   Server server({.host = "127.0.0.1", .port = 0}, std::move(router));
//   if (auto started = server.start(); !started) ...
//   server.port();
//   server.stop();
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "surface/http/router.hpp"

namespace aftermile::surface {

// One finished exchange. `route` is the pattern ("" when none matched), so metrics stay bounded.
struct Observation {
    Method method = Method::get;
    std::string_view route;
    int status = 0;
    std::int64_t microseconds = 0;  // from the last byte of the headers to the last of the reply
    std::size_t bytes_in = 0;       // of the body
    std::size_t bytes_out = 0;      // headers and body
};

struct ServerOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any free one, see Server::port
    int threads = 2;
    std::size_t connections_max = 4096;  // further ones get 503
    std::size_t header_bytes_max = 16 * 1024;
    std::chrono::milliseconds header_timeout = std::chrono::seconds(10);
    std::chrono::milliseconds idle_timeout = std::chrono::seconds(60);
    // A body slower than the floor, once the grace is over, gets 408.
    std::chrono::milliseconds body_grace = std::chrono::seconds(10);
    std::size_t body_bytes_per_second_min = 1024;
    // A client that takes no byte of the reply for so long is cut off.
    std::chrono::milliseconds write_timeout = std::chrono::seconds(30);
    // After an early refusal we read on, and throw away, so much for so long, so that the client
    // can read the refusal; without it the kernel would reset the connection under the reply.
    std::size_t discard_bytes_max = 64 * 1024 * 1024;
    std::chrono::milliseconds discard_timeout = std::chrono::seconds(10);
    std::chrono::milliseconds stop_grace = std::chrono::seconds(10);
    // Sent with each reply that has no header of that name.
    std::vector<std::pair<std::string, std::string>> default_headers = {
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"X-Frame-Options", "DENY"},
        {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
        {"Cache-Control", "no-store"},
    };
    // Called on a server thread after each exchange; must be quick and must not throw.
    std::function<void(const Observation&)> observe = {};
    // May replace the server's own refusals (404, 413, ...), say by a page for browsers.
    std::function<void(const Request&, Reply&)> dress_refusal = {};
    // Told what a handler threw, with the request id.
    std::function<void(std::string_view what, std::string_view request_id)> on_fault = {};
};

class Server {
  public:
    Server(ServerOptions options, Router router);
    ~Server();  // stops
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Binds, listens and starts the threads. Fails with `listen_failed`. Once only.
    [[nodiscard]] base::Result<void> start();
    // The port in use, after start.
    [[nodiscard]] std::uint16_t port() const;
    // Accepts nothing more, closes idle connections, ends streams, waits for exchanges in flight
    // up to the grace, then cuts them. Responders may outlive it. Not from a server thread.
    void stop();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace aftermile::surface
