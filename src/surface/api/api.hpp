// Everything that the surface serves, on one router: the API, webhooks, the shopper's pages, the
// console's files and the doors of operation.
//
//   auto api = Api::create(engine, {.public_url = "https://post.shop.example"});
//   Server server({.port = 8080, .observe = (*api)->observer()}, (*api)->router());
//   ...
//   server.stop();   // then engine.stop(), whose last replies still use the Api
#pragma once

#include <memory>

#include "surface/api/context.hpp"
#include "surface/http/server.hpp"

namespace aftermile::surface {

class Metering;

class Api {
  public:
    // The engine is started already. Fails when the store gives no reader.
    [[nodiscard]] static base::Result<std::unique_ptr<Api>> create(engine::Engine& engine,
                                                                   ApiOptions options);
    ~Api();
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    [[nodiscard]] Router router();
    // Health and metrics alone.
    [[nodiscard]] Router operations();
    // For ServerOptions::observe: feeds /metrics.
    [[nodiscard]] std::function<void(const Observation&)> observer();

  private:
    Api();
    std::unique_ptr<Context> context_;
    std::unique_ptr<Metering> metering_;
};

// The groups of routes, one file each.
void add_insight_routes(Router& router, Context& context);
void add_why_routes(Router& router, Context& context);
void add_today_routes(Router& router, Context& context);
void add_settings_routes(Router& router, Context& context);
void add_scorecard_routes(Router& router, Context& context);
void add_session_routes(Router& router, Context& context);
void add_webhook_routes(Router& router, Context& context);
void add_docs_routes(Router& router, Context& context);
void add_console_routes(Router& router);
void add_health_routes(Router& router, Context& context, Metering& metering);

}  // namespace aftermile::surface
