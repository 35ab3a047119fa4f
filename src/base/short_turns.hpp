// How soon a thread that was waiting gets the processor on a busy machine.
#pragma once

#include <chrono>

namespace aftermile::base {

// For a thread that mostly waits, for the disk or for requests: from here on it runs in turns of
// 0.1 ms, and so as soon as it wakes rather than when another thread's turn of some 3 ms is over.
// It gets no larger share of the processor. Linux 6.12 and later; elsewhere nothing changes.
void take_short_turns();

// Of the calling thread; 0 where the kernel has one length of turns for all.
[[nodiscard]] std::chrono::nanoseconds length_of_turns();

}  // namespace aftermile::base
