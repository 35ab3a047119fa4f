#include "core/names.hpp"

namespace aftermile::core {

base::Hash128 Names::hash(NameView name) const {
    base::Hash128 hash = base::hash128(name.text, key_);
    hash.high += static_cast<std::uint64_t>(name.kind);
    return hash;
}

base::Hash128 Names::bring_near(NameView name) const {
    const base::Hash128 key = hash(name);
    places_.bring_near(key);
    return key;
}

std::optional<std::span<const std::int64_t>> Names::look(const base::Hash128& name) const {
    const Place* place = places_.find(name);
    if (place == nullptr) {
        return std::nullopt;
    }
    return place->count > 1 ? std::span<const std::int64_t>(several_.at(name))
                            : std::span(&place->only, place->count);
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
        places_.erase_if([this](const base::Hash128& key, const Place& place) {
            const bool old = place.put != round_;
            if (old && place.count > 1) {
                several_.erase(key);
            }
            return old;
        });
        ++round_;
        young_ = 0;
    }
}

}  // namespace aftermile::core
