// The side of a Stream that other threads touch. Internal to the server.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "surface/http/responder.hpp"

namespace aftermile::surface {

class Connection;

class StreamState final : public StreamSink {
  public:
    StreamState(std::shared_ptr<Connection> connection, StreamOptions options);

    // From any thread.
    bool write(std::string_view bytes) override;
    void end() override;
    [[nodiscard]] bool is_open() const override;
    void on_closed(std::function<void()> callback) override;

    // From the connection's thread.
    struct Work {
        std::string bytes;
        bool ended = false;
    };
    [[nodiscard]] Work take();
    // More was written than the client took: it is to be cut off.
    [[nodiscard]] bool has_overflowed() const;
    // `bytes` of what was taken have left; they no longer count against the limit.
    void sent(std::size_t bytes);
    // The connection is gone. Calls the callback.
    void shut();
    [[nodiscard]] const StreamOptions& options() const { return options_; }

  private:
    void wake(std::unique_lock<std::mutex>& lock);

    const StreamOptions options_;
    mutable std::mutex mutex_;
    std::shared_ptr<Connection> connection_;  // empty once it is gone
    std::string pending_;
    std::size_t in_flight_ = 0;
    bool ended_ = false;
    bool overflowed_ = false;
    bool awake_ = false;
    bool closed_ = false;
    std::function<void()> on_closed_;
};

}  // namespace aftermile::surface
