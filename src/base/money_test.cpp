#include "base/money.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <numeric>
#include <set>

namespace aftermile::base {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

Currency currency(std::string_view code) { return *Currency::parse(code); }
Money usd(std::int64_t amount) { return {amount, currency("USD")}; }
Money eur(std::int64_t amount) { return {amount, currency("EUR")}; }

template <class T>
std::string code_of(const Result<T>& result) {
    return result ? std::string("accepted") : result.error().code;
}

// Any 64-bit number, the edges often.
rc::Gen<std::int64_t> any_amount() {
    return rc::gen::oneOf(rc::gen::arbitrary<std::int64_t>(),
                          rc::gen::element(least, least + 1, most, most - 1, std::int64_t{0},
                                           std::int64_t{1}, std::int64_t{-1}),
                          rc::gen::inRange<std::int64_t>(least, most));
}

TEST(Currency, codes_have_their_minor_units) {
    EXPECT_EQ(currency("USD").exponent(), 2);
    EXPECT_EQ(currency("JPY").exponent(), 0);
    EXPECT_EQ(currency("KWD").exponent(), 3);
    EXPECT_EQ(currency("CLF").exponent(), 4);
    EXPECT_EQ(currency("MGA").exponent(), 2);
    EXPECT_EQ(currency("AED").code(), "AED");
    EXPECT_EQ(currency("ZWG").code(), "ZWG");
    EXPECT_EQ(Currency{}.code(), "");
    EXPECT_EQ(Currency{}.exponent(), 0);
}

TEST(Currency, unknown_codes_are_refused) {
    for (const char* code : {"", "US", "usd", "USDX", "XXX", "XAU", "AAA", "ZZZ", "DEM"}) {
        EXPECT_EQ(code_of(Currency::parse(code)), "unknown_currency") << code;
    }
}

TEST(Currency, stored_numbers_never_move) {
    // These are in stored records: a failure here means that the table was sorted or shortened.
    EXPECT_EQ(currency("AED").number(), 1);
    EXPECT_EQ(currency("EUR").number(), 48);
    EXPECT_EQ(currency("GBP").number(), 51);
    EXPECT_EQ(currency("USD").number(), 147);
    EXPECT_EQ(currency("ZWG").number(), 167);
    EXPECT_EQ(currency("ZWL").number(), 171);
    EXPECT_EQ(code_of(Currency::from_number(172)), "unknown_currency");
    std::set<std::string_view> codes;
    for (std::uint16_t number = 1; number <= 167; ++number) {
        const auto each = Currency::from_number(number);
        ASSERT_TRUE(each);
        EXPECT_EQ(currency(each->code()).number(), number);
        codes.insert(each->code());
    }
    EXPECT_EQ(codes.size(), 167U);
}

TEST(Money, sums_keep_their_currency) {
    EXPECT_EQ(*usd(150).plus(usd(-200)), usd(-50));
    EXPECT_EQ(*usd(150).minus(usd(200)), usd(-50));
    EXPECT_EQ(*Money{}.plus(usd(5)), usd(5));
    EXPECT_EQ(*usd(5).minus(Money{}), usd(5));
    EXPECT_EQ(*Money{}.plus(Money{}), Money{});
}

TEST(Money, currencies_never_mix) {
    EXPECT_EQ(code_of(usd(1).plus(eur(1))), "currency_mismatch");
    EXPECT_EQ(code_of(usd(0).plus(eur(1))), "currency_mismatch");
    EXPECT_EQ(code_of(usd(1).minus(Money{1, {}})), "currency_mismatch");
    EXPECT_EQ(code_of(Money{}.plus(Money{1, {}})), "currency_mismatch");
    EXPECT_EQ(code_of(Money{1, {}}.plus(Money{})), "currency_mismatch");
}

RC_GTEST_PROP(Money, sums_are_exact_or_refused, ()) {
    const auto a = *any_amount();
    const auto b = *any_amount();
    const auto agree = [](const Result<Money>& result, Wide exact) {
        const bool fits = exact >= least && exact <= most;
        RC_ASSERT(result.has_value() == fits);
        RC_ASSERT((fits ? Wide{result->amount} == exact : result.error().code == "overflow"));
    };
    agree(usd(a).plus(usd(b)), Wide{a} + b);
    agree(usd(a).minus(usd(b)), Wide{a} - b);
}

TEST(Money, every_rounding_does_what_it_is_called) {
    const auto half = [](std::int64_t amount, Rounding rounding) {
        return usd(amount).scaled(1, 2, rounding)->amount;
    };
    EXPECT_EQ(half(5, Rounding::half_even), 2);  // 2.5
    EXPECT_EQ(half(7, Rounding::half_even), 4);  // 3.5
    EXPECT_EQ(half(-5, Rounding::half_even), -2);
    EXPECT_EQ(half(5, Rounding::half_up), 3);
    EXPECT_EQ(half(-5, Rounding::half_up), -3);
    EXPECT_EQ(half(5, Rounding::down), 2);
    EXPECT_EQ(half(-5, Rounding::down), -2);
    EXPECT_EQ(half(5, Rounding::up), 3);
    EXPECT_EQ(half(-5, Rounding::up), -3);
    EXPECT_EQ(usd(10).scaled(1, 3, Rounding::half_even)->amount, 3);    // 3.33
    EXPECT_EQ(usd(-11).scaled(1, 3, Rounding::half_even)->amount, -4);  // -3.67
    EXPECT_EQ(usd(1).scaled(1, 1000, Rounding::up)->amount, 1);
    EXPECT_EQ(usd(0).scaled(1, 3, Rounding::up)->amount, 0);
}

// floor(dividend / divisor) is where all four roundings start; the oracle works from there, the
// code under test from truncation.
Wide oracle(Wide dividend, Wide divisor, Rounding rounding) {
    Wide lower = dividend / divisor;
    if (lower * divisor > dividend) {
        lower -= 1;
    }
    const Wide above = dividend - lower * divisor;  // 0 <= above < divisor
    if (above == 0) {
        return lower;
    }
    const bool negative = dividend < 0;
    if (rounding == Rounding::down) {
        return negative ? lower + 1 : lower;
    }
    if (rounding == Rounding::up) {
        return negative ? lower : lower + 1;
    }
    if (above * 2 != divisor) {
        return above * 2 > divisor ? lower + 1 : lower;
    }
    if (rounding == Rounding::half_up) {
        return negative ? lower : lower + 1;
    }
    return lower % 2 == 0 ? lower : lower + 1;
}

RC_GTEST_PROP(Money, scaling_agrees_with_an_exact_oracle, ()) {
    const auto amount = *any_amount();
    const auto numerator = *any_amount();
    const auto denominator =
        *rc::gen::oneOf(rc::gen::inRange<std::int64_t>(1, 20),
                        rc::gen::inRange<std::int64_t>(1, most), rc::gen::just(most));
    const auto rounding =
        *rc::gen::element(Rounding::half_even, Rounding::half_up, Rounding::down, Rounding::up);
    const Wide exact = oracle(Wide{amount} * numerator, denominator, rounding);
    const auto scaled = usd(amount).scaled(numerator, denominator, rounding);
    const bool fits = exact >= least && exact <= most;
    RC_ASSERT(scaled.has_value() == fits);
    RC_ASSERT((fits ? Wide{scaled->amount} == exact : scaled.error().code == "overflow"));
}

TEST(Money, remaining_units_go_to_the_largest_remainders_ties_to_the_front) {
    const auto amounts = [](Money whole, std::vector<std::int64_t> weights) {
        std::vector<std::int64_t> out;
        const auto parts = whole.allocate(weights);
        for (const Money& part : *parts) {
            out.push_back(part.amount);
        }
        return out;
    };
    using Amounts = std::vector<std::int64_t>;
    EXPECT_EQ(amounts(usd(100), {1, 1, 1}), (Amounts{34, 33, 33}));
    EXPECT_EQ(amounts(usd(-100), {1, 1, 1}), (Amounts{-34, -33, -33}));
    EXPECT_EQ(amounts(usd(10), {1, 2, 1}), (Amounts{3, 5, 2}));     // 2.5 5 2.5
    EXPECT_EQ(amounts(usd(100), {0, 1, 2}), (Amounts{0, 33, 67}));  // 33.3 66.7
    EXPECT_EQ(amounts(usd(1), {0, 0, 7}), (Amounts{0, 0, 1}));
    EXPECT_EQ(code_of(usd(1).allocate(std::vector<std::int64_t>{})), "bad_weights");
    EXPECT_EQ(code_of(usd(1).allocate(std::vector<std::int64_t>{0, 0})), "bad_weights");
    EXPECT_EQ(code_of(usd(1).allocate(std::vector<std::int64_t>{2, -1})), "bad_weights");
}

RC_GTEST_PROP(Money, allocation_preserves_the_whole_and_is_fair, ()) {
    const auto amount = *any_amount();
    auto weights = *rc::gen::container<std::vector<std::int64_t>>(
        rc::gen::oneOf(rc::gen::inRange<std::int64_t>(0, 10),
                       rc::gen::inRange<std::int64_t>(0, most), rc::gen::just(most)));
    weights.push_back(*rc::gen::inRange<std::int64_t>(1, most));
    const auto parts = usd(amount).allocate(weights);
    RC_ASSERT(parts.has_value());
    RC_ASSERT(parts->size() == weights.size());
    Wide total = 0;
    for (const std::int64_t weight : weights) {
        total += weight;
    }
    Wide sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const Money part = (*parts)[i];
        sum += part.amount;
        RC_ASSERT(part.currency == usd(0).currency);
        RC_ASSERT((weights[i] != 0 || part.amount == 0));
        const Wide share = Wide{amount} * weights[i] / total;  // within one unit of the exact share
        RC_ASSERT((part.amount >= share - 1));
        RC_ASSERT((part.amount <= share + 1));
    }
    RC_ASSERT((sum == Wide{amount}));
}

