// Signing in, signing out, and who asks.
#include <fmt/format.h>

#include "surface/api/api.hpp"
#include "surface/api/views.hpp"

namespace aftermile::surface {
namespace {

struct SignInBody {
    std::string token;
    static constexpr auto fields() {
        return base::fields(base::field("token", &SignInBody::token));
    }
};

base::Instant wall_now() {
    return std::chrono::time_point_cast<base::Span>(std::chrono::system_clock::now());
}

// A page of another site can neither sign a browser in nor out.
bool refuse_other_sites(const Request& request, Responder& responder) {
    const bool from_browser = request.header("sec-fetch-site") || request.header("origin");
    if (from_browser && !Auth::is_same_site(request)) {
        responder.send_problem(403, "cross_site", "Only the console's own pages may do that.");
        return true;
    }
    return false;
}

void open_session(Context& context, Request& request, Responder responder) {
    if (refuse_other_sites(request, responder)) {
        return;
    }
    SignInBody body;
    base::Problems problems;
    auto document = read_object(request);
    if (!document) {
        responder.send(error_reply(request.request_id, document.error()));
        return;
    }
    base::require_fields(document->root(), {"token"}, problems);
    (void)base::read_json(document->root(), body, problems);
    if (!problems.empty()) {
        responder.send(invalid_reply(request.request_id, problems));
        return;
    }
    auto kept = std::make_shared<Responder>(std::move(responder));
    Jobs::Job job = [&context, kept, token = body.token](ports::StoreReader&) {
        auto cookie = context.auth.open_session(token, wall_now());
        if (!cookie) {
            kept->send_problem(401, "unauthorized",
                               "This link was used before, or is too old. Make a new one.");
            return;
        }
        Reply reply;
        reply.status = 204;
        reply.headers.emplace_back("Set-Cookie", *cookie);
        kept->send(std::move(reply));
    };
    if (!context.jobs->push(std::move(job))) {
        kept->send_problem(503, "busy", "Too many requests wait. Send it again in a moment.");
    }
}

void close_session(Context& context, Request& request, Responder responder) {
    if (refuse_other_sites(request, responder)) {
        return;
    }
    auto kept = std::make_shared<Responder>(std::move(responder));
    Jobs::Job job = [&context, kept, &request](ports::StoreReader&) {
        auto cookie = context.auth.close_session(request);
        Reply reply;
        reply.status = cookie ? 204 : 503;
        if (cookie) {
            reply.headers.emplace_back("Set-Cookie", *cookie);
        }
        kept->send(std::move(reply));
    };
    if (!context.jobs->push(std::move(job))) {
        kept->send_problem(503, "busy", "Too many requests wait. Send it again in a moment.");
    }
}

model::Mode mode_of(Records& records, const engine::MerchantRecord& merchant) {
    auto row = records.reader().get(ports::Table::merchants, merchant.number, merchant.number);
    if (row && *row) {
        auto record = base::decode<model::Merchant>((*row)->body);
        if (record && !record->modes.empty()) {
            return record->modes.back().mode;
        }
    }
    return merchant.created_mode;
}

base::Result<std::string> get_me(ReadCall& call) {
    auto merchants = call.context.auth.merchants();
    if (!merchants) {
        return std::unexpected(merchants.error());
    }
    Records records(call.context, call.reader, call.caller.merchant);
    std::string body;
    base::JsonWriter writer(body);
    writer.begin_object();
    const auto member = [&](std::string_view name, std::string_view value) {
        writer.key(name);
        writer.text(value);
    };
    member("kind", call.caller.session ? "session" : "key");
    member("name", call.caller.name);
    if (call.caller.session && call.caller.id.find('@') != std::string::npos) {
        member("email", call.caller.id);
    }
    writer.key("scopes");
    writer.begin_array();
    for (const auto& [bit, name] : {std::pair{scope::read, "read"},
                                    {scope::ingest, "ingest"},
                                    {scope::operate, "operate"},
                                    {scope::configure, "configure"},
                                    {scope::personal, "personal"}}) {
        if ((call.caller.scopes & bit) != 0) {
            writer.text(name);
        }
    }
    writer.end_array();
    if (call.caller.merchant != 0) {
        member("merchant", engine::merchant_id_text(call.caller.merchant));
    }
    writer.key("merchants");
    writer.begin_array();
    for (const engine::MerchantRecord& merchant : *merchants) {
        if (!call.caller.every_merchant && merchant.number != call.caller.merchant) {
            continue;
        }
        Out one(writer);
        one.text("id", engine::merchant_id_text(merchant.number));
        one.at("name").text(merchant.name);
        one.word("mode", mode_of(records, merchant));
    }
    writer.end_array();
    writer.key("test_clock");
    writer.boolean(call.context.options.test_clock);
    member("version", call.context.options.version);
    writer.end_object();
    return body;
}

}  // namespace

void add_session_routes(Router& router, Context& context) {
    router.add(Method::post, "/console/session", {},
               [&context](Request& request, Responder responder) {
                   open_session(context, request, std::move(responder));
               });
    router.add(Method::delete_, "/console/session", {},
               [&context](Request& request, Responder responder) {
                   close_session(context, request, std::move(responder));
               });
    add_read(router, context, {Method::get, "/v1/me", scope::read}, get_me);
}

}  // namespace aftermile::surface
