// Two hashes. A stable one of 64 bits (XXH64, seed 0, by its published specification): stored in
// scan digests, so it may never change. Not for secrets; keyed hashes of personal data are HMACs.
// And a keyed one of 128 bits, for look-ups in memory.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace aftermile::base {

[[nodiscard]] std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);

// Tells texts apart that are not kept: SipHash-2-4 of 128 bits. With a key that nobody knows nobody
// can find two texts of one hash. Never stored.
struct Hash128 {
    std::uint64_t low = 0, high = 0;
    friend bool operator==(const Hash128&, const Hash128&) = default;
};
using HashKey = std::array<unsigned char, 16>;
[[nodiscard]] Hash128 hash128(std::string_view bytes, const HashKey& key);

}  // namespace aftermile::base
