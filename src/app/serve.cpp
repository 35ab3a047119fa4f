#include "app/serve.hpp"

#include <signal.h>
#include <spdlog/spdlog.h>

#include <cstdio>

#include "app/installation.hpp"

namespace aftermile::app {

namespace {

// Blocked in every thread, so that one place waits for them.
sigset_t block_stop_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return signals;
}

}  // namespace

int run_serve(const Config& config) {
    const sigset_t signals = block_stop_signals();
    auto installation = open_installation(config, true);
    if (!installation) {
        std::fprintf(stderr, "%s\n", installation.error().detail.c_str());
        return 1;
    }
    if (auto started = (*installation)->engine->start(); !started) {
        std::fprintf(stderr, "%s\n", started.error().detail.c_str());
        return 1;
    }
    spdlog::info("engine started");
    // The API, pages and console are started here, with the installation as their world.
    int signal = 0;
    sigwait(&signals, &signal);
    spdlog::info("stopping");
    (*installation)->engine->stop();
    return 0;
}

}  // namespace aftermile::app
