// A small HTTP/1.1 client for loopback: one connection kept open, one request at a time. The
// simulator shares nothing with the server but the public API, so it brings its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace aftermile::sim {

struct Answer {
    int status = 0;
    std::string body;
};

// Not safe from several threads.
class Client {
  public:
    Client(std::string host, std::uint16_t port, std::string key)
        : host_(std::move(host)), port_(port), key_(std::move(key)) {}
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // Any status is an answer. Errors (family retry): `unreachable`, `interrupted`; a connection
    // that the server had closed meanwhile is opened once more.
    [[nodiscard]] base::Result<Answer> get(std::string_view path);
    [[nodiscard]] base::Result<Answer> post(std::string_view path, std::string_view media_type,
                                            std::string_view body);

  private:
    [[nodiscard]] base::Result<Answer> exchange(std::string request);
    [[nodiscard]] base::Result<void> connect();
    void close();
    [[nodiscard]] bool send_all(std::string_view bytes);
    [[nodiscard]] base::Result<Answer> read_answer();
    [[nodiscard]] bool read_more();
    [[nodiscard]] base::Result<std::string> read_chunks(std::size_t from);

    std::string host_;
    std::uint16_t port_;
    std::string key_;
    int socket_ = -1;
    std::string input_;
};

}  // namespace aftermile::sim
