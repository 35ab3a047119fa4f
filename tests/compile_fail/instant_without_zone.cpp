// A local time is no instant: only a zone makes one of it.
// refused: could not convert
#include "base/instant.hpp"

std::int64_t stored(aftermile::base::LocalTime local) {
#ifdef SOUND
    return local.time_since_epoch().count();
#else
    return aftermile::base::microseconds_of(local);
#endif
}
