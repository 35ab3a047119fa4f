#include "surface/http/server.hpp"

#include <algorithm>
#include <atomic>
#include <future>

#include <fmt/format.h>
#include <boost/asio/post.hpp>

#include "base/check.hpp"
#include "surface/http/connection.hpp"

namespace aftermile::surface {
namespace {

using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type>;

constexpr auto accept_pause = std::chrono::milliseconds(100);

std::string address_text(const Socket& socket) {
    ErrorCode error;
    const auto endpoint = socket.remote_endpoint(error);
    if (error) {
        return {};
    }
    const auto address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    }
    return address.to_string();
}

}  // namespace

struct Server::State {
    State(ServerOptions options, Router router)
        : core(std::make_shared<ServerCore>(std::move(options), std::move(router))) {
        for (int i = 0; i < std::clamp(core->options.threads, 1, 16); ++i) {
            workers.push_back(std::make_shared<Worker>(core));
        }
        acceptor = std::make_unique<Acceptor>(workers.front()->io());
        pause = std::make_unique<asio::steady_timer>(workers.front()->io());
    }

    [[nodiscard]] ErrorCode listen();
    void accept();
    void welcome(Socket socket, Worker& worker);

    std::shared_ptr<ServerCore> core;
    std::vector<std::shared_ptr<Worker>> workers;
    std::unique_ptr<Acceptor> acceptor;  // on the first worker's thread
    std::unique_ptr<asio::steady_timer> pause;
    std::size_t next_worker = 0;
    std::uint16_t port = 0;
    bool started = false;
    bool stopped = false;
};

ErrorCode Server::State::listen() {
    ErrorCode error;
    asio::ip::tcp::resolver resolver(workers.front()->io());
    const auto found = resolver.resolve(core->options.host, std::to_string(core->options.port),
                                        asio::ip::tcp::resolver::passive, error);
    if (error) {
        return error;
    }
    const asio::ip::tcp::endpoint endpoint = found.begin()->endpoint();
    if (acceptor->open(endpoint.protocol(), error)) {
        return error;
    }
    (void)acceptor->set_option(asio::socket_base::reuse_address(true), error);
    if (acceptor->bind(endpoint, error) ||
        acceptor->listen(asio::socket_base::max_listen_connections, error)) {
        return error;
    }
    port = acceptor->local_endpoint(error).port();
    return error;
}

void Server::State::accept() {
    const auto worker = workers[next_worker++ % workers.size()];
    acceptor->async_accept(worker->io(), [this, worker](ErrorCode error, Socket socket) {
        if (!acceptor->is_open()) {
            return;
        }
        if (!error) {
            welcome(std::move(socket), *worker);
            accept();
            return;
        }
        // Out of file descriptors, most likely: let some close.
        pause->expires_after(accept_pause);
        pause->async_wait([this](ErrorCode cancelled) {
            if (!cancelled && acceptor->is_open()) {
                accept();
            }
        });
    });
}

void Server::State::welcome(Socket socket, Worker& worker) {
    if (core->connections.load() < core->options.connections_max) {
        auto address = address_text(socket);
        worker.adopt(std::move(socket), std::move(address));
        return;
    }
    constexpr std::string_view full =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
        "Connection: close\r\n\r\n";
    ErrorCode ignored;
    (void)socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(full), ignored);
    (void)socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

Server::Server(ServerOptions options, Router router)
    : state_(std::make_unique<State>(std::move(options), std::move(router))) {}

Server::~Server() { stop(); }

base::Result<void> Server::start() {
    base::check(!state_->started, "a server is started once");
    const auto& options = state_->core->options;
    if (const auto error = state_->listen()) {
        return base::fail(
            "listen_failed",
            fmt::format("Cannot listen on {}:{}: {}.", options.host, options.port, error.message()),
            {}, base::Family::retry);
    }
    state_->started = true;
    state_->accept();
    for (const auto& worker : state_->workers) {
        worker->start();
    }
    return {};
}

std::uint16_t Server::port() const { return state_->port; }

void Server::stop() {
    if (!state_->started || std::exchange(state_->stopped, true)) {
        return;
    }
    auto& first = *state_->workers.front();
    // Before any worker may end: a socket accepted later would have nowhere to go.
    std::promise<void> closed;
    asio::post(first.io(), [state = state_.get(), &closed] {
        ErrorCode ignored;
        (void)state->acceptor->close(ignored);
        state->pause->cancel();
        closed.set_value();
    });
    closed.get_future().wait();
    for (const auto& worker : state_->workers) {
        worker->begin_stop();
    }
    for (const auto& worker : state_->workers) {
        worker->join();
    }
}

}  // namespace aftermile::surface
