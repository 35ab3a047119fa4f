#include "surface/api/api.hpp"

#include "surface/api/actions.hpp"
#include "surface/api/idempotency.hpp"
#include "surface/api/ingest.hpp"
#include "surface/api/lists.hpp"
#include "surface/api/metering.hpp"
#include "surface/api/sources.hpp"
#include "surface/api/streams.hpp"
#include "surface/pages/tracking.hpp"

namespace aftermile::surface {

Api::Api() = default;
Api::~Api() = default;

base::Result<std::unique_ptr<Api>> Api::create(engine::Engine& engine, ApiOptions options) {
    std::unique_ptr<Api> api(new Api());
    while (options.public_url.ends_with('/')) {
        options.public_url.pop_back();
    }
    options.auth.tls = options.public_url.starts_with("https://");
    auto jobs = Jobs::start(engine.store(), options.readers);
    if (!jobs) {
        return std::unexpected(jobs.error());
    }
    api->context_ = std::make_unique<Context>(engine, std::move(options));
    api->context_->jobs = std::move(*jobs);
    api->metering_ = std::make_unique<Metering>();
    return api;
}

Router Api::router() {
    Router router;
    Context& context = *context_;
    add_ingest_routes(router, context);
    add_webhook_routes(router, context);
    add_list_routes(router, context);
    add_incident_routes(router, context);
    add_action_routes(router, context);
    add_insight_routes(router, context);
    add_why_routes(router, context);
    add_today_routes(router, context);
    add_scorecard_routes(router, context);
    add_settings_routes(router, context);
    add_session_routes(router, context);
    add_docs_routes(router, context);
    add_health_routes(router, context, *metering_);
    add_console_routes(router);
    add_tracking_routes(router, context);
    return router;
}

Router Api::operations() {
    Router router;
    add_health_routes(router, *context_, *metering_);
    return router;
}

std::function<void(const Observation&)> Api::observer() {
    return [metering = metering_.get()](const Observation& observation) {
        metering->observe(observation);
    };
}

}  // namespace aftermile::surface
