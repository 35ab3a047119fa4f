#include "surface/http/connection.hpp"

#include <algorithm>
#include <cstring>
#include <exception>

namespace aftermile::surface {
namespace {

// The connection whose handler runs on this thread: its reply needs no mail.
thread_local Connection* handling_now = nullptr;

}  // namespace

Connection::Connection(std::shared_ptr<Worker> worker, Socket socket, std::string remote_address)
    : worker_(std::move(worker)),
      socket_(std::move(socket)),
      remote_address_(std::move(remote_address)) {
    worker_->core().connections.fetch_add(1);
}

Connection::~Connection() {
    if (state_ != State::closed) {
        worker_->core().connections.fetch_sub(1);
    }
}

void Connection::reply(Reply reply) {
    if (handling_now == this) {
        exchange_.reply = std::move(reply);
        state_ = State::replying;
        return;
    }
    worker_->post({shared_from_this(), std::move(reply), nullptr});
}

std::shared_ptr<StreamSink> Connection::stream(StreamOptions options) {
    auto stream = std::make_shared<StreamState>(shared_from_this(), std::move(options));
    worker_->post({shared_from_this(), std::nullopt, stream});
    return stream;
}

void Connection::wake_stream() { worker_->post({shared_from_this(), std::nullopt, nullptr}); }

void Connection::start() {
    ErrorCode ignored;
    (void)socket_.non_blocking(true, ignored);
    (void)socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    if (worker_->is_draining()) {
        close();
        return;
    }
    begin_request();
    run();
}

void Connection::run() {
    bool can_go_on = true;
    while (can_go_on) {
        switch (state_) {
            case State::head:
                can_go_on = read_head();
                break;
            case State::body:
                can_go_on = read_body();
                break;
            case State::replying:
                can_go_on = write_reply();
                break;
            case State::handling:
            case State::streaming:
            case State::lingering:
            case State::closed:
                can_go_on = false;
                break;
        }
    }
}

void Connection::begin_request() {
    if (chunks_end_ > 0) {  // what followed a chunked body
        begin_ = end_ = 0;
        in_.resize(std::max(in_.size(), chunks_end_));
        std::memcpy(in_.data(), chunks_.data(), chunks_end_);
        end_ = chunks_end_;
    }
    chunks_end_ = 0;
    chunks_ = {};
    if (begin_ < end_) {
        std::memmove(in_.data(), in_.data() + begin_, end_ - begin_);
    }
    end_ -= begin_;
    begin_ = 0;
    scanned_ = 0;
    exchange_ = Exchange{};
    exchange_.id = worker_->next_request_id();
    exchange_.started = std::chrono::steady_clock::now();
    const auto& options = worker_->core().options;
    deadline_ = exchange_.started + (end_ > 0 ? options.header_timeout : options.idle_timeout);
    state_ = State::head;
}

bool Connection::handle() {
    state_ = State::handling;
    deadline_ = SteadyTime::max();
    const auto& on_fault = worker_->core().options.on_fault;
    handling_now = this;
    // A Responder that the handler dropped, also by throwing, has answered 500 by itself.
    try {
        exchange_.route->handler(exchange_.request, Responder(shared_from_this(), exchange_.id));
    } catch (const std::exception& fault) {
        if (on_fault) {
            on_fault(fault.what(), exchange_.id);
        }
    } catch (...) {
        if (on_fault) {
            on_fault("something that is no exception", exchange_.id);
        }
    }
    handling_now = nullptr;
    return true;
}

// Refuses what cannot be trusted to be framed rightly, or whose body is not wanted: closes after.
void Connection::refuse(const Refusal& refusal) {
    body_unread_ = true;
    refuse_with(problem_reply(exchange_.id, refusal.status, refusal.code, refusal.detail));
}

void Connection::refuse_with(Reply reply) {
    body_unread_ = body_unread_ || exchange_.head.has_body();
    const auto& dress = worker_->core().options.dress_refusal;
    if (dress) {
        try {
            dress(exchange_.request, reply);
        } catch (const std::exception&) {
            reply = problem_reply(exchange_.id, 500, "internal_error", "No page for this refusal.");
        }
    }
    exchange_.reply = std::move(reply);
    state_ = State::replying;
}

bool Connection::is_due(SteadyTime now) const {
    if (state_ == State::body) {
        const auto& options = worker_->core().options;
        const auto elapsed = now - exchange_.started;
        const auto seconds = std::chrono::duration<double>(elapsed).count();
        const auto floor = seconds * static_cast<double>(options.body_bytes_per_second_min);
        return elapsed > options.body_grace && static_cast<double>(exchange_.body_taken) < floor;
    }
    if (state_ == State::streaming && !is_writing_) {
        const auto heartbeat = stream_->options().heartbeat;
        return heartbeat.count() > 0 && now - stream_beat_ >= heartbeat;
    }
    return now >= deadline_;
}

void Connection::expire(SteadyTime now) {
    switch (state_) {
        case State::head:
            if (begin_ == end_) {
                close();
                return;
            }
            refuse({408, "request_timeout", "The header took too long to arrive."});
            run();
            return;
        case State::body:
            refuse({408, "request_timeout", "The body arrives too slowly."});
            run();
            return;
        case State::streaming:
            if (!is_writing_) {
                stream_beat_ = now;
                stream_->write(":\n\n");
                return;
            }
            close();
            return;
        case State::handling:
        case State::closed:
            return;
        case State::replying:
        case State::lingering:
            close();
            return;
    }
}

void Connection::drain() {
    if (state_ == State::head && begin_ == end_) {
        close();
    } else if (state_ == State::streaming) {
        stream_->end();
    }
}

void Connection::close() {
    if (state_ == State::closed) {
        return;
    }
    const auto self = shared_from_this();
    state_ = State::closed;
    ErrorCode ignored;
    (void)socket_.close(ignored);
    worker_->core().connections.fetch_sub(1);
    if (stream_) {
        stream_->shut();
        stream_.reset();
    }
    worker_->forget(self);
}

}  // namespace aftermile::surface
