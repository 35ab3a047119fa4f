// `aftermile worker`: decides for a part of the merchants of a shared PostgreSQL store, without an
// API of its own, until SIGINT or SIGTERM.
#pragma once

#include "app/config.hpp"

namespace aftermile::app {

// The process's exit code.
[[nodiscard]] int run_worker(const Config& config);

}  // namespace aftermile::app
