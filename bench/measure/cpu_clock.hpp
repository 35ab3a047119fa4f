// The processor time of the calling thread: on a busy machine it says what work costs, where the
// time on the wall says who else was there.
#pragma once

#include <ctime>

#include <chrono>

namespace aftermile::bench {

inline std::chrono::nanoseconds thread_cpu() {
    std::timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

}  // namespace aftermile::bench
