// The writing half of Connection: replies, streams, and the polite end.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>

#include "surface/http/connection.hpp"

namespace aftermile::surface {

void Connection::take_reply(Reply reply) {
    if (state_ == State::handling) {  // else the client is gone
        exchange_.reply = std::move(reply);
        state_ = State::replying;
        run();
    }
}

bool Connection::write_reply() {
    auto& reply = exchange_.reply;
    if (!is_sendable(reply)) {
        reply = problem_reply(exchange_.id, 500, "internal_error", "The answer was malformed.");
    }
    close_after_ =
        !exchange_.head.keep_alive || reply.close || body_unread_ || worker_->is_draining();
    out_head_.clear();
    append_reply_head(out_head_, reply,
                      {.date = worker_->date(),
                       .request_id = exchange_.id,
                       .framing = BodyFraming::length,
                       .is_http11 = exchange_.head.is_http11,
                       .keep_alive = !close_after_,
                       .defaults = &worker_->core().default_headers});
    const bool no_body = exchange_.method == Method::head || has_no_body(reply.status);
    out_ = {out_head_, no_body ? std::string_view() : reply.payload()};
    exchange_.bytes_out = out_[0].size() + out_[1].size();
    return write_out() && finish_reply();
}

// Writes what the socket takes at once; true when that was all. Otherwise on_written goes on.
bool Connection::write_out() {
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(out_[0]),
                                                       asio::buffer(out_[1])};
    ErrorCode error;
    const auto bytes = socket_.write_some(buffers, error);
    if (error && error != asio::error::would_block) {
        close();
        return false;
    }
    if (advance_write(error ? 0 : bytes)) {
        return true;
    }
    write_rest();
    return false;
}

void Connection::write_rest() {
    is_writing_ = true;
    deadline_ = std::chrono::steady_clock::now() + worker_->core().options.write_timeout;
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(out_[0]),
                                                       asio::buffer(out_[1])};
    socket_.async_write_some(buffers,
                             [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
                                 self->on_written(error, bytes);
                             });
}

// True when nothing is left to write.
bool Connection::advance_write(std::size_t bytes) {
    for (auto& part : out_) {
        const auto taken = std::min(bytes, part.size());
        part.remove_prefix(taken);
        bytes -= taken;
    }
    return out_[0].empty() && out_[1].empty();
}

void Connection::on_written(ErrorCode error, std::size_t bytes) {
    is_writing_ = false;
    if (state_ == State::closed) {
        return;
    }
    if (error) {
        close();
        return;
    }
    if (!advance_write(bytes)) {
        write_rest();
        return;
    }
    if (state_ == State::streaming) {
        if (finish_stream_write()) {
            pump_stream();
        }
    } else if (finish_reply()) {
        run();
    }
}

// True when the next request can be read.
bool Connection::finish_reply() {
    observe(exchange_.reply.status);
    if (close_after_) {
        linger();
        return false;
    }
    begin_request();
    return true;
}

void Connection::observe(int status) {
    const auto& observer = worker_->core().options.observe;
    if (observer) {
        const auto elapsed = std::chrono::steady_clock::now() - exchange_.started;
        observer(
            {.method = exchange_.method,
             .route = exchange_.request.route,
             .status = status,
             .microseconds = std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count(),
             .bytes_in = exchange_.body_taken,
             .bytes_out = exchange_.bytes_out});
    }
}

void Connection::open_stream(std::shared_ptr<StreamState> stream) {
    if (state_ != State::handling) {
        stream->shut();
        return;
    }
    state_ = State::streaming;
    stream_ = std::move(stream);
    stream_beat_ = std::chrono::steady_clock::now();
    stream_chunked_ = exchange_.head.is_http11;
    stream_ending_ = exchange_.method == Method::head;
    Reply head;
    head.content_type = stream_->options().content_type;
    head.headers = stream_->options().headers;
    if (!is_sendable(head)) {
        close();
        return;
    }
    out_head_.clear();
    append_reply_head(out_head_, head,
                      {.date = worker_->date(),
                       .request_id = exchange_.id,
                       .framing = stream_chunked_ ? BodyFraming::chunked : BodyFraming::until_close,
                       .is_http11 = exchange_.head.is_http11,
                       .keep_alive = false,
                       .defaults = &worker_->core().default_headers});
    out_ = {out_head_, std::string_view()};
    exchange_.bytes_out = out_head_.size();
    if (worker_->is_draining()) {
        stream_->end();
    }
    read_into(worker_->scratch());  // to notice when the client goes
    if (write_out() && finish_stream_write()) {
        pump_stream();
    }
}

void Connection::serve_stream() {
    if (state_ != State::streaming) {
        return;
    }
    if (stream_->has_overflowed()) {
        close();  // a slow client: what it missed it fetches when it is back
        return;
    }
    pump_stream();
}

void Connection::pump_stream() {
    while (!is_writing_ && fill_stream_out()) {
        if (!write_out() || !finish_stream_write()) {
            return;
        }
    }
}

// True when there is something to write.
bool Connection::fill_stream_out() {
    auto work = stream_->take();
    stream_out_.clear();
    stream_payload_ = work.bytes.size();
    if (!work.bytes.empty()) {
        if (stream_chunked_) {
            stream_out_ = fmt::format("{:x}\r\n{}\r\n", work.bytes.size(), work.bytes);
        } else {
            stream_out_ = std::move(work.bytes);
        }
    } else if (work.ended) {
        stream_ending_ = true;
        if (!stream_chunked_) {
            return finish_stream_write();
        }
        stream_out_ = "0\r\n\r\n";
    }
    out_ = {stream_out_, std::string_view()};
    exchange_.bytes_out += stream_out_.size();
    return !stream_out_.empty();
}

// True while the stream goes on.
bool Connection::finish_stream_write() {
    stream_beat_ = std::chrono::steady_clock::now();
    stream_->sent(std::exchange(stream_payload_, 0));
    if (!stream_ending_) {
        return true;
    }
    observe(200);
    stream_->shut();
    stream_.reset();
    linger();
    return false;
}

// Ends our half and reads on for a while: closing over unread bytes would make the kernel reset
// the connection and the client might lose the reply.
void Connection::linger() {
    const auto& options = worker_->core().options;
    ErrorCode error;
    (void)socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    if (error) {
        close();
        return;
    }
    const auto patience = body_unread_
                              ? options.discard_timeout
                              : std::min(options.discard_timeout, std::chrono::milliseconds(1000));
    state_ = State::lingering;
    deadline_ = std::chrono::steady_clock::now() + patience;
    discarded_ = 0;
    if (!is_reading_) {
        read_into(worker_->scratch());
    }
}

}  // namespace aftermile::surface
