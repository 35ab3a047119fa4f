// Orders, shipments, customers, cover, ledger, tickets and messages.
#include "surface/api/views.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "engine/message.hpp"
#include "text/sentences.hpp"

namespace aftermile::surface {
namespace {

void write_promise(Out& out, std::string_view name, const model::Promise& promise,
                   const base::Zone* zone) {
    base::JsonWriter& writer = out.at(name);
    Out inner(writer);
    if (promise.earliest) {
        inner.text("earliest", base::to_text(*promise.earliest));
    }
    inner.text("latest", base::to_text(promise.latest));
    inner.instant("shown_at", promise.shown_at);
    inner.text("source", promise.source);
    if (zone != nullptr) {
        inner.instant("due_at", zone->end_of(promise.latest));
    }
}

// The sealed address where the caller may read it, else what stays outside the seal.
void write_address(Out& out, std::string_view name, View& view, std::string_view about,
                   const model::Area& area) {
    std::optional<base::JsonDocument> sealed;
    if (view.personal() && !about.empty()) {
        sealed = view.records.person(about);
    }
    if (!sealed && area == model::Area{}) {
        return;
    }
    Out inner(out.at(name));
    if (!sealed) {
        inner.text("region", area.region);
        inner.text("postcode", area.postcode_area);
        if (area.country.size() == 2) {
            inner.text("country", area.country);
        }
        return;
    }
    for (const std::string_view member :
         {"name", "company", "line1", "line2", "city", "region", "postcode", "country"}) {
        inner.text(member, sealed->root()[member].as_text().value_or(""));
    }
}

std::string about_of(View& view, const model::Customer& customer) {
    return engine::customer_about(
        engine::owner_of(view.records.context().engine.messages().secret, customer));
}

Written write_created(Out& out, View& view, std::int64_t id) {
    auto at = view.records.created_at(id);
    if (!at) {
        return std::unexpected(at.error());
    }
    out.instant("created_at", at->value_or(base::Instant{}));
    return {};
}

void write_line(base::JsonWriter& writer, const model::OrderLine& line) {
    Out out(writer);
    out.at("reference").text(line.reference);
    out.text("sku", line.sku);
    out.text("title", line.title);
    out.text("category", line.category);
    out.integer("quantity", line.quantity);
    out.money("unit_price", line.unit_price);
    out.money("unit_cost", line.unit_cost);
    out.money("discount", line.discount);
    out.money("tax", line.tax);
    if (line.weight_grams > 0) {
        out.integer("weight_grams", line.weight_grams);
    }
    out.text("image_url", line.image_url);
    if (!line.components.empty()) {
        out.texts("components", line.components);
    }
    if (!line.variants.empty()) {
        out.texts("variants", line.variants);
    }
}

template <class Record>
base::Result<std::vector<std::string>> incident_ids(View& view, std::string_view column,
                                                    const Record& record) {
    auto found = view.records.all<model::Incident>({is(column, record.id.value)}, 20);
    if (!found) {
        return std::unexpected(found.error());
    }
    std::vector<std::string> out;
    for (const model::Incident& incident : *found) {
        out.push_back(incident.id.text());
    }
    return out;
}

}  // namespace

void Out::money(std::string_view name, const base::Money& value) {
    if (!value.currency.code().empty()) {
        base::write_json(at(name), value);
    }
}

void Out::because(std::string_view name, const model::Because& value) {
    Out inner(at(name));
    inner.at("event").text(value.event ? value.event.text() : "");
    inner.at("rule").text(value.rule);
    inner.natural("policy_version", value.policy_version);
    inner.natural("profile_version", value.profile_version);
    inner.natural("catalog_version", value.catalog_version);
    base::write_json(inner.at("numbers"), value.numbers);
}

void Out::texts(std::string_view name, const std::vector<std::string>& values) {
    base::write_json(at(name), values);
}

const base::Zone* zone_of(const model::Catalog& catalog, const model::Area& area) {
    const auto found = catalog.zones_of(area.country, area.region, area.postcode_area);
    return found.known ? found.zones.front() : nullptr;
}

std::string masked_email(std::string_view email) {
    const auto at = email.rfind('@');
    if (at == std::string_view::npos || at == 0) {
        return "";
    }
    return fmt::format("{}\xE2\x80\xA6{}", base::utf8_prefix(email, base::utf8_length(email)),
                       email.substr(at));
}

std::string tracking_page_url(Context& context, model::ShipmentId shipment) {
    return fmt::format("{}/t/{}", context.options.public_url,
                       engine::page_token(context.engine.messages().secret,
                                          engine::tracking_purpose, shipment.value));
}

Written write_view(base::JsonWriter& writer, View& view, const model::Order& record) {
    const model::Catalog& catalog = view.records.context().catalog();
    const base::Zone* zone = zone_of(catalog, record.ship_to);
    Out out(writer);
    out.id("id", record.id);
    out.text("reference", record.reference);
    if (record.placed_at != base::Instant{}) {
        out.instant("placed_at", record.placed_at);
    }
    out.text("currency", record.currency.code());
    out.text("financial_status", record.financial_status);
    base::write_json(out.at("totals"), record.totals);
    out.id("customer", record.customer);
    if (view.personal() && record.customer) {
        auto customer = view.records.get<model::Customer>(record.customer.value);
        if (!customer) {
            return std::unexpected(customer.error());
        }
        if (*customer) {
            if (const auto person = view.records.person(about_of(view, **customer))) {
                out.text("customer_name", person->root()["name"].as_text().value_or(""));
            }
        }
    }
    write_address(out, "ship_to", view, "order/" + record.reference, record.ship_to);
    base::JsonWriter& lines = out.at("lines");
    lines.begin_array();
    for (const model::OrderLine& line : record.lines) {
        write_line(lines, line);
    }
    lines.end_array();
    if (!record.promises.empty()) {
        write_promise(out, "promised", record.promises.front(), zone);
    }
    std::vector<std::string> shipments;
    for (const model::ShipmentId id : record.shipments) {
        shipments.push_back(id.text());
    }
    out.texts("shipments", shipments);
    auto incidents = incident_ids(view, "order", record);
    if (!incidents) {
        return std::unexpected(incidents.error());
    }
    out.texts("incidents", *incidents);
    out.instant("cancelled_at", record.cancelled_at);
    out.instant("updated_at", record.updated_at);
    if (zone != nullptr) {
        out.text("zone", zone->name());
    }
    return write_created(out, view, record.id.value);
}

namespace {

// "in one sentence": as the shopper's page says it, in English for the team.
std::string shipment_sentence(Context& context, const model::Shipment& record,
                              const base::Zone* zone) {
    const base::Zone utc = base::Zone::utc();
    const base::Zone& where = zone == nullptr ? utc : *zone;
    text::ParcelFacts facts;
    facts.milestone = record.track.milestone;
    facts.today = where.day_of(context.engine.now());
    if (record.track.delivered_at) {
        facts.delivered_at = text::Moment{*record.track.delivered_at, where};
    }
    if (!record.label->promises.empty()) {
        const model::Promise& last = record.label->promises.back();
        facts.expected = text::DayRange{last.earliest.value_or(last.latest), last.latest};
        facts.late = last.latest > record.label->promises.front().latest ||
                     facts.today > record.label->promises.front().latest;
    }
    return text::sentence_for_milestone(context.messages(), "en", facts).value_or("");
}

// What scans and reports opened, and what time opened: silence and lateness are the incident's.
std::vector<std::string> open_exceptions(const model::Shipment& record,
                                         const std::vector<model::Incident>& incidents) {
    std::set<model::Exception> open;
    for (const model::OpenException& each : record.track.open) {
        open.insert(each.kind);
    }
    for (const model::Incident& incident : incidents) {
        for (const model::IncidentException& each : incident.exceptions) {
            if (!incident.closed_at && !each.cleared_at && !each.retracted) {
                open.insert(each.kind);
            }
        }
    }
    std::vector<std::string> out;
    for (const model::Exception kind : open) {
        out.emplace_back(base::to_text(kind));
    }
    return out;
}

// The promise in force is the shopper's expectation; days become the ends of their hours.
void write_expected(Out& out, const model::Shipment& record, const base::Zone* zone,
                    base::Instant now) {
    if (record.label->promises.empty() || zone == nullptr || record.track.delivered_at) {
        return;
    }
    const model::Promise& last = record.label->promises.back();
    if (zone->end_of(last.latest) < now) {
        return;  // a day that has passed is no expectation
    }
    Out inner(out.at("expected"));
    inner.instant("earliest", zone->start_of(last.earliest.value_or(last.latest)));
    inner.instant("likely", zone->end_of(last.latest));
    inner.instant("latest", zone->end_of(last.latest));
}

void write_incidents(Out& out, const model::Shipment& record,
                     const std::vector<model::Incident>& incidents) {
    std::vector<std::string> ids;
    for (const model::Incident& incident : incidents) {
        ids.push_back(incident.id.text());
        if (!incident.closed_at && incident.id == record.incident) {
            out.id("incident", incident.id);
        }
    }
    out.texts("incidents", ids);
}

}  // namespace

Written write_view(base::JsonWriter& writer, View& view, const model::Shipment& record) {
    Context& context = view.records.context();
    const model::Label& label = *record.label;
    const base::Zone* zone = zone_of(context.catalog(), label.ship_to);
    Out out(writer);
    out.id("id", record.id);
    out.text("reference", label.reference);
    out.id("order", label.order);
    auto order = view.records.get<model::Order>(label.order.value);
    if (!order) {
        return std::unexpected(order.error());
    }
    if (*order) {
        out.text("order_reference", (*order)->reference);
        if (zone == nullptr) {
            zone = zone_of(context.catalog(), (*order)->ship_to);
        }
    }
    out.id("customer", label.customer);
    out.at("carrier").text(label.carrier);
    out.text("service", label.service);
    out.text("account", label.account);
    out.at("tracking_number").text(label.tracking_number);
    if (!label.pieces.empty()) {
        out.texts("pieces", label.pieces);
    }
    out.text("warehouse", label.warehouse);
    out.text("text", shipment_sentence(context, record, zone));
    out.word("milestone", record.track.milestone);
    auto incidents = view.records.all<model::Incident>({is("shipment", record.id.value)}, 20);
    if (!incidents) {
        return std::unexpected(incidents.error());
    }
    out.texts("exceptions_open", open_exceptions(record, *incidents));
    out.integer("attempts", record.track.attempts);
    if (!label.promises.empty()) {
        write_promise(out, "promised", label.promises.front(), zone);
    } else if (*order && !(*order)->promises.empty()) {
        write_promise(out, "promised", (*order)->promises.front(), zone);
    }
    write_expected(out, record, zone, context.engine.now());
    out.instant("delivered_at", record.track.delivered_at);
    out.instant("last_scan_at", record.track.last_physical_at);
    out.instant("label_created_at", label.label_created_at);
    out.instant("handed_over_at", record.track.handed_off_at);
    out.id("cover", label.cover);
    write_incidents(out, record, *incidents);
    out.id("merged_into", record.merged_into);
    out.text("tracking_page_url", tracking_page_url(context, record.id));
    write_address(out, "ship_from", view, "", label.ship_from);
    write_address(out, "ship_to", view,
                  label.reference.empty() ? "" : "shipment/" + label.reference, label.ship_to);
    if (zone != nullptr) {
        out.text("zone", zone->name());
    }
    out.money("declared_value", label.declared_value);
    out.money("label_cost", label.label_cost);
    if (label.weight_grams > 0) {
        out.integer("weight_grams", label.weight_grams);
    }
    if (!label.dimensions_mm.empty()) {
        base::write_json(out.at("dimensions_mm"), label.dimensions_mm);
    }
    base::write_json(out.at("lines"), label.lines);
    out.instant("voided_at", label.voided_at);
    out.instant("updated_at", label.updated_at);
    return write_created(out, view, record.id.value);
}

Written write_view(base::JsonWriter& writer, View& view, const model::Customer& record) {
    Out out(writer);
    out.id("id", record.id);
    out.text("reference", record.reference);
    if (view.personal()) {
        if (const auto person = view.records.person(about_of(view, record))) {
            for (const std::string_view member : {"name", "email", "phone"}) {
                out.text(member, person->root()[member].as_text().value_or(""));
            }
        }
    }
    out.text("locale", record.locale);
    base::write_json(out.at("consents"), record.consents);
    auto orders = view.records.all<model::Order>({is("customer", record.id.value)}, 100);
    if (!orders) {
        return std::unexpected(orders.error());
    }
    std::vector<std::string> ids;
    for (const model::Order& order : *orders) {
        ids.push_back(order.id.text());
    }
    out.texts("orders", ids);
    return write_created(out, view, record.id.value);
}

Written write_view(base::JsonWriter& writer, View& view, const model::Coverage& record) {
    auto shipment = view.records.get<model::Shipment>(record.shipment.value);
    if (!shipment) {
        return std::unexpected(shipment.error());
    }
    Out out(writer);
    out.id("id", record.id);
    out.word("state", record.state);
    out.word("funding", record.funding);
    out.word("remedy", record.remedy);
    out.id("order", record.order);
    out.id("shipment", record.shipment);
    if (*shipment) {
        out.money("value", (*shipment)->label->value);
    }
    out.money("limit", record.limit);
    out.instant("starts_at", record.decided_at);
    out.because("because", record.because);
    return {};
}

Written write_view(base::JsonWriter& writer, View& view, const model::LedgerEntry& record) {
    auto incident = view.records.get<model::Incident>(record.incident.value);
    if (!incident) {
        return std::unexpected(incident.error());
    }
    Out out(writer);
    out.id("id", record.id);
    out.instant("at", record.at);
    out.id("incident", record.incident);
    out.id("claim", record.claim);
    if (*incident) {
        out.id("order", (*incident)->order);
        out.id("shipment", (*incident)->shipment);
    }
    base::JsonWriter& postings = out.at("postings");
    postings.begin_array();
    const auto post = [&](model::Account account, std::int64_t amount) {
        Out one(postings);
        one.word("account", account);
        one.money("amount", base::Money{amount, record.amount.currency});
    };
    post(record.debit, record.amount.amount);
    post(record.credit, -record.amount.amount);
    postings.end_array();
    out.id("reverses", record.reverses);
    out.because("because", record.because);
    return {};
}

namespace {

std::string spelled(std::string_view word) {
    std::string out(word);
    std::ranges::replace(out, '_', ' ');
    return out;
}

std::string field_text(Context& context, const model::MessageField& field) {
    const bool milestone = field.name == "milestone";
    if (milestone || field.type == model::FieldType::choice) {
        const std::string group = milestone ? "scan" : "word." + std::string(field.name);
        return context.messages()
            .translate("en", fmt::format("{}.{}", group, field.text))
            .value_or(spelled(field.text));
    }
    model::Notification carrier_of_fields;
    carrier_of_fields.message_fields.push_back(field);
    carrier_of_fields.message_fields.back().name = "x";
    auto fields = engine::message_fields(carrier_of_fields, context.catalog());
    if (!fields) {
        return field.text;
    }
    auto merged = text::merge_fields(context.messages(), "en", *fields);
    if (!merged) {
        return field.text;
    }
    if (const auto at = merged->texts.find("x"); at != merged->texts.end()) {
        return at->second;
    }
    return field.text;
}

}  // namespace

Written write_view(base::JsonWriter& writer, View& view, const model::Ticket& record) {
    Context& context = view.records.context();
    Out out(writer);
    out.id("id", record.id);
    out.word("state", record.state);
    out.word("severity", record.severity);
    const std::string kind = spelled(base::to_text(record.kind));
    out.text(
        "subject",
        say(context.messages(), "ticket_subject",
            {{"what", context.messages()
                          .translate("en", "word.kind." + std::string(base::to_text(record.kind)))
                          .value_or(kind)}},
            "Parcel in trouble: " + kind));
    std::string body;
    for (const model::MessageField& field : record.context) {
        body += fmt::format("{}: {}\n", text::capitalised(spelled(field.name)),
                            field_text(context, field));
    }
    out.text("body", body);
    out.text("assignee", record.assignee);
    out.at("incident").text(record.incident ? record.incident.text() : "");
    out.id("order", record.order);
    out.id("shipment", record.shipment);
    out.id("customer", record.customer);
    base::JsonWriter& notes = out.at("notes");
    notes.begin_array();
    for (const model::TeamNote& note : record.notes) {
        Out one(notes);
        one.instant("at", note.at);
        one.at("by").text(note.author);
        one.at("text").text(note.text);
    }
    notes.end_array();
    out.instant("opened_at", record.opened_at);
    out.because("because", record.because);
    return {};
}

namespace {

base::Result<engine::Message> compose(View& view, const model::Notification& record) {
    Context& context = view.records.context();
    auto merchant = engine::read_merchant(context.engine.store().admin(), view.records.merchant());
    if (!merchant) {
        return std::unexpected(merchant.error());
    }
    return engine::compose(record, *merchant, context.engine.messages(), view.records.reader(),
                           context.engine.store().keyring());
}

void write_notification(Out& out, const model::Notification& record) {
    out.id("id", record.id);
    out.word("kind", record.kind);
    out.word("channel", record.channel);
    out.word("sender", record.sender);
    out.word("state", record.state);
    out.text("locale", record.locale);
    out.id("order", record.order);
    out.id("shipment", record.shipment);
    out.id("incident", record.incident);
    out.id("customer", record.customer);
    out.instant("decided_at", record.decided_at);
    out.instant("due_at", record.not_before);
    out.instant("sent_at", record.sent_at);
    out.integer("attempts", record.attempts);
    if (record.state != model::NotificationState::sent) {
        out.text("last_error", record.reply);
    }
    out.because("because", record.because);
}

}  // namespace

Written write_view(base::JsonWriter& writer, View& view, const model::Notification& record) {
    Out out(writer);
    write_notification(out, record);
    if (auto message = compose(view, record)) {
        out.text("subject", message->rendered.subject);
        out.text("to", view.personal() ? masked_email(message->to) : "");
    }
    return {};
}

Written write_rendered_view(base::JsonWriter& writer, View& view,
                            const model::Notification& record) {
    Out out(writer);
    write_notification(out, record);
    auto message = compose(view, record);
    if (!message) {
        return {};  // its merchant or template is gone: what was decided is still shown
    }
    out.text("subject", message->rendered.subject);
    if (view.personal()) {
        out.text("to", message->to);
        Out rendered(out.at("rendered"));
        rendered.at("subject").text(message->rendered.subject);
        rendered.at("text").text(message->rendered.text);
        rendered.text("html", message->rendered.html);
    }
    return {};
}

}  // namespace aftermile::surface
