#include "base/crypto.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/text.hpp"

namespace aftermile::base {
namespace {

std::string hex(std::string_view digits) { return *from_hex(digits); }

TEST(Crypto, sha256_agrees_with_fips_180_2_examples) {
    EXPECT_EQ(to_hex(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(sha256("")),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Crypto, hmac_sha256_agrees_with_rfc_4231) {
    EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    // Test case 6: a key longer than a block.
    EXPECT_EQ(to_hex(hmac_sha256(std::string(131, '\xaa'),
                                 "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Crypto, an_empty_key_is_not_the_key_of_before) {
    ASSERT_NE(hmac_sha256("Jefe", ""), hmac_sha256("", ""));
    // As Python's hmac has it.
    EXPECT_EQ(to_hex(hmac_sha256("", "")),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Crypto, comparison_tells_equal_from_different) {
    EXPECT_TRUE(constant_time_equal("", ""));
    EXPECT_TRUE(constant_time_equal("same", "same"));
    EXPECT_FALSE(constant_time_equal("same", "samf"));
    EXPECT_FALSE(constant_time_equal("same", "sam"));
}

TEST(Crypto, random_bytes_differ) {
    EXPECT_EQ(random_bytes(32).size(), 32U);
    EXPECT_NE(random_bytes(32), random_bytes(32));
    EXPECT_EQ(random_bytes(0), "");
}

TEST(Crypto, opens_the_published_example) {
    // draft-irtf-cfrg-xchacha-03, appendix A.3.1.
    const std::string key = hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    const std::string nonce = hex("404142434445464748494a4b4c4d4e4f5051525354555657");
    const std::string ciphertext =
        hex("bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
            "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
            "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
            "21f9664c97637da9768812f615c68b13b52e");
    const std::string tag = hex("c0875924c1c7987947deafd8780acf49");
    const auto plain = open(key, nonce + ciphertext + tag, hex("50515253c0c1c2c3c4c5c6c7"));
    ASSERT_TRUE(plain);
    EXPECT_EQ(*plain,
              "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
              "future, sunscreen would be it.");
}

RC_GTEST_PROP(Crypto, what_is_sealed_opens_with_its_key_and_context_only,
              (const std::string& plain, const std::string& context)) {
    const std::string key = random_bytes(key_bytes);
    const std::string sealed = seal(key, plain, context);
    RC_ASSERT(sealed.size() == plain.size() + seal_overhead_bytes);
    const auto opened = open(key, sealed, context);
    RC_ASSERT(opened.has_value());
    RC_ASSERT(*opened == plain);
    RC_ASSERT(!open(random_bytes(key_bytes), sealed, context));
    RC_ASSERT(!open(key, sealed, context + "x"));
    RC_ASSERT(seal(key, plain, context) != sealed);
}

TEST(Crypto, any_changed_or_missing_byte_keeps_it_shut) {
    const std::string key = random_bytes(key_bytes);
    const std::string sealed = seal(key, "12 Elm Street");
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        const auto opened = open(key, changed);
        ASSERT_FALSE(opened) << i;
        EXPECT_EQ(opened.error().code, "cannot_open");
        EXPECT_FALSE(open(key, std::string_view(sealed).substr(0, i)));
    }
}

TEST(CryptoDeathTest, a_key_of_another_length_is_a_bug) {
    EXPECT_DEATH(static_cast<void>(seal("short", "x")), "32 bytes");
}

}  // namespace
}  // namespace aftermile::base
