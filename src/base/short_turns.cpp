#include "base/short_turns.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace aftermile::base {

namespace {

constexpr std::uint64_t turn_nanoseconds = 100'000;  // the least that the kernel accepts

// As in linux/sched/types.h, first version, which cannot be included beside Debian 12's sched.h;
// nor has that C library functions for the two calls.
struct Attributes {
    std::uint32_t size = sizeof(Attributes);
    std::uint32_t policy = 0;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime = 0, deadline = 0, period = 0;
};

bool read(Attributes& attributes) {
    return syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) == 0;
}

}  // namespace

void take_short_turns() {
    Attributes attributes;
    if (read(attributes)) {
        attributes.runtime = turn_nanoseconds;
        syscall(SYS_sched_setattr, 0, &attributes, 0);
    }
}

std::chrono::nanoseconds length_of_turns() {
    Attributes attributes;
    return std::chrono::nanoseconds(read(attributes) ? attributes.runtime : 0);
}

}  // namespace aftermile::base
