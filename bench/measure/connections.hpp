// Keep-alive connections to a server on loopback, each with one request under way, driven by one
// thread: the load of a measurement.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace aftermile::bench {

struct Answer {
    int status = 0;
    std::string body;
    std::chrono::nanoseconds took{0};
};

class Connections {
  public:
    using Body = std::function<bool(std::string&)>;  // fills it; false: nothing is left to send
    using Done = std::function<void(const Answer&)>;

    Connections(std::uint16_t port, std::size_t count, std::string key);
    ~Connections();
    Connections(const Connections&) = delete;
    Connections& operator=(const Connections&) = delete;

    // Posts newline-delimited JSON over all connections until no body is left or `until`, and
    // takes in every answer. False when a connection breaks.
    bool post(const std::string& path, const Body& body, const Done& done,
              std::chrono::steady_clock::time_point until);

  private:
    struct Connection {
        int socket = -1;
        std::string out, in;
        std::size_t sent = 0;
        bool busy = false;
        std::chrono::steady_clock::time_point started;
    };
    void start(Connection& connection, const std::string& path);
    static bool flush(Connection& connection);
    // True when an answer is complete; `broken` when there will be none.
    static bool take(Connection& connection, Answer& answer, bool& broken);

    std::string key_, body_;
    std::vector<Connection> connections_;
};

// GET without a key; the body, or empty.
[[nodiscard]] std::string fetch(std::uint16_t port, const std::string& path);
// A port that is free now.
[[nodiscard]] std::uint16_t free_port();

}  // namespace aftermile::bench
