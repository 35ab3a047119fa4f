// `aftermile bench bare`, the baseline of `bench webhooks`: the HTTP server of `serve` with nothing
// behind it. A webhook's body is read and answered with what an accepted one gets.
#include <fmt/format.h>

#include <csignal>
#include <cstdio>

#include "app/bench.hpp"
#include "surface/http/server.hpp"

namespace aftermile::app {

int bench_bare(const BenchArguments& arguments) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    surface::Router router;
    surface::RouteOptions options;
    options.body_max = std::size_t{256} << 10;  // as of webhooks
    router.add(surface::Method::post, "/v1/webhooks/{source}/{endpoint}", std::move(options),
               [](surface::Request&, surface::Responder responder) {
                   responder.send(
                       surface::json_reply(202, R"({"accepted":1,"duplicates":0,"parked":[]})"));
               });
    router.add(surface::Method::get, "/readyz", {},
               [](surface::Request&, surface::Responder responder) {
                   responder.send(surface::text_reply(200, "ok\n"));
               });
    surface::ServerOptions server_options;
    server_options.port = arguments.port;
    surface::Server server(std::move(server_options), std::move(router));
    if (auto started = server.start(); !started) {
        fmt::print(stderr, "bench bare: {}\n", started.error().detail);
        return 1;
    }
    int signal = 0;
    sigwait(&signals, &signal);
    server.stop();
    return 0;
}

}  // namespace aftermile::app
