// The other half of an exchange: how a handler, or any thread after it, answers.
//
// A Responder is used exactly once, from any thread, at any time: this is how an answer waits for
// the commit. Dropped unused it answers 500, so no client hangs on a forgotten one.
//
//   queue.push(event, [responder = std::move(responder)]() mutable {   // runs after the commit
//       responder.send(json_reply(202, body));
//   });
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "surface/http/message.hpp"

namespace aftermile::surface {

struct StreamOptions {
    std::string content_type = "text/event-stream";
    std::vector<std::pair<std::string, std::string>> headers;
    // Bytes that may wait for a slow client before it is cut off.
    std::size_t buffer_bytes_max = 256 * 1024;
    // A comment line (":\n\n") after so long without a write; zero for none (not an event stream).
    std::chrono::milliseconds heartbeat = std::chrono::seconds(15);
};

// What a Stream writes into. Implemented by the server; tests may bring their own.
class StreamSink {
  public:
    virtual ~StreamSink() = default;
    virtual bool write(std::string_view bytes) = 0;
    virtual void end() = 0;
    [[nodiscard]] virtual bool is_open() const = 0;
    virtual void on_closed(std::function<void()> callback) = 0;
};

// What a Responder answers into. Implemented by the server; tests may bring their own.
class ReplySink {
  public:
    virtual ~ReplySink() = default;
    virtual void reply(Reply reply) = 0;
    virtual std::shared_ptr<StreamSink> stream(StreamOptions options) = 0;
};

// A reply that stays open. Every member may be called from any thread. Dropping it ends the reply.
class Stream {
  public:
    Stream() = default;
    explicit Stream(std::shared_ptr<StreamSink> sink) : sink_(std::move(sink)) {}
    ~Stream() { close(); }
    Stream(Stream&&) noexcept = default;
    Stream& operator=(Stream&& other) noexcept;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // Queues the bytes. False once the client is gone, or when it is too slow and was cut off:
    // then nothing of `bytes` is sent.
    bool write(std::string_view bytes) { return sink_ && sink_->write(bytes); }
    [[nodiscard]] bool is_open() const { return sink_ && sink_->is_open(); }
    // Called once, on a server thread, when the connection is gone for whatever reason; at once
    // when it already is. It must not block.
    void on_closed(std::function<void()> callback);
    // Sends what is queued and ends the reply.
    void close();

  private:
    std::shared_ptr<StreamSink> sink_;
};

// One server-sent event; `data` may hold line breaks, `event` and `id` are left out when empty.
[[nodiscard]] std::string event_text(std::string_view event, std::string_view id,
                                     std::string_view data);

class Responder {
  public:
    Responder() = default;
    Responder(std::shared_ptr<ReplySink> sink, std::string request_id)
        : sink_(std::move(sink)), request_id_(std::move(request_id)) {}
    ~Responder() { abandon(); }
    Responder(Responder&&) noexcept = default;
    Responder& operator=(Responder&& other) noexcept;
    Responder(const Responder&) = delete;
    Responder& operator=(const Responder&) = delete;

    // Answers. The Request is gone from here on. A second call does nothing.
    void send(Reply reply);
    // problem+json with this exchange's request id.
    void send_problem(int status, std::string_view code, std::string_view detail,
                      const std::vector<FieldProblem>& errors = {});
    // Answers 200 with a body that is written over time.
    [[nodiscard]] Stream start_stream(StreamOptions options = {});
    // False once it was used or moved from.
    [[nodiscard]] bool is_pending() const { return sink_ != nullptr; }
    [[nodiscard]] const std::string& request_id() const { return request_id_; }

  private:
    void abandon() noexcept;

    std::shared_ptr<ReplySink> sink_;
    std::string request_id_;
};

}  // namespace aftermile::surface
