#include "base/hash.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aftermile::base {
namespace {

// The buffer and the values of xxHash's own sanity test (cli/xsum_sanity_check.c, v0.8.2): byte i
// is the top byte of a generator that starts at PRIME32 and is multiplied by PRIME64 each step.
std::string sanity_buffer(std::size_t size) {
    std::string out;
    std::uint64_t generator = 2654435761U;
    for (std::size_t i = 0; i < size; ++i) {
        out.push_back(static_cast<char>(generator >> 56));
        generator *= 11400714785074694797ULL;
    }
    return out;
}

TEST(Hash, agrees_with_the_published_vectors) {
    const std::uint64_t seed = 2654435761U;
    EXPECT_EQ(hash64(""), 0xEF46DB3751D8E999ULL);
    EXPECT_EQ(hash64("", seed), 0xAC75FDA2929B17EFULL);
    EXPECT_EQ(hash64(sanity_buffer(1)), 0xE934A84ADB052768ULL);
    EXPECT_EQ(hash64(sanity_buffer(1), seed), 0x5014607643A9B4C3ULL);
    EXPECT_EQ(hash64(sanity_buffer(4)), 0x9136A0DCA57457EEULL);
    EXPECT_EQ(hash64(sanity_buffer(14)), 0x8282DCC4994E35C8ULL);
    EXPECT_EQ(hash64(sanity_buffer(14), seed), 0xC3BD6BF63DEB6DF0ULL);
    EXPECT_EQ(hash64(sanity_buffer(222)), 0xB641AE8CB691C174ULL);
    EXPECT_EQ(hash64(sanity_buffer(222), seed), 0x20CB8AB7AE10C14AULL);
}

TEST(Hash, agrees_with_well_known_words) {
    EXPECT_EQ(hash64("a"), 0xD24EC4F1A98C6E5BULL);
    EXPECT_EQ(hash64("abc"), 0x44BC2CF5AD770999ULL);
}

TEST(Hash, every_length_around_a_block_differs) {
    const std::string text = sanity_buffer(100);
    for (std::size_t size = 1; size < text.size(); ++size) {
        EXPECT_NE(hash64(std::string_view(text).substr(0, size)),
                  hash64(std::string_view(text).substr(0, size - 1)));
    }
}

// The first and the 16th vector of SipHash's own list for 128 bits: key and input bytes 0, 1, 2 ...
// (vectors.h of the reference code, https://github.com/veorq/SipHash).
TEST(Hash, of_128_bits_agrees_with_the_published_vectors) {
    HashKey key{};
    for (std::size_t i = 0; i < key.size(); ++i) {
        key[i] = static_cast<unsigned char>(i);
    }
    std::string input;
    EXPECT_EQ(hash128(input, key), (Hash128{0xe6a825ba047f81a3ULL, 0x930255c71472f66dULL}));
    for (char c = 0; c < 15; ++c) {
        input.push_back(c);
    }
    EXPECT_EQ(hash128(input, key), (Hash128{0x11a8b03399e99354ULL, 0xd9c3cf970fec087eULL}));
    EXPECT_NE(hash128(input, key), hash128(input, {}));
}

}  // namespace
}  // namespace aftermile::base
