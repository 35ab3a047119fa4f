// The addresses that webhooks come in at: each an unguessable endpoint bound to one merchant, one
// connector and its secrets.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/record.hpp"
#include "ports/store.hpp"

namespace aftermile::surface {

// Kind `webhook_source`, named by the SHA-256 of its endpoint. `sealed_secret` is the secret under
// the installation's key.
struct SourceRecord {
    std::string endpoint, source, name, sealed_secret;
    std::uint32_t merchant = 0;
    base::Instant created_at;
    static constexpr auto fields() {
        using T = SourceRecord;
        return base::fields(
            base::field("endpoint", &T::endpoint), base::field("source", &T::source),
            base::field("name", &T::name), base::field("sealed_secret", &T::sealed_secret),
            base::field("merchant", &T::merchant), base::field("created_at", &T::created_at));
    }
};

// What an address has seen since this process started.
struct SourceHealth {
    std::int64_t events = 0, signature_failures = 0;
    std::optional<base::Instant> last_event_at;
    bool last_failed = false;
};

// Safe from several threads; re-read within half a second of a change.
class Sources {
  public:
    explicit Sources(ports::AdminStore& admin) : admin_(admin) {}
    [[nodiscard]] std::optional<SourceRecord> find(std::string_view endpoint);
    [[nodiscard]] std::vector<SourceRecord> of_merchant(model::MerchantNumber merchant);
    // Writes: not on a server thread.
    [[nodiscard]] base::Result<void> add(const SourceRecord& record);
    void saw(std::string_view endpoint, bool signature_ok, base::Instant at);
    [[nodiscard]] SourceHealth health(std::string_view endpoint);

  private:
    void reread();  // under the lock

    ports::AdminStore& admin_;
    std::mutex mutex_;
    std::map<std::string, SourceRecord, std::less<>> by_endpoint_;
    std::map<std::string, SourceHealth, std::less<>> health_;
    std::int64_t version_ = -1;
    std::chrono::steady_clock::time_point read_at_{};
};

}  // namespace aftermile::surface
