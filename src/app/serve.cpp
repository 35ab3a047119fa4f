#include "app/serve.hpp"

#include <spdlog/spdlog.h>

#include <cstdio>

#include "app/installation.hpp"
#include "app/process.hpp"
#include "connectors/registry.hpp"
#include "surface/api/api.hpp"

namespace aftermile::app {

namespace {

base::Result<std::unique_ptr<surface::Api>> make_api(const Config& config,
                                                     Installation& installation,
                                                     const ServeHooks& hooks) {
    surface::ApiOptions options;
    options.public_url = installation.public_url;
    options.test_clock = !config.get("test_clock").empty();
    if (hooks.advance) {
        options.advance = [&installation, &hooks](base::Instant target) {
            return hooks.advance(installation, target);
        };
    }
    for (const connectors::Entry& entry : connectors::all()) {
        options.connectors.push_back(entry.connector);
    }
    return surface::Api::create(*installation.engine, std::move(options));
}

}  // namespace

int run_serve(const Config& config) { return serve(config, {}); }

int serve(const Config& config, const ServeHooks& hooks) {
    const sigset_t signals = block_stop_signals();
    auto installation = open_installation(config, true, hooks.mail ? hooks.mail() : nullptr,
                                          config.get("api_only") == "true" ? Part::api : Part::all);
    if (!installation) {
        std::fprintf(stderr, "%s\n", installation.error().detail.c_str());
        return 1;
    }
    if (auto started = (*installation)->engine->start(); !started) {
        std::fprintf(stderr, "%s\n", started.error().detail.c_str());
        return 1;
    }
    spdlog::info("engine started");
    auto options = server_options(config);
    auto api = make_api(config, **installation, hooks);
    if (!options || !api) {
        std::fprintf(stderr, "%s\n", (!options ? options.error() : api.error()).detail.c_str());
        return 1;
    }
    options->observe = (*api)->observer();
    surface::Server server(std::move(*options), (*api)->router());
    if (auto started = server.start(); !started) {
        std::fprintf(stderr, "%s\n", started.error().detail.c_str());
        return 1;
    }
    spdlog::info("listening on port {}", server.port());
    base::Result<bool> ready = true;
    if (hooks.listening) {
        ready = hooks.listening(**installation, server.port());
    }
    if (!ready) {
        std::fprintf(stderr, "%s\n", ready.error().detail.c_str());
    } else if (*ready) {
        int signal = 0;
        sigwait(&signals, &signal);
    }
    spdlog::info("stopping");
    server.stop();
    (*installation)->engine->stop();  // its last replies still use the API
    return ready ? 0 : 1;
}

}  // namespace aftermile::app
