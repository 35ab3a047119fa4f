// `aftermile serve`: engine, API, pages and console in one process, until SIGINT or SIGTERM.
#pragma once

#include "app/config.hpp"

namespace aftermile::app {

// The process's exit code.
[[nodiscard]] int run_serve(const Config& config);

}  // namespace aftermile::app
