// A blocking client on a bare loopback socket, for tests that must say exactly which bytes they
// send and when. Every wait ends after ten seconds.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace aftermile::surface {

struct TestReply {
    int status = 0;  // 0: the connection ended first
    std::string head;
    std::string body;
};

class TestClient {
  public:
    // `receive_buffer` in bytes makes a client that takes little at a time; 0 leaves the default.
    explicit TestClient(std::uint16_t port, int receive_buffer = 0)
        : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        if (receive_buffer > 0) {
            ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        }
        const timeval limit{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        is_connected_ =
            ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    ~TestClient() { hang_up(); }
    TestClient(const TestClient&) = delete;
    TestClient& operator=(const TestClient&) = delete;

    [[nodiscard]] bool is_connected() const { return is_connected_; }
    void hang_up() {
        if (fd_ >= 0) {
            ::close(std::exchange(fd_, -1));
        }
    }
    // False when the peer took not all of it.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    // One whole reply with Content-Length; `has_body` is false for replies to HEAD.
    TestReply read_reply(bool has_body = true) {
        TestReply reply;
        if (!read_until("\r\n\r\n")) {
            return reply;
        }
        const auto end = buffer_.find("\r\n\r\n") + 4;
        reply.head = buffer_.substr(0, end);
        buffer_.erase(0, end);
        reply.status = std::atoi(reply.head.substr(9, 3).c_str());
        const auto at = reply.head.find("Content-Length: ");
        const auto length = at == std::string::npos
                                ? std::size_t{0}
                                : std::strtoull(reply.head.c_str() + at + 16, nullptr, 10);
        while (has_body && buffer_.size() < length && read_some()) {
        }
        reply.body = buffer_.substr(0, has_body ? length : 0);
        buffer_.erase(0, reply.body.size());
        return reply;
    }
    TestReply ask(std::string_view request) {
        send(request);
        return read_reply();
    }
    // True once `text` is among the bytes not yet taken.
    bool read_until(std::string_view text) {
        while (buffer_.find(text) == std::string::npos) {
            if (!read_some()) {
                return false;
            }
        }
        return true;
    }
    // True when the peer ended the connection, which may come with more bytes before it.
    bool is_ended_by_peer() {
        while (read_some()) {
        }
        return at_end_;
    }
    // Whether anything can be read within the time.
    [[nodiscard]] bool is_readable_within(int milliseconds) const {
        pollfd poll_on{.fd = fd_, .events = POLLIN, .revents = 0};
        return !buffer_.empty() || ::poll(&poll_on, 1, milliseconds) > 0;
    }
    [[nodiscard]] const std::string& unread() const { return buffer_; }

  private:
    bool read_some() {
        char bytes[16384];
        const auto got = ::recv(fd_, bytes, sizeof bytes, 0);
        if (got > 0) {
            buffer_.append(bytes, static_cast<std::size_t>(got));
        } else {
            at_end_ = got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
        }
        return got > 0;
    }

    int fd_;
    bool is_connected_ = false;
    bool at_end_ = false;
    std::string buffer_;
};

}  // namespace aftermile::surface
