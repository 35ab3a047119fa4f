#include "surface/api/idempotency.hpp"

#include <fmt/format.h>

#include <chrono>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace aftermile::surface {
namespace {

constexpr std::string_view row_kind = "idempotency";
constexpr auto kept_for = std::chrono::hours(24);
// Each so many keys, up to four times as many that expired go: they cannot pile up.
constexpr std::uint64_t sweep_every = 64;
constexpr std::size_t sweep_most = 4 * sweep_every;

// A reply, or with status 0 the receipt of which it is to be made.
struct Kept {
    std::string body_hash;
    std::int64_t status = 0;
    std::string content_type, body;
    std::int64_t event = 0;
    std::string id, reference;
    bool duplicate = false;
    static constexpr auto fields() {
        return base::fields(
            base::field("body_hash", &Kept::body_hash), base::field("status", &Kept::status),
            base::field("content_type", &Kept::content_type), base::field("body", &Kept::body),
            base::field("event", &Kept::event), base::field("id", &Kept::id),
            base::field("reference", &Kept::reference), base::field("duplicate", &Kept::duplicate));
    }
};

base::Instant wall_now() {
    return std::chrono::time_point_cast<base::Span>(std::chrono::system_clock::now());
}

std::vector<ports::AdminRow> rows_of(const IdempotencyKey& key, Kept kept) {
    kept.body_hash = key.body_hash;
    ports::AdminRow row;
    row.kind = row_kind;
    row.name = key.name;
    row.merchant = key.merchant;
    row.body = base::to_json(kept);
    row.expires_at = wall_now() + kept_for;
    return {std::move(row)};
}

}  // namespace

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

std::vector<ports::AdminRow> rows_of(const IdempotencyKey& key, const Reply& reply) {
    if (!key.given() || reply.status >= 500) {
        return {};
    }
    Kept kept;
    kept.status = reply.status;
    kept.content_type = reply.content_type;
    kept.body = reply.payload();
    return rows_of(key, std::move(kept));
}

std::vector<ports::AdminRow> rows_of(const IdempotencyKey& key, const engine::Receipt& receipt) {
    if (!key.given()) {
        return {};
    }
    Kept kept;
    kept.event = receipt.event.value;
    kept.id = receipt.id;
    kept.reference = receipt.reference;
    kept.duplicate = receipt.kind == engine::ReceiptKind::duplicate;
    return rows_of(key, std::move(kept));
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
    auto row = admin_.get(row_kind, key.name);
    if (!row) {
        return std::unexpected(row.error());
    }
    Earlier earlier;
    if (!*row || (*row)->expires_at.value_or(base::Instant{}) <= wall_now()) {
        return earlier;
    }
    Kept kept;
    base::Problems problems;
    const auto document = base::JsonDocument::parse((*row)->body);
    if (!document || !base::read_json(document->root(), kept, problems)) {
        return base::fail("store_failed", "The stored reply cannot be read.", {},
                          base::Family::internal);
    }
    if (kept.body_hash != key.body_hash) {
        return base::fail("idempotency_key_reused",
                          "This Idempotency-Key was used with another request.");
    }
    if (kept.status == 0) {
        auto& receipt = earlier.receipt.emplace();
        receipt.kind =
            kept.duplicate ? engine::ReceiptKind::duplicate : engine::ReceiptKind::accepted;
        receipt.event = model::EventId{kept.event};
        receipt.id = std::move(kept.id);
        receipt.reference = std::move(kept.reference);
        return earlier;
    }
    Reply& reply = earlier.reply.emplace();
    reply.status = static_cast<int>(kept.status);
    reply.content_type = std::move(kept.content_type);
    reply.body = std::move(kept.body);
    reply.headers.emplace_back("Idempotent-Replayed", "true");
    return earlier;
}

void Idempotency::keep(const IdempotencyKey& key, const Reply& reply) {
    for (const ports::AdminRow& row : rows_of(key, reply)) {
        // Nothing depends on it: without it the request is worked on again, to the same end.
        (void)admin_.put(row);
    }
}

void Idempotency::end(const IdempotencyKey& key) {
    const std::lock_guard lock(mutex_);
    in_flight_.erase(key.name);
}

void Idempotency::sweep() { (void)admin_.remove_expired(row_kind, wall_now(), sweep_most); }

}  // namespace aftermile::surface
