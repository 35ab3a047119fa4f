#include "surface/api/api.hpp"
#include "surface/api/metering.hpp"

namespace aftermile::surface {

void add_health_routes(Router& router, Context& context, Metering& metering) {
    router.add(Method::get, "/livez", {},
               [](Request&, Responder responder) { responder.send(text_reply(200, "ok\n")); });
    // Ready when a job's thread reads the store.
    router.add(Method::get, "/readyz", {}, [&context](Request&, Responder responder) {
        auto kept = std::make_shared<Responder>(std::move(responder));
        Jobs::Job job = [kept](ports::StoreReader& reader) {
            ports::Query query;
            query.table = ports::Table::merchants;
            query.merchant = 1;
            query.limit = 1;
            if (auto rows = reader.list(query)) {
                kept->send(text_reply(200, "ok\n"));
            } else {
                kept->send_problem(503, rows.error().code, "The store cannot be read.");
            }
        };
        if (!context.jobs->push(std::move(job))) {
            kept->send_problem(503, "busy", "Too many requests wait.");
        }
    });
    router.add(Method::get, "/metrics", {}, [&](Request&, Responder responder) {
        responder.send(text_reply(200, metering.text(context.engine.metrics()),
                                  "text/plain; version=0.0.4; charset=utf-8"));
    });
}

}  // namespace aftermile::surface
