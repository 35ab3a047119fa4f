#include "surface/api/context.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "surface/api/idempotency.hpp"
#include "surface/api/sources.hpp"
#include "surface/api/streams.hpp"

namespace aftermile::surface {
namespace {

Reply refusal_reply(std::string_view request_id, const Auth::Refusal& refusal) {
    Reply reply = problem_reply(request_id, refusal.status, refusal.code, refusal.detail);
    if (refusal.status == 401) {
        reply.headers.emplace_back("WWW-Authenticate", "Bearer");
    }
    if (refusal.status == 429) {
        reply.headers.emplace_back("Retry-After", std::to_string(refusal.retry_after));
        reply.headers.emplace_back("RateLimit",
                                   fmt::format("\"requests\";r=0;t={}", refusal.retry_after));
    }
    return reply;
}

std::optional<Reply> unknown_query(const Request& request,
                                   const std::vector<std::string_view>& known) {
    for (const auto& [name, value] : request.query) {
        if (std::ranges::find(known, name) == known.end()) {
            const std::string detail =
                known.empty() ? fmt::format("There is no parameter {}; this route has none.", name)
                              : fmt::format("There is no parameter {}; known are {}.", name,
                                            fmt::join(known, ", "));
            return problem_reply(request.request_id, 400, "unknown_parameter", detail,
                                 {{name, "unknown_parameter", detail}});
        }
    }
    return std::nullopt;
}

}  // namespace

Context::Context(engine::Engine& engine_in, ApiOptions options_in)
    : engine(engine_in),
      options(std::move(options_in)),
      auth(engine_in.store().admin(), options.auth),
      cursor_key(base::hmac_sha256(engine_in.messages().secret, "cursor")),
      idempotency(std::make_unique<Idempotency>(engine_in.store().admin())),
      sources(std::make_unique<Sources>(
          engine_in.store().admin(),
          base::hmac_sha256(engine_in.messages().secret, "webhook secrets"))),
      streams(std::make_unique<Streams>(engine_in)) {}

Context::~Context() {
    jobs.reset();  // what waits still uses the rest
}

void Call::send(Reply reply) {
    if (!caller.rate_limit.empty()) {
        reply.headers.emplace_back("RateLimit", caller.rate_limit);
    }
    responder.send(std::move(reply));
}

void Call::send_json(int status, std::string body) { send(json_reply(status, std::move(body))); }

void Call::send_error(const base::Error& error) {
    send(error_reply(responder.request_id(), error));
}

void Call::send_problem(int status, std::string_view code, std::string_view detail,
                        const std::vector<FieldProblem>& errors) {
    send(problem_reply(responder.request_id(), status, code, detail, errors));
}

void add_operation(Router& router, Context& context, Operation operation, CallHandler handler) {
    const auto shared = std::make_shared<const Operation>(std::move(operation));
    RouteOptions options;
    options.body_max = shared->body_max;
    options.admit = [&context, shared](const Request& request) -> std::optional<Reply> {
        Caller caller;
        if (auto refused = context.auth.identify(request, shared->scope, true, caller)) {
            return refusal_reply(request.request_id, *refused);
        }
        return unknown_query(request, shared->query);
    };
    router.add(
        shared->method, shared->pattern, std::move(options),
        [&context, shared, handler = std::move(handler)](Request& request, Responder responder) {
            Call call{&request, std::move(responder), {}};
            if (auto refused = context.auth.identify(request, shared->scope, false, call.caller)) {
                call.send(refusal_reply(request.request_id, *refused));
                return;
            }
            handler(std::move(call));
        });
}

void answer_later(Context& context, Call call, ReadHandler work) {
    auto kept = std::make_shared<Call>(std::move(call));
    Jobs::Job job = [&context, kept, work = std::move(work)](ports::StoreReader& reader) {
        ReadCall read{context, reader, *kept->request, kept->caller};
        base::Result<std::string> body;
        {
            const ports::OneMoment moment(reader);
            body = work(read);
        }
        if (body) {
            kept->send_json(200, std::move(*body));
        } else {
            kept->send_error(body.error());
        }
    };
    if (!context.jobs->push(std::move(job))) {
        kept->send_problem(503, "busy", "Too many requests wait. Send it again in a moment.");
    }
}

void add_read(Router& router, Context& context, Operation operation, ReadHandler handler) {
    add_operation(router, context, std::move(operation),
                  [&context, handler = std::move(handler)](Call call) {
                      answer_later(context, std::move(call), handler);
                  });
}

namespace {

bool is_of_the_store(std::string_view code) {
    constexpr auto known = std::to_array<std::string_view>(
        {"store_failed", "store_broken", "disk_full", "fenced", "conflict", "not_storable"});
    return std::ranges::find(known, code) != known.end();
}

// Of those that may be sent again, the ones whose sentence was written for whoever sent them.
bool is_for_clients(std::string_view code) {
    constexpr auto known =
        std::to_array<std::string_view>({"busy", "stopping", "no_worker", "not_held", "too_slow",
                                         "clock_moving", "in_flight", "storage_unavailable"});
    return std::ranges::find(known, code) != known.end();
}

}  // namespace

base::Error told(std::string_view request_id, const base::Error& error) {
    const bool internal = error.family == base::Family::internal;
    if (!internal && (error.family != base::Family::retry || is_for_clients(error.code))) {
        return error;
    }
    // Nobody's data is in the store's own words; of others only the code is certain.
    spdlog::error("request {} failed: {}{}{}", request_id, error.code,
                  is_of_the_store(error.code) ? ": " : "",
                  is_of_the_store(error.code) ? error.detail : "");
    base::Error said = error;
    said.pointer.clear();
    said.detail = internal
                      ? "Something is wrong on our side; nothing was kept."
                      : "Something is wrong on our side. Send it again in a moment; what has a "
                        "reference or an Idempotency-Key is not done twice.";
    return said;
}

int status_of(const base::Error& error) {
    struct Known {
        std::string_view code;
        int status;
    };
    constexpr auto known = std::to_array<Known>({{"not_found", 404},   {"unauthorized", 401},
                                                 {"media_type", 415},  {"malformed_json", 400},
                                                 {"bad_json", 400},    {"bad_utf8", 400},
                                                 {"too_deep", 400},    {"duplicate_key", 400},
                                                 {"bad_cursor", 400},  {"bad_parameter", 400},
                                                 {"too_large", 413},   {"exists", 409},
                                                 {"conflict", 409},    {"illegal_transition", 409},
                                                 {"wrong_state", 409}, {"too_early", 409},
                                                 {"too_late", 409},    {"evidence_missing", 409},
                                                 {"clock_runs", 409},  {"clock_past", 409},
                                                 {"in_flight", 409},   {"version_conflict", 409},
                                                 {"too_slow", 503}});
    const bool refused_by_store =  // a row of ours, nothing that the client could change
        error.code == "conflict" && error.family != base::Family::rejected;
    for (const Known& each : known) {
        if (each.code == error.code && !refused_by_store) {
            return each.status;
        }
    }
    switch (error.family) {
        case base::Family::retry:
            return 503;
        case base::Family::internal:
            return 500;
        case base::Family::rejected:
        case base::Family::parked:
            break;
    }
    return 422;
}

Reply error_reply(std::string_view request_id, const base::Error& about) {
    const base::Error error = told(request_id, about);
    const int status = status_of(error);
    std::vector<FieldProblem> problems;
    if (!error.pointer.empty()) {
        problems.push_back({error.pointer, error.code, error.detail});
    }
    Reply reply = problem_reply(request_id, status, error.code, error.detail, problems);
    if (status == 503) {
        reply.headers.emplace_back("Retry-After", "1");
    }
    return reply;
}

base::Result<base::JsonDocument> read_object(const Request& request) {
    const auto type = request.header("content-type").value_or("application/json");
    const auto essence = base::trim(type.substr(0, type.find(';')));
    if (!equals_ignoring_case(essence, "application/json")) {
        return base::fail("media_type", "Send application/json.");
    }
    auto document = base::JsonDocument::parse(
        request.body, {.max_bytes = std::size_t{64} << 20, .max_depth = 64});
    if (!document) {
        auto error = document.error();
        if (error.code == "bad_json") {
            error.code = "malformed_json";
        }
        return std::unexpected(std::move(error));
    }
    if (document->root().kind() != base::JsonKind::object) {
        return base::fail("wrong_type", "The body must be one JSON object.");
    }
    return document;
}

Reply invalid_reply(std::string_view request_id, const base::Problems& problems) {
    std::vector<FieldProblem> fields;
    fields.reserve(problems.size());
    for (const base::Error& problem : problems) {
        fields.push_back({problem.pointer, problem.code, problem.detail});
    }
    const std::string detail = fields.size() == 1
                                   ? fmt::format("{}: {}", fields[0].pointer, fields[0].detail)
                                   : fmt::format("{} fields are wrong.", fields.size());
    return problem_reply(request_id, 422, "invalid", detail, fields);
}

}  // namespace aftermile::surface
