// Small, locale-free helpers over bytes. Nothing here knows languages: that is the text room's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aftermile::base {

// Without the blanks (space, TAB, CR, LF, VT, FF) at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);
// ASCII letters only; other bytes stay.
[[nodiscard]] std::string lower_ascii(std::string_view text);
[[nodiscard]] std::string upper_ascii(std::string_view text);
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);
// The pieces between separators, empty ones included: "a,,b" has three, "" has one.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

// Lower-case hexadecimal. Reading takes either case and refuses everything else.
[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_hex(std::string_view digits);

// RFC 4648 section 4, with padding. Reading is strict: no blanks, full padding, spare bits zero.
[[nodiscard]] std::string to_base64(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);
// RFC 4648 section 5, without padding, in tokens and URLs. As strict, and padding is refused.
[[nodiscard]] std::string to_base64url(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

// The length in bytes of the well-formed UTF-8 character that starts `text` (RFC 3629: no overlong
// forms, no surrogates, at most U+10FFFF), 0 when there is none.
[[nodiscard]] std::size_t utf8_length(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);
// The longest prefix of at most `bytes_max` bytes that does not cut a character.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max);

}  // namespace aftermile::base
