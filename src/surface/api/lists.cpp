#include "surface/api/lists.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "engine/person.hpp"
#include "surface/api/messages_of.hpp"

namespace aftermile::surface {
namespace {

using Filters = std::vector<ports::Filter>;
using ports::Filter;

constexpr std::size_t scanned_max = 5'000;  // rows looked at for one page with inexact filters

// A list in the making: filters of the store, and a test for what columns cannot say.
template <class R>
struct Selection {
    Filters filters;
    std::function<base::Result<bool>(View&, const R&)> fits{};
};

// Calls `take` for records that fit, newest first, until a page is full.
template <class R>
base::Result<std::string> list_records(ReadCall& call, Selection<R> selection) {
    auto page = read_page(call);
    if (!page) {
        return std::unexpected(page.error());
    }
    Records records(call.context, call.reader, call.caller.merchant);
    View view{records, call.caller};
    ports::Query query;
    query.table = table_of<R>;
    query.merchant = call.caller.merchant;
    query.filters = std::move(selection.filters);
    query.after = page->after;
    query.limit = page->limit + 1;
    std::string out;
    base::JsonWriter writer(out);
    writer.begin_object();
    writer.key("data");
    writer.begin_array();
    std::size_t taken = 0;
    std::size_t scanned = 0;
    std::optional<std::int64_t> more_after;
    for (bool again = true; again;) {
        auto rows = call.reader.list(query);
        if (!rows) {
            return std::unexpected(rows.error());
        }
        again = rows->size() == query.limit;
        for (const ports::StoredRow& row : *rows) {
            auto record = base::decode<R>(row.body);
            if (!record) {
                return std::unexpected(record.error());
            }
            if (selection.fits) {
                auto fits = selection.fits(view, *record);
                if (!fits) {
                    return std::unexpected(fits.error());
                }
                if (!*fits) {
                    query.after = row.id;
                    continue;
                }
            }
            if (taken == page->limit) {
                more_after = query.after;
                again = false;
                break;
            }
            if (auto written = write_view(writer, view, *record); !written) {
                return std::unexpected(written.error());
            }
            ++taken;
            query.after = row.id;
        }
        scanned += rows->size();
        if (again && scanned >= scanned_max) {
            more_after = query.after;
            break;
        }
    }
    writer.end_array();
    writer.key("has_more");
    writer.boolean(more_after.has_value());
    if (more_after) {
        writer.key("next_cursor");
        writer.text(make_cursor(call, *more_after));
    }
    writer.end_object();
    return out;
}

// Gathers filters from the query's parameters; the first problem stays.
class FilterReader {
  public:
    FilterReader(ReadCall& call, Filters& filters)
        : call_(call),
          records_(call.context, call.reader, call.caller.merchant),
          filters_(filters) {}

    FilterReader& text(std::string_view name, std::string_view column) {
        if (const auto value = parameter(call_, name)) {
            filters_.push_back(is(column, std::string(*value)));
        }
        return *this;
    }
    FilterReader& carrier() {
        if (const auto value = parameter(call_, "carrier")) {
            filters_.push_back(is("carrier", call_.context.catalog().carrier_id(*value)));
        }
        return *this;
    }
    // A shipment's own number, or a piece's.
    FilterReader& tracking_number() {
        const auto value = parameter(call_, "tracking_number");
        if (!value) {
            return *this;
        }
        const auto number = model::normalise_tracking_number(*value);
        auto pieces = rows_of(ports::Table::pieces, is("number", number));
        auto own = rows_of(ports::Table::shipments, is("tracking_number", number));
        if (!pieces || !own) {
            problem(!pieces ? pieces.error() : own.error());
        } else if (pieces->empty()) {
            filters_.push_back(is("tracking_number", number));
        } else {
            std::vector<ports::Value> ids;
            for (const ports::StoredRow& row : *own) {
                ids.emplace_back(row.id);
            }
            for (const ports::StoredRow& row : *pieces) {
                ids.push_back(row.columns[1]);  // the shipment
            }
            filters_.push_back({"id", Filter::Test::any_of, std::move(ids)});
        }
        return *this;
    }
    template <class E>
    FilterReader& word(std::string_view name, std::string_view column) {
        auto value = word_parameter<E>(call_, name);
        if (!value) {
            problem(value.error());
        } else if (*value) {
            filters_.push_back(is(column, static_cast<std::int64_t>(**value)));
        }
        return *this;
    }
    FilterReader& order() { return by(&Records::order_id, "order"); }
    FilterReader& shipment() { return by(&Records::shipment_id, "shipment"); }
    FilterReader& customer() { return by(&Records::customer_id, "customer"); }
    FilterReader& incident() { return by(&Records::id_of<model::IncidentId>, "incident"); }
    FilterReader& claim() { return by(&Records::id_of<model::ClaimId>, "claim"); }
    FilterReader& times(std::string_view column) {
        auto since = instant_parameter(call_, "since");
        auto until = instant_parameter(call_, "until");
        if (!since || !until) {
            problem(!since ? since.error() : until.error());
            return *this;
        }
        if (*since) {
            filters_.push_back({column, Filter::Test::at_least, {base::microseconds_of(**since)}});
        }
        if (*until) {
            filters_.push_back(
                {column, Filter::Test::at_most, {base::microseconds_of(**until) - 1}});
        }
        return *this;
    }
    [[nodiscard]] const std::optional<base::Error>& error() const { return error_; }
    // A named record that does not exist: the list is empty, not wrong.
    [[nodiscard]] bool nothing() const { return nothing_; }

