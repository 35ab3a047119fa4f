// What texts name: tracking numbers, references and addresses, and the ids of those that bear them.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/flat_table.hpp"
#include "base/hash.hpp"

namespace aftermile::core {

// A key that is not an id: a text, and what it names. Used by whoever loads facts, too.
enum class NameKind : unsigned char {
    tracking,
    shipment_reference,
    order_reference,
    customer_reference,
    customer_email,
};
struct NameView {
    NameKind kind;
    std::string_view text;
    friend auto operator<=>(NameView, NameView) = default;
};
struct NameKey {
    NameKind kind;
    std::string text;
    explicit NameKey(NameView view) : kind(view.kind), text(view.text) {}
    // NOLINTNEXTLINE(google-explicit-constructor): looked up like the text it keeps
    operator NameView() const { return {kind, text}; }
    friend auto operator<=>(const NameKey&, const NameKey&) = default;
};
[[nodiscard]] constexpr NameView tracking_key(std::string_view number) {
    return {NameKind::tracking, number};  // a shipment's, or of a piece of it
}
[[nodiscard]] constexpr NameView shipment_reference_key(std::string_view reference) {
    return {NameKind::shipment_reference, reference};
}
[[nodiscard]] constexpr NameView order_reference_key(std::string_view reference) {
    return {NameKind::order_reference, reference};
}
[[nodiscard]] constexpr NameView customer_reference_key(std::string_view reference) {
    return {NameKind::customer_reference, reference};
}
[[nodiscard]] constexpr NameView customer_email_key(std::string_view email_hash) {
    return {NameKind::customer_email, email_hash};
}

// Names that were asked for, with the ids of whoever bears them. A name is kept as its hash, and a
// single id beside it: a look-up is one miss of the processor's cache, where the text, a list and
// its ids were three more. Holds at most about twice `half` of them, as a Shelf does.
class Names {
  public:
    // Without a key of its own whoever chooses the texts could make two of them one.
    explicit Names(std::size_t half, const base::HashKey& key = {}) : half_(half), key_(key) {}

    // The name as it is kept, on its way to the processor's cache: a look-up by that is sooner.
    [[nodiscard]] base::Hash128 bring_near(NameView name) const;
    // None when not known; otherwise the ids, ascending, which stay there until the next change.
    [[nodiscard]] std::optional<std::span<const std::int64_t>> look(NameView name) const {
        return look(hash(name));
    }
    [[nodiscard]] std::optional<std::span<const std::int64_t>> look(
        const base::Hash128& name) const;
    // Ids ascending; none: known to name nothing.
    void put(NameView name, std::span<const std::int64_t> ids);
    // Between batches only.
    void trim();

  private:
    struct Spread {
        std::uint64_t operator()(const base::Hash128& hash) const { return hash.low; }
    };
    struct Place {
        std::int64_t only = 0;    // when there is one
        std::uint32_t count = 0;  // more than one: they are among several_
        std::uint32_t put = 0;    // the round in which it was put in last; 0: never
    };
    [[nodiscard]] base::Hash128 hash(NameView name) const;

    std::size_t half_;
    base::HashKey key_;
    base::FlatTable<base::Hash128, Place, Spread> places_;
    std::unordered_map<base::Hash128, std::vector<std::int64_t>, Spread> several_;
    std::uint32_t round_ = 1;
    std::size_t young_ = 0;  // of this round
};

}  // namespace aftermile::core
