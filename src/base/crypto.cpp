#include "base/crypto.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/sha.h>
#include <sodium.h>

#include <memory>

#include "base/check.hpp"

namespace aftermile::base {
namespace {

static_assert(key_bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(seal_overhead_bytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES +
                                         crypto_aead_xchacha20poly1305_ietf_ABYTES);

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;

// libsodium picks its implementations once; calling this again is safe from any thread and cheap.
void ready() {
    static const bool started = sodium_init() >= 0;
    check(started, "libsodium starts");
}

const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

template <class Held, void (*Free)(Held*)>
struct Freed {
    void operator()(Held* held) const { Free(held); }
};
// Each thread keeps one for its next text: OpenSSL 3 looks an algorithm up by its name wherever
// none was fetched, which takes longer than to hash a short text.
using Digest = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX, EVP_MD_CTX_free>>;
using Mac = std::unique_ptr<EVP_MAC_CTX, Freed<EVP_MAC_CTX, EVP_MAC_CTX_free>>;

const EVP_MD* fetched_sha256() {
    static const std::unique_ptr<EVP_MD, Freed<EVP_MD, EVP_MD_free>> fetched(
        EVP_MD_fetch(nullptr, "SHA256", nullptr));
    return fetched.get();
}

Mac make_hmac_sha256() {
    const std::unique_ptr<EVP_MAC, Freed<EVP_MAC, EVP_MAC_free>> fetched(
        EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    Mac mac(EVP_MAC_CTX_new(fetched.get()));
    std::string digest = "SHA256";
    const auto parameters = std::to_array(
        {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), digest.size()),
         OSSL_PARAM_construct_end()});
    check(mac && EVP_MAC_CTX_set_params(mac.get(), parameters.data()) == 1,
          "OpenSSL has HMAC with SHA-256");
    return mac;
}

}  // namespace

// Both by OpenSSL, which has the processor's own instructions for them: the hash of a key takes a
// third of the time, and the signature of a webhook half.
std::string sha256(std::string_view bytes) {
    thread_local const Digest digest(EVP_MD_CTX_new());
    std::string out(SHA256_DIGEST_LENGTH, '\0');
    check(EVP_DigestInit_ex2(digest.get(), fetched_sha256(), nullptr) == 1 &&
              EVP_DigestUpdate(digest.get(), bytes.data(), bytes.size()) == 1 &&
              EVP_DigestFinal_ex(digest.get(), raw(out), nullptr) == 1,
          "a text can be hashed");
    return out;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
    // An empty one would be read as the key of before.
    static constexpr unsigned char no_key = 0;
    thread_local const Mac mac = make_hmac_sha256();
    std::string out(SHA256_DIGEST_LENGTH, '\0');
    std::size_t written = 0;
    check(EVP_MAC_init(mac.get(), key.empty() ? &no_key : raw(key), key.size(), nullptr) == 1 &&
              EVP_MAC_update(mac.get(), raw(bytes), bytes.size()) == 1 &&
              EVP_MAC_final(mac.get(), raw(out), &written, out.size()) == 1,
          "a message can be authenticated");
    return out;
}

bool constant_time_equal(std::string_view a, std::string_view b) {
    return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

std::string random_bytes(std::size_t count) {
    ready();
    std::string out(count, '\0');
    randombytes_buf(out.data(), out.size());
    return out;
}

std::string seal(std::string_view key, std::string_view plain, std::string_view context) {
    check(key.size() == key_bytes, "a sealing key has 32 bytes");
    std::string out = random_bytes(nonce_bytes);
    out.resize(plain.size() + seal_overhead_bytes);
    unsigned long long written = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(raw(out) + nonce_bytes, &written, raw(plain),
                                               plain.size(), raw(context), context.size(), nullptr,
                                               raw(out), raw(key));
    check(written + nonce_bytes == out.size(), "a seal adds a nonce and a tag");
    return out;
}

Result<std::string> open(std::string_view key, std::string_view sealed, std::string_view context) {
    check(key.size() == key_bytes, "a sealing key has 32 bytes");
    const auto refused = [] {
        return fail("cannot_open", "This sealed text cannot be opened with its key.", {},
                    Family::internal);
    };
    if (sealed.size() < seal_overhead_bytes) {
        return refused();
    }
    ready();
    const std::string_view nonce = sealed.substr(0, nonce_bytes);
    const std::string_view body = sealed.substr(nonce_bytes);
    std::string plain(sealed.size() - seal_overhead_bytes, '\0');
    unsigned long long written = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(raw(plain), &written, nullptr, raw(body),
                                                   body.size(), raw(context), context.size(),
                                                   raw(nonce), raw(key)) != 0) {
        return refused();
    }
    return plain;
}

void wipe(std::string& secret) {
    sodium_memzero(secret.data(), secret.size());
    secret.clear();
}

}  // namespace aftermile::base
