#include "base/ids.hpp"

#include <algorithm>

namespace aftermile::base {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t digit_count = 13;  // 65 bits, so the first digit is 0 to 7
constexpr unsigned char not_a_digit = 0xFF;

constexpr auto digit_values = [] {
    std::array<unsigned char, 256> values{};
    values.fill(not_a_digit);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        values[static_cast<unsigned char>(alphabet[i])] = static_cast<unsigned char>(i);
    }
    return values;
}();

}  // namespace

std::string id_digits(std::int64_t value) { return id_text({}, value); }

std::string id_text(std::string_view prefix, std::int64_t value) {
    std::string out(prefix.size() + digit_count, '0');
    std::ranges::copy(prefix, out.begin());
    auto left = static_cast<std::uint64_t>(value);
    for (std::size_t i = out.size(); i-- > prefix.size(); left >>= 5) {
        out[i] = alphabet[left & 31];
    }
    return out;
}

Result<std::int64_t> id_from_digits(std::string_view digits) {
    // One spelling per id: lower case and the look-alikes I, L, O are refused, not mended.
    if (digits.size() != digit_count) {
        return fail("bad_id", "An id has 13 characters after its prefix.");
    }
    std::uint64_t value = 0;
    for (const char each : digits) {
        const unsigned char digit = digit_values[static_cast<unsigned char>(each)];
        if (digit == not_a_digit) {
            return fail("bad_id", "An id has only digits and capital letters without I, L, O, U.");
        }
        if ((value >> 58) != 0) {
            return fail("bad_id", "This id is larger than any id can be.");
        }
        value = (value << 5) | digit;
    }
    if (value == 0) {
        return fail("bad_id", "An id of only zeroes names nothing.");
    }
    return static_cast<std::int64_t>(value);
}

}  // namespace aftermile::base
