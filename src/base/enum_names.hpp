// Enumerators and their names: one spelling in code, data, API and pages.
//
//   enum class Mode : unsigned char { shadow, live };
//   template <> inline constexpr auto base::enum_names<Mode> =
//       std::to_array<std::string_view>({"shadow", "live"});
//
// Enumerators count from 0 without gaps; their order is part of stored records, so new ones are
// appended, except where a test says that the order has meaning.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace aftermile::base {

template <class E>
inline constexpr std::nullptr_t enum_names = nullptr;

template <class E>
concept NamedEnum =
    std::is_enum_v<E> && !std::same_as<decltype(enum_names<E>), const std::nullptr_t>;

template <NamedEnum E>
[[nodiscard]] constexpr std::size_t enum_count() {
    return enum_names<E>.size();
}

template <NamedEnum E>
[[nodiscard]] constexpr std::string_view to_text(E value) {
    return enum_names<E>[static_cast<std::size_t>(value)];
}

// The enumerator of that exact name, if there is one.
template <NamedEnum E>
[[nodiscard]] constexpr std::optional<E> from_text(std::string_view name) {
    for (std::size_t i = 0; i < enum_names<E>.size(); ++i) {
        if (enum_names<E>[i] == name) {
            return static_cast<E>(i);
        }
    }
    return std::nullopt;
}

}  // namespace aftermile::base
