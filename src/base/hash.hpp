// A stable 64-bit hash (XXH64, seed 0, by its published specification): stored in scan digests,
// so it may never change. Not for secrets; keyed hashes of personal data are HMACs.
#pragma once

#include <cstdint>
#include <string_view>

namespace aftermile::base {

[[nodiscard]] std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);

}  // namespace aftermile::base
