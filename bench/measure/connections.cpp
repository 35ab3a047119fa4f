#include "bench/measure/connections.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <string_view>

namespace aftermile::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::nanoseconds patience{999'000'000};  // then it is looked at anew

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

Connections::Connections(std::uint16_t port, std::size_t count, const std::string& key)
    : authorization_(key.empty() ? "" : "Authorization: Bearer " + key + "\r\n"),
      connections_(count) {
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

void Connections::start(Connection& connection) {
    connection.out.assign(request_.method).append(" ").append(request_.path);
    connection.out.append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n").append(authorization_);
    connection.out.append(request_.headers);
    if (!request_.body.empty()) {
        connection.out.append("Content-Length: ").append(std::to_string(request_.body.size()));
        connection.out.append("\r\n");
    }
    connection.out.append("\r\n").append(request_.body);
    connection.in.clear();
    connection.sent = 0;
    connection.tag = request_.tag;
    connection.busy = true;
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
    answer.tag = connection.tag;
    connection.busy = false;
    return true;
}

bool Connections::take_all(std::vector<pollfd>& waits, const Done& done, Clock::time_point until) {
    using std::chrono::nanoseconds;
    const auto left = std::clamp<nanoseconds>(until - Clock::now(), nanoseconds{0}, patience);
    const timespec wait{0, static_cast<long>(left.count())};
    ppoll(waits.data(), waits.size(), &wait, nullptr);
    Answer answer;
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
    return true;
}

bool Connections::run(const Next& next, const Done& done, Clock::time_point until,
                      double per_second) {
    const auto begun = Clock::now();
    const auto interval = std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(per_second > 0 ? 1 / per_second : 0));
    auto due = begun;  // of the next request
    bool more = true;
    std::vector<pollfd> waits(connections_.size());
    while (true) {
        std::size_t busy = 0;
        for (std::size_t i = 0; i < connections_.size(); ++i) {
            Connection& connection = connections_[i];
            const auto now = Clock::now();
            more = more && now < until && due < until;
            if (!connection.busy && more && due <= now) {
                request_.body.clear();
                request_.headers.clear();
                more = next(request_);
                if (more) {
                    start(connection);
                    connection.started = per_second > 0 ? due : Clock::now();
                    due += interval;
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
        if (busy == 0 && !more) {
            return true;
        }
        const bool full = busy == connections_.size();
        if (!take_all(waits, done, more && !full ? due : Clock::time_point::max())) {
            return false;
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
