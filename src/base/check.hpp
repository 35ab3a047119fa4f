// Assertions that stay on in production. For bugs only, never for input.
#pragma once

#include <source_location>

namespace aftermile::base {

[[noreturn]] void check_failed(const char* what, std::source_location where);

// Ends the process when a programmer's assumption does not hold; `what` states the assumption.
inline void check(bool holds, const char* what,
                  std::source_location where = std::source_location::current()) {
    if (!holds) [[unlikely]] {
        check_failed(what, where);
    }
}

}  // namespace aftermile::base
