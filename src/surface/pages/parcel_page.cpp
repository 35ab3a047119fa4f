#include "surface/pages/parcel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "base/text.hpp"
#include "engine/message.hpp"
#include "surface/pages/html.hpp"
#include "text/format.hpp"
#include "text/sentences.hpp"

namespace aftermile::surface {
namespace {

constexpr std::size_t scans_shown = 6;

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
        if (parcel_.shipment && !parcel_.shipment->label->promises.empty()) {
            return parcel_.shipment->label->promises;
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
        // A label or a report of loss is no sight of the parcel: the last scan is where it was.
        const auto seen =
            parcel_.shipment ? parcel_.shipment->track.last_physical_at : std::nullopt;
        if (!seen) {
            html_.element("p", "quiet", say("tracking.no_scan"));
            return;
        }
        const auto backwards = std::views::reverse(parcel_.scans);
        const auto last = std::ranges::find(backwards, seen, &Entry::occurred_at);
        const bool known = last != backwards.end();
        const text::Moment at{*seen, known && last->zone != nullptr ? *last->zone : zone_};
        const std::string place = known ? place_text(last->scan->place) : std::string();
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
            parcel_.shipment->label->carrier, parcel_.shipment->label->tracking_number);
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
            if (parcel_.shipment && !parcel_.shipment->label->lines.empty()) {
                const auto& mine = parcel_.shipment->label->lines;
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
            parcel_.shipment ? context_.catalog().find_carrier(parcel_.shipment->label->carrier)
                             : nullptr;
        return carrier != nullptr ? carrier->name
               : parcel_.shipment ? parcel_.shipment->label->carrier
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
            fact("page.tracking_number", parcel_.shipment->label->tracking_number);
        }
        fact("page.ship_to", masked_address());
        html_.raw("</dl>");
    }

    // The place alone: whoever holds the link learns neither name nor street.
    std::string masked_address() const {
        const model::Area* area =
            parcel_.shipment && !parcel_.shipment->label->ship_to.country.empty()
                ? &parcel_.shipment->label->ship_to
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

}  // namespace

std::string render_parcel(Context& context, const Parcel& parcel) {
    return Page(context, parcel).render();
}

}  // namespace aftermile::surface