  private:
    [[nodiscard]] base::Result<std::vector<ports::StoredRow>> rows_of(ports::Table table,
                                                                      Filter filter) {
        ports::Query query;
        query.table = table;
        query.merchant = call_.caller.merchant;
        query.filters.push_back(std::move(filter));
        return call_.reader.list(query);
    }
    using Finder = base::Result<std::int64_t> (Records::*)(std::string_view);
    FilterReader& by(Finder finder, std::string_view name) {
        if (const auto value = parameter(call_, name)) {
            auto id = (records_.*finder)(*value);
            if (id) {
                filters_.push_back(is(name, *id));
            } else if (id.error().code == "not_found") {
                nothing_ = true;
            } else {
                problem(id.error());
            }
        }
        return *this;
    }
    void problem(base::Error error) {
        if (!error_) {
            error_ = std::move(error);
        }
    }
    ReadCall& call_;
    Records records_;
    Filters& filters_;
    std::optional<base::Error> error_;
    bool nothing_ = false;
};

constexpr std::string_view empty_page = R"({"data":[],"has_more":false})";

template <class R>
base::Result<std::string> list_filtered(
    ReadCall& call, const std::function<void(FilterReader&)>& filter,
    std::function<base::Result<bool>(View&, const R&)> fits = {}) {
    Selection<R> selection;
    selection.fits = std::move(fits);
    FilterReader reader(call, selection.filters);
    filter(reader);
    if (reader.error()) {
        return std::unexpected(*reader.error());
    }
    if (reader.nothing()) {
        return std::string(empty_page);
    }
    if constexpr (std::same_as<R, model::Notification>) {
        Records records(call.context, call.reader, call.caller.merchant);
        if (auto led = lead_to_messages(records, selection.filters); !led) {
            return std::unexpected(led.error());
        }
    }
    return list_records<R>(call, std::move(selection));
}

bool contains_folded(std::string_view text, std::string_view lower_needle) {
    return base::lower_ascii(text).find(lower_needle) != std::string::npos;
}

// since and until on the time that a record was made, for lists without a column of their own.
template <class R>
base::Result<std::function<base::Result<bool>(View&, const R&)>> made_between(ReadCall& call) {
    auto since = instant_parameter(call, "since");
    auto until = instant_parameter(call, "until");
    if (!since || !until) {
        return std::unexpected(!since ? since.error() : until.error());
    }
    if (!*since && !*until) {
        return {};
    }
    return [from = *since, to = *until](View& view, const R& record) -> base::Result<bool> {
        auto at = view.records.created_at(record.id.value);
        if (!at) {
            return std::unexpected(at.error());
        }
        const base::Instant made = at->value_or(base::Instant{});
        return (!from || made >= *from) && (!to || made < *to);
    };
}

template <class R>
std::function<base::Result<bool>(View&, const R&)> both(
    const std::function<base::Result<bool>(View&, const R&)>& first,
    const std::function<base::Result<bool>(View&, const R&)>& second) {
    if (!first || !second) {
        return first ? first : second;
    }
    return [first, second](View& view, const R& record) -> base::Result<bool> {
        auto fits = first(view, record);
        return fits && *fits ? second(view, record) : fits;
    };
}

// The words of `q`, in references, numbers and ids.
template <class R>
std::function<base::Result<bool>(View&, const R&)> searched(ReadCall& call) {
    const auto words = parameter(call, "q");
    if (!words) {
        return {};
    }
    return [needle = base::lower_ascii(base::trim(*words))](View&,
                                                            const R& record) -> base::Result<bool> {
        bool found = contains_folded(record.id.text(), needle);
        if constexpr (std::same_as<R, model::Shipment>) {
            found = found || contains_folded(record.label->reference, needle) ||
                    contains_folded(record.label->tracking_number, needle) ||
                    std::ranges::any_of(record.label->pieces, [&](const std::string& piece) {
                        return contains_folded(piece, needle);
                    });
        } else {
            found = found || contains_folded(record.reference, needle);
        }
        return found;
    };
}

base::Result<std::string> list_orders(ReadCall& call) {
    return list_filtered<model::Order>(
        call,
        [](FilterReader& reader) {
            reader.text("reference", "reference").customer().times("placed_at");
        },
        searched<model::Order>(call));
}

base::Result<std::string> list_shipments(ReadCall& call) {
    auto made = made_between<model::Shipment>(call);
    auto exception = word_parameter<model::Exception>(call, "exception");
    if (!made || !exception) {
        return std::unexpected(!made ? made.error() : exception.error());
    }
    std::function<base::Result<bool>(View&, const model::Shipment&)> open;
    if (*exception) {
        open = [wanted = **exception](View&, const model::Shipment& record) -> base::Result<bool> {
            return std::ranges::any_of(record.track.open,
                                       [&](const auto& each) { return each.kind == wanted; });
        };
    }
    return list_filtered<model::Shipment>(
        call,
        [&](FilterReader& reader) {
            reader.word<model::Milestone>("milestone", "milestone")
                .carrier()
                .order()
                .text("reference", "reference")
                .tracking_number();
        },
        both<model::Shipment>(both<model::Shipment>(*made, open), searched<model::Shipment>(call)));
}

base::Result<std::string> list_customers(ReadCall& call) {
    auto made = made_between<model::Customer>(call);
    if (!made) {
        return std::unexpected(made.error());
    }
    const std::string& secret = call.context.engine.messages().secret;
    Selection<model::Customer> selection;
    selection.fits = *made;
    if (const auto email = parameter(call, "email")) {
        selection.filters.push_back(
            is("email_hash", engine::email_hash(secret, call.caller.merchant, *email)));
    }
    if (const auto phone = parameter(call, "phone")) {
        selection.filters.push_back(
            is("phone_hash", engine::phone_hash(secret, call.caller.merchant, *phone)));
    }
    if (const auto reference = parameter(call, "reference")) {
        selection.filters.push_back(is("reference", std::string(*reference)));
    }
    return list_records<model::Customer>(call, std::move(selection));
}

base::Result<std::string> list_notifications(ReadCall& call) {
    auto channel = word_parameter<model::Channel>(call, "channel");
    if (!channel) {
        return std::unexpected(channel.error());
    }
    std::function<base::Result<bool>(View&, const model::Notification&)> fits;
    if (*channel) {
        fits = [wanted = **channel](View&,
                                    const model::Notification& record) -> base::Result<bool> {
            return record.channel == wanted;
        };
    }
    return list_filtered<model::Notification>(
        call,
        [](FilterReader& reader) {
            reader.word<model::NotificationState>("state", "state")
                .word<model::NotificationKind>("kind", "kind")
                .order()
                .shipment()
                .incident()
                .customer()
                .times("decided_at");
        },
        std::move(fits));
}

base::Result<std::string> list_tickets(ReadCall& call) {
    return list_filtered<model::Ticket>(call, [](FilterReader& reader) {
        reader.word<model::TicketState>("state", "state")
            .word<model::Severity>("severity", "severity")
            .text("assignee", "assignee")
            .incident()
            .order()
            .shipment()
            .times("opened_at");
    });
}

base::Result<std::string> list_coverages(ReadCall& call) {
    auto since = made_between<model::Coverage>(call);
    if (!since) {
        return std::unexpected(since.error());
    }
    return list_filtered<model::Coverage>(
        call,
        [](FilterReader& reader) {
            reader.word<model::CoverageState>("state", "state")
                .word<model::Funding>("funding", "funding")
                .order()
                .shipment();
        },
        *since);
}

base::Result<std::string> list_ledger(ReadCall& call) {
    auto account = word_parameter<model::Account>(call, "account");
    if (!account) {
        return std::unexpected(account.error());
    }
    Records records(call.context, call.reader, call.caller.merchant);
    std::vector<model::IncidentId> of_subject;
    bool by_subject = false;
    for (const std::string_view name : {"order", "shipment"}) {
        if (const auto written = parameter(call, name)) {
            by_subject = true;
            auto id = name == "order" ? records.order_id(*written) : records.shipment_id(*written);
            if (!id) {
                return id.error().code == "not_found" ? base::Result<std::string>(empty_page)
                                                      : std::unexpected(id.error());
            }
            auto incidents = records.all<model::Incident>({is(name, *id)}, 50);
            if (!incidents) {
                return std::unexpected(incidents.error());
            }
            for (const auto& incident : *incidents) {
                of_subject.push_back(incident.id);
            }
        }
    }
    return list_filtered<model::LedgerEntry>(
        call, [](FilterReader& reader) { reader.incident().claim().times("at"); },
        [=](View&, const model::LedgerEntry& record) -> base::Result<bool> {
            const bool account_fits =
                !*account || record.debit == **account || record.credit == **account;
            const bool subject_fits =
                !by_subject || std::ranges::find(of_subject, record.incident) != of_subject.end();
            return account_fits && subject_fits;
        });
}

// Claims may be sorted by their deadline: those that have none come not at all.
base::Result<std::string> list_claims(ReadCall& call) {
    const auto sort = parameter(call, "sort").value_or("-created_at");
    if (sort != "-created_at" && sort != "deadline") {
        return base::fail("bad_parameter", "sort is -created_at or deadline.", "sort");
    }
    const auto filter = [](FilterReader& reader) {
        reader.word<model::ClaimSide>("side", "side")
            .word<model::ClaimState>("state", "state")
            .word<model::ClaimGround>("ground", "ground")
            .carrier()
            .order()
            .shipment()
            .incident()
            .times("opened_at");
    };
    if (sort == "-created_at") {
        return list_filtered<model::Claim>(call, filter);
    }
    Filters filters;
    FilterReader reader(call, filters);
    filter(reader);
    if (reader.error()) {
        return std::unexpected(*reader.error());
    }
    if (reader.nothing()) {
        return std::string(empty_page);
    }
    filters.push_back({"deadline", Filter::Test::not_null, {}});
    Records records(call.context, call.reader, call.caller.merchant);
    return page_by<model::Claim>(call, records, std::move(filters), false, {"deadline"},
                                 [](const ports::StoredRow&) { return true; });
}

template <class R>
base::Result<std::string> one(ReadCall& call, base::Result<std::int64_t> id) {
    if (!id) {
        return std::unexpected(id.error());
    }
    Records records(call.context, call.reader, call.caller.merchant);
    View view{records, call.caller};
    auto record = records.need<R>(*id);
    if (!record) {
        return std::unexpected(record.error());
    }
    std::string out;
    base::JsonWriter writer(out);
    Written written;
    if constexpr (std::same_as<R, model::Notification>) {
        written = write_rendered_view(writer, view, *record);
    } else {
        written = write_view(writer, view, *record);
    }
    if (!written) {
        return std::unexpected(written.error());
    }
    return out;
}

template <class R>
void add_one(Router& router, Context& context, std::string pattern) {
    add_read(router, context, {Method::get, std::move(pattern), scope::read}, [](ReadCall& call) {
        Records records(call.context, call.reader, call.caller.merchant);
        const std::string_view id = call.request.parameter("id");
        if constexpr (std::same_as<R, model::Order>) {
            return one<R>(call, records.order_id(id));
        } else if constexpr (std::same_as<R, model::Shipment>) {
            return one<R>(call, records.shipment_id(id));
        } else if constexpr (std::same_as<R, model::Customer>) {
            return one<R>(call, records.customer_id(id));
        } else {
            return one<R>(call, records.id_of<decltype(R::id)>(id));
        }
    });
}

void add_list(Router& router, Context& context, std::string pattern,
              std::vector<std::string_view> query, ReadHandler handler) {
    for (const std::string_view common : {"limit", "cursor", "since", "until"}) {
        query.push_back(common);
    }
    add_read(router, context, {Method::get, std::move(pattern), scope::read, std::move(query)},
             std::move(handler));
}

}  // namespace

void add_list_routes(Router& router, Context& context) {
    add_list(router, context, "/v1/orders", {"reference", "customer", "q"}, list_orders);
    add_list(router, context, "/v1/shipments",
             {"milestone", "exception", "carrier", "order", "reference", "tracking_number", "q"},
             list_shipments);
    add_list(router, context, "/v1/customers", {"email", "phone", "reference"}, list_customers);
    add_list(router, context, "/v1/notifications",
             {"state", "kind", "channel", "order", "shipment", "incident", "customer"},
             list_notifications);
    add_list(router, context, "/v1/tickets",
             {"state", "severity", "assignee", "incident", "order", "shipment"}, list_tickets);
    add_list(router, context, "/v1/coverages", {"state", "funding", "order", "shipment"},
             list_coverages);
    add_list(router, context, "/v1/claims",
             {"side", "state", "ground", "carrier", "order", "shipment", "incident", "sort"},
             list_claims);
    add_list(router, context, "/v1/ledger", {"incident", "claim", "order", "shipment", "account"},
             list_ledger);
    add_one<model::Order>(router, context, "/v1/orders/{id}");
    add_one<model::Shipment>(router, context, "/v1/shipments/{id}");
    add_one<model::Customer>(router, context, "/v1/customers/{id}");
    add_one<model::Notification>(router, context, "/v1/notifications/{id}");
    add_one<model::Ticket>(router, context, "/v1/tickets/{id}");
    add_one<model::Coverage>(router, context, "/v1/coverages/{id}");
    add_one<model::Claim>(router, context, "/v1/claims/{id}");
    add_one<model::LedgerEntry>(router, context, "/v1/ledger/{id}");
}

}  // namespace aftermile::surface
