// Whose timers a table's column `due` holds, for those who write it and those who read it.
#pragma once

#include <optional>

#include "model/event.hpp"
#include "ports/schema.hpp"

namespace aftermile::ports {

// Nothing for a table without timers.
[[nodiscard]] std::optional<model::Subject> subject_with_due(Table table);

}  // namespace aftermile::ports
