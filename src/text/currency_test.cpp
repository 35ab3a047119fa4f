// The table of currencies in base/money.cpp, held to ICU's, which comes from elsewhere.
#include <gtest/gtest.h>
#include <unicode/uclean.h>
#include <unicode/ucurr.h>
#include <unicode/uenum.h>

#include <map>
#include <set>
#include <string>

#include "base/money.hpp"

namespace aftermile::text {
namespace {

// 2026-01-01, in ICU's milliseconds.
constexpr UDate this_year = 1'767'225'600'000.0;

struct IcuCurrency {
    int digits = 0;
    bool in_use = false;
};

std::map<std::string, IcuCurrency> icu_currencies() {
    std::map<std::string, IcuCurrency> found;
    UErrorCode status = U_ZERO_ERROR;
    UEnumeration* codes = ucurr_openISOCurrencies(UCURR_ALL, &status);
    while (const char* code = uenum_next(codes, nullptr, &status)) {
        const std::u16string wide(code, code + 3);
        UErrorCode each = U_ZERO_ERROR;
        found[code] = {ucurr_getDefaultFractionDigits(wide.c_str(), &each),
                       ucurr_isAvailable(wide.c_str(), this_year, this_year, &each) != 0};
    }
    uenum_close(codes);
    return found;
}

std::map<std::string, int> our_currencies() {
    std::map<std::string, int> found;
    for (std::uint16_t number = 1; const auto currency = base::Currency::from_number(number);
         ++number) {
        found[std::string(currency->code())] = currency->exponent();
    }
    return found;
}

// ICU counts the digits that people still use, ISO 4217 those that amounts are exchanged with: in
// these the coins of the minor unit are gone and the minor unit is not.
const std::map<std::string, int> digits_by_iso{
    {"AFN", 2}, {"ALL", 2}, {"IQD", 3}, {"IRR", 2}, {"KPW", 2}, {"LAK", 2}, {"LBP", 2},
    {"MGA", 2}, {"MMK", 2}, {"RSD", 2}, {"SLL", 2}, {"SOS", 2}, {"SYP", 2}, {"YER", 2}};

TEST(Currencies, minor_units_are_those_of_iso_4217) {
    const auto known = icu_currencies();
    int compared = 0;
    for (const auto& [code, digits] : our_currencies()) {
        const auto named = digits_by_iso.find(code);
        const auto theirs = known.find(code);
        if (named != digits_by_iso.end()) {
            EXPECT_EQ(digits, named->second) << code;
        } else if (theirs != known.end()) {  // the newest are not in every ICU
            EXPECT_EQ(digits, theirs->second.digits) << code;
            ++compared;
        }
    }
    EXPECT_GT(compared, 150);
}

TEST(Currencies, every_currency_in_use_is_known) {
    // Metals, units of account, bonds and testing have no minor unit; CNH is no code of ISO 4217.
    const std::set<std::string> without{"CNH", "XAG", "XAU", "XBA", "XBB", "XBC", "XBD",
                                        "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX"};
    const auto ours = our_currencies();
    for (const auto& [code, each] : icu_currencies()) {
        if (each.in_use) {
            EXPECT_NE(ours.contains(code), without.contains(code)) << code;
        }
    }
}

}  // namespace
}  // namespace aftermile::text
