#include "base/hash.hpp"

#include <sodium.h>

#include <bit>
#include <cstring>

// XXH64 as specified in xxHash's doc/xxhash_spec.md (Yann Collet, version 0.2.0).

namespace aftermile::base {
namespace {

constexpr std::uint64_t prime1 = 0x9E3779B185EBCA87ULL;
constexpr std::uint64_t prime2 = 0xC2B2AE3D27D4EB4FULL;
constexpr std::uint64_t prime3 = 0x165667B19E3779F9ULL;
constexpr std::uint64_t prime4 = 0x85EBCA77C2B2AE63ULL;
constexpr std::uint64_t prime5 = 0x27D4EB2F165667C5ULL;

static_assert(std::endian::native == std::endian::little, "lanes are read little-endian");

std::uint64_t read64(const char* at) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
}

std::uint64_t read32(const char* at) {
    std::uint32_t value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
}

std::uint64_t round(std::uint64_t accumulator, std::uint64_t lane) {
    return std::rotl(accumulator + lane * prime2, 31) * prime1;
}

std::uint64_t merge(std::uint64_t hash, std::uint64_t accumulator) {
    return (hash ^ round(0, accumulator)) * prime1 + prime4;
}

std::uint64_t avalanche(std::uint64_t hash) {
    hash = (hash ^ (hash >> 33)) * prime2;
    hash = (hash ^ (hash >> 29)) * prime3;
    return hash ^ (hash >> 32);
}

// The last 0 to 31 bytes.
std::uint64_t finish(std::uint64_t hash, const char* at, std::size_t left) {
    for (; left >= 8; at += 8, left -= 8) {
        hash = std::rotl(hash ^ round(0, read64(at)), 27) * prime1 + prime4;
    }
    if (left >= 4) {
        hash = std::rotl(hash ^ (read32(at) * prime1), 23) * prime2 + prime3;
        at += 4;
        left -= 4;
    }
    for (; left > 0; ++at, --left) {
        hash = std::rotl(hash ^ (static_cast<unsigned char>(*at) * prime5), 11) * prime1;
    }
    return avalanche(hash);
}

}  // namespace

std::uint64_t hash64(std::string_view bytes, std::uint64_t seed) {
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    std::uint64_t hash = seed + prime5;
    if (left >= 32) {
        std::uint64_t a = seed + prime1 + prime2;
        std::uint64_t b = seed + prime2;
        std::uint64_t c = seed;
        std::uint64_t d = seed - prime1;
        for (; left >= 32; at += 32, left -= 32) {
            a = round(a, read64(at));
            b = round(b, read64(at + 8));
            c = round(c, read64(at + 16));
            d = round(d, read64(at + 24));
        }
        hash = std::rotl(a, 1) + std::rotl(b, 7) + std::rotl(c, 12) + std::rotl(d, 18);
        hash = merge(merge(merge(merge(hash, a), b), c), d);
    }
    return finish(hash + bytes.size(), at, left);
}

Hash128 hash128(std::string_view bytes, const HashKey& key) {
    static_assert(sizeof(Hash128) == crypto_shorthash_siphashx24_BYTES);
    static_assert(sizeof(HashKey) == crypto_shorthash_siphashx24_KEYBYTES);
    std::array<unsigned char, sizeof(Hash128)> out{};
    crypto_shorthash_siphashx24(out.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                                bytes.size(), key.data());
    return std::bit_cast<Hash128>(out);
}

}  // namespace aftermile::base
