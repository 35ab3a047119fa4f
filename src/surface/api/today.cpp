// What needs a person now.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "surface/api/api.hpp"
#include "surface/api/lists.hpp"
#include "surface/api/sources.hpp"

namespace aftermile::surface {
namespace {

using ports::Filter;
constexpr std::ptrdiff_t deadlines_shown = 10;

base::Result<std::int64_t> count(ReadCall& call, ports::Table table, std::vector<Filter> filters) {
    ports::Query query;
    query.table = table;
    query.merchant = call.caller.merchant;
    query.filters = std::move(filters);
    return call.reader.count(query);
}

struct Risk {
    std::int64_t amount = 0, claims = 0;
    std::optional<base::Instant> next;
};

struct Deadline {
    base::Instant at;
    std::string id, type, text;
    std::optional<base::Money> amount;
};

// The ones to come first, however many there are.
class Deadlines {
  public:
    void add(Deadline deadline) {
        const auto place = std::ranges::upper_bound(next_, deadline.at, {}, &Deadline::at);
        if (place - next_.begin() < deadlines_shown) {
            next_.insert(place, std::move(deadline));
        }
        if (std::ssize(next_) > deadlines_shown) {
            next_.pop_back();
        }
    }
    [[nodiscard]] const std::vector<Deadline>& next() const { return next_; }

