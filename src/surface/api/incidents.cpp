// Incidents: their queue, and one of them with its six answers.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "surface/api/lists.hpp"

namespace aftermile::surface {
namespace {

using ports::Filter;

struct Wanted {
    std::vector<Filter> filters;
    std::optional<model::Exception> exception;
    std::string carrier, tracking_number, needle;
    bool unowned = false, nothing = false;
};

// Filters on columns of the incident.
Written read_own(ReadCall& call, Wanted& out) {
    const auto add = [&](std::string_view column, const auto& word) {
        if (*word) {
            out.filters.push_back(is(column, static_cast<std::int64_t>(**word)));
        }
    };
    auto customer = word_parameter<model::CustomerState>(call, "customer_state");
    auto money = word_parameter<model::MoneyState>(call, "money_state");
    auto kind = word_parameter<model::Exception>(call, "kind");
    auto severity = word_parameter<model::Severity>(call, "severity");
    auto exception = word_parameter<model::Exception>(call, "exception");
    for (const base::Error* error :
         {customer ? nullptr : &customer.error(), money ? nullptr : &money.error(),
          kind ? nullptr : &kind.error(), severity ? nullptr : &severity.error(),
          exception ? nullptr : &exception.error()}) {
        if (error != nullptr) {
            return std::unexpected(*error);
        }
    }
    add("customer_state", customer);
    add("money_state", money);
    add("kind", kind);
    add("severity", severity);
    out.exception = *exception;
    if (const auto state = parameter(call, "state")) {
        if (*state != "open" && *state != "closed") {
            return base::fail("bad_parameter", "state is open or closed.", "state");
        }
        // Equal, not only told: with that its index yields them in the order of the list.
        out.filters.push_back(*state == "open" ? is("open", std::int64_t{1})
                                               : Filter{"open", Filter::Test::is_null, {}});
    }
    if (const auto owner = parameter(call, "owner")) {
        if (*owner == "none") {
            out.filters.push_back({"owner", Filter::Test::is_null, {}});
        } else {
            out.filters.push_back(
                is("owner", *owner == "me" ? call.caller.id : std::string(*owner)));
        }
    }
    return {};
}

// Filters on its subject, and on time.
base::Result<Wanted> read_wanted(ReadCall& call) {
    Wanted out;
    if (auto own = read_own(call, out); !own) {
        return std::unexpected(own.error());
    }
    Records records(call.context, call.reader, call.caller.merchant);
    for (const std::string_view name : {"order", "shipment"}) {
        if (const auto written = parameter(call, name)) {
            auto id = name == "order" ? records.order_id(*written) : records.shipment_id(*written);
            if (id) {
                out.filters.push_back(is(name, *id));
            } else if (id.error().code == "not_found") {
                out.nothing = true;
            } else {
                return std::unexpected(id.error());
            }
        }
    }
    auto since = instant_parameter(call, "since");
    auto until = instant_parameter(call, "until");
    if (!since || !until) {
        return std::unexpected(!since ? since.error() : until.error());
    }
    if (*since) {
        out.filters.push_back(
            {"opened_at", Filter::Test::at_least, {base::microseconds_of(**since)}});
    }
    if (*until) {
        out.filters.push_back(
            {"opened_at", Filter::Test::at_most, {base::microseconds_of(**until) - 1}});
    }
    if (const auto carrier = parameter(call, "carrier")) {
        out.carrier = call.context.catalog().carrier_id(*carrier);
    }
    if (const auto number = parameter(call, "tracking_number")) {
        out.tracking_number = model::normalise_tracking_number(*number);
    }
    out.needle = base::lower_ascii(base::trim(parameter(call, "q").value_or("")));
    return out;
}

bool has_open(const model::Incident& record, model::Exception kind) {
    return std::ranges::any_of(record.exceptions, [&](const model::IncidentException& each) {
        return each.kind == kind && !each.retracted;
    });
}

base::Result<bool> fits(Records& records, const Wanted& wanted, const model::Incident& record) {
    if (wanted.exception && !has_open(record, *wanted.exception)) {
        return false;
    }
    if (wanted.carrier.empty() && wanted.tracking_number.empty() && wanted.needle.empty()) {
        return true;
    }
    auto shipment = records.get<model::Shipment>(record.shipment.value);
    auto order = records.get<model::Order>(record.order.value);
    if (!shipment || !order) {
        return std::unexpected(!shipment ? shipment.error() : order.error());
    }
    const std::string carrier = *shipment ? (*shipment)->label->carrier : "";
    const std::string number = *shipment ? (*shipment)->label->tracking_number : "";
    if (!wanted.carrier.empty() && carrier != wanted.carrier) {
        return false;
    }
    if (!wanted.tracking_number.empty() && number != wanted.tracking_number) {
        return false;
    }
    if (wanted.needle.empty()) {
        return true;
    }
    const std::string all = base::lower_ascii(
        fmt::format("{}\n{}\n{}\n{}", record.id.text(), number, *order ? (*order)->reference : "",
                    *shipment ? (*shipment)->label->reference : ""));
    return all.find(wanted.needle) != std::string::npos;
}

struct Sort {
    bool newest_first = true;
    std::optional<Records::Ranking> ranking{};  // none: by age
};

base::Result<Sort> read_sort(ReadCall& call) {
    const auto sort = parameter(call, "sort").value_or("-opened_at");
    if (sort == "-opened_at") {
        return Sort{};
    }
    if (sort == "opened_at") {
        return Sort{.newest_first = false};
    }
    if (sort == "deadline") {
        return Sort{.newest_first = false, .ranking = {{"deadline"}}};
    }
    if (sort == "-severity") {
        return Sort{.ranking = {{"severity", true}}};
    }
    return base::fail("bad_parameter", "sort is -opened_at, opened_at, deadline or -severity.",
                      "sort");
}

base::Result<std::string> list_sorted(ReadCall& call, Records& records, Wanted wanted,
                                      const Sort& sort) {
    const bool by_columns_alone = !wanted.exception && wanted.carrier.empty() &&
                                  wanted.tracking_number.empty() && wanted.needle.empty();
    const auto passes = [&](const ports::StoredRow& row) -> base::Result<bool> {
        if (by_columns_alone) {
            return true;
        }
        auto record = base::decode<model::Incident>(row.body);
        return record ? fits(records, wanted, *record)
                      : base::Result<bool>(std::unexpected(record.error()));
    };
    return page_by<model::Incident>(call, records, std::move(wanted.filters), sort.newest_first,
                                    *sort.ranking, passes);
}

// By age: page after page from the store.
base::Result<std::string> list_by_age(ReadCall& call, Records& records, Wanted wanted,
                                      bool newest_first) {
    auto page = read_page(call);
    if (!page) {
        return std::unexpected(page.error());
    }
    View view{records, call.caller};
    ports::Query query;
    query.table = ports::Table::incidents;
    query.merchant = call.caller.merchant;
    query.filters = std::move(wanted.filters);
    query.after = page->after;
    query.newest_first = newest_first;
    query.limit = page->limit + 1;
    std::string out;
    base::JsonWriter writer(out);
    writer.begin_object();
    writer.key("data");
    writer.begin_array();
    std::size_t taken = 0;
    bool more = false;
    for (bool again = true; again && !more;) {
        auto rows = call.reader.list(query);
        if (!rows) {
            return std::unexpected(rows.error());
        }
        again = rows->size() == query.limit;
        for (const ports::StoredRow& row : *rows) {
            auto record = base::decode<model::Incident>(row.body);
            auto fit = record ? fits(records, wanted, *record)
                              : base::Result<bool>(std::unexpected(record.error()));
            if (!fit) {
                return std::unexpected(fit.error());
            }
            if (*fit && taken == page->limit) {
                more = true;
                break;
            }
            if (*fit) {
                if (auto written = write_view(writer, view, *record); !written) {
                    return std::unexpected(written.error());
                }
                ++taken;
            }
            query.after = row.id;
        }
    }
    writer.end_array();
    writer.key("has_more");
    writer.boolean(more);
    if (more) {
        writer.key("next_cursor");
        writer.text(make_cursor(call, *query.after));
    }
    writer.end_object();
    return out;
}

base::Result<std::string> list_incidents(ReadCall& call) {
    auto wanted = read_wanted(call);
    auto sort = read_sort(call);
    if (!wanted || !sort) {
        return std::unexpected(!wanted ? wanted.error() : sort.error());
    }
    if (wanted->nothing) {
        return std::string(R"({"data":[],"has_more":false})");
    }
    Records records(call.context, call.reader, call.caller.merchant);
    if (sort->ranking) {
        return list_sorted(call, records, std::move(*wanted), *sort);
    }
    return list_by_age(call, records, std::move(*wanted), sort->newest_first);
}

base::Result<std::string> get_incident(ReadCall& call) {
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

}  // namespace

void add_incident_routes(Router& router, Context& context) {
    add_read(router, context,
             {Method::get,
              "/v1/incidents",
              scope::read,
              {"state", "customer_state", "money_state", "kind", "exception", "severity", "carrier",
               "owner", "order", "shipment", "tracking_number", "q", "sort", "limit", "cursor",
               "since", "until"}},
             list_incidents);
    add_read(router, context, {Method::get, "/v1/incidents/{id}", scope::read}, get_incident);
}

}  // namespace aftermile::surface
