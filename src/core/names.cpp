#include "core/names.hpp"

namespace aftermile::core {

base::Hash128 Names::hash(NameView name) const {
    base::Hash128 hash = base::hash128(name.text, key_);
    hash.high += static_cast<std::uint64_t>(name.kind);
    return hash;
}

std::optional<std::span<const std::int64_t>> Names::look(NameView name) const {
    const auto at = places_.find(hash(name));
    if (at == places_.end()) {
        return std::nullopt;
    }
    const Place& place = at->second;
    return place.count > 1 ? std::span<const std::int64_t>(several_.at(at->first))
                           : std::span(&place.only, place.count);
}

void Names::put(NameView name, std::span<const std::int64_t> ids) {
    const base::Hash128 key = hash(name);
    Place& place = places_[key];
    if (ids.size() > 1) {
        several_[key].assign(ids.begin(), ids.end());
    } else if (place.count > 1) {
        several_.erase(key);
    }
    young_ += place.put != round_ ? 1U : 0U;
    place = {ids.empty() ? 0 : ids.front(), static_cast<std::uint32_t>(ids.size()), round_};
}

void Names::trim() {
    if (young_ > half_) {
        erase_if(places_, [this](const auto& each) {
            const bool old = each.second.put != round_;
            if (old && each.second.count > 1) {
                several_.erase(each.first);
            }
            return old;
        });
        ++round_;
        young_ = 0;
    }
}

}  // namespace aftermile::core
