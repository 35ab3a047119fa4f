#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace aftermile::base {

void check_failed(const char* what, std::source_location where) {
    // stderr and nothing else: a broken assumption may include the logger's.
    std::fprintf(stderr, "aftermile: broken assumption: %s\n  at %s:%u in %s\n", what,
                 where.file_name(), static_cast<unsigned>(where.line()), where.function_name());
    std::fflush(stderr);
    std::abort();
}

}  // namespace aftermile::base
