#include "surface/pages/tracking.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/embedded.hpp"
#include "base/text.hpp"
#include "engine/intake.hpp"
#include "engine/message.hpp"
#include "surface/api/ingest.hpp"
#include "surface/api/timeline.hpp"
#include "surface/http/target.hpp"
#include "surface/pages/html.hpp"
#include "text/format.hpp"
#include "text/sentences.hpp"

namespace aftermile::surface {
namespace {

constexpr std::size_t scans_shown = 6;
constexpr std::size_t form_max = std::size_t{16} << 10;

// Everything that the page says, read once.
struct Parcel {
    engine::MerchantRecord merchant;
    std::optional<model::Order> order;
    std::optional<model::Shipment> shipment;
    std::optional<model::Incident> incident;  // open
    std::vector<Entry> scans;                 // oldest first
    std::string locale, city, token;
    const base::Zone* zone = nullptr;
    base::Instant now;
    bool thanked = false, reporting = false;
};

// ---- what is known ----

Written read_order(Records& records, Parcel& parcel, std::int64_t id) {
    auto order = records.get<model::Order>(id);
    if (!order) {
        return std::unexpected(order.error());
    }
    parcel.order = std::move(*order);
    return {};
}

Written read_subject(Records& records, Parcel& parcel, std::int64_t id) {
    auto shipment = records.get<model::Shipment>(id);
    if (!shipment) {
        return std::unexpected(shipment.error());
    }
    if (!*shipment) {
        auto read = read_order(records, parcel, id);
        if (read && parcel.order && !parcel.order->shipments.empty()) {
            auto latest = records.get<model::Shipment>(parcel.order->shipments.back().value);
            if (!latest) {
                return std::unexpected(latest.error());
            }
            parcel.shipment = std::move(*latest);
        }
        return read;
    }
    parcel.shipment = std::move(*shipment);
    return read_order(records, parcel, parcel.shipment->order.value);
}

Written read_incident(Records& records, Parcel& parcel) {
    const model::IncidentId id = parcel.shipment && parcel.shipment->incident
                                     ? parcel.shipment->incident
                                 : parcel.order ? parcel.order->incident
                                                : model::IncidentId{};
    auto incident = records.get<model::Incident>(id.value);
    if (!incident) {
        return std::unexpected(incident.error());
    }
    if (*incident && !(*incident)->closed_at) {
        parcel.incident = std::move(*incident);
    }
    return {};
}

void read_place(Records& records, Parcel& parcel) {
    const model::Catalog& catalog = records.context().catalog();
    if (parcel.shipment) {
        parcel.zone = zone_of(catalog, parcel.shipment->ship_to);
    }
    if (parcel.zone == nullptr && parcel.order) {
        parcel.zone = zone_of(catalog, parcel.order->ship_to);
    }
    const std::string about = parcel.shipment && !parcel.shipment->reference.empty()
                                  ? "shipment/" + parcel.shipment->reference
                                  : "";
    for (const std::string& each :
         {about, parcel.order ? "order/" + parcel.order->reference : std::string()}) {
        if (each.empty() || !parcel.city.empty()) {
            continue;
        }
        if (const auto address = records.person(each)) {
            parcel.city = address->root()["city"].as_text().value_or("");
        }
    }
}

void read_locale(Records& records, Parcel& parcel) {
    parcel.locale = parcel.merchant.locale;
    if (parcel.order && parcel.order->customer) {
        auto customer = records.get<model::Customer>(parcel.order->customer.value);
        if (customer && *customer && !(*customer)->locale.empty()) {
            parcel.locale = (*customer)->locale;
        }
    }
}

base::Result<Parcel> read_parcel(Context& context, ports::StoreReader& reader,
                                 std::string_view token) {
    auto id =
        engine::read_page_token(context.engine.messages().secret, engine::tracking_purpose, token);
    if (!id) {
        return std::unexpected(id.error());
    }
    const model::MerchantNumber number = model::ShipmentId{*id}.merchant();
    Parcel parcel;
    parcel.token = token;
    parcel.now = context.engine.now();
    auto merchant = engine::read_merchant(context.engine.store().admin(), number);
    if (!merchant) {
        return std::unexpected(merchant.error());
    }
    parcel.merchant = std::move(*merchant);
    Records records(context, reader, number);
    if (auto read = read_subject(records, parcel, *id); !read) {
        return std::unexpected(read.error());
    }
    if (!parcel.shipment && !parcel.order) {
        return no_such("page");
    }
    if (auto read = read_incident(records, parcel); !read) {
        return std::unexpected(read.error());
    }
    read_place(records, parcel);
    read_locale(records, parcel);
    if (parcel.shipment) {
        auto entries = shipment_timeline(records, *parcel.shipment, parcel.locale);
        if (!entries) {
            return std::unexpected(entries.error());
        }
        std::ranges::copy_if(*entries, std::back_inserter(parcel.scans),
                             [](const Entry& each) { return each.scan.has_value(); });
    }
    return parcel;
}

// ---- what it says ----

class Page {
  public:
    Page(Context& context, const Parcel& parcel)
        : context_(context), parcel_(parcel), zone_(parcel.zone == nullptr ? utc_ : *parcel.zone) {}

