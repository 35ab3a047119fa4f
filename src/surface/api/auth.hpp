// Who asks: a key in the Authorization header, or the session cookie of the console. Every caller
// is bound to one merchant, and everything it reads or writes is that merchant's.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/admin_records.hpp"
#include "ports/store.hpp"
#include "surface/http/message.hpp"

namespace aftermile::surface {

// Bits of Caller::scopes. `personal` shows names and addresses; sessions always have it.
namespace scope {
inline constexpr unsigned read = 1;
inline constexpr unsigned ingest = 2;
inline constexpr unsigned operate = 4;
inline constexpr unsigned configure = 8;
inline constexpr unsigned personal = 16;
inline constexpr unsigned all = 31;
}  // namespace scope

struct Caller {
    bool session = false;
    std::string id;    // a key's id or a user's name: attributes what was done
    std::string name;  // for people
    unsigned scopes = 0;
    bool every_merchant = false;  // a session of the whole installation
    model::MerchantNumber merchant = 0;
    std::string rate_limit;  // value of the RateLimit header
};

struct AuthOptions {
    bool tls = false;  // the public address is https: the cookie is Secure and __Host-
    double requests_per_second = 2'000;
    double burst = 10'000;
    std::chrono::milliseconds reread = std::chrono::milliseconds(400);
    std::chrono::hours session_life = std::chrono::hours(24 * 7);
};

// Safe from several threads. Revoked keys and ended sessions are dead within a second, also when
// another process revoked them.
class Auth {
  public:
    Auth(ports::AdminStore& admin, AuthOptions options) : admin_(admin), options_(options) {}

    // The caller, allowed `needed`; or the refusal: no_credentials (401), scope_missing,
    // cross_site, wrong_merchant (403), rate_limited (429). Takes one request from the caller's
    // allowance when `counts`.
    struct Refusal {
        int status = 401;
        std::string code;
        std::string detail;
        int retry_after = 0;
    };
    [[nodiscard]] std::optional<Refusal> identify(const Request& request, unsigned needed,
                                                  bool counts, Caller& caller);

    // Takes a one-time token; the value of Set-Cookie, or code `unauthorized`. Writes: not on a
    // server thread.
    [[nodiscard]] base::Result<std::string> open_session(std::string_view token, base::Instant now);
    // The value of Set-Cookie that ends it.
    [[nodiscard]] base::Result<std::string> close_session(const Request& request);

    [[nodiscard]] base::Result<std::vector<engine::MerchantRecord>> merchants();

    // A request that changes something came from a page of this site.
    [[nodiscard]] static bool is_same_site(const Request& request);

  private:
    struct Entry {
        bool known = false;
        Caller caller;
        std::optional<base::Instant> expires_at;
    };
    struct Bucket {
        double tokens = 0;
        std::chrono::steady_clock::time_point at;
    };

    void forget_if_changed();
    [[nodiscard]] Entry find_key(const std::string& name);
    [[nodiscard]] Entry find_session(const std::string& name);
    [[nodiscard]] std::optional<Refusal> bind_merchant(const Request& request, Caller& caller);
    [[nodiscard]] std::optional<Refusal> take_token(Caller& caller, bool counts);
    [[nodiscard]] std::string cookie_name() const;

    ports::AdminStore& admin_;
    const AuthOptions options_;
    std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;  // by kind and hash
    std::unordered_map<std::string, Bucket> buckets_;
    std::vector<engine::MerchantRecord> merchants_;
    std::int64_t version_ = -1;
    std::chrono::steady_clock::time_point read_at_{};
};

}  // namespace aftermile::surface
