#include "connectors/registry.hpp"

#include <algorithm>

namespace aftermile::connectors {

const ports::Connector* find(std::string_view id) {
    const auto entries = all();
    const auto at = std::ranges::lower_bound(entries, id, {}, &Entry::id);
    return at != entries.end() && at->id == id ? at->connector : nullptr;
}

}  // namespace aftermile::connectors
