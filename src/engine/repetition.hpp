// What answers a request that is sent again with its Idempotency-Key: rows of administration of the
// kind `idempotency`, kept for a day.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/submission.hpp"

namespace aftermile::engine {

inline constexpr std::string_view repetition_kind = "idempotency";

// Either the reply as it was sent, or (`status` 0) the receipts from which it is made again.
struct KeptAnswer {
    std::string body_hash, request_id;
    std::int64_t status = 0;
    std::string content_type, body;
    std::vector<Receipt> receipts;
};

[[nodiscard]] ports::AdminRow row_of(std::string name, model::MerchantNumber merchant,
                                     const KeptAnswer& answer);
// Of a submission with these receipts. None where nothing repeats it, or where a part is to be sent
// again: then the repetition does what was not done now.
[[nodiscard]] std::optional<ports::AdminRow> row_of(const Submission& submission,
                                                    const std::vector<Receipt>& receipts);
// Of a submission that came through the intake: where its request was worked on before, it is told
// what was kept (Submission::told). Another request with the same key is told so.
[[nodiscard]] base::Result<void> recall(ports::AdminStore& admin, Submission& submission);

// None once its day is over. Code store_failed where it cannot be read.
[[nodiscard]] base::Result<std::optional<KeptAnswer>> kept_answer(const ports::AdminRow& row);

}  // namespace aftermile::engine
