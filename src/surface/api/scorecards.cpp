// Carrier performance from published profile versions, and what is known of carriers.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.hpp"
#include "surface/api/api.hpp"
#include "surface/api/lists.hpp"

namespace aftermile::surface {
namespace {

// The 95 % interval of a rate (E. B. Wilson, 1927): honest also for few observations.
struct Rate {
    double rate = 0, low = 0, high = 1;
    std::int64_t n = 0;
};

Rate rate_of(std::int64_t hits, std::int64_t n) {
    if (n <= 0) {
        return {};
    }
    constexpr double z = 1.959963984540054;
    const double count = static_cast<double>(n);
    const double p = std::clamp(static_cast<double>(hits) / count, 0.0, 1.0);
    const double scale = 1 + z * z / count;
    const double centre = (p + z * z / (2 * count)) / scale;
    const double half = z * std::sqrt(p * (1 - p) / count + z * z / (4 * count * count)) / scale;
    return {p, std::max(0.0, centre - half), std::min(1.0, centre + half), n};
}

void write_rate(Out& out, std::string_view name, const Rate& rate) {
    Out inner(out.at(name));
    inner.at("rate").raw(fmt::format("{:.6f}", rate.rate));
    inner.at("low").raw(fmt::format("{:.6f}", rate.low));
    inner.at("high").raw(fmt::format("{:.6f}", rate.high));
    inner.integer("n", rate.n);
}

struct Card {
    std::string carrier, service, lane, warehouse;
    model::ProfileCell sum;
};

struct Profile {
    std::uint32_t version = 0;
    std::optional<base::Instant> published_at;
    std::map<model::Lane, model::ProfileCell> cells;  // each lane's newest
};

base::Result<Profile> read_profile(ReadCall& call) {
    Records records(call.context, call.reader, call.caller.merchant);
    Profile out;
    ports::Query query;
    query.table = ports::Table::profiles;
    query.merchant = call.caller.merchant;
    query.newest_first = true;
    query.limit = 500;
    for (;;) {
        auto rows = call.reader.list(query);
        if (!rows) {
            return std::unexpected(rows.error());
        }
        for (const ports::StoredRow& row : *rows) {
            auto version = base::decode<model::ProfileVersion>(row.body);
            if (!version) {
                return std::unexpected(version.error());
            }
            if (out.version == 0) {
                out.version = version->version;
                out.published_at = version->published_at;
            }
            for (model::ProfileCell& cell : version->cells) {
                out.cells.try_emplace(cell.lane, std::move(cell));
            }
            query.after = row.id;
        }
        if (rows->size() < query.limit) {
            return out;
        }
    }
}

void add_cell(model::ProfileCell& sum, const model::ProfileCell& cell) {
    sum.exposures += cell.exposures;
    sum.outcomes += cell.outcomes;
    sum.on_time += cell.on_time;
    sum.transit_minutes += cell.transit_minutes;
    sum.exceptions.resize(std::max(sum.exceptions.size(), cell.exceptions.size()));
    for (std::size_t i = 0; i < cell.exceptions.size(); ++i) {
        sum.exceptions[i] += cell.exceptions[i];
    }
}

struct By {
    bool service = false, lane = false, warehouse = false;
};

base::Result<By> read_by(ReadCall& call) {
    By by;
    for (const std::string_view word :
         base::split(parameter(call, "by").value_or("carrier"), ',')) {
        const auto name = base::trim(word);
        if (name == "service") {
            by.service = true;
        } else if (name == "lane") {
            by.lane = true;
        } else if (name == "warehouse") {
            by.warehouse = true;
        } else if (name != "carrier") {
            return base::fail("bad_parameter", "by is of carrier, service, lane and warehouse.",
                              "by");
        }
    }
    return by;
}

// "ups/ground", or with lane and warehouse behind them.
std::map<std::string, Card> cards_of(const Profile& profile, By by, std::string_view carrier) {
    std::map<std::string, Card> out;
    for (const auto& [lane, cell] : profile.cells) {
        if (!carrier.empty() && lane.carrier != carrier) {
            continue;
        }
        Card card;
        card.carrier = lane.carrier;
        std::string id = lane.carrier;
        if (by.service) {
            card.service = lane.service;
            id += "/" + lane.service;
        }
        if (by.lane) {
            card.lane = fmt::format("{}>{}", lane.from, lane.to);
            id += "/" + card.lane;
        }
        if (by.warehouse) {
            card.warehouse = lane.warehouse;
            id += "/" + lane.warehouse;
        }
        auto [at, fresh] = out.try_emplace(id, card);
        add_cell(at->second.sum, cell);
    }
    return out;
}

void write_card(base::JsonWriter& writer, const std::string& id, const Card& card,
                const Profile& profile) {
    const model::ProfileCell& sum = card.sum;
    const auto count = [&](model::Exception kind) {
        const auto at = static_cast<std::size_t>(kind);
        return at < sum.exceptions.size() ? sum.exceptions[at] : 0;
    };
    Out out(writer);
    out.at("id").text(id);
    out.text("carrier", card.carrier);
    out.text("service", card.service);
    out.text("lane", card.lane);
    out.text("warehouse", card.warehouse);
    out.integer("shipments", sum.exposures);
    write_rate(out, "on_time", rate_of(sum.on_time, sum.outcomes));
    base::JsonWriter& list = out.at("exceptions");
    list.begin_array();
    for (std::size_t i = 1; i < sum.exceptions.size(); ++i) {
        if (sum.exceptions[i] > 0) {
            Out one(list);
            one.word("kind", static_cast<model::Exception>(i));
            write_rate(one, "rate", rate_of(sum.exceptions[i], sum.exposures));
        }
    }
    list.end_array();
    write_rate(out, "lost", rate_of(count(model::Exception::lost), sum.exposures));
    write_rate(out, "damaged", rate_of(count(model::Exception::damaged), sum.exposures));
    out.natural("profile_version", profile.version);
    out.instant("published_at", profile.published_at);
}

base::Result<std::string> list_scorecards(ReadCall& call) {
    auto by = read_by(call);
    auto profile = by ? read_profile(call) : base::Result<Profile>(std::unexpected(by.error()));
    if (!profile) {
        return std::unexpected(profile.error());
    }
    const auto carrier = parameter(call, "carrier");
    const auto cards =
        cards_of(*profile, *by, carrier ? call.context.catalog().carrier_id(*carrier) : "");
    std::vector<std::pair<std::string, Card>> sorted(cards.begin(), cards.end());
    std::ranges::stable_sort(sorted, std::greater{},
                             [](const auto& each) { return each.second.sum.exposures; });
    return page_of(call, sorted.size(), [&](base::JsonWriter& writer, std::size_t i) -> Written {
        write_card(writer, sorted[i].first, sorted[i].second, *profile);
        return {};
    });
}

base::Result<std::string> get_scorecard(ReadCall& call) {
    auto profile = read_profile(call);
    if (!profile) {
        return std::unexpected(profile.error());
    }
    const std::string id(call.request.parameter("id"));
    for (const By by :
         {By{}, By{.service = true}, By{.service = true, .lane = true}, By{.lane = true},
          By{.warehouse = true}, By{.service = true, .lane = true, .warehouse = true}}) {
        const auto cards = cards_of(*profile, by, "");
        if (const auto at = cards.find(id); at != cards.end()) {
            std::string body;
            base::JsonWriter writer(body);
            write_card(writer, id, at->second, *profile);
            return body;
        }
    }
    return no_such("scorecard");
}

// ---- carriers ----

void write_terms(Out& out, const model::Catalog& catalog, const std::string& carrier) {
    base::JsonWriter& list = out.at("terms");
    list.begin_array();
    const auto days = [](Out& one, base::LocalDay from, const std::optional<base::LocalDay>& until,
                         const model::Evidence& evidence) {
        one.text("from", base::to_text(from));
        if (until) {
            one.text("to", base::to_text(*until));
        }
        one.word("grade", evidence.shown_as());
        one.text("source", evidence.source);
        if (evidence.verified_on) {
            one.text("verified_on", base::to_text(*evidence.verified_on));
        }
    };
    for (const model::Guarantee& row : catalog.guarantees()) {
        if (row.carrier != carrier) {
            continue;
        }
        Out one(list);
        one.text("kind", "guarantee");
        one.text("service", fmt::format("{}", fmt::join(row.services, ", ")));
        one.at("text").text(row.guaranteed ? "Money back when late: " + row.refund
                                           : "No money back: " + row.reason);
        one.boolean("suspended", !row.guaranteed);
        days(one, row.from, row.until, row.evidence);
    }
    for (const model::ClaimWindow& row : catalog.windows()) {
        if (row.carrier != carrier) {
            continue;
        }
        Out one(list);
        one.text("kind", "claim_window");
        one.text("service", fmt::format("{}", fmt::join(row.services, ", ")));
        one.word("ground", row.ground);
        one.at("text").text(
            fmt::format("Within {} {} of the {}", row.days > 0 ? row.days : row.months,
                        row.days > 0 ? "days" : "months", base::to_text(row.clock)));
        days(one, row.from, row.until, row.evidence);
    }
    list.end_array();
}

Written write_carrier(base::JsonWriter& writer, ReadCall& call, const model::Carrier& carrier,
                      bool with_terms) {
    const model::Catalog& catalog = call.context.catalog();
    ports::Query query;
    query.table = ports::Table::shipments;
    query.merchant = call.caller.merchant;
    query.filters = {is("carrier", carrier.id)};
    auto shipments = call.reader.count(query);
    if (!shipments) {
        return std::unexpected(shipments.error());
    }
    std::int64_t rows = 0;
    std::optional<base::LocalDay> checked;
    for (const model::StatusRow& row : catalog.statuses()) {
        if (row.carrier == carrier.id) {
            ++rows;
            checked = checked ? std::max(*checked, row.checked_on) : row.checked_on;
        }
    }
    Out out(writer);
    out.text("id", carrier.id);
    out.text("name", carrier.name);
    out.integer("shipments", *shipments);
    out.integer("status_rows", rows);
    if (checked) {
        out.text("checked_on", base::to_text(*checked));
    }
    if (with_terms) {
        write_terms(out, catalog, carrier.id);
    }
    return {};
}

base::Result<std::string> list_carriers(ReadCall& call) {
    const auto carriers = call.context.catalog().carriers();
    return page_of(call, carriers.size(), [&](base::JsonWriter& writer, std::size_t i) {
        return write_carrier(writer, call, carriers[i], true);
    });
}

base::Result<std::string> get_carrier(ReadCall& call) {
    const model::Carrier* carrier =
        call.context.catalog().find_carrier(call.request.parameter("id"));
    if (carrier == nullptr) {
        return no_such("carrier");
    }
    std::string body;
    base::JsonWriter writer(body);
    if (auto written = write_carrier(writer, call, *carrier, true); !written) {
        return std::unexpected(written.error());
    }
    return body;
}

}  // namespace

void add_scorecard_routes(Router& router, Context& context) {
    add_read(router, context,
             {Method::get, "/v1/scorecards", scope::read, {"limit", "cursor", "by", "carrier"}},
             list_scorecards);
    add_read(router, context, {Method::get, "/v1/scorecards/{id}", scope::read}, get_scorecard);
    add_read(router, context, {Method::get, "/v1/carriers", scope::read, {"limit", "cursor"}},
             list_carriers);
    add_read(router, context, {Method::get, "/v1/carriers/{id}", scope::read}, get_carrier);
}

}  // namespace aftermile::surface
