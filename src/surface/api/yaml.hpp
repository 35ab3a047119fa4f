// The part of YAML that openapi/aftermile.yaml is written in, as JSON: block and flow maps and
// lists, plain, quoted and literal scalars. No anchors, tags or several documents.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace aftermile::surface {

// Code `bad_yaml`, naming the line.
[[nodiscard]] base::Result<std::string> yaml_to_json(std::string_view yaml);

}  // namespace aftermile::surface