TEST(Money, decimals_are_read_exactly) {
    const auto amount = [](std::string_view text, std::string_view code) {
        const auto money = parse_decimal(text, currency(code));
        return money ? std::to_string(money->amount) : money.error().code;
    };
    EXPECT_EQ(amount("49.99", "USD"), "4999");
    EXPECT_EQ(amount("-0.05", "USD"), "-5");
    EXPECT_EQ(amount("-0", "USD"), "0");
    EXPECT_EQ(amount("7", "USD"), "700");
    EXPECT_EQ(amount("7.5", "USD"), "750");
    EXPECT_EQ(amount("100.00000", "USD"), "10000");
    EXPECT_EQ(amount("100.000", "JPY"), "100");
    EXPECT_EQ(amount("1.234", "KWD"), "1234");
    EXPECT_EQ(amount("100.005", "USD"), "too_precise");
    EXPECT_EQ(amount("1.5", "JPY"), "too_precise");
    EXPECT_EQ(amount("92233720368547758.07", "USD"), std::to_string(most));
    EXPECT_EQ(amount("-92233720368547758.08", "USD"), std::to_string(least));
    EXPECT_EQ(amount("92233720368547758.08", "USD"), "overflow");
    EXPECT_EQ(amount(std::string(60, '9'), "JPY"), "overflow");
    for (const char* text : {"", "-", "+1", "--1", "1.", ".5", "1,5", "1 000", "$1", "1e2", "0x1",
                             "1.2.3", " 1", "1 ", "nan", "1.-5"}) {
        EXPECT_EQ(amount(text, "USD"), "bad_amount") << text;
    }
    EXPECT_EQ(code_of(parse_decimal("1", Currency{})), "unknown_currency");
    EXPECT_EQ(*parse_decimal("0", Currency{}), Money{});
}

TEST(Money, decimals_are_written_with_the_digits_of_the_currency) {
    EXPECT_EQ(decimal_text(usd(4999)), "49.99");
    EXPECT_EQ(decimal_text(usd(-5)), "-0.05");
    EXPECT_EQ(decimal_text(usd(0)), "0.00");
    EXPECT_EQ(decimal_text({1500, currency("JPY")}), "1500");
    EXPECT_EQ(decimal_text({7, currency("KWD")}), "0.007");
    EXPECT_EQ(decimal_text({12345, currency("CLF")}), "1.2345");
    EXPECT_EQ(decimal_text(usd(least)), "-92233720368547758.08");
}

RC_GTEST_PROP(Money, decimal_text_reads_back, ()) {
    const Currency any =
        *Currency::from_number(static_cast<std::uint16_t>(*rc::gen::inRange(1, 172)));
    const Money money{*any_amount(), any};
    const auto read = parse_decimal(decimal_text(money), any);
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == money);
}

}  // namespace
}  // namespace aftermile::base
