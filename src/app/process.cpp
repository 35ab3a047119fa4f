#include "app/process.hpp"

#include <spdlog/spdlog.h>

#include <charconv>

namespace aftermile::app {

sigset_t block_stop_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    ::signal(SIGXFSZ, SIG_IGN);
    return signals;
}

base::Result<surface::ServerOptions> server_options(const Config& config) {
    const std::string& listen = config.get("listen");
    const std::size_t colon = listen.rfind(':');
    surface::ServerOptions options;
    if (colon == std::string::npos) {
        return base::fail("bad_config", "listen must be HOST:PORT.");
    }
    options.host = listen.substr(0, colon);
    if (options.host.starts_with('[') && options.host.ends_with(']')) {
        options.host = options.host.substr(1, options.host.size() - 2);
    }
    const char* end = listen.data() + listen.size();
    if (std::from_chars(listen.data() + colon + 1, end, options.port).ptr != end) {
        return base::fail("bad_config", "listen must be HOST:PORT.");
    }
    options.on_fault = [](std::string_view what, std::string_view request_id) {
        spdlog::error("a handler failed, request {}: {}", request_id, what);
    };
    return options;
}

}  // namespace aftermile::app
