// What /metrics tells: exchanges by route and status, and the engine's counters, as Prometheus
// text.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "engine/metrics.hpp"
#include "surface/http/server.hpp"

namespace aftermile::surface {

// Upper bounds of the latency histogram, microseconds; the last bucket has none.
inline constexpr std::array<std::int64_t, 10> latency_bounds{
    500, 1'000, 2'500, 5'000, 10'000, 25'000, 100'000, 500'000, 1'000'000, 5'000'000};

class Metering {
  public:
    void observe(const Observation& observation);
    [[nodiscard]] std::string text(const engine::Metrics& engine) const;

  private:
    struct Route {
        std::map<int, std::uint64_t> by_status;
        std::array<std::uint64_t, latency_bounds.size() + 1> buckets{};
        std::uint64_t micros = 0, bytes_in = 0, bytes_out = 0;
    };
    mutable std::mutex mutex_;
    std::map<std::string, Route> routes_;  // "GET /v1/orders/{id}": bounded by the router
};

}  // namespace aftermile::surface
