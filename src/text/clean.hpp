// Text from outside made harmless: for one line of text, for HTML, for colours on a page.
#pragma once

#include <string>
#include <string_view>

namespace aftermile::text {

// One line of valid UTF-8: bytes that are not UTF-8 become U+FFFD; line breaks, tabs and other
// control characters become one blank; characters that turn the writing direction or show
// nothing (U+200B, U+202A..202E, U+2066..2069, U+FEFF) go. Nothing at either end.
[[nodiscard]] std::string one_line(std::string_view text);

// Without blanks, tabs and line ends at either end.
[[nodiscard]] std::string_view trimmed(std::string_view text);

// For element content and quoted attributes.
[[nodiscard]] std::string html_escape(std::string_view text);

// An absolute http or https address without blanks, quotes, angle brackets or control characters.
[[nodiscard]] bool is_web_address(std::string_view text);

// "#1a2b3c" or "#abc" in lower case with six digits; anything else gives `fallback`.
[[nodiscard]] std::string colour_or(std::string_view text, std::string_view fallback);

// Contrast of two "#rrggbb" colours after WCAG 2.2, 1 to 21.
[[nodiscard]] double contrast(std::string_view one, std::string_view other);

// Black or white, whichever reads better on `background`: always 4.5 or more.
[[nodiscard]] std::string ink_on(std::string_view background);

// `colour`, darkened or lightened in small steps until it reads on `background` with 4.5 or more.
[[nodiscard]] std::string readable_on(std::string_view colour, std::string_view background);

}  // namespace aftermile::text
