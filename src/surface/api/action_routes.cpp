// The actions themselves: which body each takes and which event it becomes.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "engine/intake.hpp"
#include "engine/limits.hpp"
#include "surface/api/actions.hpp"
#include "surface/api/views.hpp"

namespace aftermile::surface {
namespace {

using base::Problems;
using Made = base::Result<engine::Element>;

engine::Element element_of(model::Payload payload) {
    engine::Element element;
    element.payload = std::move(payload);
    return element;
}

// One struct holds the members of every action's body; `allowed` says which of them this one has.
struct ActionBody {
    std::optional<std::string> to, text, reason, note, into, filed_by, method, case_number, proof,
        decision, reference;
    std::optional<base::Instant> until, at;
    std::optional<model::Remedy> remedy;
    std::optional<base::Money> amount;
    static constexpr auto fields() {
        using T = ActionBody;
        return base::fields(base::field("to", &T::to), base::field("text", &T::text),
                            base::field("reason", &T::reason), base::field("note", &T::note),
                            base::field("into", &T::into), base::field("filed_by", &T::filed_by),
                            base::field("method", &T::method),
                            base::field("case_number", &T::case_number),
                            base::field("proof", &T::proof), base::field("decision", &T::decision),
                            base::field("reference", &T::reference),
                            base::field("until", &T::until), base::field("at", &T::at),
                            base::field("remedy", &T::remedy), base::field("amount", &T::amount));
    }
};
using Names = std::vector<std::string_view>;

// False with problems when the body has other members, lacks one, or holds a wrong type.
bool read_body(const base::Json& json, const Names& allowed, const Names& required,
               ActionBody& body, Problems& problems) {
    for (const base::JsonItem item : json.items()) {
        if (std::ranges::find(allowed, item.name) == allowed.end()) {
            problems.push_back({"unknown_field",
                                fmt::format("There is no field {}; known are {}.", item.name,
                                            fmt::join(allowed, ", ")),
                                fmt::format("/{}", item.name)});
        }
    }
    for (const std::string_view name : required) {
        const bool may_be_null = name == "to";
        const auto value = json.get(name);
        const bool empty = value && value->as_text() && base::trim(*value->as_text()).empty();
        if (!value || (value->is_null() && !may_be_null) || empty) {
            problems.push_back({"missing", "This field is required.", fmt::format("/{}", name)});
        }
    }
    if (!problems.empty()) {
        return false;
    }
    return base::read_json(json, body, problems).has_value();
}

constexpr std::size_t words_max = 10'000;

void check_words(const ActionBody& body, Problems& problems) {
    const auto check = [&](std::string_view name, const std::optional<std::string>& value) {
        if (value && value->size() > words_max) {
            problems.push_back({"out_of_range", "At most 10000 bytes.", fmt::format("/{}", name)});
        }
    };
    check("text", body.text);
    check("reason", body.reason);
    check("note", body.note);
    check("proof", body.proof);
    check("to", body.to);
    check("filed_by", body.filed_by);
    check("case_number", body.case_number);
}

std::string joined(const ActionBody& body) {
    const std::string reason = body.reason.value_or("");
    const std::string note = body.note.value_or("");
    return reason.empty() || note.empty() ? reason + note : reason + ": " + note;
}

std::string person_named(const ReadCall& call, const std::optional<std::string>& to) {
    return to == "me" ? call.caller.id : to.value_or("");
}

struct Fields {
    Names allowed, required;
};

// ---- incidents ----

using FillIncident =
    std::function<void(ReadCall&, const ActionBody&, model::IncidentAction&, Problems&)>;

base::Result<std::string> show_incident(ReadCall& call, const engine::Receipt&) {
    Records records(call.context, call.reader, call.caller.merchant);
    auto id = records.id_of<model::IncidentId>(call.request.parameter("id"));
    if (!id) {
        return std::unexpected(id.error());
    }
    auto record = records.need<model::Incident>(*id);
    if (!record) {
        return std::unexpected(record.error());
    }
    View view{records, call.caller};
    std::string out;
    base::JsonWriter writer(out);
    if (auto written = write_full_view(writer, view, *record); !written) {
        return std::unexpected(written.error());
    }
    return out;
}

void add_incident_action(Router& router, Context& context, std::string_view name,
                         model::IncidentAct act, Fields fields, FillIncident fill,
                         bool key_required = false) {
    ActionReader read = [act, fields = std::move(fields), fill = std::move(fill)](
                            ReadCall& call, const base::Json& json, Problems& problems) -> Made {
        Records records(call.context, call.reader, call.caller.merchant);
        auto id = records.id_of<model::IncidentId>(call.request.parameter("id"));
        if (!id) {
            return std::unexpected(id.error());
        }
        ActionBody body;
        model::IncidentAction action;
        action.incident = model::IncidentId{*id};
        action.act = act;
        action.by = call.caller.id;
        if (read_body(json, fields.allowed, fields.required, body, problems)) {
            check_words(body, problems);
            fill(call, body, action, problems);
        }
        return element_of(std::move(action));
    };
    add_action(
        router, context,
        {.pattern = fmt::format("/v1/incidents/{{id}}/{}", name), .key_required = key_required},
        std::move(read), show_incident);
}

void add_incident_actions(Router& router, Context& context) {
    using model::IncidentAct;
    using model::IncidentAction;
    add_incident_action(router, context, "assign", IncidentAct::assign, {{"to"}, {"to"}},
                        [](ReadCall& call, const ActionBody& body, IncidentAction& action,
                           Problems&) { action.owner = person_named(call, body.to); });
    add_incident_action(router, context, "note", IncidentAct::note, {{"text"}, {"text"}},
                        [](ReadCall&, const ActionBody& body, IncidentAction& action, Problems&) {
                            action.text = *body.text;
                        });
    add_incident_action(
        router, context, "snooze", IncidentAct::snooze, {{"until", "reason"}, {"until"}},
        [](ReadCall& call, const ActionBody& body, IncidentAction& action, Problems& problems) {
            action.until = body.until;
            action.text = joined(body);
            if (*body.until <= call.context.engine.now()) {
                problems.push_back({"bad_value", "This is not in the future.", "/until"});
            }
        });
    add_incident_action(
        router, context, "remedy", IncidentAct::remedy, {{"remedy", "amount", "note"}, {"remedy"}},
        [](ReadCall&, const ActionBody& body, IncidentAction& action, Problems&) {
            action.remedy = *body.remedy;
            action.amount = body.amount;
            action.text = joined(body);
        },
        true);
    add_incident_action(
        router, context, "merge", IncidentAct::merge, {{"into"}, {"into"}},
        [](ReadCall& call, const ActionBody& body, IncidentAction& action, Problems& problems) {
            auto into = model::IncidentId::parse(*body.into);
            if (!into || into->merchant() != call.caller.merchant) {
                problems.push_back({"bad_value", "There is no such incident here.", "/into"});
                return;
            }
            action.into = *into;
        });
    add_incident_action(router, context, "close", IncidentAct::close,
                        {{"reason", "note"}, {"reason"}},
                        [](ReadCall&, const ActionBody& body, IncidentAction& action, Problems&) {
                            action.text = joined(body);
                        });
}

// ---- tickets and claims ----

template <class R>
base::Result<std::string> show(ReadCall& call, const engine::Receipt&) {
    Records records(call.context, call.reader, call.caller.merchant);
    auto id = records.id_of<decltype(R::id)>(call.request.parameter("id"));
    if (!id) {
        return std::unexpected(id.error());
    }
    auto record = records.need<R>(*id);
    if (!record) {
        return std::unexpected(record.error());
    }
    View view{records, call.caller};
    std::string out;
    base::JsonWriter writer(out);
    if (auto written = write_view(writer, view, *record); !written) {
        return std::unexpected(written.error());
    }
    return out;
}

template <class R>
using IdOf = decltype(R::id);
template <class R, class Action>
using Fill = std::function<void(ReadCall&, const ActionBody&, Action&, Problems&)>;

template <class R, class Action>
void add_record_action(Router& router, Context& context, const std::string& pattern, Fields fields,
                       IdOf<R> Action::* id_member, Fill<R, Action> fill,
                       bool key_required = false) {
    ActionReader read = [fields = std::move(fields), fill = std::move(fill), id_member](
                            ReadCall& call, const base::Json& json, Problems& problems) -> Made {
        Records records(call.context, call.reader, call.caller.merchant);
        auto id = records.id_of<IdOf<R>>(call.request.parameter("id"));
        if (!id) {
            return std::unexpected(id.error());
        }
        ActionBody body;
        Action action;
        action.*id_member = IdOf<R>{*id};
        action.by = call.caller.id;
        if (read_body(json, fields.allowed, fields.required, body, problems)) {
            check_words(body, problems);
            fill(call, body, action, problems);
        }
        return element_of(std::move(action));
    };
    add_action(router, context, {.pattern = pattern, .key_required = key_required}, std::move(read),
               show<R>);
}

void add_ticket_actions(Router& router, Context& context) {
    const auto add = [&](std::string_view name, Fields fields, model::TicketAct act) {
        add_record_action<model::Ticket, model::TicketAction>(
            router, context, fmt::format("/v1/tickets/{{id}}/{}", name), std::move(fields),
            &model::TicketAction::ticket,
            [act](ReadCall& call, const ActionBody& body, model::TicketAction& action, Problems&) {
                action.act = act;
                action.assignee = person_named(call, body.to);
                action.text = body.text ? *body.text : joined(body);
            });
    };
    add("assign", {{"to"}, {"to"}}, model::TicketAct::assign);
    add("note", {{"text"}, {"text"}}, model::TicketAct::note);
    add("solve", {{"note"}, {}}, model::TicketAct::solve);
}

void fill_decision(const ActionBody& body, model::ClaimAction& action, Problems& problems) {
    action.text = body.reason.value_or("");
    action.case_number = body.reference.value_or("");
    action.amount = body.amount;
    if (*body.decision == "credited" || *body.decision == "paid") {
        action.act = model::ClaimAct::credit;
        return;
    }
    action.act = model::ClaimAct::decide;
    const auto verdict = base::from_text<model::ClaimState>(*body.decision);
    if (!verdict) {
        problems.push_back({"bad_value",
                            "A decision is approved, partial, denied, credited or paid.",
                            "/decision"});
        return;
    }
    action.verdict = *verdict;
}

void add_claim_actions(Router& router, Context& context) {
    using model::ClaimAct;
    using model::ClaimAction;
    const auto add = [&](std::string_view name, Fields fields, Fill<model::Claim, ClaimAction> fill,
                         bool key_required = false) {
        add_record_action<model::Claim, ClaimAction>(
            router, context, fmt::format("/v1/claims/{{id}}/{}", name), std::move(fields),
            &ClaimAction::claim, std::move(fill), key_required);
    };
    add("file", {{"filed_by", "method", "case_number", "proof", "at"}, {"filed_by", "method"}},
        [](ReadCall&, const ActionBody& body, ClaimAction& action, Problems&) {
            action.act = ClaimAct::file;
            action.by = *body.filed_by;
            action.method = *body.method;
            action.case_number = body.case_number.value_or("");
            action.text = body.proof.value_or("");
        });
    add(
        "decision", {{"decision", "amount", "reason", "reference", "at"}, {"decision"}},
        [](ReadCall&, const ActionBody& body, ClaimAction& action, Problems& problems) {
            fill_decision(body, action, problems);
        },
        true);
    const auto with_reason = [&](std::string_view name, ClaimAct act, bool key_required) {
        add(
            name, {{"reason"}, {"reason"}},
            [act](ReadCall&, const ActionBody& body, ClaimAction& action, Problems&) {
                action.act = act;
                action.text = *body.reason;
            },
            key_required);
    };
    with_reason("escalate", ClaimAct::escalate, false);
    with_reason("withdraw", ClaimAct::withdraw, false);
    with_reason("write-off", ClaimAct::write_off, true);
}

// ---- evidence and reports ----

constexpr std::size_t evidence_body_max = std::size_t{32} << 20;

struct EvidenceBody {
    std::string name, data;
    std::optional<std::string> kind, media_type;
    static constexpr auto fields() {
        using T = EvidenceBody;
        return base::fields(base::field("name", &T::name), base::field("data", &T::data),
                            base::field("kind", &T::kind),
                            base::field("media_type", &T::media_type));
    }
};
struct EvidenceList {
    std::vector<EvidenceBody> evidence;
    static constexpr auto fields() {
        return base::fields(base::field("evidence", &EvidenceList::evidence));
    }
};

// Files are sealed under their own name; the event keeps the names alone.
void seal_evidence(ReadCall& call, const std::vector<EvidenceBody>& files, std::string_view pointer,
                   engine::Element& element, std::vector<std::string>& names, Problems& problems) {
    const std::string& secret = call.context.engine.messages().secret;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const EvidenceBody& file = files[i];
        const auto bytes = base::from_base64(file.data);
        if (!bytes || bytes->empty()) {
            problems.push_back(
                {"bad_value", "This is not base64.", fmt::format("{}/{}/data", pointer, i)});
            continue;
        }
        const std::string kind = file.kind.value_or("other");
        const std::string about = fmt::format("evidence/{}", base::to_hex(base::random_bytes(12)));
        std::string plain;
        base::JsonWriter writer(plain);
        writer.begin_object();
        writer.key("name");
        writer.text(file.name);
        writer.key("kind");
        writer.text(kind);
        writer.key("media_type");
        writer.text(file.media_type.value_or("application/octet-stream"));
        writer.key("data");
        writer.text(file.data);
        writer.end_object();
        element.sealed.push_back(
            {engine::owner_of_order(secret, call.caller.merchant, about), about, std::move(plain)});
        names.push_back(kind);
    }
}

Made read_claim_evidence(ReadCall& call, const base::Json& json, Problems& problems) {
    Records records(call.context, call.reader, call.caller.merchant);
    auto id = records.id_of<model::ClaimId>(call.request.parameter("id"));
    if (!id) {
        return std::unexpected(id.error());
    }
    EvidenceList body;
    base::require_fields(json, {"evidence"}, problems);
    (void)base::read_json(json, body, problems);
    model::ClaimAction action;
    action.claim = model::ClaimId{*id};
    action.act = model::ClaimAct::add_evidence;
    action.by = call.caller.id;
    engine::Element element;
    seal_evidence(call, body.evidence, "/evidence", element, action.evidence, problems);
    if (problems.empty() && action.evidence.empty()) {
        problems.push_back({"out_of_range", "Send at least one file.", "/evidence"});
    }
    element.payload = std::move(action);
    return element;
}

struct ReportBody {
    model::ReportKind kind = model::ReportKind::damaged;
    std::optional<std::string> shipment, order, tracking_number, reported_by, description;
    std::vector<model::ShipmentLineInput> lines;
    std::optional<base::Instant> occurred_at;
    std::vector<EvidenceBody> evidence;
    static constexpr auto fields() {
        using T = ReportBody;
        return base::fields(
            base::field("kind", &T::kind), base::field("shipment", &T::shipment),
            base::field("order", &T::order), base::field("tracking_number", &T::tracking_number),
            base::field("reported_by", &T::reported_by),
            base::field("description", &T::description), base::field("lines", &T::lines),
            base::field("occurred_at", &T::occurred_at), base::field("evidence", &T::evidence));
    }
};

// The shipment that the report speaks of: named itself, by its number, or the order's latest.
Written find_subject(Records& records, const ReportBody& body, model::Report& report,
                     Problems& problems) {
    if (body.shipment) {
        auto id = records.shipment_id(*body.shipment);
        if (!id) {
            return std::unexpected(id.error());
        }
        report.shipment = model::ShipmentId{*id};
    } else if (body.order) {
        auto id = records.order_id(*body.order);
        if (!id) {
            return std::unexpected(id.error());
        }
        auto order = records.need<model::Order>(*id);
        if (!order) {
            return std::unexpected(order.error());
        }
        if (order->shipments.empty()) {
            problems.push_back({"unknown_shipment", "This order has no shipment yet.", "/order"});
            return {};
        }
        report.shipment = order->shipments.back();
    } else if (body.tracking_number) {
        report.tracking_number = *body.tracking_number;
    } else {
        problems.push_back(
            {"missing", "Name it by shipment, order or tracking_number.", "/shipment"});
    }
    return {};
}

Made read_report(ReadCall& call, const base::Json& json, Problems& problems) {
    ReportBody body;
    base::require_fields(json, {"kind"}, problems);
    if (!base::read_json(json, body, problems)) {
        return engine::Element{};
    }
    if (body.occurred_at && *body.occurred_at < base::instant_of(0)) {
        problems.push_back({"before_1970", "This is before 1970.", "/occurred_at"});
    } else if (body.occurred_at &&
               *body.occurred_at > call.context.engine.now() + engine::limits::future) {
        problems.push_back(
            {"in_the_future", "This lies more than 24 hours in the future.", "/occurred_at"});
    }
    if (body.reported_by && *body.reported_by != "shopper" && *body.reported_by != "agent") {
        problems.push_back({"bad_value", "This is shopper or agent.", "/reported_by"});
    }
    Records records(call.context, call.reader, call.caller.merchant);
    model::Report report;
    report.kind = body.kind;
    report.lines = body.lines;
    report.by = body.reported_by == "shopper" ? "shopper" : call.caller.id;
    if (auto found = find_subject(records, body, report, problems); !found) {
        return std::unexpected(found.error());
    }
    engine::Element files;
    seal_evidence(call, body.evidence, "/evidence", files, report.evidence, problems);
    if (!problems.empty()) {
        return engine::Element{};
    }
    engine::IntakeContext intake;
    intake.secret = call.context.engine.messages().secret;
    intake.merchant = call.caller.merchant;
    intake.now = call.context.engine.now();
    intake.catalog = &call.context.catalog();
    auto element = engine::intake_report(std::move(report), body.description.value_or(""), {},
                                         intake, problems);
    if (element) {
        std::ranges::move(files.sealed, std::back_inserter(element->sealed));
    }
    return element;
}

Written write_reported(base::JsonWriter& writer, Records& records, const engine::Receipt& receipt) {
    Out members(writer);
    model::EventId event = receipt.event;
    auto shipment_id = model::ShipmentId::parse(receipt.id);
    if (shipment_id) {
        auto shipment = records.need<model::Shipment>(shipment_id->value);
        if (!shipment) {
            return std::unexpected(shipment.error());
        }
        event = event ? event : shipment->last_event;
        members.id("id", event);
        members.id("shipment", shipment->id);
        members.id("order", shipment->label->order);
        members.id("incident", shipment->incident);
        for (const model::ClaimRef& claim : shipment->claims) {
            if (claim.side == model::ClaimSide::customer) {
                members.id("claim", claim.id);
                break;
            }
        }
    } else {
        members.at("id").text(event ? event.text() : receipt.id);
    }
    if (receipt.kind == engine::ReceiptKind::duplicate) {
        members.boolean("duplicate", true);
    }
    return {};
}

base::Result<std::string> show_report(ReadCall& call, const engine::Receipt& receipt) {
    Records records(call.context, call.reader, call.caller.merchant);
    std::string out;
    base::JsonWriter writer(out);
    if (auto written = write_reported(writer, records, receipt); !written) {
        return std::unexpected(written.error());
    }
    return out;
}

}  // namespace

void add_action_routes(Router& router, Context& context) {
    add_incident_actions(router, context);
    add_ticket_actions(router, context);
    add_claim_actions(router, context);
    add_action(router, context,
               {.pattern = "/v1/claims/{id}/evidence", .body_max = evidence_body_max},
               read_claim_evidence, show<model::Claim>);
    add_action(router, context,
               {.pattern = "/v1/reports", .scope = scope::ingest, .body_max = evidence_body_max},
               read_report, show_report);
}

}  // namespace aftermile::surface
