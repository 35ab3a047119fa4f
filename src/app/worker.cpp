#include "app/worker.hpp"

#include <spdlog/spdlog.h>

#include <cstdio>

#include "app/process.hpp"
#include "app/slot_keeper.hpp"
#include "surface/api/api.hpp"

namespace aftermile::app {

namespace {

int refuse(const base::Error& error) {
    std::fprintf(stderr, "%s\n", error.detail.c_str());
    return 1;
}

}  // namespace

int run_worker(const Config& config) {
    const sigset_t signals = block_stop_signals();
    auto installation = open_installation(config, true, nullptr, Part::worker);
    if (!installation) {
        return refuse(installation.error());
    }
    engine::Engine& engine = *(*installation)->engine;
    if (auto started = engine.start(); !started) {
        return refuse(started.error());
    }
    auto options = server_options(config);
    // One thread reads, for /readyz.
    auto api =
        options ? surface::Api::create(engine, {.readers = 1}) : std::unexpected(options.error());
    if (!api) {
        return refuse(api.error());
    }
    surface::Server server(std::move(*options), (*api)->operations());
    if (auto started = server.start(); !started) {
        return refuse(started.error());
    }
    auto keeper = SlotKeeper::start(**installation, {.url = config.get("store")});
    if (!keeper) {
        return refuse(keeper.error());
    }
    spdlog::info("listening on port {}", server.port());
    int signal = 0;
    sigwait(&signals, &signal);
    spdlog::info("stopping");
    (*keeper)->stop_taking();
    server.stop();
    engine.stop();  // while its last messages are answered and rows written, its slots stay its own
    return 0;
}

}  // namespace aftermile::app
