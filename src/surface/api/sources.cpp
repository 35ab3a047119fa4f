#include "surface/api/sources.hpp"

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace aftermile::surface {

OpenSource::OpenSource(SourceRecord record_in, const std::string& seal_key)
    : record(std::move(record_in)) {
    const auto sealed = base::from_base64(record.sealed_secret);
    if (auto secret = base::open(seal_key, sealed.value_or(""), record.endpoint)) {
        secrets.push_back(std::move(*secret));
    }
}

OpenSource::~OpenSource() {
    for (std::string& secret : secrets) {
        base::wipe(secret);
    }
}

constexpr auto reread_after = std::chrono::milliseconds(400);

void Sources::reread() {
    const auto now = std::chrono::steady_clock::now();
    if (version_ >= 0 && now - read_at_ < reread_after) {
        return;
    }
    read_at_ = now;
    const auto version = admin_.version();
    if (!version || *version == version_) {
        return;
    }
    auto rows = admin_.list("webhook_source");
    if (!rows) {
        return;
    }
    version_ = *version;
    by_endpoint_.clear();
    for (const ports::AdminRow& row : *rows) {
        SourceRecord record;
        base::Problems problems;
        const auto document = base::JsonDocument::parse(row.body);
        if (document && base::read_json(document->root(), record, problems)) {
            by_endpoint_.emplace(record.endpoint,
                                 std::make_shared<const OpenSource>(record, seal_key_));
        }
    }
}

std::shared_ptr<const OpenSource> Sources::find(std::string_view endpoint) {
    const std::lock_guard lock(mutex_);
    reread();
    const auto at = by_endpoint_.find(endpoint);
    return at == by_endpoint_.end() ? nullptr : at->second;
}

std::vector<SourceRecord> Sources::of_merchant(model::MerchantNumber merchant) {
    const std::lock_guard lock(mutex_);
    reread();
    std::vector<SourceRecord> out;
    for (const auto& [endpoint, source] : by_endpoint_) {
        if (source->record.merchant == merchant) {
            out.push_back(source->record);
        }
    }
    return out;
}

std::string Sources::seal(std::string_view secret, std::string_view endpoint) const {
    return base::to_base64(base::seal(seal_key_, secret, endpoint));
}

base::Result<void> Sources::add(const SourceRecord& record) {
    ports::AdminRow row;
    row.kind = "webhook_source";
    row.name = base::to_hex(base::sha256(record.endpoint));
    row.merchant = record.merchant;
    row.body = base::to_json(record);
    if (auto added = admin_.add(row); !added) {
        return added;
    }
    auto source = std::make_shared<const OpenSource>(record, seal_key_);
    const std::lock_guard lock(mutex_);
    by_endpoint_.insert_or_assign(record.endpoint, std::move(source));
    return {};
}

void Sources::saw(std::string_view endpoint, bool signature_ok, base::Instant at) {
    const std::lock_guard lock(mutex_);
    SourceHealth& health = health_[std::string(endpoint)];
    health.last_failed = !signature_ok;
    if (signature_ok) {
        ++health.events;
        health.last_event_at = at;
    } else {
        ++health.signature_failures;
    }
}

SourceHealth Sources::health(std::string_view endpoint) {
    const std::lock_guard lock(mutex_);
    const auto at = health_.find(endpoint);
    return at == health_.end() ? SourceHealth{} : at->second;
}

}  // namespace aftermile::surface
