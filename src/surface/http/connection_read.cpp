// The reading half of Connection: header, route, body.
#include <algorithm>
#include <cstring>
#include <exception>

#include <boost/asio/buffer.hpp>

#include "surface/http/connection.hpp"

namespace aftermile::surface {
namespace {

constexpr std::size_t read_bytes = 4 * 1024;
constexpr std::size_t chunk_buffer_bytes = 32 * 1024;
constexpr std::size_t body_step_bytes = 1024 * 1024;

std::size_t input_bytes_max(const ServerOptions& options) {
    return options.header_bytes_max + read_bytes;
}

}  // namespace

// False when the end is not there yet, or the request was refused.
bool Connection::find_head_end(std::size_t& head_bytes) {
    const std::string_view bytes(in_.data() + begin_, end_ - begin_);
    for (;;) {
        const auto newline = bytes.find('\n', scanned_);
        if (newline == std::string_view::npos) {
            break;
        }
        if (newline == scanned_ || bytes[newline - 1] != '\r') {
            refuse({400, "malformed_request", "Header lines end with CR LF."});
            return false;
        }
        const bool is_empty_line = newline == scanned_ + 1;
        scanned_ = newline + 1;
        if (is_empty_line) {
            head_bytes = scanned_;
            break;
        }
    }
    const auto limit = worker_->core().options.header_bytes_max;
    if (head_bytes > limit || (head_bytes == 0 && bytes.size() >= limit)) {
        refuse({431, "header_too_large", "The header is larger than this server takes."});
        return false;
    }
    return head_bytes > 0;
}

bool Connection::read_head() {
    // Tolerated before a request, as RFC 9112 section 2.2 asks.
    while (scanned_ == 0 && end_ - begin_ >= 2 && in_[begin_] == '\r' && in_[begin_ + 1] == '\n') {
        begin_ += 2;
    }
    if (begin_ < end_ && in_[begin_] != '\r' && (in_[begin_] < 'A' || in_[begin_] > 'Z')) {
        refuse({400, "malformed_request", "This is not an HTTP request."});
        return true;
    }
    std::size_t head_bytes = 0;
    if (find_head_end(head_bytes)) {
        return accept_head(head_bytes);
    }
    if (state_ != State::head) {
        return true;
    }
    read_more();
    return false;
}

bool Connection::accept_head(std::size_t head_bytes) {
    auto& request = exchange_.request;
    const std::string_view bytes(in_.data() + begin_, head_bytes);
    begin_ += head_bytes;
    exchange_.started = std::chrono::steady_clock::now();
    request.request_id = exchange_.id;
    request.remote_address = remote_address_;
    auto head = parser_.parse(bytes, request.headers);
    if (!head) {
        refuse(head.error());
        return true;
    }
    exchange_.head = *head;
    request.raw_target = head->target;
    const auto method = method_from(head->method);
    if (!method) {
        refuse({501, "method_not_implemented", "This server does not know the method."});
        return true;
    }
    request.method = exchange_.method = *method;
    if (auto parsed = parse_target(head->target, target_); !parsed) {
        refuse({400, parsed.error().code, parsed.error().detail});
        return true;
    }
    request.path = std::move(target_.path);
    request.query = std::move(target_.query);
    return !find_route(*method) || !admit() || begin_body();
}

bool Connection::find_route(Method method) {
    auto& request = exchange_.request;
    auto match = worker_->core().router.match(method, target_.segments);
    if (match.route == nullptr) {
        Reply reply;
        if (match.allow.empty()) {
            reply = problem_reply(exchange_.id, 404, "not_found", "There is nothing at this path.");
        } else if (method == Method::options) {
            reply.status = 204;
        } else {
            reply = problem_reply(exchange_.id, 405, "method_not_allowed",
                                  "This path takes " + match.allow + ".");
        }
        if (!match.allow.empty()) {
            reply.headers.emplace_back("Allow", match.allow);
        }
        refuse_with(std::move(reply));
        return false;
    }
    exchange_.route = match.route;
    request.route = match.route->pattern;
    for (std::size_t i = 0; i < match.values.size(); ++i) {
        request.parameters.emplace_back(match.route->names[i], std::move(match.values[i]));
    }
    return true;
}

// False when the request was refused.
bool Connection::admit() {
    const auto& options = exchange_.route->options;
    if (options.admit) {
        try {
            if (auto refusal = options.admit(exchange_.request)) {
                refuse_with(std::move(*refusal));
                return false;
            }
        } catch (const std::exception& fault) {
            if (worker_->core().options.on_fault) {
                worker_->core().options.on_fault(fault.what(), exchange_.id);
            }
            refuse({500, "internal_error", "The request could not be checked."});
            return false;
        }
    }
    if (exchange_.head.content_length > options.body_max) {
        refuse(body_too_large(options.body_max));
        return false;
    }
    return true;
}

bool Connection::begin_body() {
    state_ = State::body;
    if (exchange_.head.expects_continue && begin_ == end_) {
        constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";
        ErrorCode error;
        // The send buffer is empty here, so 25 bytes fit or the client is gone.
        const auto sent = socket_.write_some(asio::buffer(interim), error);
        if (error || sent != interim.size()) {
            close();
        }
    }
    return true;
}

bool Connection::read_body() { return exchange_.head.chunked ? read_chunks() : read_sized_body(); }

bool Connection::read_sized_body() {
    auto& body = exchange_.request.body;
    auto& taken = exchange_.body_taken;
    const auto total = static_cast<std::size_t>(exchange_.head.content_length);
    if (taken == total) {
        return handle();
    }
    if (taken == body.size()) {  // by steps, so that a mere promise of bytes costs no memory
        const auto size = std::min(total, std::max(body.size() * 2, body_step_bytes));
        // GCC 12 hands the callback the capacity, which may be more: the size is ours to say.
        body.resize_and_overwrite(size, [size](char*, std::size_t) { return size; });
    }
    if (begin_ < end_) {
        const auto bytes = std::min(end_ - begin_, body.size() - taken);
        std::memcpy(body.data() + taken, in_.data() + begin_, bytes);
        begin_ += bytes;
        taken += bytes;
        return true;
    }
    read_into(asio::buffer(body.data() + taken, body.size() - taken));
    return false;
}

bool Connection::read_chunks() {
    if (chunks_.empty()) {
        chunks_.resize(std::max(chunk_buffer_bytes, end_ - begin_));
        chunks_end_ = end_ - begin_;
        std::memcpy(chunks_.data(), in_.data() + begin_, chunks_end_);
        begin_ = end_;
    }
    auto progress = parser_.take_chunks({chunks_.data(), chunks_end_}, exchange_.request.body,
                                        exchange_.route->options.body_max);
    if (!progress) {
        refuse(progress.error());
        return true;
    }
    chunks_end_ -= progress->consumed;
    exchange_.body_taken += progress->consumed;
    std::memmove(chunks_.data(), chunks_.data() + progress->consumed, chunks_end_);
    if (progress->done) {
        return handle();
    }
    if (chunks_end_ == chunks_.size()) {
        refuse({400, "malformed_request", "A chunk's header or trailer is too long."});
        return true;
    }
    read_into(asio::buffer(chunks_.data() + chunks_end_, chunks_.size() - chunks_end_));
    return false;
}

void Connection::read_more() {
    if (end_ == in_.size()) {
        const auto size = std::max(read_bytes, in_.size() * 2);
        in_.resize(std::min(
            size, std::max(in_.size() + read_bytes, input_bytes_max(worker_->core().options))));
    }
    read_into(asio::buffer(in_.data() + end_, in_.size() - end_));
}

void Connection::read_into(asio::mutable_buffer buffer) {
    is_reading_ = true;
    socket_.async_read_some(buffer,
                            [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
                                self->on_read(error, bytes);
                            });
}

void Connection::on_read(ErrorCode error, std::size_t bytes) {
    is_reading_ = false;
    if (state_ == State::closed || state_ == State::replying) {
        return;  // replying: a refusal overtook this read, and its bytes are not wanted
    }
    if (error) {
        close();
        return;
    }
    take_read(bytes);
}

void Connection::take_read(std::size_t bytes) {
    const auto& options = worker_->core().options;
    switch (state_) {
        case State::head:
            if (begin_ == end_) {
                deadline_ = std::chrono::steady_clock::now() + options.header_timeout;
            }
            end_ += bytes;
            break;
        case State::body:
            (exchange_.head.chunked ? chunks_end_ : exchange_.body_taken) += bytes;
            break;
        case State::streaming:
            read_into(worker_->scratch());
            return;
        case State::lingering:
            discarded_ += bytes;
            if (discarded_ > options.discard_bytes_max) {
                close();
            } else {
                read_into(worker_->scratch());
            }
            return;
        case State::handling:
        case State::replying:
        case State::closed:
            return;
    }
    run();
}

}  // namespace aftermile::surface
