// Money: minor units of a currency in 64 bits. Sums that would overflow or mix currencies are
// errors, never wrapped or converted; every rounding is named at its call.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace aftermile::base {

// ISO 4217. Unknown codes are refused by `Currency::parse`.
class Currency {
  public:
    constexpr Currency() = default;  // "no currency": only a zero amount may carry it
    [[nodiscard]] static Result<Currency> parse(std::string_view code);
    [[nodiscard]] std::string_view code() const;  // "" for none
    // Digits after the decimal point: 2 for USD, 0 for JPY, 3 for KWD.
    [[nodiscard]] int exponent() const;
    [[nodiscard]] constexpr std::uint16_t number() const { return index_; }  // stored form
    [[nodiscard]] static Result<Currency> from_number(std::uint16_t number);
    friend constexpr auto operator<=>(Currency, Currency) = default;

  private:
    std::uint16_t index_ = 0;  // position in the table of money.cpp plus one; append only
};

enum class Rounding : unsigned char { half_even, half_up, down, up };  // up: away from zero

struct Money {
    std::int64_t amount = 0;  // minor units
    Currency currency;

    [[nodiscard]] Result<Money> plus(Money other) const;  // codes: currency_mismatch, overflow
    [[nodiscard]] Result<Money> minus(Money other) const;
    // amount * numerator / denominator with a 128-bit intermediate; denominator > 0.
    [[nodiscard]] Result<Money> scaled(std::int64_t numerator, std::int64_t denominator,
                                       Rounding rounding) const;
    // Splits by weights (none negative, some positive) so that the parts sum to the whole
    // exactly; the remaining minor units go to the largest remainders, ties to the front.
    [[nodiscard]] Result<std::vector<Money>> allocate(std::span<const std::int64_t> weights) const;
    [[nodiscard]] bool is_zero() const { return amount == 0; }
    friend bool operator==(const Money&, const Money&) = default;
};

// "49.99" with `exponent` digits; refuses more digits than the currency has unless they are
// zeroes ("100.00000" is fine), signs other than one leading minus, and overflow.
[[nodiscard]] Result<Money> parse_decimal(std::string_view text, Currency currency);
// "49.99" (no symbol, a point, no grouping).
[[nodiscard]] std::string decimal_text(Money money);

}  // namespace aftermile::base
