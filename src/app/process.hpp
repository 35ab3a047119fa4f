// What every command that listens and runs until it is told to stop does the same.
#pragma once

#include <signal.h>

#include "app/config.hpp"
#include "surface/http/server.hpp"

namespace aftermile::app {

// SIGINT and SIGTERM, blocked in every thread, so that one place waits for them. A file at its size
// limit is an error of the write, as a full disk is, and no reason to end.
[[nodiscard]] sigset_t block_stop_signals();

// From the setting `listen`. Code bad_config where it is not HOST:PORT.
[[nodiscard]] base::Result<surface::ServerOptions> server_options(const Config& config);

}  // namespace aftermile::app
