// Idempotency-Key: the same key and body give the same reply, another body is refused, and while
// the first is under way the second is told so. What answers a repetition is kept in the commit of
// the effect itself (engine::Submission::keep), so that after a crash both are there or neither is:
// sent again, the request is answered from what was kept or worked on for the first time.
//
//   auto begun = idempotency.begin(key);        // on a job's thread
//   submission.keep = [...](const auto& receipts) { return rows_of(key, reply_of(receipts)); };
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
};

// The key of that request, if it has one. Code bad_parameter for a length that is not 1 to 255.
[[nodiscard]] base::Result<IdempotencyKey> key_of(const Request& request,
                                                  model::MerchantNumber merchant);

// The reply, for a day; none for replies of 5xx, so that the key may be tried again.
[[nodiscard]] std::vector<ports::AdminRow> rows_of(const IdempotencyKey& key, const Reply& reply);
// The receipt alone, where the reply shows the record as it stands after the commit.
[[nodiscard]] std::vector<ports::AdminRow> rows_of(const IdempotencyKey& key,
                                                   const engine::Receipt& receipt);

class Idempotency {
  public:
    explicit Idempotency(ports::AdminStore& admin) : admin_(admin) {}

    // What an earlier request with this key left: its reply, or the receipt from which the reply
    // has to be made. Neither: the work is the caller's to do.
    struct Earlier {
        std::optional<Reply> reply;
        std::optional<engine::Receipt> receipt;
    };
    // Unless it gave a reply or failed, `end` must follow. Codes: in_flight (a conflict),
    // idempotency_key_reused (422). Reads and writes: not on a server thread.
    [[nodiscard]] base::Result<Earlier> begin(const IdempotencyKey& key);
    // Keeps a reply that nothing is committed with. Writes: not on a server thread.
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
