#include "base/crypto.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <sodium.h>

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

}  // namespace

// Both by OpenSSL, which has the processor's own instructions for them: the hash of a key takes a
// third of the time, and the signature of a webhook half.
std::string sha256(std::string_view bytes) {
    std::string out(SHA256_DIGEST_LENGTH, '\0');
    SHA256(raw(bytes), bytes.size(), raw(out));
    return out;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
    std::string out(SHA256_DIGEST_LENGTH, '\0');
    const auto* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), raw(bytes),
                            bytes.size(), raw(out), nullptr);
    check(made != nullptr, "a message can be authenticated");
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
