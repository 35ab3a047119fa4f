// How workers share the 256 slots. Each has one lease with a length, which it renews; each looks
// every second how many workers there are, takes what is free up to its share, and learns what it
// holds above it. What a worker held whose lease was not renewed in time is free: its backend is
// ended and its lease with it, so that whatever it still writes is refused (`fenced`).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "storage/postgres/connection.hpp"

namespace aftermile::storage::postgres {

class SlotSharing {
  public:
    // On a session of its own, for one thread. `epoch` is the lease that the process's writer took.
    [[nodiscard]] static base::Result<SlotSharing> open(const Server& server, std::int64_t epoch);

    struct Share {
        std::vector<std::int64_t> held;     // all of this lease, ascending
        std::vector<std::int64_t> surplus;  // those of them that others are to have
        std::size_t workers = 0;            // in time, this one among them
        std::size_t ended = 0;              // leases of others that were found over
    };
    // Takes free slots up to this worker's share.
    [[nodiscard]] base::Result<Share> balance();
    // Of the surplus, once nothing is decided for it any more.
    [[nodiscard]] base::Result<void> give(std::span<const std::int64_t> slots);
    // Code `fenced` (family internal) when the lease was ended by another process.
    [[nodiscard]] base::Result<void> renew(std::chrono::milliseconds length);

  private:
    SlotSharing(Connection connection, std::int64_t epoch)
        : connection_(std::move(connection)), epoch_(epoch) {}

    [[nodiscard]] base::Result<std::size_t> end_stalled();
    [[nodiscard]] base::Result<std::vector<std::int64_t>> numbers(std::string_view sql,
                                                                  const Parameters& parameters);

    Connection connection_;
    std::int64_t epoch_;
};

}  // namespace aftermile::storage::postgres
