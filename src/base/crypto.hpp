// Hashes by OpenSSL; seals and randomness by libsodium. Only the engine, the surface and the
// application draw random bytes; deciding is pure and never does.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace aftermile::base {

inline constexpr std::size_t key_bytes = 32;
// What `seal` adds to a text: a nonce of 24 bytes and a tag of 16.
inline constexpr std::size_t seal_overhead_bytes = 40;

// 32 raw bytes.
[[nodiscard]] std::string sha256(std::string_view bytes);
// 32 raw bytes; a key of any length.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view bytes);

// Takes the same time wherever the two differ; lengths are not secret.
[[nodiscard]] bool constant_time_equal(std::string_view a, std::string_view b);

// From the kernel's generator.
[[nodiscard]] std::string random_bytes(std::size_t count);

// XChaCha20-Poly1305 with a fresh random nonce in front: nonce | ciphertext | tag. `context` is
// authenticated and not kept: opening needs the same one, so that a sealed text cannot be moved to
// another record. `key` has `key_bytes` bytes; any other length is a bug.
[[nodiscard]] std::string seal(std::string_view key, std::string_view plain,
                               std::string_view context = {});
// Code `cannot_open`: another key or context, or changed bytes. It says nothing more on purpose.
[[nodiscard]] Result<std::string> open(std::string_view key, std::string_view sealed,
                                       std::string_view context = {});

// Overwrites a secret before its memory is given back.
void wipe(std::string& secret);

}  // namespace aftermile::base
