#include "bench/ingest/connections.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace aftermile::bench {

namespace {

using Clock = std::chrono::steady_clock;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int connect_to(std::uint16_t port) {
    const int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    if (connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        close(handle);
        return -1;
    }
    const int on = 1;
    setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return handle;
}

// The length of a whole answer in `text`, or 0; `status` and where its body starts.
std::size_t whole(std::string_view text, int& status, std::size_t& body_at) {
    const auto head = text.find("\r\n\r\n");
    if (head == std::string_view::npos || text.size() < 12) {
        return 0;
    }
    std::from_chars(text.data() + 9, text.data() + 12, status);
    std::string lower(text.substr(0, head));
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    constexpr std::string_view name = "content-length: ";
    const auto at = lower.find(name);
    std::size_t length = 0;
    if (at != std::string::npos) {
        const char* const digits = lower.data() + at + name.size();
        std::from_chars(digits, lower.data() + lower.size(), length);
    }
    body_at = head + 4;
    return text.size() >= body_at + length ? body_at + length : 0;
}

}  // namespace

Connections::Connections(std::uint16_t port, std::size_t count, std::string key)
    : key_(std::move(key)), connections_(count) {
    for (Connection& connection : connections_) {
        connection.socket = connect_to(port);
        fcntl(connection.socket, F_SETFL, O_NONBLOCK);
    }
}

Connections::~Connections() {
    for (const Connection& connection : connections_) {
        close(connection.socket);
    }
}

void Connections::start(Connection& connection, const std::string& path) {
    connection.out = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " +
                     key_ + "\r\nContent-Type: application/x-ndjson\r\nContent-Length: " +
                     std::to_string(body_.size()) + "\r\n\r\n" + body_;
    connection.in.clear();
    connection.sent = 0;
    connection.busy = true;
    connection.started = Clock::now();
}

bool Connections::flush(Connection& connection) {
    while (connection.sent < connection.out.size()) {
        const auto wrote = send(connection.socket, connection.out.data() + connection.sent,
                                connection.out.size() - connection.sent, MSG_NOSIGNAL);
        if (wrote < 0) {
            return errno == EAGAIN;
        }
        connection.sent += static_cast<std::size_t>(wrote);
    }
    return true;
}

bool Connections::take(Connection& connection, Answer& answer, bool& broken) {
    std::array<char, 65'536> piece;  // NOLINT: filled by recv
    const auto got = recv(connection.socket, piece.data(), piece.size(), 0);
    if (got <= 0) {
        broken = got == 0 || errno != EAGAIN;
        return false;
    }
    connection.in.append(piece.data(), static_cast<std::size_t>(got));
    std::size_t body_at = 0;
    const std::size_t length = whole(connection.in, answer.status, body_at);
    if (length == 0) {
        return false;
    }
    answer.body.assign(connection.in, body_at, length - body_at);
    answer.took = Clock::now() - connection.started;
    connection.busy = false;
    return true;
}

bool Connections::post(const std::string& path, const Body& body, const Done& done,
                       Clock::time_point until) {
    bool more = true;
    std::vector<pollfd> waits(connections_.size());
    Answer answer;
    while (true) {
        std::size_t busy = 0;
        for (std::size_t i = 0; i < connections_.size(); ++i) {
            Connection& connection = connections_[i];
            if (!connection.busy && more && Clock::now() < until) {
                body_.clear();
                more = body(body_);
                if (more) {
                    start(connection, path);
                }
            }
            if (connection.busy && !flush(connection)) {
                return false;
            }
            busy += connection.busy ? 1 : 0;
            const bool writing = connection.sent < connection.out.size();
            waits[i] = {connection.socket,
                        static_cast<short>(connection.busy ? POLLIN | (writing ? POLLOUT : 0) : 0),
                        0};
        }
        if (busy == 0) {
            return true;
        }
        poll(waits.data(), waits.size(), 1'000);
        for (std::size_t i = 0; i < connections_.size(); ++i) {
            bool broken = false;
            if ((waits[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0 &&
                take(connections_[i], answer, broken)) {
                done(answer);
            }
            if (broken) {
                return false;
            }
        }
    }
}

std::string fetch(std::uint16_t port, const std::string& path) {
    const int handle = connect_to(port);
    if (handle < 0) {
        return {};
    }
    const std::string request =
        "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    std::string text;
    if (send(handle, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
        std::array<char, 65'536> piece;  // NOLINT: filled by recv
        for (auto got = recv(handle, piece.data(), piece.size(), 0); got > 0;
             got = recv(handle, piece.data(), piece.size(), 0)) {
            text.append(piece.data(), static_cast<std::size_t>(got));
        }
    }
    close(handle);
    const bool good = text.starts_with("HTTP/1.1 200");
    const auto head = text.find("\r\n\r\n");
    return good && head != std::string::npos ? text.substr(head + 4) : std::string{};
}

std::uint16_t free_port() {
    const int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    const bool bound = bind(handle, any, size) == 0 && getsockname(handle, any, &size) == 0;
    close(handle);
    return bound ? ntohs(address.sin_port) : std::uint16_t{0};
}

}  // namespace aftermile::bench
