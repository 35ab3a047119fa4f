// What a person must know now: timelines, context, today, what was parked, unknown codes, and the
// stream of changes.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "model/trace.hpp"
#include "surface/api/api.hpp"
#include "surface/api/lists.hpp"
#include "surface/api/messages_of.hpp"
#include "surface/api/streams.hpp"
#include "surface/api/timeline.hpp"

namespace aftermile::surface {
namespace {

// ---- context ----

struct Subject {
    std::optional<model::Customer> customer;
    std::vector<model::Order> orders;
};

base::Result<Subject> find_subject(ReadCall& call, Records& records) {
    const auto email = parameter(call, "email");
    const auto phone = parameter(call, "phone");
    const auto order = parameter(call, "order");
    if ((email ? 1 : 0) + (phone ? 1 : 0) + (order ? 1 : 0) != 1) {
        return base::fail("invalid", "Give exactly one of email, phone and order.", "email");
    }
    Subject out;
    const std::string& secret = call.context.engine.messages().secret;
    if (order) {
        auto id = records.order_id(*order);
        if (!id) {
            return std::unexpected(id.error());
        }
        auto found = records.need<model::Order>(*id);
        if (!found) {
            return std::unexpected(found.error());
        }
        auto customer = records.get<model::Customer>(found->customer.value);
        if (!customer) {
            return std::unexpected(customer.error());
        }
        out.customer = std::move(*customer);
        out.orders.push_back(std::move(*found));
        return out;
    }
    const auto filter =
        email ? is("email_hash", engine::email_hash(secret, call.caller.merchant, *email))
              : is("phone_hash", engine::phone_hash(secret, call.caller.merchant, *phone));
    auto customers = records.all<model::Customer>({filter}, 1);
    if (!customers) {
        return std::unexpected(customers.error());
    }
    if (customers->empty()) {
        return no_such("customer");
    }
    out.customer = customers->front();
    auto orders = records.all<model::Order>({is("customer", out.customer->id.value)}, 100, true);
    if (!orders) {
        return std::unexpected(orders.error());
    }
    out.orders = std::move(*orders);
    return out;
}

template <class R>
base::Result<std::vector<R>> of_orders(Records& records, const std::vector<model::Order>& orders) {
    std::vector<R> out;
    for (const model::Order& order : orders) {
        auto found = records.all<R>({is("order", order.id.value)}, 100);
        if (!found) {
            return std::unexpected(found.error());
        }
        std::ranges::move(*found, std::back_inserter(out));
    }
    return out;
}

base::Result<std::vector<model::Notification>> told_of(Records& records,
                                                       const std::vector<model::Order>& orders) {
    std::vector<model::Notification> told;
    for (const model::Order& order : orders) {
        auto ids = messages_of_order(records, order.id.value);
        if (!ids) {
            return std::unexpected(ids.error());
        }
        auto found = records.all<model::Notification>(
            {{"id", ports::Filter::Test::any_of, std::move(*ids)}}, messages_of_max);
        if (!found) {
            return std::unexpected(found.error());
        }
        std::ranges::move(*found, std::back_inserter(told));
    }
    return told;
}

template <class R, class Keep>
Written write_some(Out& out, std::string_view name, View& view, const std::vector<R>& records,
                   Keep keep) {
    base::JsonWriter& list = out.at(name);
    list.begin_array();
    for (const R& record : records) {
        if (keep(record)) {
            if (auto written = write_view(list, view, record); !written) {
                return written;
            }
        }
    }
    list.end_array();
    return {};
}

void write_told(Out& out, const std::vector<model::Notification>& told) {
    base::JsonWriter& list = out.at("told");
    list.begin_array();
    for (const model::Notification& each : told) {
        if (each.state != model::NotificationState::sent &&
            each.state != model::NotificationState::delivered) {
            continue;
        }
        Out one(list);
        one.id("id", each.id);
        one.instant("at", each.sent_at.value_or(each.decided_at));
        one.word("kind", each.kind);
        one.word("channel", each.channel);
    }
    list.end_array();
}

Written write_context(base::JsonWriter& writer, View& view, const Subject& subject) {
    Records& records = view.records;
    auto incidents = of_orders<model::Incident>(records, subject.orders);
    auto covers = of_orders<model::Coverage>(records, subject.orders);
    auto claims = of_orders<model::Claim>(records, subject.orders);
    auto told = told_of(records, subject.orders);
    if (!incidents || !covers || !claims || !told) {
        return std::unexpected(!incidents ? incidents.error()
                               : !covers  ? covers.error()
                               : !claims  ? claims.error()
                                          : told.error());
    }
    Out out(writer);
    const auto all = [](const auto&) { return true; };
    if (subject.customer) {
        if (auto written = write_view(out.at("customer"), view, *subject.customer); !written) {
            return written;
        }
    }
    const auto open = [](const model::Incident& each) { return !each.closed_at.has_value(); };
    const auto closed = [](const model::Incident& each) { return each.closed_at.has_value(); };
    for (const auto& written : {write_some(out, "orders", view, subject.orders, all),
                                write_some(out, "incidents_open", view, *incidents, open),
                                write_some(out, "incidents_earlier", view, *incidents, closed),
                                write_some(out, "coverages", view, *covers, all),
                                write_some(out, "claims", view, *claims, all)}) {
        if (!written) {
            return written;
        }
    }
    for (const std::string_view none : {"returns_open", "returns_past"}) {
        out.texts(none, {});
    }
    std::optional<base::Instant> next;
    const base::Instant now = records.context().engine.now();
    for (const model::Claim& claim : *claims) {
        if (claim.deadline && *claim.deadline > now && (!next || *claim.deadline < *next)) {
            next = claim.deadline;
        }
    }
    if (next) {
        out.integer("days_to_claim_expiry",
                    std::chrono::floor<std::chrono::days>(*next - now).count());
    }
    write_told(out, *told);
    return {};
}

base::Result<std::string> get_context(ReadCall& call) {
    Records records(call.context, call.reader, call.caller.merchant);
    auto subject = find_subject(call, records);
    if (!subject) {
        return std::unexpected(subject.error());
    }
    View view{records, call.caller};
    std::string out;
    base::JsonWriter writer(out);
    if (auto written = write_context(writer, view, *subject); !written) {
        return std::unexpected(written.error());
    }
    return out;
}

// ---- parked, mapping tasks ----

std::string parked_kind(std::string_view payload_bytes, std::string& reference, std::string& number,
                        std::string& source) {
    auto payload = model::decode_payload(payload_bytes);
    if (!payload) {
        return "event";
    }
    source = "api";
    if (const auto* scan = std::get_if<model::Scan>(&*payload)) {
        number = scan->tracking_number;
        source = scan->source.empty() ? source : scan->source;
    } else if (const auto* order = std::get_if<model::OrderFacts>(&*payload)) {
        reference = order->reference;
        source = order->imported ? "import" : source;
    } else if (const auto* shipment = std::get_if<model::ShipmentFacts>(&*payload)) {
        reference = shipment->reference;
        number = shipment->tracking_number.value_or("");
        source = shipment->imported ? "import" : source;
    }
    return std::string(model::payload_name(*payload));
}

base::Result<std::string> list_parked(ReadCall& call) {
    Records records(call.context, call.reader, call.caller.merchant);
    auto since = instant_parameter(call, "since");
    auto until = instant_parameter(call, "until");
    if (!since || !until) {
        return std::unexpected(!since ? since.error() : until.error());
    }
    ports::Query query;
    query.table = ports::Table::parked;
    query.merchant = call.caller.merchant;
    query.limit = 1'000;
    query.filters.push_back({"resolved_at", ports::Filter::Test::is_null, {}});
    if (const auto code = parameter(call, "code")) {
        query.filters.push_back(is("code", std::string(*code)));
    }
    if (*since) {
        query.filters.push_back(
            {"at", ports::Filter::Test::at_least, {base::microseconds_of(**since)}});
    }
    if (*until) {
        query.filters.push_back(
            {"at", ports::Filter::Test::at_most, {base::microseconds_of(**until) - 1}});
    }
    auto rows = call.reader.list(query);
    if (!rows) {
        return std::unexpected(rows.error());
    }
    const auto text_of = [](const ports::Value& value) {
        const auto* text = std::get_if<std::string>(&value);
        return text == nullptr ? std::string() : *text;
    };
    return page_of(call, rows->size(), [&](base::JsonWriter& writer, std::size_t i) -> Written {
        const ports::StoredRow& row = (*rows)[i];
        const model::EventId event{row.id};
        auto stored = records.event(event);
        if (!stored) {
            return std::unexpected(stored.error());
        }
        std::string reference;
        std::string number;
        std::string source = "api";
        const std::string kind =
            *stored ? parked_kind((*stored)->payload, reference, number, source) : "event";
        Out out(writer);
        out.id("id", event);
        const auto* at = std::get_if<std::int64_t>(&row.columns[2]);
        out.instant("at", base::instant_of(at == nullptr ? 0 : *at));
        out.at("source").text(source);
        out.text("kind", kind);
        out.at("code").text(text_of(row.columns[0]));
        out.at("detail").text(text_of(row.columns[1]));
        out.text("reference", reference);
        out.text("tracking_number", number);
        out.id("event", event);
        return {};
    });
}

// Carrier codes that no row knows, counted over the newest events.
constexpr std::size_t events_looked_at = 20'000;

struct Task {
    std::int64_t count = 0;
    base::Instant first, last;
    std::string description, shipment;
};

base::Result<std::map<std::pair<std::string, std::string>, Task>> find_tasks(ReadCall& call,
                                                                             Records& records) {
    std::map<std::pair<std::string, std::string>, Task> tasks;
    auto merchant =
        call.reader.get(ports::Table::merchants, call.caller.merchant, call.caller.merchant);
    if (!merchant) {
        return std::unexpected(merchant.error());
    }
    const std::string wanted = parameter(call, "carrier")
                                   ? call.context.catalog().carrier_id(*parameter(call, "carrier"))
                                   : std::string();
    (void)records;
    model::EventId after = model::EventId::of(call.caller.merchant, 0, 0);
    for (std::size_t seen = 0; seen < events_looked_at;) {
        auto rows = call.reader.events_after(after, 1'000);
        if (!rows) {
            return std::unexpected(rows.error());
        }
        if (rows->empty()) {
            break;
        }
        for (const ports::EventRow& row : *rows) {
            auto payload = model::decode_payload(row.payload);
            const auto* scan = payload ? std::get_if<model::Scan>(&*payload) : nullptr;
            if (scan == nullptr || (scan->flags & model::scan_flag::unknown_code) == 0 ||
                (!wanted.empty() && scan->carrier != wanted)) {
                continue;
            }
            Task& task = tasks[{scan->carrier, scan->code}];
            task.first = task.count == 0 ? row.recorded_at : task.first;
            task.last = row.recorded_at;
            task.description = scan->description;
            ++task.count;
        }
        seen += rows->size();
        after = rows->back().id;
    }
    return tasks;
}

base::Result<std::string> list_mapping_tasks(ReadCall& call) {
    Records records(call.context, call.reader, call.caller.merchant);
    auto tasks = find_tasks(call, records);
    if (!tasks) {
        return std::unexpected(tasks.error());
    }
    std::vector<std::pair<std::pair<std::string, std::string>, Task>> sorted(tasks->begin(),
                                                                             tasks->end());
    std::ranges::stable_sort(sorted, std::greater{},
                             [](const auto& each) { return each.second.count; });
    return page_of(call, sorted.size(), [&](base::JsonWriter& writer, std::size_t i) -> Written {
        const auto& [key, task] = sorted[i];
        Out out(writer);
        out.at("carrier").text(key.first);
        out.at("code").text(key.second);
        out.text("description", task.description);
        out.integer("count", task.count);
        out.instant("first_seen", task.first);
        out.instant("last_seen", task.last);
        return {};
    });
}

base::Result<std::string> get_timeline(ReadCall& call) {
    Records records(call.context, call.reader, call.caller.merchant);
    auto id = records.shipment_id(call.request.parameter("id"));
    if (!id) {
        return std::unexpected(id.error());
    }
    auto shipment = records.need<model::Shipment>(*id);
    if (!shipment) {
        return std::unexpected(shipment.error());
    }
    auto entries = shipment_timeline(records, *shipment, "en");
    if (!entries) {
        return std::unexpected(entries.error());
    }
    return page_of(call, entries->size(), [&](base::JsonWriter& writer, std::size_t i) -> Written {
        write_entry(writer, (*entries)[i]);
        return {};
    });
}

}  // namespace

void add_insight_routes(Router& router, Context& context) {
    add_read(router, context,
             {Method::get, "/v1/shipments/{id}/timeline", scope::read, {"limit", "cursor"}},
             get_timeline);
    add_read(router, context,
             {Method::get, "/v1/context", scope::read, {"email", "phone", "order"}}, get_context);
    add_read(router, context,
             {Method::get,
              "/v1/parked",
              scope::read,
              {"limit", "cursor", "since", "until", "code", "source"}},
             list_parked);
    add_read(router, context,
             {Method::get, "/v1/mapping-tasks", scope::read, {"limit", "cursor", "carrier"}},
             list_mapping_tasks);
    add_operation(router, context, {Method::get, "/v1/stream", scope::read, {"merchant"}},
                  [&context](Call call) {
                      const std::string last(call.request->header("last-event-id").value_or(""));
                      auto admitted = [&context, request = keep(*call.request)] {
                          Caller caller;
                          return !context.auth.identify(*request, scope::read, false, caller);
                      };
                      context.streams->listen(std::move(call.responder), call.caller.merchant, last,
                                              std::move(admitted));
                  });
}

}  // namespace aftermile::surface
