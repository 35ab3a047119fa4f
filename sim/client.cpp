#include "sim/client.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>

#include "base/text.hpp"

namespace aftermile::sim {
namespace {

std::unexpected<base::Error> lost(std::string_view what) {
    return base::fail("interrupted", std::string(what), {}, base::Family::retry);
}

// The value of a header of the head, or nothing.
std::string_view header(std::string_view head, std::string_view name) {
    for (const std::string_view line : base::split(head, '\n')) {
        const auto colon = line.find(':');
        if (colon != std::string_view::npos &&
            base::equal_ignoring_case(line.substr(0, colon), name)) {
            return base::trim(line.substr(colon + 1));
        }
    }
    return {};
}

std::size_t number_of(std::string_view text, int digits) {
    std::size_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, digits);
    return value;
}

}  // namespace

Client::~Client() { close(); }

void Client::close() {
    if (socket_ >= 0) {
        ::close(socket_);
    }
    socket_ = -1;
    input_.clear();
}

base::Result<void> Client::connect() {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    const int on = 1;
    if (socket_ < 0 || inet_pton(AF_INET, host_.c_str(), &address.sin_addr) != 1 ||
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
        close();
        return base::fail("unreachable", fmt::format("Nobody answers at {}:{}.", host_, port_), {},
                          base::Family::retry);
    }
    return {};
}

base::Result<Answer> Client::get(std::string_view path) {
    return exchange(
        fmt::format("GET {} HTTP/1.1\r\nHost: {}:{}\r\nAuthorization: Bearer {}\r\n\r\n", path,
                    host_, port_, key_));
}

base::Result<Answer> Client::post(std::string_view path, std::string_view media_type,
                                  std::string_view body) {
    return exchange(
        fmt::format("POST {} HTTP/1.1\r\nHost: {}:{}\r\nAuthorization: Bearer {}\r\n"
                    "Content-Type: {}\r\nContent-Length: {}\r\n\r\n{}",
                    path, host_, port_, key_, media_type, body.size(), body));
}

base::Result<Answer> Client::exchange(std::string request) {
    for (int attempt = 0;; ++attempt) {
        const bool fresh = socket_ < 0;
        if (fresh) {
            if (auto connected = connect(); !connected) {
                return std::unexpected(connected.error());
            }
        }
        input_.clear();
        if (send_all(request)) {
            auto answer = read_answer();
            if (answer || fresh || attempt > 0) {
                return answer;
            }
        }
        close();
        if (fresh || attempt > 0) {
            return lost("The server closed the connection.");
        }
    }
}

bool Client::send_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool Client::read_more() {
    char buffer[16 * 1024];
    const ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
    if (got <= 0) {
        return false;
    }
    input_.append(buffer, static_cast<std::size_t>(got));
    return true;
}

base::Result<Answer> Client::read_answer() {
    std::size_t end = 0;
    while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
        if (!read_more()) {
            close();
            return lost("The server closed the connection before it answered.");
        }
    }
    const std::string head = input_.substr(0, end);
    Answer answer{.status = static_cast<int>(number_of(head.substr(9, 3), 10)), .body = {}};
    if (base::equal_ignoring_case(header(head, "transfer-encoding"), "chunked")) {
        auto body = read_chunks(end + 4);
        if (!body) {
            return std::unexpected(body.error());
        }
        answer.body = std::move(*body);
    } else {
        const std::size_t length = number_of(header(head, "content-length"), 10);
        while (input_.size() < end + 4 + length) {
            if (!read_more()) {
                close();
                return lost("The server's answer broke off.");
            }
        }
        answer.body = input_.substr(end + 4, length);
    }
    if (base::equal_ignoring_case(header(head, "connection"), "close")) {
        close();
    }
    return answer;
}

base::Result<std::string> Client::read_chunks(std::size_t from) {
    std::string body;
    for (;;) {
        std::size_t line = 0;
        while ((line = input_.find("\r\n", from)) == std::string::npos) {
            if (!read_more()) {
                return lost("The server's answer broke off.");
            }
        }
        const std::size_t size = number_of(std::string_view(input_).substr(from, line - from), 16);
        while (input_.size() < line + 2 + size + 2) {
            if (!read_more()) {
                return lost("The server's answer broke off.");
            }
        }
        if (size == 0) {
            return body;
        }
        body.append(input_, line + 2, size);
        from = line + 2 + size + 2;
    }
}

}  // namespace aftermile::sim
