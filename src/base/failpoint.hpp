// Places where a test may end the process as a power cut would. Unset, a failpoint costs one
// branch on a constant in memory.
//
//   AFTERMILE_FAILPOINTS=before_commit:17,inside_commit:3   kill at the n-th pass of that name
//   AFTERMILE_FAILPOINTS=inside_commit:3:stop               stop there, until SIGCONT
//   AFTERMILE_FAILPOINT_LOG=FILE                            append the name and count first
//
// Read once, when the process starts. Any thread may pass a failpoint.
#pragma once

#include <string_view>

namespace aftermile::base {

namespace detail {
extern bool failpoints_armed;
void pass_failpoint(std::string_view name);
}  // namespace detail

// When `name` is armed and this is its n-th pass, the process gets SIGKILL, and this does not
// return, or SIGSTOP.
inline void failpoint(const char* name) {
    if (detail::failpoints_armed) [[unlikely]] {
        detail::pass_failpoint(name);
    }
}

// What the environment does at start, for tests, before other threads exist. Replaces what was
// armed; an empty `points` disarms. False, and nothing armed, when `points` is malformed.
bool arm_failpoints(std::string_view points, std::string_view log_file);

}  // namespace aftermile::base
