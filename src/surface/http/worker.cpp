#include "surface/http/worker.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/post.hpp>

#include "base/short_turns.hpp"
#include "surface/http/connection.hpp"

namespace aftermile::surface {
namespace {

constexpr std::size_t scratch_bytes = 64 * 1024;

std::mt19937_64 seeded_generator() {
    std::random_device device;
    std::array<std::random_device::result_type, 8> words{};
    std::ranges::generate(words, [&] { return device(); });
    std::seed_seq seed(words.begin(), words.end());
    return std::mt19937_64(seed);
}

// Often enough for the shortest deadline to be kept to a quarter.
std::chrono::milliseconds sweep_interval(const ServerOptions& options) {
    const auto shortest =
        std::min({options.header_timeout, options.idle_timeout, options.body_grace,
                  options.write_timeout, options.discard_timeout, options.stop_grace});
    return std::clamp(shortest / 4, std::chrono::milliseconds(10), std::chrono::milliseconds(250));
}

}  // namespace

Worker::Worker(std::shared_ptr<ServerCore> core)
    : core_(std::move(core)),
      guard_(io_.get_executor()),
      timer_(io_),
      scratch_(scratch_bytes),
      random_(seeded_generator()) {}

Worker::~Worker() = default;

void Worker::start() {
    thread_ = std::thread([this] { run(); });
}

void Worker::run() {
    base::take_short_turns();
    sweep();
    arm_sweep();
    io_.run();
    const std::scoped_lock lock(mail_mutex_);
    mail_closed_ = true;
}

void Worker::begin_stop() {
    asio::post(io_, [this] {
        draining_ = true;
        drain_until_ = std::chrono::steady_clock::now() + core_->options.stop_grace;
        const std::vector<std::shared_ptr<Connection>> all(connections_.begin(),
                                                           connections_.end());
        for (const auto& connection : all) {
            connection->drain();
        }
        finish_if_drained();
    });
}

void Worker::join() {
    if (thread_.joinable()) {
        thread_.join();
    }
    std::vector<Mail> late;
    {
        const std::scoped_lock lock(mail_mutex_);
        late.swap(mail_);
    }
    for (const auto& item : late) {
        if (item.stream) {
            item.stream->shut();
        }
    }
}

void Worker::post(Mail mail) {
    std::unique_lock lock(mail_mutex_);
    if (mail_closed_) {
        lock.unlock();
        if (mail.stream) {
            mail.stream->shut();
        }
        return;
    }
    const bool is_first = mail_.empty();
    mail_.push_back(std::move(mail));
    lock.unlock();
    // One wake-up for all replies of a commit.
    if (is_first) {
        asio::post(io_, [this] { deliver(); });
    }
}

void Worker::deliver() {
    std::vector<Mail> mail;
    {
        const std::scoped_lock lock(mail_mutex_);
        mail.swap(mail_);
    }
    for (auto& item : mail) {
        if (item.reply) {
            item.connection->take_reply(std::move(*item.reply));
        } else if (item.stream) {
            item.connection->open_stream(std::move(item.stream));
        } else {
            item.connection->serve_stream();
        }
    }
}

void Worker::adopt(Socket socket, std::string remote_address) {
    auto self = shared_from_this();
    auto connection =
        std::make_shared<Connection>(self, std::move(socket), std::move(remote_address));
    asio::post(io_, [this, connection = std::move(connection)] {
        connections_.insert(connection);
        connection->start();
    });
}

void Worker::forget(const std::shared_ptr<Connection>& connection) {
    connections_.erase(connection);
    finish_if_drained();
}

void Worker::finish_if_drained() {
    if (draining_ && connections_.empty()) {
        timer_.cancel();
        guard_.reset();
    }
}

void Worker::arm_sweep() {
    timer_.expires_after(sweep_interval(core_->options));
    timer_.async_wait([this](ErrorCode error) {
        if (error || (draining_ && connections_.empty())) {
            return;
        }
        sweep();
        arm_sweep();
    });
}

void Worker::sweep() {
    const auto now = std::chrono::steady_clock::now();
    const auto second = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())
                            .time_since_epoch()
                            .count();
    if (second != date_second_) {
        date_second_ = second;
        date_ = http_date(second);
    }
    const bool cut = draining_ && now >= drain_until_;
    std::vector<std::shared_ptr<Connection>> due;
    for (const auto& connection : connections_) {
        if (cut || connection->is_due(now)) {
            due.push_back(connection);
        }
    }
    for (const auto& connection : due) {
        if (cut) {
            connection->close();
        } else {
            connection->expire(now);
        }
    }
}

std::string Worker::next_request_id() {
    constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
    std::string id = "req_";
    for (int word = 0; word < 2; ++word) {
        auto bits = random_();
        for (int i = 0; i < 10; ++i) {
            id += digits[bits & 31U];
            bits >>= 5U;
        }
    }
    return id;
}

}  // namespace aftermile::surface
