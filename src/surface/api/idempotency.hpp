// Idempotency-Key: the same key and body give the stored reply, another body is refused, and while
// the first is under way the second is told so. A key is stored as begun before the work and with
// its reply after the commit; one that a crash left as begun is never worked on again, because
// whether its effect was committed is for a person to look up: money moves at most once.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "ports/store.hpp"
#include "surface/http/message.hpp"

namespace aftermile::surface {

inline constexpr std::size_t idempotency_key_max = 255;

class Idempotency {
  public:
    explicit Idempotency(ports::AdminStore& admin) : admin_(admin) {}

    // The stored reply; nothing when the work is the caller's to do. Codes: in_flight,
    // outcome_unknown (conflicts), idempotency_key_reused (422). Writes: not on a server thread.
    [[nodiscard]] base::Result<std::optional<Reply>> begin(const std::string& name,
                                                           std::string_view body_hash,
                                                           model::MerchantNumber merchant);
    // Keeps the reply for a day; replies of 5xx are forgotten, so that the key may be tried again.
    void finish(const std::string& name, std::string_view body_hash, model::MerchantNumber merchant,
                const Reply& reply);

  private:
    ports::AdminStore& admin_;
    std::mutex mutex_;
    std::set<std::string> in_flight_;
};

}  // namespace aftermile::surface
