#include "surface/api/idempotency.hpp"

#include <chrono>

#include "base/json.hpp"

namespace aftermile::surface {
namespace {

constexpr auto kept_for = std::chrono::hours(24);

struct KeptReply {
    std::string body_hash;
    std::int64_t status = 0;  // 0: begun
    std::string content_type, body;
    static constexpr auto fields() {
        return std::tuple{base::field("body_hash", &KeptReply::body_hash),
                          base::field("status", &KeptReply::status),
                          base::field("content_type", &KeptReply::content_type),
                          base::field("body", &KeptReply::body)};
    }
};

base::Instant wall_now() {
    return std::chrono::time_point_cast<base::Span>(std::chrono::system_clock::now());
}

ports::AdminRow row_of(const std::string& name, model::MerchantNumber merchant,
                       const KeptReply& kept) {
    ports::AdminRow row;
    row.kind = "idempotency";
    row.name = name;
    row.merchant = merchant;
    row.body = base::to_json(kept);
    row.expires_at = wall_now() + kept_for;
    return row;
}

}  // namespace

base::Result<std::optional<Reply>> Idempotency::begin(const std::string& name,
                                                      std::string_view body_hash,
                                                      model::MerchantNumber merchant) {
    {
        const std::lock_guard lock(mutex_);
        if (!in_flight_.insert(name).second) {
            return base::fail("in_flight", "A request with this Idempotency-Key is under way.");
        }
    }
    const auto give_up = [&](base::Error error) {
        const std::lock_guard lock(mutex_);
        in_flight_.erase(name);
        return std::unexpected(std::move(error));
    };
    auto row = admin_.get("idempotency", name);
    if (!row) {
        return give_up(row.error());
    }
    if (*row && (*row)->expires_at.value_or(wall_now()) > wall_now()) {
        KeptReply kept;
        base::Problems problems;
        const auto document = base::JsonDocument::parse((*row)->body);
        if (!document || !base::read_json(document->root(), kept, problems)) {
            return give_up(
                {"store_failed", "The stored reply cannot be read.", {}, base::Family::internal});
        }
        if (kept.body_hash != body_hash) {
            return give_up({"idempotency_key_reused",
                            "This Idempotency-Key was used with another request.",
                            {},
                            base::Family::rejected});
        }
        if (kept.status == 0) {
            return give_up({"outcome_unknown",
                            "The server ended while it worked on this request. Look whether its "
                            "effect is there before sending it with a new key.",
                            {},
                            base::Family::rejected});
        }
        const std::lock_guard lock(mutex_);
        in_flight_.erase(name);
        Reply reply;
        reply.status = static_cast<int>(kept.status);
        reply.content_type = kept.content_type;
        reply.body = kept.body;
        reply.headers.emplace_back("Idempotent-Replayed", "true");
        return reply;
    }
    if (auto put = admin_.put(row_of(name, merchant, {std::string(body_hash), 0, {}, {}})); !put) {
        return give_up(put.error());
    }
    return std::nullopt;
}

void Idempotency::finish(const std::string& name, std::string_view body_hash,
                         model::MerchantNumber merchant, const Reply& reply) {
    if (reply.status >= 500) {
        (void)admin_.remove("idempotency", name);
    } else {
        (void)admin_.put(row_of(name, merchant,
                                {std::string(body_hash), reply.status, reply.content_type,
                                 std::string(reply.payload())}));
    }
    const std::lock_guard lock(mutex_);
    in_flight_.erase(name);
}

}  // namespace aftermile::surface
