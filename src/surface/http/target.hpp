// The request target: split, decoded once, refused when it could be read in two ways.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace aftermile::surface {

struct Target {
    std::string path;                   // "/" and the segments joined by '/'
    std::vector<std::string> segments;  // each decoded on its own: a segment may hold a '/'
    std::vector<std::pair<std::string, std::string>> query;
};

// Accepts origin form ("/a/b?c=d") and absolute form ("http://host/a"). One slash at the end is
// dropped. Refuses dot segments (also encoded), broken escapes, control characters, a fragment
// and more than 256 segments or query parameters.
[[nodiscard]] base::Result<void> parse_target(std::string_view raw, Target& target);

// Decodes %XX, and '+' as a space when `plus_is_space` (query strings and forms).
[[nodiscard]] base::Result<std::string> percent_decode(std::string_view text, bool plus_is_space);

// Decodes "a=1&b=2", of a query string or a form body, into `fields`.
[[nodiscard]] base::Result<void> parse_form(
    std::string_view text, std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace aftermile::surface
