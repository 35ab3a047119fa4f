// Raw webhooks, and the addresses that they come in at.
#include <fmt/format.h>

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "engine/intake.hpp"
#include "surface/api/actions.hpp"
#include "surface/api/api.hpp"
#include "surface/api/ingest.hpp"
#include "surface/api/lists.hpp"
#include "surface/api/sources.hpp"
#include "surface/api/streams.hpp"

namespace aftermile::surface {
namespace {

constexpr std::size_t webhook_body_max = std::size_t{256} << 10;
constexpr std::size_t endpoint_bytes = 18;

const ports::Connector* find_connector(const Context& context, std::string_view id) {
    for (const ports::Connector* connector : context.options.connectors) {
        if (connector->id() == id) {
            return connector;
        }
    }
    return nullptr;
}

ports::WebhookHeaders headers_of(const Request& request) {
    ports::WebhookHeaders out;
    for (const auto& header : request.headers) {
        out.all.emplace_back(base::lower_ascii(header.name), std::string(header.value));
    }
    return out;
}

base::Result<engine::Element> take(
    std::variant<model::Scan, model::OrderInput, model::ShipmentInput>& input,
    const engine::IntakeContext& intake, base::Problems& problems) {
    if (auto* scan = std::get_if<model::Scan>(&input)) {
        return engine::intake_scan(std::move(*scan), intake, problems);
    }
    if (const auto* order = std::get_if<model::OrderInput>(&input)) {
        return engine::intake_order(*order, intake, problems);
    }
    return engine::intake_shipment(std::get<model::ShipmentInput>(input), intake, problems);
}

std::vector<Entrance> take_all(Context& context, const SourceRecord& source,
                               ports::Parsed& parsed) {
    engine::IntakeContext intake;
    intake.secret = context.engine.messages().secret;
    intake.merchant = source.merchant;
    intake.now = context.engine.now();
    intake.catalog = &context.catalog();
    std::vector<Entrance> out;
    for (auto& input : parsed.inputs) {
        base::Problems problems;
        Entrance& entrance = out.emplace_back();
        auto element = take(input, intake, problems);
        if (element) {
            entrance.element = std::move(*element);
            continue;
        }
        for (const base::Error& problem : problems) {
            entrance.problems.push_back({problem.pointer, problem.code, problem.detail});
        }
        if (problems.empty()) {
            entrance.problems.push_back(
                {element.error().pointer, element.error().code, element.error().detail});
        }
    }
    return out;
}

void take_webhook(Context& context, Request& request, Responder responder) {
    const auto source = context.sources->find(request.parameter("endpoint"));
    const ports::Connector* connector =
        source && source->record.source == request.parameter("source")
            ? find_connector(context, source->record.source)
            : nullptr;
    if (connector == nullptr) {
        responder.send_problem(404, "not_found", "There is no such address for webhooks.");
        return;
    }
    if (source->secrets.empty()) {
        responder.send_problem(500, "secret_lost", "The secret of this address cannot be read.");
        return;
    }
    const ports::WebhookHeaders headers = headers_of(request);
    const base::Instant now = context.engine.now();
    const auto genuine = connector->authenticate(headers, request.body, source->secrets);
    context.sources->saw(source->record.endpoint, genuine.has_value(), now);
    if (!genuine) {
        responder.send_problem(401, "bad_signature", genuine.error().detail);
        return;
    }
    auto parsed = connector->parse(headers, request.body, context.catalog());
    if (!parsed) {
        responder.send(error_reply(request.request_id, parsed.error()));
        return;
    }
    auto kept = std::make_shared<Responder>(std::move(responder));
    submit_all(context, source->record.merchant, take_all(context, source->record, *parsed),
               [kept](const Receipts& receipts) {
                   if (const auto error = nothing_kept(receipts)) {
                       kept->send(error_reply(kept->request_id(), *error));
                       return;
                   }
                   kept->send(json_reply(202, accepted_json(kept->request_id(), receipts)));
               });
}

// ---- the addresses ----

struct SourceBody {
    std::string source, secret;
    std::optional<std::string> name;
    static constexpr auto fields() {
        return base::fields(base::field("source", &SourceBody::source),
                            base::field("secret", &SourceBody::secret),
                            base::field("name", &SourceBody::name));
    }
};

void write_source(base::JsonWriter& writer, Context& context, const SourceRecord& record) {
    const SourceHealth health = context.sources->health(record.endpoint);
    Out out(writer);
    out.text("source", record.source);
    out.text("endpoint", record.endpoint);
    out.text("url", fmt::format("{}/v1/webhooks/{}/{}", context.options.public_url, record.source,
                                record.endpoint));
    out.text("name", record.name);
    constexpr auto quiet_after = std::chrono::hours(24);
    const bool quiet =
        health.last_event_at && context.engine.now() - *health.last_event_at > quiet_after;
    out.text("state", health.last_failed      ? "failing"
                      : !health.last_event_at ? "waiting"
                      : quiet                 ? "quiet"
                                              : "healthy");
    out.instant("last_event_at", health.last_event_at);
    out.integer("events", health.events);
    out.integer("signature_failures", health.signature_failures);
    out.instant("created_at", record.created_at);
}

void add_source(Context& context, Call call) {
    SourceBody body;
    base::Problems problems;
    auto document = read_object(*call.request);
    if (!document) {
        call.send_error(document.error());
        return;
    }
    base::require_fields(document->root(), {"source", "secret"}, problems);
    (void)base::read_json(document->root(), body, problems);
    if (problems.empty() && find_connector(context, body.source) == nullptr) {
        std::vector<std::string_view> known;
        for (const ports::Connector* connector : context.options.connectors) {
            known.push_back(connector->id());
        }
        problems.push_back({"bad_value",
                            fmt::format("There is no connector {}; known are {}.", body.source,
                                        fmt::join(known, ", ")),
                            "/source"});
    }
    if (problems.empty() && body.secret.empty()) {
        problems.push_back({"missing", "This field is required.", "/secret"});
    }
    if (!problems.empty()) {
        call.send(invalid_reply(call.responder.request_id(), problems));
        return;
    }
    SourceRecord record;
    record.endpoint = base::to_base64url(base::random_bytes(endpoint_bytes));
    record.source = body.source;
    record.name = body.name.value_or("");
    record.sealed_secret = context.sources->seal(body.secret, record.endpoint);
    record.merchant = call.caller.merchant;
    record.created_at = context.engine.now();
    base::wipe(body.secret);
    auto kept = std::make_shared<Call>(std::move(call));
    Jobs::Job job = [&context, kept, record](ports::StoreReader&) {
        if (auto added = context.sources->add(record); !added) {
            kept->send_error(added.error());
            return;
        }
        std::string out;
        base::JsonWriter writer(out);
        write_source(writer, context, record);
        context.streams->tell(record.merchant, "source", record.endpoint);
        kept->send_json(201, std::move(out));
    };
    if (!context.jobs->push(std::move(job))) {
        kept->send_problem(503, "busy", "Too many requests wait. Send it again in a moment.");
    }
}

}  // namespace

void add_webhook_routes(Router& router, Context& context) {
    RouteOptions options;
    options.body_max = webhook_body_max;
    router.add(Method::post, "/v1/webhooks/{source}/{endpoint}", std::move(options),
               [&context](Request& request, Responder responder) {
                   take_webhook(context, request, std::move(responder));
               });
    add_operation(router, context, {Method::post, "/v1/webhook-sources", scope::configure},
                  [&context](Call call) { add_source(context, std::move(call)); });
    add_read(router, context,
             {Method::get, "/v1/webhook-sources", scope::read, {"limit", "cursor"}},
             [](ReadCall& call) {
                 const auto sources = call.context.sources->of_merchant(call.caller.merchant);
                 return page_of(call, sources.size(),
                                [&](base::JsonWriter& writer, std::size_t i) -> Written {
                                    write_source(writer, call.context, sources[i]);
                                    return {};
                                });
             });
}

}  // namespace aftermile::surface