  private:
    std::vector<Deadline> next_;
};

std::string_view words_for(model::ClaimGround ground) {
    switch (ground) {
        case model::ClaimGround::late_guarantee:
            return "late delivery";
        case model::ClaimGround::loss:
            return "loss";
        case model::ClaimGround::damage:
            return "damage";
        case model::ClaimGround::contents:
            return "wrong contents";
        case model::ClaimGround::billing:
            return "billing";
    }
    return {};
}

std::string claim_sentence(const model::Catalog& catalog, const model::Claim& claim) {
    const model::Carrier* carrier = catalog.find_carrier(claim.carrier);
    return fmt::format("Claim for {} against {} lapses", words_for(claim.ground),
                       carrier == nullptr ? claim.carrier : carrier->name);
}

// Claims that may still lapse, by currency, and their next deadlines.
Written read_claims(Records& records, base::Instant now, std::map<std::string, Risk>& risks,
                    Deadlines& deadlines) {
    using enum model::ClaimState;
    const auto add = [&](const model::Claim& claim) {
        if (claim.side == model::ClaimSide::customer || !claim.deadline || *claim.deadline < now) {
            return;
        }
        const std::string code(claim.amount.currency.code());
        Risk& risk = risks[code.empty() ? "XXX" : code];
        risk.amount += claim.amount.amount;
        ++risk.claims;
        risk.next = risk.next ? std::min(*risk.next, *claim.deadline) : claim.deadline;
        deadlines.add({*claim.deadline, claim.id.text(), "claim",
                       claim_sentence(records.context().catalog(), claim), claim.amount});
    };
    for (const model::ClaimState unfiled : {eligible, evidence_ready, queued}) {
        const auto state = static_cast<std::int64_t>(unfiled);
        if (auto read = records.each<model::Claim>({is("state", state)}, add); !read) {
            return read;
        }
    }
    return {};
}

struct Incidents {
    std::array<std::int64_t, base::enum_count<model::Severity>()> open{};
    std::int64_t fresh = 0, contacts_due = 0;
};

base::Result<Incidents> read_incidents(Records& records, base::Instant now, Deadlines& deadlines) {
    Incidents out;
    const auto read = records.each<model::Incident>(
        {is("open", std::int64_t{1})}, [&](const model::Incident& incident) {
            ++out.open[static_cast<std::size_t>(incident.severity)];
            if (incident.opened_at > now - std::chrono::hours(24)) {
                ++out.fresh;
            }
            if (incident.next_contact_due) {
                out.contacts_due += *incident.next_contact_due <= now ? 1 : 0;
                deadlines.add({*incident.next_contact_due, incident.id.text(), "contact",
                               "The customer should hear from us", std::nullopt});
            }
        });
    return read ? base::Result<Incidents>(out) : std::unexpected(read.error());
}

void write_deadlines(Out& out, const Deadlines& deadlines) {
    base::JsonWriter& list = out.at("deadlines");
    list.begin_array();
    for (const Deadline& each : deadlines.next()) {
        Out one(list);
        one.instant("at", each.at);
        one.at("id").text(each.id);
        one.at("type").text(each.type);
        one.at("text").text(each.text);
        one.money("amount", each.amount);
    }
    list.end_array();
}

void write_risks(Out& out, const std::map<std::string, Risk>& risks) {
    base::JsonWriter& list = out.at("money_at_risk");
    list.begin_array();
    for (const auto& [currency, risk] : risks) {
        Out one(list);
        one.integer("amount", risk.amount);
        one.text("currency", currency);
        one.integer("claims", risk.claims);
        one.instant("next_deadline", risk.next);
    }
    list.end_array();
}

void write_sources(Out& out, Context& context, model::MerchantNumber merchant) {
    base::JsonWriter& list = out.at("sources");
    list.begin_array();
    for (const SourceRecord& record : context.sources->of_merchant(merchant)) {
        const SourceHealth health = context.sources->health(record.endpoint);
        if (!health.last_failed) {
            continue;
        }
        Out one(list);
        one.text("source", record.source);
        one.text("endpoint", record.endpoint);
        one.text("url", fmt::format("{}/v1/webhooks/{}/{}", context.options.public_url,
                                    record.source, record.endpoint));
        one.text("name", record.name);
        one.text("state", "failing");
        one.instant("last_event_at", health.last_event_at);
        one.integer("events", health.events);
        one.integer("signature_failures", health.signature_failures);
        one.instant("created_at", record.created_at);
    }
    list.end_array();
}

Written write_counts(Out& out, ReadCall& call) {
    constexpr auto open = static_cast<std::int64_t>(model::TicketState::open);
    auto tickets = count(call, ports::Table::tickets, {is("state", open)});
    auto parked = count(call, ports::Table::parked, {{"resolved_at", Filter::Test::is_null, {}}});
    auto queued = count(call, ports::Table::outbox, {is("attempts", std::int64_t{0})});
    auto retrying = count(call, ports::Table::outbox,
                          {{"attempts", Filter::Test::at_least, {std::int64_t{1}}}});
    auto dead = count(call, ports::Table::notifications, {is("failed", std::int64_t{1})});
    for (const auto* each : {&tickets, &parked, &queued, &retrying, &dead}) {
        if (!*each) {
            return std::unexpected(each->error());
        }
    }
    out.integer("tickets_open", *tickets);
    out.integer("parked", *parked);
    Out outbox(out.at("outbox"));
    outbox.integer("queued", *queued);
    outbox.integer("retrying", *retrying);
    outbox.integer("dead", *dead);
    return {};
}

model::Mode current_mode(ReadCall& call) {
    auto row = call.reader.get(ports::Table::merchants, call.caller.merchant, call.caller.merchant);
    if (row && *row) {
        auto merchant = base::decode<model::Merchant>((*row)->body);
        if (merchant && !merchant->modes.empty()) {
            return merchant->modes.back().mode;
        }
    }
    auto created = engine::read_merchant(call.context.engine.store().admin(), call.caller.merchant);
    return created ? created->created_mode : model::Mode::shadow;
}

Written write_today(base::JsonWriter& writer, ReadCall& call) {
    Records records(call.context, call.reader, call.caller.merchant);
    const base::Instant now = call.context.engine.now();
    std::map<std::string, Risk> risks;
    Deadlines deadlines;
    auto incidents = read_incidents(records, now, deadlines);
    auto claims = read_claims(records, now, risks, deadlines);
    if (!incidents || !claims) {
        return std::unexpected(!incidents ? incidents.error() : claims.error());
    }
    Out out(writer);
    out.instant("now", now);
    out.word("mode", current_mode(call));
    {
        Out open(out.at("open_incidents"));
        for (std::size_t i = 0; i < incidents->open.size(); ++i) {
            open.integer(base::enum_names<model::Severity>[i], incidents -> open[i]);
        }
    }
    out.integer("new_incidents_24h", incidents->fresh);
    out.integer("contacts_due", incidents->contacts_due);
    write_risks(out, risks);
    write_deadlines(out, deadlines);
    write_sources(out, call.context, call.caller.merchant);
    return write_counts(out, call);
}

}  // namespace

void add_today_routes(Router& router, Context& context) {
    add_read(router, context, {Method::get, "/v1/today", scope::read},
             [](ReadCall& call) -> base::Result<std::string> {
                 std::string body;
                 base::JsonWriter writer(body);
                 if (auto written = write_today(writer, call); !written) {
                     return std::unexpected(written.error());
                 }
                 return body;
             });
}

}  // namespace aftermile::surface
