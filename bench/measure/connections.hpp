// Keep-alive connections to a server on loopback, each with one request under way, driven by one
// thread: the load of a measurement.
#pragma once

#include <poll.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace aftermile::bench {

struct Request {
    std::string_view method = "POST";
    std::string path, headers, body;  // each header with its line's end
    int tag = 0;                      // the caller's; it comes back with the answer
};

struct Answer {
    int status = 0;
    int tag = 0;
    std::string body;
    std::chrono::nanoseconds took{0};  // from when it was sent, or should have been
};

class Connections {
  public:
    using Next = std::function<bool(Request&)>;  // fills it anew; false: nothing is left to send
    using Done = std::function<void(const Answer&)>;

    // With a key: it goes along as Authorization.
    Connections(std::uint16_t port, std::size_t count, const std::string& key);
    ~Connections();
    Connections(const Connections&) = delete;
    Connections& operator=(const Connections&) = delete;

    // Sends over all connections until nothing is left or `until`, and takes in every answer. With
    // `per_second` each request has its time; one that is late because no connection is free is
    // sent as soon as one is, and its answer took from when it should have been sent. False when a
    // connection breaks.
    bool run(const Next& next, const Done& done, std::chrono::steady_clock::time_point until,
             double per_second = 0);

  private:
    struct Connection {
        int socket = -1;
        std::string out, in;
        std::size_t sent = 0;
        int tag = 0;
        bool busy = false;
        std::chrono::steady_clock::time_point started;
    };
    void start(Connection& connection);
    static bool flush(Connection& connection);
    // True when an answer is complete; `broken` when there will be none.
    static bool take(Connection& connection, Answer& answer, bool& broken);
    // Answers that have arrived by then, at the latest. False when a connection breaks.
    bool take_all(std::vector<pollfd>& waits, const Done& done,
                  std::chrono::steady_clock::time_point until);

    std::string authorization_;
    Request request_;
    std::vector<Connection> connections_;
};

// GET without a key; the body, or empty.
[[nodiscard]] std::string fetch(std::uint16_t port, const std::string& path);
// A port that is free now.
[[nodiscard]] std::uint16_t free_port();

}  // namespace aftermile::bench
