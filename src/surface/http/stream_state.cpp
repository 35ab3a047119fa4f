#include "surface/http/stream_state.hpp"

#include "surface/http/connection.hpp"

namespace aftermile::surface {

StreamState::StreamState(std::shared_ptr<Connection> connection, StreamOptions options)
    : options_(std::move(options)), connection_(std::move(connection)) {}

bool StreamState::write(std::string_view bytes) {
    std::unique_lock lock(mutex_);
    if (closed_ || ended_ || overflowed_) {
        return false;
    }
    if (pending_.size() + in_flight_ + bytes.size() > options_.buffer_bytes_max) {
        overflowed_ = true;
        awake_ = false;
        wake(lock);
        return false;
    }
    pending_ += bytes;
    wake(lock);
    return true;
}

void StreamState::end() {
    std::unique_lock lock(mutex_);
    if (!closed_ && !ended_) {
        ended_ = true;
        wake(lock);
    }
}

bool StreamState::is_open() const {
    const std::scoped_lock lock(mutex_);
    return !closed_ && !ended_ && !overflowed_;
}

void StreamState::on_closed(std::function<void()> callback) {
    {
        const std::scoped_lock lock(mutex_);
        if (!closed_) {
            on_closed_ = std::move(callback);
            return;
        }
    }
    callback();
}

void StreamState::wake(std::unique_lock<std::mutex>& lock) {
    if (awake_) {
        return;
    }
    awake_ = true;
    auto connection = connection_;
    lock.unlock();
    connection->wake_stream();
}

StreamState::Work StreamState::take() {
    const std::scoped_lock lock(mutex_);
    awake_ = false;
    Work work;
    work.bytes.swap(pending_);
    work.ended = ended_;
    in_flight_ += work.bytes.size();
    return work;
}

bool StreamState::has_overflowed() const {
    const std::scoped_lock lock(mutex_);
    return overflowed_;
}

void StreamState::sent(std::size_t bytes) {
    const std::scoped_lock lock(mutex_);
    in_flight_ -= bytes;
}

void StreamState::shut() {
    std::function<void()> callback;
    std::shared_ptr<Connection> connection;
    {
        const std::scoped_lock lock(mutex_);
        closed_ = true;
        pending_.clear();
        callback.swap(on_closed_);
        connection.swap(connection_);
    }
    if (callback) {
        callback();
    }
}

}  // namespace aftermile::surface
