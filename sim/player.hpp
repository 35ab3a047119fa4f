// Plays a plan against a server whose clock stands until it is moved: the clock goes on by a step,
// then everything that became known within it is posted, in order, as a shop would post it.
//
//   sim::Player player("127.0.0.1", port, key, sim::make_plan(options), options.start);
//   player.play_until(options.now());
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/client.hpp"
#include "sim/plan.hpp"

namespace aftermile::sim {

struct Tally {
    std::uint64_t posted = 0, accepted = 0, duplicates = 0, parked = 0, requests = 0;
    std::string first_parked;  // why, in the server's words
};

class Player {
  public:
    // `clock` is the instant at which the server's clock stands. `move` moves it; without one,
    // POST /v1/test-clock does.
    using Move = std::function<base::Result<void>(base::Instant)>;
    Player(std::string host, std::uint16_t port, std::string key, std::vector<Post> plan,
           base::Instant clock, Move move = {});

    // Errors are the client's, `refused` where the API answers with a fault, and `stopped`.
    [[nodiscard]] base::Result<void> play_until(base::Instant until);
    // Called after each step; false stops.
    void on_progress(std::function<bool(base::Instant)> progress) {
        progress_ = std::move(progress);
    }
    [[nodiscard]] base::Instant clock() const { return clock_; }
    [[nodiscard]] const Tally& tally() const { return tally_; }

    static constexpr std::chrono::hours step{3};
    static constexpr std::size_t elements_max = 1'000;

  private:
    [[nodiscard]] base::Result<void> move_to(base::Instant at);
    [[nodiscard]] base::Result<void> send(Door door, std::size_t first, std::size_t last);
    [[nodiscard]] base::Result<void> send_lines(Door door, const std::string& lines);
    [[nodiscard]] base::Result<void> send_reports(std::size_t first, std::size_t last);

    Client client_;
    std::vector<Post> plan_;
    std::size_t next_ = 0;
    base::Instant clock_;
    Move move_;
    std::function<bool(base::Instant)> progress_;
    Tally tally_;
};

}  // namespace aftermile::sim
