// `aftermile serve`: engine, API, pages and console in one process, until SIGINT or SIGTERM.
#pragma once

#include <cstdint>
#include <functional>

#include "app/config.hpp"
#include "app/installation.hpp"

namespace aftermile::app {

// What a command that serves adds to serving.
struct ServeHooks {
    // Where messages go when no mail server is configured; none: they stay in the outbox.
    std::function<std::unique_ptr<ports::MailTransport>()> mail{};
    // How POST /v1/test-clock moves the clock, on a thread that may wait; none: the engine does.
    std::function<base::Result<void>(Installation&, base::Instant)> advance{};
    // Called once, when the server listens: true goes on serving, false stops at once.
    std::function<base::Result<bool>(Installation&, std::uint16_t port)> listening{};
};

// The process's exit code.
[[nodiscard]] int serve(const Config& config, const ServeHooks& hooks);
[[nodiscard]] int run_serve(const Config& config);

}  // namespace aftermile::app