    std::string render() {
        const std::string title = say("page.tracking.title", {{"merchant", parcel_.merchant.name}});
        begin(title);
        html_.element("h1", "", headline());
        why_it_changed();
        trouble();
        last_scan();
        if (parcel_.thanked) {
            html_.raw("<p class=\"notice\" role=\"status\">")
                .text(say("page.report.thanks"))
                .raw("</p>");
        }
        steps();
        what_you_can_do();
        items();
        timeline();
        facts();
        help();
        end();
        return html_.take();
    }

  private:
    std::string say(std::string_view key, const text::Fields& fields = {}) {
        return context_.messages().translate(parcel_.locale, key, fields).value_or("");
    }
    const std::vector<model::Promise>& promises() const {
        static const std::vector<model::Promise> none;
        if (parcel_.shipment && !parcel_.shipment->promises.empty()) {
            return parcel_.shipment->promises;
        }
        return parcel_.order ? parcel_.order->promises : none;
    }
    model::Milestone milestone() const {
        return parcel_.shipment ? parcel_.shipment->track.milestone : model::Milestone::pending;
    }
    base::LocalDay today() const { return zone_.day_of(parcel_.now); }
    bool delivered() const { return milestone() == model::Milestone::delivered; }

    void begin(const std::string& title) {
        html_.raw("<!doctype html>\n<html lang=\"")
            .text(parcel_.locale)
            .raw(
                "\"><head><meta charset=\"utf-8\">"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                "<meta name=\"robots\" content=\"noindex, nofollow\"><title>");
        html_.text(title).raw("</title><link rel=\"stylesheet\" href=\"/t/style.css\">");
        if (!readable_colour(parcel_.merchant.brand_colour, false).empty()) {
            html_.raw("<link rel=\"stylesheet\" href=\"/t/brand/")
                .text(parcel_.merchant.brand_colour.substr(1))
                .raw("\">");
        }
        html_.raw("</head><body><div class=\"frame\"><header><span class=\"brand\">")
            .text(parcel_.merchant.name)
            .raw("</span></header><main>");
    }

    std::string headline() {
        text::ParcelFacts facts;
        facts.milestone = milestone();
        facts.today = today();
        if (parcel_.shipment && parcel_.shipment->track.delivered_at) {
            facts.delivered_at = text::Moment{*parcel_.shipment->track.delivered_at, zone_};
        }
        if (!promises().empty()) {
            const model::Promise& last = promises().back();
            facts.expected = text::DayRange{last.earliest.value_or(last.latest), last.latest};
            facts.late =
                last.latest > promises().front().latest || facts.today > promises().front().latest;
        }
        return text::sentence_for_milestone(context_.messages(), parcel_.locale, facts)
            .value_or("");
    }

    // The first promise, when it is not what holds now.
    void why_it_changed() {
        if (promises().empty() || delivered()) {
            return;
        }
        const model::Promise& first = promises().front();
        const model::Promise& last = promises().back();
        const text::DayRange was{first.earliest.value_or(first.latest), first.latest};
        const bool passed = last.latest < today();
        if (last.latest != first.latest || passed) {
            html_.element(
                "p", "lead",
                say(passed ? "tracking.changed_unknown" : "tracking.changed", {{"was", was}}));
        }
    }

    void trouble() {
        if (!parcel_.incident || delivered_and_fine()) {
            return;
        }
        const model::Incident& incident = *parcel_.incident;
        const bool silent = incident.kind == model::Exception::transit_silence &&
                            parcel_.shipment && parcel_.shipment->track.last_physical_at &&
                            incident.next_contact_due;
        if (silent) {
            html_.element("p", "notice",
                          say("tracking.silence_unasked",
                              {{"day", zone_.day_of(*parcel_.shipment->track.last_physical_at)},
                               {"next_contact", zone_.day_of(*incident.next_contact_due)}}));
        } else if (incident.kind != model::Exception::late) {
            html_.element("p", "notice",
                          say(fmt::format("trouble.{}", base::to_text(incident.kind))));
        }
    }
    bool delivered_and_fine() const {
        return delivered() && (!parcel_.shipment || parcel_.shipment->track.open.empty());
    }

