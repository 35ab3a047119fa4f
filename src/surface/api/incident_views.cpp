// Incidents with their six answers, claims, and the sentences of the team.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/message.hpp"
#include "surface/api/views.hpp"
#include "text/sentences.hpp"

namespace aftermile::surface {
namespace {

using model::AnswerKind;

std::string spelled(std::string_view word) {
    std::string out(word);
    std::ranges::replace(out, '_', ' ');
    return out;
}

// What a side owes or was asked for, and what of it is paid.
struct Side {
    std::int64_t amount = 0;
    std::int64_t settled = 0;
    base::Currency currency;
};

std::string_view currency_text(base::Currency currency) {
    const std::string_view code = currency.code();
    return code.empty() ? "XXX" : code;  // ISO 4217: no currency
}

void write_side(Out& out, std::string_view name, const Side& side) {
    Out inner(out.at(name));
    inner.integer("amount", side.amount);
    inner.at("currency").text(currency_text(side.currency));
    inner.integer("settled", side.settled);
}

bool is_dropped(model::ClaimState state) {
    return state == model::ClaimState::withdrawn || state == model::ClaimState::written_off ||
           state == model::ClaimState::lapsed || state == model::ClaimState::denied_final ||
           state == model::ClaimState::reversed;
}

void write_money_sides(Out& out, const model::Incident& record,
                       const std::vector<model::Claim>& claims, base::Currency known) {
    std::array<Side, 3> sides;  // by ClaimSide: customer, carrier, insurer
    const std::array<base::Money, 3> settled{record.money_customer, record.money_carrier,
                                             record.money_insurer};
    for (std::size_t i = 0; i < sides.size(); ++i) {
        sides[i].settled = settled[i].amount;
        sides[i].currency = settled[i].currency;
    }
    for (const model::Claim& claim : claims) {
        Side& side = sides[static_cast<std::size_t>(claim.side)];
        if (!is_dropped(claim.state)) {
            side.amount += claim.decided_amount.value_or(claim.amount).amount;
        }
        if (side.currency == base::Currency{}) {
            side.currency = claim.amount.currency;
        }
    }
    for (Side& side : sides) {
        side.amount = std::max(side.amount, side.settled);
        known = known == base::Currency{} ? side.currency : known;
    }
    for (Side& side : sides) {
        side.currency = side.currency == base::Currency{} ? known : side.currency;
    }
    Out inner(out.at("money"));
    write_side(inner, "customer", sides[static_cast<std::size_t>(model::ClaimSide::customer)]);
    write_side(inner, "insurer", sides[static_cast<std::size_t>(model::ClaimSide::insurer)]);
    write_side(inner, "carrier", sides[static_cast<std::size_t>(model::ClaimSide::carrier)]);
}

void write_exceptions(Out& out, Context& context, const model::Incident& record) {
    base::JsonWriter& list = out.at("exceptions");
    list.begin_array();
    for (const model::IncidentException& each : record.exceptions) {
        Out one(list);
        one.word("kind", each.kind);
        one.instant("opened_at", each.opened_at);
        one.instant(each.retracted ? "retracted_at" : "cleared_at", each.cleared_at);
        one.text("text", context.messages()
                             .translate("en", fmt::format("word.kind.{}", base::to_text(each.kind)))
                             .value_or(spelled(base::to_text(each.kind))));
        one.because("because", each.because);
    }
    list.end_array();
}

// What lists and the full view share, up to the answers.
Written write_common(Out& out, View& view, const model::Incident& record,
                     const std::vector<model::Claim>& claims) {
    Context& context = view.records.context();
    auto shipment = view.records.get<model::Shipment>(record.shipment.value);
    auto order = view.records.get<model::Order>(record.order.value);
    if (!shipment || !order) {
        return std::unexpected(!shipment ? shipment.error() : order.error());
    }
    out.id("id", record.id);
    out.text("text", incident_sentence(context, record));
    out.word("kind", record.kind);
    write_exceptions(out, context, record);
    out.word("severity", record.severity);
    out.text("owner", record.owner);
    out.word("customer_state", record.customer_state);
    out.word("money_state", record.money_state);
    out.id("order", record.order);
    const base::Zone* zone = nullptr;
    if (*order) {
        out.text("order_reference", (*order)->reference);
        zone = zone_of(context.catalog(), (*order)->ship_to);
    }
    out.id("shipment", record.shipment);
    if (*shipment) {
        out.text("tracking_number", (*shipment)->label->tracking_number);
        out.text("carrier", (*shipment)->label->carrier);
        out.text("service", (*shipment)->label->service);
        const base::Zone* own = zone_of(context.catalog(), (*shipment)->label->ship_to);
        zone = own == nullptr ? zone : own;
    }
    out.id("customer", record.customer);
    if (zone != nullptr) {
        out.text("zone", zone->name());
    }
    write_money_sides(out, record, claims, *order ? (*order)->currency : base::Currency{});
    out.instant("deadline", record.deadline);
    if (record.deadline) {
        out.text("deadline_text", say(context.messages(), "deadline_claim", {},
                                      "The claim can no longer be filed after this."));
    }
    out.instant("next_contact_due", record.next_contact_due);
    out.instant("snoozed_until", record.snoozed_until);
    out.id("merged_into", record.merged_into);
    out.instant("opened_at", record.opened_at);
    out.instant("closed_at", record.closed_at);
    return {};
}

template <class R>
base::Result<std::optional<R>> thing(View& view, const std::string& id) {
    auto parsed = decltype(R::id)::parse(id);
    if (!parsed) {
        return std::nullopt;
    }
    return view.records.get<R>(parsed->value);
}

Written write_told(Out& out, View& view, const model::Answer& answer) {
    auto found = thing<model::Notification>(view, answer.id);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (*found) {
        out.word("kind", (*found)->kind);
        out.word("channel", (*found)->channel);
        out.word("state", (*found)->state);
        out.instant("sent_at", (*found)->sent_at);
    }
    return {};
}

Written write_ticket(Out& out, View& view, const model::Answer& answer) {
    auto found = thing<model::Ticket>(view, answer.id);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (*found) {
        out.word("state", (*found)->state);
        out.word("severity", (*found)->severity);
        out.text("assignee", (*found)->assignee);
    }
    return {};
}

Written write_cover(Out& out, View& view, const model::Answer& answer,
                    const model::Incident& record, const std::vector<model::Claim>& claims) {
    auto found = thing<model::Coverage>(view, answer.id);
    if (!found) {
        return std::unexpected(found.error());
    }
    out.word("funding", *found ? (*found)->funding : record.funding);
    out.word("remedy", record.remedy);
    if (*found) {
        out.word("state", (*found)->state);
        out.money("amount", (*found)->limit);
    }
    for (const model::Claim& claim : claims) {
        if (claim.side == model::ClaimSide::customer) {
            out.id("claim", claim.id);
            break;
        }
    }
    return {};
}

Written write_carrier_claim(Out& out, View& view, const model::Answer& answer) {
    auto found = thing<model::Claim>(view, answer.id);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (*found) {
        out.word("state", (*found)->state);
        out.word("ground", (*found)->ground);
        out.money("amount", (*found)->amount);
        out.instant("opens_at", (*found)->opens_at);
        out.instant("deadline", (*found)->deadline);
        out.word("grade", (*found)->grade);
    }
    return {};
}

Written write_performance(Out& out, View& view, const model::Answer& answer) {
    auto found = thing<model::Contribution>(view, answer.id);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (*found) {
        const model::Lane& lane = (*found)->lane;
        out.text("carrier", lane.carrier);
        out.text("service", lane.service);
        out.text("lane", lane.from.empty() && lane.to.empty()
                             ? std::string()
                             : fmt::format("{} \xE2\x86\x92 {}", lane.from, lane.to));
    }
    return {};
}

Written write_return_risk(Out& out, View& view, const model::Answer& answer) {
    auto found = thing<model::ReturnRisk>(view, answer.id);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (*found) {
        out.word("level", (*found)->level);
        out.text("incentive", (*found)->incentive);
    }
    return {};
}

Written write_thing(Out& out, View& view, AnswerKind kind, const model::Answer& answer,
                    const model::Incident& record, const std::vector<model::Claim>& claims) {
    switch (kind) {
        case AnswerKind::customer_told:
            return write_told(out, view, answer);
        case AnswerKind::ticket:
            return write_ticket(out, view, answer);
        case AnswerKind::cover:
            return write_cover(out, view, answer, record, claims);
        case AnswerKind::carrier_claim:
            return write_carrier_claim(out, view, answer);
        case AnswerKind::performance:
            return write_performance(out, view, answer);
        case AnswerKind::return_risk:
            return write_return_risk(out, view, answer);
    }
    return {};
}

void write_history(Out& out, const std::vector<model::AnswerRevision>& history) {
    base::JsonWriter& list = out.at("history");
    list.begin_array();
    for (const model::AnswerRevision& each : history) {
        Out one(list);
        one.text("id", each.id);
        one.text("none", each.none);
        one.instant("at", each.at);
        one.because("because", each.because);
    }
    list.end_array();
}

// The team's notes, oldest first.
void write_log(Out& out, const model::Incident& record) {
    base::JsonWriter& list = out.at("log");
    list.begin_array();
    for (const model::TeamNote& note : record.notes) {
        Out one(list);
        one.at("type").text("note");
        one.id("id", record.id);
        one.instant("at", note.at);
        one.text("by", note.author);
        one.at("text").text(note.text);
        one.because("because", {record.last_event, "team.note", 0, 0, 0, {}});
    }
    list.end_array();
}

// Attached pieces bear a leading plus; names without one are asked for, unless our own records
// are that evidence.
void write_evidence(Out& out, const model::Claim& record) {
    constexpr std::array held{std::string_view{"tracking_history"},
                              std::string_view{"promised_time"}, std::string_view{"invoice_line"}};
    std::vector<std::string> missing;
    base::JsonWriter& list = out.at("evidence");
    list.begin_array();
    for (const std::string& name : record.evidence) {
        const bool attached = name.starts_with('+');
        const bool is_held = std::ranges::find(held, name) != held.end();
        if (!attached && !is_held) {
            if (std::ranges::find(record.evidence, "+" + name) == record.evidence.end()) {
                missing.push_back(name);
            }
            continue;
        }
        Out one(list);
        one.text("name", attached ? std::string_view(name).substr(1) : std::string_view(name));
        one.text("kind", is_held ? "own_record" : "attached");
        one.instant("at", record.steps.empty() ? record.opened_at : record.steps.back().at);
    }
    list.end_array();
    out.texts("missing", missing);
}

base::Result<std::vector<model::Claim>> claims_of(View& view, const model::Incident& record) {
    return view.records.all<model::Claim>({is("incident", record.id.value)}, 50);
}

}  // namespace

std::string say(const text::Messages& messages, std::string_view key, const text::Fields& fields,
                std::string_view or_else) {
    auto said = messages.translate("en", fmt::format("timeline.{}", key), fields);
    return said ? *said : std::string(or_else);
}

std::string incident_sentence(Context& context, const model::Incident& incident) {
    const std::string_view kind = base::to_text(incident.kind);
    auto said = context.messages().translate("en", fmt::format("word.kind.{}", kind));
    return said ? text::capitalised(std::move(*said)) : spelled(kind);
}

Written write_view(base::JsonWriter& writer, View& view, const model::Incident& record) {
    auto claims = claims_of(view, record);
    if (!claims) {
        return std::unexpected(claims.error());
    }
    Out out(writer);
    if (auto written = write_common(out, view, record, *claims); !written) {
        return written;
    }
    Out answers(out.at("answers"));
    for (std::size_t i = 0; i < record.answers.size() && i < model::answer_count; ++i) {
        Out one(answers.at(base::to_text(static_cast<AnswerKind>(i))));
        one.text("id", record.answers[i].id);
        one.text("none", record.answers[i].none);
    }
    return {};
}

Written write_full_view(base::JsonWriter& writer, View& view, const model::Incident& record) {
    auto claims = claims_of(view, record);
    if (!claims) {
        return std::unexpected(claims.error());
    }
    Out out(writer);
    if (auto written = write_common(out, view, record, *claims); !written) {
        return written;
    }
    {
        Out answers(out.at("answers"));
        for (std::size_t i = 0; i < record.answers.size() && i < model::answer_count; ++i) {
            const model::Answer& answer = record.answers[i];
            const auto kind = static_cast<AnswerKind>(i);
            Out one(answers.at(base::to_text(kind)));
            one.text("id", answer.id);
            one.text("none", answer.none);
            one.instant("at", answer.at);
            if (auto written = write_thing(one, view, kind, answer, record, *claims); !written) {
                return written;
            }
            one.because("because", answer.because);
            write_history(one, answer.history);
        }
    }
    write_log(out, record);
    return {};
}

Written write_view(base::JsonWriter& writer, View& view, const model::Claim& record) {
    auto shipment = view.records.get<model::Shipment>(record.shipment.value);
    if (!shipment) {
        return std::unexpected(shipment.error());
    }
    Out out(writer);
    out.id("id", record.id);
    out.word("side", record.side);
    out.word("ground", record.ground);
    out.word("state", record.state);
    out.text("carrier", record.carrier);
    if (*shipment) {
        out.text("service", (*shipment)->label->service);
    }
    out.id("order", record.order);
    out.id("shipment", record.shipment);
    out.text("piece", record.piece);
    out.id("incident", record.incident);
    {
        Out amount(out.at("amount"));
        amount.integer("amount", record.amount.amount);
        amount.at("currency").text(currency_text(record.amount.currency));
    }
    const bool credited = record.state == model::ClaimState::credited ||
                          record.state == model::ClaimState::short_credited ||
                          record.state == model::ClaimState::reconciled ||
                          record.state == model::ClaimState::paid;
    out.money(credited ? "credited" : "approved", record.decided_amount);
    out.instant("opens_at", record.opens_at);
    out.instant("deadline", record.deadline);
    if (record.deadline) {
        out.word("deadline_grade", record.grade);
    }
    write_evidence(out, record);
    out.text("filed_by", record.filed_by);
    out.text("method", record.method);
    out.text("case_number", record.case_number);
    for (const model::ClaimStep& step : record.steps) {
        if (step.state == model::ClaimState::filed) {
            out.instant("filed_at", step.at);
            break;
        }
    }
    out.instant("created_at", record.opened_at);
    if (!record.steps.empty()) {
        out.instant("updated_at", record.steps.back().at);
    }
    out.because("because", record.because);
    base::JsonWriter& history = out.at("history");
    history.begin_array();
    for (const model::ClaimStep& step : record.steps) {
        Out one(history);
        one.instant("at", step.at);
        one.word("state", step.state);
        one.text("by", step.by);
        one.text("text", step.note);
        one.because("because", record.because);
    }
    history.end_array();
    return {};
}

namespace {

// The fields of an entry as texts; a choice as the team's word for it.
text::Fields entry_fields(Context& context, std::string_view locale,
                          const model::TimelineEntry& entry) {
    text::Fields fields;
    model::Notification holder;
    for (const model::MessageField& field : entry.text_fields) {
        const model::Carrier* carrier =
            field.name == "carrier" ? context.catalog().find_carrier(field.text) : nullptr;
        if (carrier != nullptr) {
            fields.insert_or_assign(std::string(field.name), carrier->name);
            continue;
        }
        const bool word = field.type == model::FieldType::choice ||
                          (field.type == model::FieldType::text &&
                           context.messages().has(
                               locale, fmt::format("word.{}.{}", field.name.text(), field.text)));
        if (!word) {
            holder.message_fields.push_back(field);
            continue;
        }
        fields.insert_or_assign(
            std::string(field.name),
            context.messages()
                .translate(locale, fmt::format("word.{}.{}", field.name.text(), field.text))
                .value_or(spelled(field.text)));
    }
    if (auto rest = engine::message_fields(holder, context.catalog())) {
        fields.merge(*rest);
    }
    // Sentences know their words by what they are for, not by the record's member.
    constexpr auto spoken =
        std::to_array<std::pair<std::string_view, std::string_view>>({{"message", "subject"},
                                                                      {"state", "decision"},
                                                                      {"kind", "what"},
                                                                      {"report", "what"},
                                                                      {"funding", "what"},
                                                                      {"level", "what"},
                                                                      {"remedy", "what"},
                                                                      {"owner", "what"},
                                                                      {"into", "what"},
                                                                      {"what", "subject"}});
    for (const auto& [member, word] : spoken) {
        if (const auto at = fields.find(member); at != fields.end()) {
            fields.try_emplace(std::string(word), at->second);
        }
    }
    return fields;
}

}  // namespace

std::string timeline_sentence(Context& context, std::string_view locale,
                              const model::TimelineEntry& entry) {
    if (entry.type == model::EntryType::scan) {
        return text::sentence_for_scan(context.messages(), locale, entry.milestone, "")
            .value_or("Scanned");
    }
    const text::Fields fields = entry_fields(context, locale, entry);
    auto said =
        context.messages().translate(locale, fmt::format("timeline.{}", entry.text), fields);
    return said ? *said : spelled(entry.text.empty() ? base::to_text(entry.type) : entry.text);
}

}  // namespace aftermile::surface
