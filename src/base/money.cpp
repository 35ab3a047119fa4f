#include "base/money.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "base/check.hpp"

namespace aftermile::base {
namespace {

__extension__ using Wide = __int128;

struct CurrencyRow {
    std::array<char, 4> code;
    int exponent;
};

constexpr CurrencyRow row(const char (&code)[4], int exponent) {
    return {{code[0], code[1], code[2], '\0'}, exponent};
}

// ISO 4217 list one (six-group.com, amendments up to 179 of 2025), without metals, bond units and
// testing codes, which have no minor unit; with those that left since 2021 and that older orders
// still carry: ANG, BGN, and at the end CUC, HRK, SLL and ZWL. Checked on 2026-11-26 against the
// codes of iso-codes 4.15 and, in text/currency_test.cpp, against ICU. Stored records hold the
// position: append only, never sort.
constexpr auto currencies = std::to_array<CurrencyRow>({
    row("AED", 2), row("AFN", 2), row("ALL", 2), row("AMD", 2), row("ANG", 2), row("AOA", 2),
    row("ARS", 2), row("AUD", 2), row("AWG", 2), row("AZN", 2), row("BAM", 2), row("BBD", 2),
    row("BDT", 2), row("BGN", 2), row("BHD", 3), row("BIF", 0), row("BMD", 2), row("BND", 2),
    row("BOB", 2), row("BOV", 2), row("BRL", 2), row("BSD", 2), row("BTN", 2), row("BWP", 2),
    row("BYN", 2), row("BZD", 2), row("CAD", 2), row("CDF", 2), row("CHE", 2), row("CHF", 2),
    row("CHW", 2), row("CLF", 4), row("CLP", 0), row("CNY", 2), row("COP", 2), row("COU", 2),
    row("CRC", 2), row("CUP", 2), row("CVE", 2), row("CZK", 2), row("DJF", 0), row("DKK", 2),
    row("DOP", 2), row("DZD", 2), row("EGP", 2), row("ERN", 2), row("ETB", 2), row("EUR", 2),
    row("FJD", 2), row("FKP", 2), row("GBP", 2), row("GEL", 2), row("GHS", 2), row("GIP", 2),
    row("GMD", 2), row("GNF", 0), row("GTQ", 2), row("GYD", 2), row("HKD", 2), row("HNL", 2),
    row("HTG", 2), row("HUF", 2), row("IDR", 2), row("ILS", 2), row("INR", 2), row("IQD", 3),
    row("IRR", 2), row("ISK", 0), row("JMD", 2), row("JOD", 3), row("JPY", 0), row("KES", 2),
    row("KGS", 2), row("KHR", 2), row("KMF", 0), row("KPW", 2), row("KRW", 0), row("KWD", 3),
    row("KYD", 2), row("KZT", 2), row("LAK", 2), row("LBP", 2), row("LKR", 2), row("LRD", 2),
    row("LSL", 2), row("LYD", 3), row("MAD", 2), row("MDL", 2), row("MGA", 2), row("MKD", 2),
    row("MMK", 2), row("MNT", 2), row("MOP", 2), row("MRU", 2), row("MUR", 2), row("MVR", 2),
    row("MWK", 2), row("MXN", 2), row("MXV", 2), row("MYR", 2), row("MZN", 2), row("NAD", 2),
    row("NGN", 2), row("NIO", 2), row("NOK", 2), row("NPR", 2), row("NZD", 2), row("OMR", 3),
    row("PAB", 2), row("PEN", 2), row("PGK", 2), row("PHP", 2), row("PKR", 2), row("PLN", 2),
    row("PYG", 0), row("QAR", 2), row("RON", 2), row("RSD", 2), row("RUB", 2), row("RWF", 0),
    row("SAR", 2), row("SBD", 2), row("SCR", 2), row("SDG", 2), row("SEK", 2), row("SGD", 2),
    row("SHP", 2), row("SLE", 2), row("SOS", 2), row("SRD", 2), row("SSP", 2), row("STN", 2),
    row("SVC", 2), row("SYP", 2), row("SZL", 2), row("THB", 2), row("TJS", 2), row("TMT", 2),
    row("TND", 3), row("TOP", 2), row("TRY", 2), row("TTD", 2), row("TWD", 2), row("TZS", 2),
    row("UAH", 2), row("UGX", 0), row("USD", 2), row("USN", 2), row("UYI", 0), row("UYU", 2),
    row("UYW", 4), row("UZS", 2), row("VED", 2), row("VES", 2), row("VND", 0), row("VUV", 0),
    row("WST", 2), row("XAD", 2), row("XAF", 0), row("XCD", 2), row("XCG", 2), row("XOF", 0),
    row("XPF", 0), row("YER", 2), row("ZAR", 2), row("ZMW", 2), row("ZWG", 2), row("CUC", 2),
    row("HRK", 2), row("SLL", 2), row("ZWL", 2),
});

constexpr std::string_view code_at(std::size_t position) {
    return {currencies[position].code.data(), 3};
}

// Positions in the order of their codes, for lookup: the table itself may grow unsorted.
constexpr auto by_code = [] {
    std::array<std::uint16_t, currencies.size()> positions{};
    for (std::size_t i = 0; i < positions.size(); ++i) {
        positions[i] = static_cast<std::uint16_t>(i);
    }
    std::sort(positions.begin(), positions.end(),
              [](std::uint16_t a, std::uint16_t b) { return code_at(a) < code_at(b); });
    return positions;
}();

std::unexpected<Error> overflow() {
    return fail("overflow", "This amount is larger than can be kept.");
}

Result<std::int64_t> narrow(Wide value) {
    if (value < std::numeric_limits<std::int64_t>::min() ||
        value > std::numeric_limits<std::int64_t>::max()) {
        return overflow();
    }
    return static_cast<std::int64_t>(value);
}

// The currency of a sum. A zero without currency takes the other's; an amount without one is
// nobody's money.
Result<Currency> common_currency(Money a, Money b) {
    const Currency none;
    const bool a_is_nothing = a.currency == none && a.amount == 0;
    const bool b_is_nothing = b.currency == none && b.amount == 0;
    if (a_is_nothing) {
        if (b.currency == none && !b_is_nothing) {
            return fail("currency_mismatch", "An amount without currency cannot be added.");
        }
        return b.currency;
    }
    if (b_is_nothing && a.currency != none) {
        return a.currency;
    }
    if (a.currency != b.currency || a.currency == none) {
        return fail("currency_mismatch", "Amounts in different currencies cannot be added.");
    }
    return a.currency;
}

Wide rounded_quotient(Wide dividend, Wide divisor, Rounding rounding) {
    const Wide quotient = dividend / divisor;  // toward zero
    const Wide rest = dividend % divisor;
    if (rest == 0) {
        return quotient;
    }
    const Wide away = dividend < 0 ? quotient - 1 : quotient + 1;
    const Wide twice = (rest < 0 ? -rest : rest) * 2;
    switch (rounding) {
        case Rounding::down:
            return quotient;
        case Rounding::up:
            return away;
        case Rounding::half_up:
            return twice >= divisor ? away : quotient;
        case Rounding::half_even:
            if (twice == divisor) {
                return quotient % 2 == 0 ? quotient : away;
            }
            return twice > divisor ? away : quotient;
    }
    check(false, "a rounding is one of its enumerators");
    return quotient;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::unexpected<Error> bad_amount() {
    return fail("bad_amount", "Write an amount as 49.99: digits, a point, no symbol or grouping.");
}

}  // namespace

Result<Currency> Currency::parse(std::string_view code) {
    const auto found = std::lower_bound(
        by_code.begin(), by_code.end(), code,
        [](std::uint16_t position, std::string_view wanted) { return code_at(position) < wanted; });
    if (found == by_code.end() || code_at(*found) != code) {
        return fail("unknown_currency", "Write a currency as its ISO 4217 code, such as USD.");
    }
    return from_number(static_cast<std::uint16_t>(*found + 1));
}

std::string_view Currency::code() const {
    return index_ == 0 ? std::string_view{} : code_at(index_ - 1U);
}

int Currency::exponent() const { return index_ == 0 ? 0 : currencies[index_ - 1U].exponent; }

Result<Currency> Currency::from_number(std::uint16_t number) {
    if (number > currencies.size()) {
        return fail("unknown_currency", "A stored currency is not in the table.", {},
                    Family::internal);
    }
    Currency currency;
    currency.index_ = number;
    return currency;
}

Result<Money> Money::plus(Money other) const {
    const auto common = common_currency(*this, other);
    if (!common) {
        return std::unexpected(common.error());
    }
    const auto sum = narrow(Wide{amount} + other.amount);
    if (!sum) {
        return std::unexpected(sum.error());
    }
    return Money{*sum, *common};
}

Result<Money> Money::minus(Money other) const {
    const auto common = common_currency(*this, other);
    if (!common) {
        return std::unexpected(common.error());
    }
    const auto difference = narrow(Wide{amount} - other.amount);
    if (!difference) {
        return std::unexpected(difference.error());
    }
    return Money{*difference, *common};
}

Result<Money> Money::scaled(std::int64_t numerator, std::int64_t denominator,
                            Rounding rounding) const {
    check(denominator > 0, "a denominator is positive");
    const auto scaled = narrow(rounded_quotient(Wide{amount} * numerator, denominator, rounding));
    if (!scaled) {
        return std::unexpected(scaled.error());
    }
    return Money{*scaled, currency};
}

Result<std::vector<Money>> Money::allocate(std::span<const std::int64_t> weights) const {
    Wide total = 0;
    for (const std::int64_t weight : weights) {
        if (weight < 0) {
            return fail("bad_weights", "An amount cannot be split by a negative weight.");
        }
        total += weight;
    }
    if (total == 0) {
        return fail("bad_weights", "An amount is split by at least one positive weight.");
    }
    std::vector<Money> parts(weights.size(), Money{0, currency});
    std::vector<Wide> remainders(weights.size());
    Wide left = amount;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const Wide product = Wide{amount} * weights[i];
        const Wide rest = product % total;
        parts[i].amount = static_cast<std::int64_t>(product / total);
        remainders[i] = rest < 0 ? -rest : rest;
        left -= parts[i].amount;
    }
    std::vector<std::size_t> order(weights.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
    // What is left is less than the number of parts, each of which lost less than one unit.
    const std::int64_t unit = left < 0 ? -1 : 1;
    for (std::size_t i = 0; left != 0; ++i, left -= unit) {
        parts[order[i]].amount += unit;
    }
    return parts;
}

Result<Money> parse_decimal(std::string_view text, Currency currency) {
    const bool negative = text.starts_with('-');
    if (negative) {
        text.remove_prefix(1);
    }
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view whole = text.substr(0, point);
    std::string_view fraction;
    if (point != text.size()) {
        fraction = text.substr(point + 1);
        if (fraction.empty()) {
            return bad_amount();
        }
    }
    if (whole.empty() || !std::all_of(whole.begin(), whole.end(), is_digit) ||
        !std::all_of(fraction.begin(), fraction.end(), is_digit)) {
        return bad_amount();
    }
    const auto exponent = static_cast<std::size_t>(currency.exponent());
    if (fraction.size() > exponent &&
        fraction.find_first_not_of('0', exponent) != std::string_view::npos) {
        return fail("too_precise", "This amount has more decimals than its currency.");
    }
    Wide value = 0;
    const auto append = [&value](char digit) {
        value = value * 10 + (digit - '0');
        return value <= Wide{std::numeric_limits<std::int64_t>::max()} + 1;
    };
    for (const char digit : whole) {
        if (!append(digit)) {
            return overflow();
        }
    }
    for (std::size_t i = 0; i < exponent; ++i) {
        if (!append(i < fraction.size() ? fraction[i] : '0')) {
            return overflow();
        }
    }
    const auto amount = narrow(negative ? -value : value);
    if (!amount) {
        return std::unexpected(amount.error());
    }
    if (*amount != 0 && currency == Currency{}) {
        return fail("unknown_currency", "An amount needs a currency.");
    }
    return Money{*amount, currency};
}

std::string decimal_text(Money money) {
    const auto exponent = static_cast<std::size_t>(money.currency.exponent());
    const bool negative = money.amount < 0;
    const std::uint64_t magnitude = negative ? 0 - static_cast<std::uint64_t>(money.amount)
                                             : static_cast<std::uint64_t>(money.amount);
    std::string digits = std::to_string(magnitude);
    if (digits.size() <= exponent) {
        digits.insert(0, exponent + 1 - digits.size(), '0');
    }
    if (exponent > 0) {
        digits.insert(digits.size() - exponent, 1, '.');
    }
    return negative ? "-" + digits : digits;
}

}  // namespace aftermile::base
