// Idempotency-Key: the same key and body give the same reply, another body is refused, and while
// the first is under way the second is told so. The receipts of the first are kept in the commit of
// its effect (engine::Repeatable), so that after a crash both are there or neither is: sent again,
// the request is answered from what was kept or worked on for the first time.
//
//   auto earlier = idempotency.begin(key);        // on a job's thread
//   submission.repeatable = key.repeatable(request_id, receipts, places);
//   submission.reply = [...] { idempotency.end(key); call.send(...); };
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/submission.hpp"
#include "ports/store.hpp"
#include "surface/http/message.hpp"

namespace aftermile::surface {

inline constexpr std::size_t idempotency_key_max = 255;

// One request's key. A key without a name: the request has none.
struct IdempotencyKey {
    std::string name;  // merchant and key as sent
    std::string body_hash;
    model::MerchantNumber merchant = 0;
    [[nodiscard]] bool given() const { return !name.empty(); }
    // Of a submission, all of whose elements are among the `receipts`, at `places`.
    [[nodiscard]] engine::Repeatable repeatable(std::string_view request_id,
                                                std::vector<engine::Receipt> receipts,
                                                std::vector<std::size_t> places) const;
};

// The key of that request, if it has one. Code bad_parameter for a length that is not 1 to 255.
[[nodiscard]] base::Result<IdempotencyKey> key_of(const Request& request,
                                                  model::MerchantNumber merchant);

// Says that the reply is one to a repetition.
void mark_replayed(Reply& reply);

class Idempotency {
  public:
    explicit Idempotency(ports::AdminStore& admin) : admin_(admin) {}

    // What an earlier request with this key left: its reply, or the receipts from which the reply
    // has to be made. Neither: the work is the caller's to do.
    struct Earlier {
        std::optional<Reply> reply;
        std::vector<engine::Receipt> receipts;
        std::string request_id;  // of the request that the receipts were given to
    };
    // Unless it gave a reply or failed, `end` must follow. Codes: in_flight (a conflict),
    // idempotency_key_reused (422). Reads and writes: not on a server thread.
    [[nodiscard]] base::Result<Earlier> begin(const IdempotencyKey& key);
    // Keeps a reply that nothing is committed with, unless it is a 5xx: then the key may be tried
    // again. Writes: not on a server thread.
    void keep(const IdempotencyKey& key, const Reply& reply);
    // Before the reply is sent, so that whoever has it may use the key again at once.
    void end(const IdempotencyKey& key);

  private:
    [[nodiscard]] base::Result<Earlier> read(const IdempotencyKey& key);
    void sweep();

    ports::AdminStore& admin_;
    std::mutex mutex_;
    std::set<std::string> in_flight_;
    std::uint64_t begun_ = 0;
};

}  // namespace aftermile::surface
