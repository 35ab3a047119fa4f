#include "engine/repetition.hpp"

#include <algorithm>
#include <chrono>

#include "base/json.hpp"
#include "base/text.hpp"
#include "engine/handoff.hpp"

namespace aftermile::engine {

namespace {

constexpr auto kept_for = std::chrono::hours(24);

struct Row {
    std::string body_hash, request_id;
    std::int64_t status = 0;
    std::string content_type, body;
    std::string receipts;  // encoded, in base64
    static constexpr auto fields() {
        return base::fields(
            base::field("body_hash", &Row::body_hash), base::field("request_id", &Row::request_id),
            base::field("status", &Row::status), base::field("content_type", &Row::content_type),
            base::field("body", &Row::body), base::field("receipts", &Row::receipts));
    }
};

base::Instant wall_now() {
    return std::chrono::time_point_cast<base::Span>(std::chrono::system_clock::now());
}

}  // namespace

ports::AdminRow row_of(std::string name, model::MerchantNumber merchant, const KeptAnswer& answer) {
    const Row kept{.body_hash = answer.body_hash,
                   .request_id = answer.request_id,
                   .status = answer.status,
                   .content_type = answer.content_type,
                   .body = answer.body,
                   .receipts = base::to_base64(encode_receipts(answer.receipts))};
    ports::AdminRow row;
    row.kind = repetition_kind;
    row.name = std::move(name);
    row.merchant = merchant;
    row.body = base::to_json(kept);
    row.expires_at = wall_now() + kept_for;
    return row;
}

std::optional<ports::AdminRow> row_of(const Submission& submission,
                                      const std::vector<Receipt>& receipts) {
    if (!submission.repeatable ||
        std::ranges::find(receipts, ReceiptKind::retry, &Receipt::kind) != receipts.end()) {
        return std::nullopt;
    }
    const Repeatable& repeatable = *submission.repeatable;
    KeptAnswer answer;
    answer.body_hash = repeatable.body_hash;
    answer.request_id = repeatable.request_id;
    answer.receipts = repeatable.receipts;
    for (std::size_t i = 0; i < receipts.size() && i < repeatable.places.size(); ++i) {
        answer.receipts.at(repeatable.places[i]) = receipts[i];
    }
    return row_of(repeatable.name, submission.merchant, answer);
}

base::Result<void> recall(ports::AdminStore& admin, Submission& submission) {
    if (!submission.repeatable) {
        return {};
    }
    const Repeatable& repeatable = *submission.repeatable;
    auto row = admin.get(repetition_kind, repeatable.name);
    if (!row) {
        return std::unexpected(row.error());
    }
    auto kept = *row ? kept_answer(**row) : std::nullopt;
    if (!kept) {
        return std::unexpected(kept.error());
    }
    if (!*kept || (*kept)->status != 0) {
        return {};  // a reply alone: nothing was done
    }
    const KeptAnswer& answer = **kept;
    auto& told = submission.told.emplace();
    for (const std::size_t place : repeatable.places) {
        Receipt& receipt = told.emplace_back();
        if (answer.body_hash == repeatable.body_hash && place < answer.receipts.size()) {
            receipt = answer.receipts[place];
        } else {
            receipt.kind = ReceiptKind::rejected;
            receipt.error = base::Error{"idempotency_key_reused",
                                        "This Idempotency-Key was used with another request.",
                                        {},
                                        base::Family::rejected};
        }
    }
    submission.repeatable.reset();
    return {};
}

base::Result<std::optional<KeptAnswer>> kept_answer(const ports::AdminRow& row) {
    if (row.expires_at.value_or(base::Instant{}) <= wall_now()) {
        return std::nullopt;
    }
    Row kept;
    base::Problems problems;
    const auto document = base::JsonDocument::parse(row.body);
    const bool read = document && base::read_json(document->root(), kept, problems);
    const auto bytes = read ? base::from_base64(kept.receipts) : std::nullopt;
    auto receipts = bytes ? decode_receipts(*bytes) : base::fail("bad_handoff", "No receipts.");
    if (!receipts) {
        return base::fail("store_failed", "What was kept for a repetition cannot be read.", {},
                          base::Family::internal);
    }
    return KeptAnswer{.body_hash = std::move(kept.body_hash),
                      .request_id = std::move(kept.request_id),
                      .status = kept.status,
                      .content_type = std::move(kept.content_type),
                      .body = std::move(kept.body),
                      .receipts = std::move(*receipts)};
}

}  // namespace aftermile::engine
