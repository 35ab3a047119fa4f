// The templating language behind one door (internal to this room).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "text/fields.hpp"

namespace aftermile::text {

struct Tag {
    enum class Kind : unsigned char { variable, section, inverted, end };
    Kind kind;
    std::string name;
};

// All tags in order. `bad_template` for what we do not allow (partials, unescaped tags, other
// delimiters), for a tag that is not closed and for sections that do not nest.
[[nodiscard]] base::Result<std::vector<Tag>> tags_of(std::string_view source);

// The first variable that would leave a hole, if any.
[[nodiscard]] base::Result<void> require_fields(const std::vector<Tag>& tags, const Merge& merge);

enum class Escape : unsigned char { none, html };

// `raw` are values that are already HTML, for {{{name}}} in the layout only.
[[nodiscard]] base::Result<std::string> fill(const std::string& source, const Merge& merge,
                                             Escape escape, const Merge& raw = {});

}  // namespace aftermile::text
