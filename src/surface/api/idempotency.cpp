#include "surface/api/idempotency.hpp"

#include <fmt/format.h>

#include <chrono>

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "engine/repetition.hpp"

namespace aftermile::surface {
namespace {

// Each so many keys, up to four times as many that expired go: they cannot pile up.
constexpr std::uint64_t sweep_every = 64;
constexpr std::size_t sweep_most = 4 * sweep_every;

base::Instant wall_now() {
    return std::chrono::time_point_cast<base::Span>(std::chrono::system_clock::now());
}

}  // namespace

void mark_replayed(Reply& reply) { reply.headers.emplace_back("Idempotent-Replayed", "true"); }

base::Result<IdempotencyKey> key_of(const Request& request, model::MerchantNumber merchant) {
    const auto key = request.header("idempotency-key");
    if (!key) {
        return IdempotencyKey{};
    }
    if (key->empty() || key->size() > idempotency_key_max) {
        return base::fail("bad_parameter", "Idempotency-Key has 1 to 255 characters.");
    }
    return IdempotencyKey{fmt::format("{}/{}", merchant, *key),
                          base::to_hex(base::sha256(request.path + "\n" + request.body)), merchant};
}

engine::Repeatable IdempotencyKey::repeatable(std::string_view request_id,
                                              std::vector<engine::Receipt> receipts,
                                              std::vector<std::size_t> places) const {
    return {.name = name,
            .body_hash = body_hash,
            .request_id = std::string(request_id),
            .receipts = std::move(receipts),
            .places = std::move(places)};
}

base::Result<Idempotency::Earlier> Idempotency::begin(const IdempotencyKey& key) {
    bool sweeps = false;
    {
        const std::lock_guard lock(mutex_);
        if (!in_flight_.insert(key.name).second) {
            return base::fail("in_flight", "A request with this Idempotency-Key is under way.");
        }
        sweeps = begun_++ % sweep_every == 0;
    }
    if (sweeps) {
        sweep();
    }
    auto earlier = read(key);
    if (!earlier || earlier->reply) {
        end(key);
    }
    return earlier;
}

base::Result<Idempotency::Earlier> Idempotency::read(const IdempotencyKey& key) {
    auto row = admin_.get(engine::repetition_kind, key.name);
    if (!row) {
        return std::unexpected(row.error());
    }
    auto kept = *row ? engine::kept_answer(**row) : std::nullopt;
    if (!kept) {
        return std::unexpected(kept.error());
    }
    Earlier earlier;
    if (!*kept) {
        return earlier;
    }
    engine::KeptAnswer& answer = **kept;
    if (answer.body_hash != key.body_hash) {
        return base::fail("idempotency_key_reused",
                          "This Idempotency-Key was used with another request.");
    }
    if (answer.status == 0) {
        earlier.receipts = std::move(answer.receipts);
        earlier.request_id = std::move(answer.request_id);
        return earlier;
    }
    Reply& reply = earlier.reply.emplace();
    reply.status = static_cast<int>(answer.status);
    reply.content_type = std::move(answer.content_type);
    reply.body = std::move(answer.body);
    mark_replayed(reply);
    return earlier;
}

void Idempotency::keep(const IdempotencyKey& key, const Reply& reply) {
    if (!key.given() || reply.status >= 500) {
        return;
    }
    engine::KeptAnswer answer;
    answer.body_hash = key.body_hash;
    answer.status = reply.status;
    answer.content_type = reply.content_type;
    answer.body = reply.payload();
    // Nothing depends on it: without it the request is worked on again, to the same end.
    (void)admin_.put(engine::row_of(key.name, key.merchant, answer));
}

void Idempotency::end(const IdempotencyKey& key) {
    const std::lock_guard lock(mutex_);
    in_flight_.erase(key.name);
}

void Idempotency::sweep() {
    (void)admin_.remove_expired(engine::repetition_kind, wall_now(), sweep_most);
}

}  // namespace aftermile::surface
