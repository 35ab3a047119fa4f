#include "surface/http/responder.hpp"

namespace aftermile::surface {

Stream& Stream::operator=(Stream&& other) noexcept {
    if (this != &other) {
        close();
        sink_ = std::move(other.sink_);
    }
    return *this;
}

void Stream::on_closed(std::function<void()> callback) {
    if (sink_) {
        sink_->on_closed(std::move(callback));
    } else {
        callback();
    }
}

void Stream::close() {
    if (auto sink = std::exchange(sink_, nullptr)) {
        sink->end();
    }
}

std::string event_text(std::string_view event, std::string_view id, std::string_view data) {
    std::string text;
    // A line break inside a name would start another field, so it ends the name.
    const auto first_line = [](std::string_view value) {
        return value.substr(0, value.find_first_of("\r\n"));
    };
    if (!event.empty()) {
        text.append("event: ").append(first_line(event)).append("\n");
    }
    if (!id.empty()) {
        text.append("id: ").append(first_line(id)).append("\n");
    }
    for (;;) {
        const auto end = data.find_first_of("\r\n");
        text.append("data: ").append(data.substr(0, end)).append("\n");
        if (end == std::string_view::npos) {
            break;
        }
        const bool pair = data[end] == '\r' && end + 1 < data.size() && data[end + 1] == '\n';
        data.remove_prefix(end + (pair ? 2 : 1));
    }
    text += '\n';
    return text;
}

Responder& Responder::operator=(Responder&& other) noexcept {
    if (this != &other) {
        abandon();
        sink_ = std::move(other.sink_);
        request_id_ = std::move(other.request_id_);
    }
    return *this;
}

void Responder::send(Reply reply) {
    if (auto sink = std::exchange(sink_, nullptr)) {
        sink->reply(std::move(reply));
    }
}

void Responder::send_problem(int status, std::string_view code, std::string_view detail,
                             const std::vector<FieldProblem>& errors) {
    send(problem_reply(request_id_, status, code, detail, errors));
}

Stream Responder::start_stream(StreamOptions options) {
    auto sink = std::exchange(sink_, nullptr);
    return sink ? Stream(sink->stream(std::move(options))) : Stream();
}

void Responder::abandon() noexcept {
    if (!sink_) {
        return;
    }
    try {
        send_problem(500, "internal_error", "The request was dropped without an answer.");
    } catch (...) {
        // Out of memory: the connection's own limits end it.
        sink_.reset();
    }
}

}  // namespace aftermile::surface
