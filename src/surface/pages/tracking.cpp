#include "surface/pages/tracking.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/embedded.hpp"
#include "base/text.hpp"
#include "engine/intake.hpp"
#include "engine/message.hpp"
#include "surface/api/ingest.hpp"
#include "surface/http/target.hpp"
#include "surface/pages/html.hpp"
#include "surface/pages/parcel.hpp"

namespace aftermile::surface {
namespace {

constexpr std::size_t form_max = std::size_t{16} << 10;

Reply page_reply(int status, std::string html) {
    Reply reply = text_reply(status, std::move(html), "text/html; charset=utf-8");
    reply.headers.emplace_back("Content-Security-Policy", page_security_policy());
    reply.headers.emplace_back("Cache-Control", "no-store");
    reply.headers.emplace_back("X-Robots-Tag", "noindex, nofollow");
    return reply;
}

// An address that we never gave out, and one whose parcel is gone: the same page.
Reply expired_page(Context& context) {
    const auto say = [&](std::string_view key) {
        return context.messages().translate("en", key).value_or("");
    };
    Html html;
    html.raw(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
            "<meta name=\"robots\" content=\"noindex, nofollow\"><title>")
        .text(say("page.not_found.title"))
        .raw(
            "</title><link rel=\"stylesheet\" href=\"/t/style.css\"></head><body>"
            "<div class=\"frame\"><main><h1>")
        .text(say("page.not_found.title"))
        .raw("</h1><p class=\"lead\">")
        .text(say("page.not_found.text"))
        .raw("</p></main></div></body></html>\n");
    return page_reply(404, html.take());
}

struct Shown {
    bool thanked = false;    // a report was just taken
    bool reporting = false;  // the form is wanted: without scripts only the server can open it
};

Reply show(Context& context, ports::StoreReader& reader, std::string_view token, Shown shown) {
    auto parcel = read_parcel(context, reader, token);
    if (!parcel) {
        return parcel.error().code == "not_found" ? expired_page(context)
                                                  : error_reply("", parcel.error());
    }
    parcel->thanked = shown.thanked;
    parcel->reporting = shown.reporting;
    return page_reply(200, render_parcel(context, *parcel));
}

Reply see_other(std::string_view token, std::string_view query) {
    Reply reply = page_reply(303, "");
    reply.headers.emplace_back("Location", fmt::format("/t/{}{}", token, query));
    return reply;
}

// The link itself is what allows a report: no cookie, so nothing for another site to ride on. A
// report that is known already changes nothing, so sending it twice does it once.
void take_report(Context& context, const std::shared_ptr<Responder>& responder,
                 const std::shared_ptr<const std::string>& token, std::string_view body,
                 ports::StoreReader& reader) {
    std::vector<std::pair<std::string, std::string>> fields;
    auto parsed = parse_form(body, fields);
    auto parcel = read_parcel(context, reader, *token);
    if (!parcel || !parcel->shipment) {
        responder->send(expired_page(context));
        return;
    }
    const auto value = [&](std::string_view name) -> std::string {
        const auto at = std::ranges::find(fields, name, [](const auto& f) { return f.first; });
        return at == fields.end() ? std::string() : at->second;
    };
    const auto kind = base::from_text<model::ReportKind>(value("kind"));
    if (!parsed || !kind) {
        responder->send(see_other(*token, "?report#report"));
        return;
    }
    engine::IntakeContext intake;
    intake.secret = context.engine.messages().secret;
    intake.merchant = parcel->merchant.number;
    intake.now = context.engine.now();
    intake.catalog = &context.catalog();
    model::Report report;
    report.kind = *kind;
    report.shipment = parcel->shipment->id;
    report.by = "shopper";
    base::Problems problems;
    const std::string words(base::utf8_prefix(value("words"), 2'000));
    auto element = engine::intake_report(std::move(report), words, {}, intake, problems);
    if (!element) {
        responder->send(see_other(*token, "?report#report"));
        return;
    }
    std::vector<Entrance> entrances(1);
    entrances[0].element = std::move(*element);
    submit_all(context, intake.merchant, std::move(entrances),
               [responder, token](const Receipts& receipts) {
                   if (const auto error = nothing_kept(receipts)) {
                       responder->send(error_reply(responder->request_id(), *error));
                       return;
                   }
                   responder->send(see_other(*token, "?sent=1"));
               });
}

Reply brand_css(std::string_view colour) {
    const std::string written = "#" + std::string(colour);
    const std::string light = readable_colour(written, false);
    const std::string dark = readable_colour(written, true);
    if (light.empty()) {
        return text_reply(404, "");
    }
    Reply reply = text_reply(
        200,
        fmt::format(
            ":root{{--accent:{}}}@media (prefers-color-scheme:dark){{:root{{--accent:{}}}}}", light,
            dark),
        "text/css; charset=utf-8");
    reply.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
    return reply;
}

}  // namespace

void add_tracking_routes(Router& router, Context& context) {
    router.add(Method::get, "/t/style.css", {}, [](Request&, Responder responder) {
        const auto* file = base::find_embedded("src/surface/pages/style.css");
        Reply reply;
        reply.content_type = "text/css; charset=utf-8";
        reply.static_body = file == nullptr ? std::string_view() : file->bytes;
        reply.headers.emplace_back("Cache-Control", "public, max-age=3600");
        responder.send(std::move(reply));
    });
    router.add(Method::get, "/t/brand/{colour}", {}, [](Request& request, Responder responder) {
        responder.send(brand_css(request.parameter("colour")));
    });
    router.add(Method::get, "/t/{token}", {}, [&context](Request& request, Responder responder) {
        auto kept = std::make_shared<Responder>(std::move(responder));
        Jobs::Job job =
            [&context, kept, token = std::string(request.parameter("token")),
             shown = Shown{request.query_value("sent").has_value(),
                           request.query_value("report").has_value()}](ports::StoreReader& reader) {
                const ports::OneMoment moment(reader);
                kept->send(show(context, reader, token, shown));
            };
        if (!context.jobs->push(std::move(job))) {
            kept->send_problem(503, "busy", "Please try again in a moment.");
        }
    });
    RouteOptions options;
    options.body_max = form_max;
    router.add(Method::post, "/t/{token}", std::move(options),
               [&context](Request& request, Responder responder) {
                   auto kept = std::make_shared<Responder>(std::move(responder));
                   auto token = std::make_shared<const std::string>(request.parameter("token"));
                   Jobs::Job job = [&context, kept, token,
                                    body = request.body](ports::StoreReader& reader) {
                       take_report(context, kept, token, body, reader);
                   };
                   if (!context.jobs->push(std::move(job))) {
                       kept->send_problem(503, "busy", "Please try again in a moment.");
                   }
               });
}

}  // namespace aftermile::surface