    void last_scan() {
        if (delivered()) {
            return;
        }
        if (parcel_.scans.empty()) {
            html_.element("p", "quiet", say("tracking.no_scan"));
            return;
        }
        const Entry& last = parcel_.scans.back();
        const text::Moment at{last.occurred_at.value_or(last.at),
                              last.zone == nullptr ? zone_ : *last.zone};
        const std::string place = place_text(last.scan->place);
        html_.element("p", "quiet",
                      place.empty()
                          ? say("tracking.last_scan", {{"last_scan", at}})
                          : say("tracking.last_scan_place", {{"last_scan", at}, {"place", place}}));
    }

    void steps() {
        const int reached = text::steps_reached(milestone());
        if (reached == 0) {
            return;
        }
        html_.raw("<ol class=\"steps\" aria-label=\"").text(say("page.progress")).raw("\">");
        int step = 1;
        for (const std::string_view name : {"ordered", "sent", "near_you", "delivered"}) {
            const std::string_view state = step < reached    ? "done"
                                           : step == reached ? "current"
                                                             : "ahead";
            html_.raw(step > reached    ? "<li>"
                      : step == reached ? "<li class=\"reached now\" aria-current=\"step\">"
                                        : "<li class=\"reached\">");
            html_.text(say(fmt::format("tracking.step.{}", name)))
                .raw("<span class=\"quiet\"><br>")
                .text(say(fmt::format("tracking.step.{}", state)))
                .raw("</span></li>");
            ++step;
        }
        html_.raw("</ol>");
    }

    void what_you_can_do() {
        if (!parcel_.shipment) {
            return;
        }
        const std::string carrier_page = context_.catalog().tracking_page(
            parcel_.shipment->carrier, parcel_.shipment->tracking_number);
        html_.element("h2", "", say("page.what_you_can_do"));
        html_.raw("<ul class=\"do\"><li><a class=\"button main\" href=\"?report#report\">")
            .text(say("page.action.report"))
            .raw("</a></li>");
        if (!carrier_page.empty()) {
            html_.raw("<li><a class=\"button\" rel=\"noreferrer noopener\" href=\"")
                .text(carrier_page)
                .raw("\">")
                .text(say("page.carrier_page", {{"carrier", carrier_name()}}))
                .raw("</a></li>");
        }
        html_.raw("</ul>");
    }

    void items() {
        if (!parcel_.order || parcel_.order->lines.empty()) {
            return;
        }
        html_.element("h2", "", say("page.items")).raw("<ul class=\"items\">");
        for (const model::OrderLine& line : parcel_.order->lines) {
            std::int64_t quantity = line.quantity;
            if (parcel_.shipment && !parcel_.shipment->lines.empty()) {
                const auto& mine = parcel_.shipment->lines;
                const auto at =
                    std::ranges::find(mine, line.reference, &model::ShipmentLineInput::line);
                if (at == mine.end()) {
                    continue;
                }
                quantity = at->quantity;
            }
            html_.raw("<li><span>")
                .text(line.title.empty() ? line.sku : line.title)
                .raw("</span><span class=\"quiet\">")
                .text(fmt::format("\xC3\x97 {}", quantity))
                .raw("</span></li>");
        }
        html_.raw("</ul>");
    }

    void scan_row(const Entry& entry) {
        const base::Zone& zone = entry.zone == nullptr ? zone_ : *entry.zone;
        const base::Instant at = entry.occurred_at.value_or(entry.at);
        const bool day_only = entry.time_quality == model::TimeQuality::date_only;
        html_.raw("<li><time datetime=\"")
            .text(base::to_text(at))
            .raw("\">")
            .text(day_only ? text::format_day(zone.day_of(at), parcel_.locale)
                           : text::format_moment(at, zone, parcel_.locale))
            .raw("</time><span>")
            .text(entry.text)
            .raw("</span></li>");
    }

