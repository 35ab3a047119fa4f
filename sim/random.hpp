// The simulator's own generator: the same seed gives the same numbers on every machine, which
// std::uniform_int_distribution does not promise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace aftermile::sim {

// SplitMix64 (public domain, Sebastiano Vigna).
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    // A generator of its own for the `index`th thing: adding one thing leaves the others alone.
    [[nodiscard]] static Random of(std::uint64_t seed, std::uint64_t index) {
        Random mixed(seed ^ (index * 0x9E3779B97F4A7C15ULL));
        return Random(mixed.next());
    }

    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    // Both ends included.
    std::int64_t between(std::int64_t least, std::int64_t most) {
        const auto span = static_cast<std::uint64_t>(most - least) + 1;
        return least + static_cast<std::int64_t>(next() % span);
    }
    // True so many times in a thousand.
    bool chance(int per_mille) { return between(0, 999) < per_mille; }

    template <class T>
    const T& pick(std::span<const T> from) {
        return from[static_cast<std::size_t>(next() % from.size())];
    }

  private:
    std::uint64_t state_;
};

}  // namespace aftermile::sim
