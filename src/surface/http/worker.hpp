// One server thread: an io_context, the connections pinned to it, the mailbox by which other
// threads reach them, and one timer that sweeps all deadlines. Internal to the server.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "surface/http/reply_head.hpp"
#include "surface/http/server.hpp"

namespace aftermile::surface {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using Socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;
using SteadyTime = std::chrono::steady_clock::time_point;

class Connection;
class StreamState;

// What all threads share, read-only but for the counter.
struct ServerCore {
    ServerCore(ServerOptions options_in, Router router_in)
        : options(std::move(options_in)),
          router(std::move(router_in)),
          default_headers(options.default_headers) {}

    const ServerOptions options;
    const Router router;
    const DefaultHeaders default_headers;
    std::atomic<std::size_t> connections{0};
};

// A message to a connection's thread: its reply, a stream instead of one, or (neither) that its
// stream has something to do.
struct Mail {
    std::shared_ptr<Connection> connection;
    std::optional<Reply> reply;
    std::shared_ptr<StreamState> stream;
};

class Worker : public std::enable_shared_from_this<Worker> {
  public:
    explicit Worker(std::shared_ptr<ServerCore> core);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void start();
    // From any thread: drains, and cuts what is left after the grace. Then join.
    void begin_stop();
    void join();

    // From any thread. After the stop the mail is thrown away and its stream shut.
    void post(Mail mail);
    // From any thread: takes over a fresh socket made on this io_context.
    void adopt(Socket socket, std::string remote_address);

    // The rest is for this worker's thread.
    [[nodiscard]] ServerCore& core() { return *core_; }
    [[nodiscard]] asio::io_context& io() { return io_; }
    [[nodiscard]] bool is_draining() const { return draining_; }
    [[nodiscard]] const std::string& date() const { return date_; }
    // A place for bytes that nobody will read.
    [[nodiscard]] asio::mutable_buffer scratch() { return asio::buffer(scratch_); }
    [[nodiscard]] std::string next_request_id();
    void forget(const std::shared_ptr<Connection>& connection);

  private:
    void run();
    void deliver();
    void arm_sweep();
    void sweep();
    void finish_if_drained();

    std::shared_ptr<ServerCore> core_;
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard_;
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>,
                               asio::io_context::executor_type>
        timer_;
    std::thread thread_;
    std::unordered_set<std::shared_ptr<Connection>> connections_;
    bool draining_ = false;
    SteadyTime drain_until_;
    std::int64_t date_second_ = 0;
    std::string date_;
    std::vector<char> scratch_;
    std::mt19937_64 random_;

    std::mutex mail_mutex_;
    std::vector<Mail> mail_;
    bool mail_closed_ = false;
};

}  // namespace aftermile::surface
