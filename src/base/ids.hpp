// Identifiers: distinct types over one 63-bit integer that leads with the merchant.
//
//   value = merchant (20 bits) | number of the merchant's event (33 bits) | ordinal (10 bits)
//
// Every record's id derives from the event that created it and its ordinal among the records of
// its kind which that event created, so deciding an event again gives the same ids, an integer
// key clusters by merchant, and no random index is needed. Ids are names, never secrets.
// Text form: the kind's prefix and 13 characters of Crockford's base 32, e.g. shp_0001000000040.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace aftermile::base {

inline constexpr int id_ordinal_bits = 10;
inline constexpr int id_event_bits = 33;
inline constexpr int id_merchant_bits = 20;

// 13 characters of Crockford base 32, upper case, most significant first.
[[nodiscard]] std::string id_digits(std::int64_t value);
// The same behind the prefix of its kind.
[[nodiscard]] std::string id_text(std::string_view prefix, std::int64_t value);
// Refuses lengths, letters and values outside the range above.
[[nodiscard]] Result<std::int64_t> id_from_digits(std::string_view digits);

template <class Kind>
struct Id {
    std::int64_t value = 0;  // 0 is "no id"

    static constexpr std::string_view prefix = Kind::prefix;

    [[nodiscard]] static constexpr Id of(std::uint32_t merchant, std::uint64_t event_number,
                                         std::uint32_t ordinal) {
        return Id{static_cast<std::int64_t>(
            (static_cast<std::uint64_t>(merchant) << (id_event_bits + id_ordinal_bits)) |
            (event_number << id_ordinal_bits) | ordinal)};
    }
    [[nodiscard]] constexpr std::uint32_t merchant() const {
        return static_cast<std::uint32_t>(value >> (id_event_bits + id_ordinal_bits));
    }
    [[nodiscard]] constexpr std::uint64_t event_number() const {
        return (static_cast<std::uint64_t>(value) >> id_ordinal_bits) &
               ((std::uint64_t{1} << id_event_bits) - 1);
    }
    [[nodiscard]] constexpr explicit operator bool() const { return value != 0; }
    [[nodiscard]] std::string text() const { return id_text(prefix, value); }
    [[nodiscard]] static Result<Id> parse(std::string_view text) {
        if (!text.starts_with(prefix)) {
            return fail("wrong_id", "This id must start with " + std::string(prefix) + ".");
        }
        auto value = id_from_digits(text.substr(prefix.size()));
        if (!value) {
            return std::unexpected(value.error());
        }
        return Id{*value};
    }
    friend constexpr auto operator<=>(Id, Id) = default;
};

}  // namespace aftermile::base

template <class Kind>
struct std::hash<aftermile::base::Id<Kind>> {
    std::size_t operator()(aftermile::base::Id<Kind> id) const noexcept {
        // Neighbouring ids must not share buckets in a power-of-two table.
        auto x = static_cast<std::uint64_t>(id.value) * 0x9E3779B97F4A7C15ULL;
        return static_cast<std::size_t>(x ^ (x >> 32));
    }
};
