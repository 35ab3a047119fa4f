// A network that breaks on demand: stands between a client and the tests' PostgreSQL, on a socket
// of its own, and passes on what both say until it is told to cut a session at its COMMIT.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "storage/postgres/test_place.hpp"

namespace aftermile::storage::postgres {

class TestProxy {
  public:
    enum class Cut : unsigned char {
        nothing,
        before_commit,  // the server never hears of it
        stall,          // as above, and the server is not told that the client is gone
        after_commit,   // the server has answered, and the client never hears of it
    };

    TestProxy() : folder_(std::filesystem::temp_directory_path() / name()) {
        std::filesystem::create_directories(folder_);
        listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const sockaddr_un own = address_of(folder_);
        ::bind(listener_, reinterpret_cast<const sockaddr*>(&own), sizeof own);
        ::listen(listener_, 16);
        thread_ = std::thread([this] { work(); });
    }
    ~TestProxy() {
        ended_ = true;
        thread_.join();
        ::close(listener_);
        std::filesystem::remove_all(folder_);
    }
    TestProxy(const TestProxy&) = delete;
    TestProxy& operator=(const TestProxy&) = delete;

    // The same database, by way of the proxy.
    [[nodiscard]] std::string url_of(std::string url) const {
        const std::size_t at = url.find(server_folder());
        return url.replace(at, server_folder().size(), folder_.string());
    }
    // At the next COMMIT of any session.
    void cut_at_commit(Cut how) { cut_ = how; }
    // Turns away whoever comes.
    void refuse(bool refused) { refuses_ = refused; }
    [[nodiscard]] int cuts() const { return cuts_; }

  private:
    struct Pair {
        int client = -1, server = -1;
        bool stalled = false, commits = false;
    };

    static std::string name() {
        static std::atomic<int> count = 0;
        return "am-proxy-" + std::to_string(::getpid()) + '-' + std::to_string(++count);
    }
    static std::string server_folder() {
        const std::string url = test_server_url();
        return url.substr(url.find("host=") + 5);
    }
    static sockaddr_un address_of(const std::filesystem::path& folder) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = (folder / ".s.PGSQL.5432").string();
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        return address;
    }

    void work() {
        while (!ended_) {
            std::vector<pollfd> watched{{listener_, POLLIN, 0}};
            for (const Pair& pair : pairs_) {
                watched.push_back({pair.stalled ? -1 : pair.client, POLLIN, 0});
                watched.push_back({pair.server, POLLIN, 0});
            }
            ::poll(watched.data(), watched.size(), 10);
            for (std::size_t i = 0; i < pairs_.size(); ++i) {
                if (watched[1 + 2 * i].revents != 0) {
                    from_client(pairs_[i]);
                }
                if (pairs_[i].server >= 0 && watched[2 + 2 * i].revents != 0) {
                    from_server(pairs_[i]);
                }
            }
            std::erase_if(pairs_, [](const Pair& pair) { return pair.server < 0; });
            if (watched[0].revents != 0) {
                welcome();
            }
        }
        for (Pair& pair : pairs_) {
            close(pair);
        }
    }
    void welcome() {
        Pair pair;
        pair.client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        pair.server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const sockaddr_un far = address_of(server_folder());
        if (refuses_ ||
            ::connect(pair.server, reinterpret_cast<const sockaddr*>(&far), sizeof far) != 0) {
            close(pair);
            return;
        }
        pairs_.push_back(pair);
    }
    void from_client(Pair& pair) {
        const std::string_view said = read(pair.client);
        const bool commits = said.find(std::string_view("COMMIT\0", 7)) != std::string_view::npos;
        const Cut cut = commits ? cut_.exchange(Cut::nothing) : Cut::nothing;
        cuts_ += cut == Cut::nothing ? 0 : 1;
        pair.commits = cut == Cut::after_commit;
        if (cut == Cut::stall) {
            ::close(pair.client);
            pair.stalled = true;
        } else if (said.empty() || cut == Cut::before_commit || !write(pair.server, said)) {
            close(pair);
        }
    }
    void from_server(Pair& pair) {
        const std::string_view said = read(pair.server);
        if (said.empty() || pair.commits || (!pair.stalled && !write(pair.client, said))) {
            close(pair);
        }
    }
    static void close(Pair& pair) {
        if (!pair.stalled) {
            ::close(pair.client);
        }
        ::close(pair.server);
        pair.server = -1;
    }
    std::string_view read(int from) {
        const auto count = ::recv(from, buffer_.data(), buffer_.size(), 0);
        return {buffer_.data(), static_cast<std::size_t>(count > 0 ? count : 0)};
    }
    static bool write(int to, std::string_view bytes) {
        while (!bytes.empty()) {
            const auto count = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }

    std::filesystem::path folder_;
    int listener_ = -1;
    std::array<char, 65'536> buffer_{};
    std::vector<Pair> pairs_;
    std::atomic<Cut> cut_ = Cut::nothing;
    std::atomic<bool> refuses_ = false, ended_ = false;
    std::atomic<int> cuts_ = 0;
    std::thread thread_;
};

}  // namespace aftermile::storage::postgres
