// One client. Reads a request, hands it to its handler, writes the reply, and again; so pipelined
// requests wait in the buffer and are answered in order. Lives on one worker's thread; other
// threads reach it through ReplySink and wake_stream only. Internal to the server.
//
//   head -> body -> handling -> replying -> head ...
//                            -> streaming
//   any refusal -> replying -> lingering -> closed
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "surface/http/head_parser.hpp"
#include "surface/http/responder.hpp"
#include "surface/http/stream_state.hpp"
#include "surface/http/target.hpp"
#include "surface/http/worker.hpp"

namespace aftermile::surface {

class Connection final : public ReplySink, public std::enable_shared_from_this<Connection> {
  public:
    Connection(std::shared_ptr<Worker> worker, Socket socket, std::string remote_address);
    ~Connection() override;

    // From any thread.
    void reply(Reply reply) override;
    std::shared_ptr<StreamSink> stream(StreamOptions options) override;
    void wake_stream();

    // From the worker's thread.
    void start();
    void take_reply(Reply reply);
    void open_stream(std::shared_ptr<StreamState> stream);
    void serve_stream();
    [[nodiscard]] bool is_due(SteadyTime now) const;
    void expire(SteadyTime now);
    void drain();
    void close();

  private:
    enum class State : unsigned char {
        head,
        body,
        handling,
        replying,
        streaming,
        lingering,
        closed
    };

    // connection.cpp: the turn of one request after the other.
    void run();
    void begin_request();
    bool handle();
    void refuse(const Refusal& refusal);
    void refuse_with(Reply reply);

    // connection_read.cpp: header, route, body. Each step says whether it can go on at once.
    bool read_head();
    bool find_head_end(std::size_t& head_bytes);
    bool accept_head(std::size_t head_bytes);
    bool find_route(Method method);
    bool admit();
    bool begin_body();
    bool read_body();
    bool read_sized_body();
    bool read_chunks();
    void read_more();
    void read_into(asio::mutable_buffer buffer);
    void on_read(ErrorCode error, std::size_t bytes);
    void take_read(std::size_t bytes);

    // connection_write.cpp: replies, streams, the end.
    bool write_reply();
    [[nodiscard]] bool write_out();
    void write_rest();
    void on_written(ErrorCode error, std::size_t bytes);
    [[nodiscard]] bool advance_write(std::size_t bytes);
    bool finish_reply();
    void observe(int status);
    [[nodiscard]] bool finish_stream_write();
    [[nodiscard]] bool fill_stream_out();
    void pump_stream();
    void linger();

    // One request at a time.
    struct Exchange {
        Request request;
        Head head;
        const Route* route = nullptr;
        std::string id;  // the handler may have moved the request's own
        Method method = Method::get;
        std::size_t body_taken = 0;
        SteadyTime started;
        std::size_t bytes_out = 0;
        Reply reply;
    };

    std::shared_ptr<Worker> worker_;
    Socket socket_;
    std::string remote_address_;
    State state_ = State::head;
    bool is_reading_ = false;
    bool is_writing_ = false;
    bool close_after_ = false;
    bool body_unread_ = false;

    // [begin_, end_) of in_ is unparsed; the header views of the request point before begin_.
    std::vector<char> in_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t scanned_ = 0;
    // The undecoded bytes of a chunked body.
    std::vector<char> chunks_;
    std::size_t chunks_end_ = 0;
    std::size_t discarded_ = 0;

    HeadParser parser_;
    Target target_;
    Exchange exchange_;
    SteadyTime deadline_ = SteadyTime::max();

    std::string out_head_;
    std::array<std::string_view, 2> out_{};

    std::shared_ptr<StreamState> stream_;
    std::string stream_out_;
    std::size_t stream_payload_ = 0;
    bool stream_chunked_ = false;
    bool stream_ending_ = false;
    SteadyTime stream_beat_;
};

}  // namespace aftermile::surface
