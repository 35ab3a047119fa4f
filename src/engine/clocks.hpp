// The two clocks: the machine's, and one that stands still until it is moved (serve --test-clock).
#pragma once

#include <atomic>
#include <chrono>

#include "ports/clock.hpp"

namespace aftermile::engine {

class SystemClock final : public ports::Clock {
  public:
    [[nodiscard]] base::Instant now() const override {
        return std::chrono::time_point_cast<base::Span>(std::chrono::system_clock::now());
    }
    [[nodiscard]] bool runs() const override { return true; }
    void step_to(base::Instant /*at*/) override {}
};

class StandingClock final : public ports::Clock {
  public:
    explicit StandingClock(base::Instant start) : at_(base::microseconds_of(start)) {}
    [[nodiscard]] base::Instant now() const override { return base::instant_of(at_.load()); }
    [[nodiscard]] bool runs() const override { return false; }
    void step_to(base::Instant at) override {
        const std::int64_t wanted = base::microseconds_of(at);
        std::int64_t seen = at_.load();
        while (seen < wanted && !at_.compare_exchange_weak(seen, wanted)) {
        }
    }

  private:
    std::atomic<std::int64_t> at_;
};

}  // namespace aftermile::engine
