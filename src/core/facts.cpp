#include "core/facts.hpp"

#include <algorithm>

namespace aftermile::core {

namespace {

NameKey make_key(NameKind kind, std::string_view text) {
    NameKey key(text.size() + 1, static_cast<char>('a' + static_cast<int>(kind)));
    std::ranges::copy(text, key.begin() + 1);
    return key;
}

}  // namespace

NameKey tracking_key(std::string_view number) { return make_key(NameKind::tracking, number); }
NameKey shipment_reference_key(std::string_view reference) {
    return make_key(NameKind::shipment_reference, reference);
}
NameKey order_reference_key(std::string_view reference) {
    return make_key(NameKind::order_reference, reference);
}
NameKey customer_reference_key(std::string_view reference) {
    return make_key(NameKind::customer_reference, reference);
}
NameKey customer_email_key(std::string_view email_hash) {
    return make_key(NameKind::customer_email, email_hash);
}

std::pair<NameKind, std::string_view> parts_of(const NameKey& key) {
    return {static_cast<NameKind>(key.front() - 'a'), std::string_view(key).substr(1)};
}

void Facts::trim() {
    customers.trim();
    orders.trim();
    shipments.trim();
    incidents.trim();
    notifications.trim();
    tickets.trim();
    coverages.trim();
    claims.trim();
    contributions.trim();
    risks.trim();
    names.trim();
}

}  // namespace aftermile::core