    // Newest first: the answer to "where is it" stands on top.
    void timeline() {
        if (parcel_.scans.empty()) {
            return;
        }
        html_.element("h2", "", say("page.timeline")).raw("<ol class=\"scans\">");
        const std::size_t shown = std::min(scans_shown, parcel_.scans.size());
        for (std::size_t i = 0; i < shown; ++i) {
            scan_row(parcel_.scans[parcel_.scans.size() - 1 - i]);
        }
        html_.raw("</ol>");
        if (shown == parcel_.scans.size()) {
            return;
        }
        const auto more = static_cast<std::int64_t>(parcel_.scans.size() - shown);
        html_.raw("<details><summary>")
            .text(say("page.earlier_days", {{"count", text::Count{more}}}))
            .raw("</summary><ol class=\"scans\">");
        for (std::size_t i = shown; i < parcel_.scans.size(); ++i) {
            scan_row(parcel_.scans[parcel_.scans.size() - 1 - i]);
        }
        html_.raw("</ol></details>");
    }

    std::string carrier_name() const {
        const model::Carrier* carrier =
            parcel_.shipment ? context_.catalog().find_carrier(parcel_.shipment->carrier) : nullptr;
        return carrier != nullptr ? carrier->name
               : parcel_.shipment ? parcel_.shipment->carrier
                                  : std::string();
    }

    void fact(std::string_view key, std::string_view value) {
        if (!value.empty()) {
            html_.element("dt", "", say(key)).element("dd", "", value);
        }
    }

    void facts() {
        html_.raw("<h2>").text(say("page.order")).raw("</h2><dl>");
        if (parcel_.order) {
            fact("page.order", parcel_.order->reference);
        }
        if (parcel_.shipment) {
            fact("page.carrier", carrier_name());
            fact("page.tracking_number", parcel_.shipment->tracking_number);
        }
        fact("page.ship_to", masked_address());
        html_.raw("</dl>");
    }

    // The place alone: whoever holds the link learns neither name nor street.
    std::string masked_address() const {
        const model::Area* area = parcel_.shipment && !parcel_.shipment->ship_to.country.empty()
                                      ? &parcel_.shipment->ship_to
                                  : parcel_.order ? &parcel_.order->ship_to
                                                  : nullptr;
        if (area == nullptr) {
            return {};
        }
        std::string out = parcel_.city;
        for (const std::string& part : {area->region, area->country}) {
            if (!part.empty()) {
                out += (out.empty() ? "" : ", ") + part;
            }
        }
        return out;
    }

    void question(std::string_view key) {
        html_.raw("<details><summary>")
            .text(say(fmt::format("help.{}", key)))
            .raw("</summary>")
            .element("p", "", say(fmt::format("help.{}_text", key)))
            .raw("</details>");
    }

    void help() {
        html_.element("h2", "", say("help.title"));
        if (delivered()) {
            question("not_here");
            question("damaged");
        } else {
            question("change_address");
        }
        if (parcel_.shipment) {
            report_form();
        }
        if (!parcel_.merchant.support_email.empty()) {
            html_.raw("<p>")
                .text(say("help.contact", {{"support_email", parcel_.merchant.support_email}}))
                .raw("</p>");
        }
    }

    void report_form() {
        html_
            .raw(parcel_.reporting ? "<details id=\"report\" open><summary>"
                                   : "<details id=\"report\"><summary>")
            .text(say("page.report.title"))
            .raw("</summary><form method=\"post\" action=\"/t/")
            .text(parcel_.token)
            .raw("\"><fieldset><legend>")
            .text(say("page.report.kind"))
            .raw("</legend>");
        for (const std::string_view kind :
             {"not_received", "damaged", "wrong_item", "missing_item"}) {
            html_
                .raw(
                    "<label class=\"choice\"><input type=\"radio\" name=\"kind\" required value=\"")
                .raw(kind)
                .raw("\">")
                .text(say(fmt::format("page.report.{}", kind)))
                .raw("</label>");
        }
        html_.raw("</fieldset><label>")
            .text(say("page.report.words"))
            .raw(
                "<textarea name=\"words\" maxlength=\"2000\"></textarea></label>"
                "<div><button type=\"submit\">")
            .text(say("page.report.send"))
            .raw("</button></div></form></details>");
    }

    void end() {
        html_.raw("</main><footer>")
            .element("p", "", say("tracking.updated", {{"at", text::Moment{parcel_.now, zone_}}}))
            .element("p", "", say("page.dates_local"))
            .raw("</footer></div></body></html>\n");
    }

    Context& context_;
    const Parcel& parcel_;
    const base::Zone utc_ = base::Zone::utc();
    const base::Zone& zone_;
    Html html_;
};

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
    return page_reply(200, Page(context, *parcel).render());
}

// ---- the report ----

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
