// The addresses that webhooks come in at: each an unguessable endpoint bound to one merchant, one
// connector and its secrets.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

// With its secret, which is opened once and overwritten before its memory is given back.
struct OpenSource {
    SourceRecord record;
    std::vector<std::string> secrets;  // none: what is stored cannot be opened with this key
    OpenSource(SourceRecord record, const std::string& seal_key);
    ~OpenSource();
    OpenSource(const OpenSource&) = delete;
    OpenSource& operator=(const OpenSource&) = delete;
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
    Sources(ports::AdminStore& admin, std::string seal_key)
        : admin_(admin), seal_key_(std::move(seal_key)) {}
    // Null where there is none of that address.
    [[nodiscard]] std::shared_ptr<const OpenSource> find(std::string_view endpoint);
    [[nodiscard]] std::vector<SourceRecord> of_merchant(model::MerchantNumber merchant);
    // As it is kept in `SourceRecord::sealed_secret` of this address.
    [[nodiscard]] std::string seal(std::string_view secret, std::string_view endpoint) const;
    // Writes: not on a server thread.
    [[nodiscard]] base::Result<void> add(const SourceRecord& record);
    void saw(std::string_view endpoint, bool signature_ok, base::Instant at);
    [[nodiscard]] SourceHealth health(std::string_view endpoint);

  private:
    void reread();  // under the lock

    ports::AdminStore& admin_;
    const std::string seal_key_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<const OpenSource>, std::less<>> by_endpoint_;
    std::map<std::string, SourceHealth, std::less<>> health_;
    std::int64_t version_ = -1;
    std::chrono::steady_clock::time_point read_at_{};
};

}  // namespace aftermile::surface
