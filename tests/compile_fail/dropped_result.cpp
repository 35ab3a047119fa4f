// A result that may be an error is not dropped silently.
// refused: ignoring return value
#pragma GCC diagnostic error "-Wunused-result"
#include "base/instant.hpp"

void read_time() {
#ifdef SOUND
    const auto time = aftermile::base::parse_instant("2026-01-05T08:00:00Z");
    static_cast<void>(time);
#else
    aftermile::base::parse_instant("2026-01-05T08:00:00Z");
#endif
}
