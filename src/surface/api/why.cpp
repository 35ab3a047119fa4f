// The causal chain of anything decided, as a tree down to the scan.
#include <fmt/format.h>

#include "model/trace.hpp"
#include "surface/api/api.hpp"
#include "surface/api/timeline.hpp"
#include "text/sentences.hpp"

namespace aftermile::surface {
namespace {

struct Node {
    std::string id, type, text;
    std::optional<base::Instant> at;
    std::optional<model::Because> because;
    std::vector<Node> causes;
};

void write_node(base::JsonWriter& writer, const Node& node) {
    Out out(writer);
    out.at("id").text(node.id);
    out.at("type").text(node.type);
    out.instant("at", node.at);
    out.at("text").text(node.text);
    if (node.because) {
        out.because("because", *node.because);
    }
    base::JsonWriter& causes = out.at("causes");
    causes.begin_array();
    for (const Node& cause : node.causes) {
        write_node(causes, cause);
    }
    causes.end_array();
}

// "age 73 >= 72 hours": what a rule compared.
std::string compared(const model::Because& because) {
    std::string out(because.rule.text());
    for (const model::Number& number : because.numbers) {
        out += "; " + text::comparison(number);
    }
    return out;
}

class Explainer {
  public:
    explicit Explainer(Records& records) : records_(records) {}

    base::Result<Node> explain(std::string_view id) {
        const auto kind = id.substr(0, std::min<std::size_t>(4, id.size()));
        if (kind == "inc_") {
            return with<model::Incident>(id, [this](const auto& r) { return incident(r, true); });
        }
        if (kind == "shp_") {
            return with<model::Shipment>(id, [this](const auto& r) { return shipment(r); });
        }
        if (kind == "evt_") {
            auto event_id = records_.id_of<model::EventId>(id);
            if (!event_id) {
                return std::unexpected(event_id.error());
            }
            auto found = event(model::EventId{*event_id});
            if (found && found->type == "missing") {
                return no_such(id);
            }
            return found;
        }
        return explain_answer(id, kind);
    }

  private:
    // What was decided beside or because of an incident.
    base::Result<Node> explain_answer(std::string_view id, std::string_view kind) {
        if (kind == "ntf_") {
            return with<model::Notification>(id, [this](const auto& r) {
                return of_incident(
                    decided("notification", r,
                            fmt::format("{} by {}, {}", base::to_text(r.kind),
                                        base::to_text(r.channel), base::to_text(r.state)),
                            r.decided_at),
                    r.incident);
            });
        }
        if (kind == "tkt_") {
            return with<model::Ticket>(id, [this](const auto& r) {
                return of_incident(
                    decided("ticket", r,
                            fmt::format("{}, {}", base::to_text(r.kind), base::to_text(r.state)),
                            r.opened_at),
                    r.incident);
            });
        }
        if (kind == "cov_") {
            return with<model::Coverage>(id, [this](const auto& r) {
                return of_incident(
                    decided("coverage", r,
                            fmt::format("Funded by {}, rule {}", base::to_text(r.funding), r.rule),
                            r.decided_at),
                    {});
            });
        }
        if (kind == "clm_") {
            return with<model::Claim>(id, [this](const auto& r) {
                return of_incident(
                    decided("claim", r,
                            fmt::format("{} claim for {}: {}", base::to_text(r.side),
                                        base::to_text(r.ground), base::to_text(r.state)),
                            r.opened_at),
                    r.incident);
            });
        }
        if (kind == "led_") {
            return with<model::LedgerEntry>(id, [this](const auto& r) {
                return of_incident(decided("ledger", r,
                                           fmt::format("{} to {}", base::to_text(r.debit),
                                                       base::to_text(r.credit)),
                                           r.at),
                                   r.incident);
            });
        }
        if (kind == "prf_") {
            return with<model::Contribution>(id, [this](const auto& r) {
                return of_incident(
                    decided("answer", r,
                            fmt::format("{} counted for {}", base::to_text(r.kind), r.lane.carrier),
                            r.effective_at),
                    r.incident);
            });
        }
        if (kind == "rsk_") {
            return with<model::ReturnRisk>(id, [this](const auto& r) {
                return of_incident(
                    decided("answer", r, fmt::format("Return risk {}", base::to_text(r.level)),
                            r.flagged_at),
                    r.incident);
            });
        }
        return no_such(id);
    }

    template <class R, class F>
    base::Result<Node> with(std::string_view id, F make) {
        auto number = records_.id_of<decltype(R::id)>(id);
        if (!number) {
            return std::unexpected(number.error());
        }
        auto record = records_.need<R>(*number);
        if (!record) {
            return std::unexpected(record.error());
        }
        return make(*record);
    }

    template <class R>
    base::Result<Node> decided(std::string type, const R& record, std::string text,
                               base::Instant at) {
        Node node;
        node.id = record.id.text();
        node.type = std::move(type);
        node.text = std::move(text);
        node.at = at;
        node.because = record.because;
        return add_event(std::move(node), record.because.event);
    }

    base::Result<Node> add_event(Node node, model::EventId id) {
        if (id) {
            auto cause = event(id);
            if (!cause) {
                return cause;
            }
            node.causes.push_back(std::move(*cause));
        }
        return node;
    }

    base::Result<Node> of_incident(base::Result<Node> node, model::IncidentId id) {
        if (!node || !id) {
            return node;
        }
        auto record = records_.get<model::Incident>(id.value);
        if (!record) {
            return std::unexpected(record.error());
        }
        if (*record) {
            auto cause = incident(**record, false);
            if (!cause) {
                return cause;
            }
            node->causes.push_back(std::move(*cause));
        }
        return node;
    }

    // `whole`: with its six answers; else with its exceptions alone.
    base::Result<Node> incident(const model::Incident& record, bool whole) {
        Node node;
        node.id = record.id.text();
        node.type = "incident";
        node.text = incident_sentence(records_.context(), record);
        node.at = record.opened_at;
        for (const model::IncidentException& each : record.exceptions) {
            Node one;
            one.id = record.id.text();
            one.type = "exception";
            one.text = fmt::format("{}: {}", base::to_text(each.kind), compared(each.because));
            one.at = each.opened_at;
            one.because = each.because;
            auto caused = add_event(std::move(one), each.because.event);
            if (!caused) {
                return caused;
            }
            node.causes.push_back(std::move(*caused));
        }
        for (std::size_t i = 0; whole && i < record.answers.size(); ++i) {
            const model::Answer& answer = record.answers[i];
            Node one;
            one.id = answer.id.empty() ? record.id.text() : answer.id;
            one.type = "answer";
            one.text = fmt::format("{}: {}", base::to_text(static_cast<model::AnswerKind>(i)),
                                   answer.id.empty() ? "none, " + answer.none : answer.id);
            one.at = answer.at;
            one.because = answer.because;
            auto caused = add_event(std::move(one), answer.because.event);
            if (!caused) {
                return caused;
            }
            node.causes.push_back(std::move(*caused));
        }
        return node;
    }

    base::Result<Node> shipment(const model::Shipment& record) {
        Node node;
        node.id = record.id.text();
        node.type = "shipment";
        node.text = fmt::format("{} {}: {}", record.label->carrier, record.label->tracking_number,
                                base::to_text(record.track.milestone));
        auto with_event = add_event(std::move(node), record.last_event);
        return of_incident(std::move(with_event), record.incident);
    }

    base::Result<Node> event(model::EventId id) {
        auto row = records_.event(id);
        if (!row) {
            return std::unexpected(row.error());
        }
        Node node;
        node.id = id.text();
        if (!*row) {
            node.type = "missing";
            node.text = "This event is not stored.";
            return node;
        }
        node.at = (*row)->recorded_at;
        auto payload = model::decode_payload((*row)->payload);
        if (!payload) {
            return std::unexpected(payload.error());
        }
        describe(node, *payload);
        if (auto trace = base::decode<model::Trace>((*row)->decision)) {
            if (trace->because.event) {
                node.because = trace->because;
            }
        }
        return node.type == "timer" ? since_scan(std::move(node), (*row)->previous)
                                    : base::Result<Node>(std::move(node));
    }

    // Where only time passed, it passed since a scan: the last one before.
    base::Result<Node> since_scan(Node node, model::EventId previous) {
        auto before = records_.reader().chain(previous, 64);
        if (!before) {
            return std::unexpected(before.error());
        }
        for (const ports::EventRow& row : *before) {
            auto payload = model::decode_payload(row.payload);
            if (payload && std::holds_alternative<model::Scan>(*payload)) {
                return add_event(std::move(node), row.id);
            }
        }
        return node;
    }

    void describe(Node& node, const model::Payload& payload) {
        node.type = "event";
        if (const auto* scan = std::get_if<model::Scan>(&payload)) {
            node.type = "scan";
            const ScanTime time = time_of(records_.context().catalog(), *scan, nullptr);
            node.at = time.at;
            const std::string place = place_text(scan->place);
            node.text =
                fmt::format("{} {} scanned{}{}: {}", scan->carrier, scan->tracking_number,
                            place.empty() ? "" : " in ", place,
                            !scan->description.empty() ? scan->description
                            : !scan->code.empty()      ? scan->code
                            : scan->milestone ? std::string(base::to_text(*scan->milestone))
                                              : std::string(base::to_text(scan->exception)));
        } else if (const auto* timer = std::get_if<model::TimerFired>(&payload)) {
            node.type = "timer";
            node.text = fmt::format("Time passed: {} was due at {}", base::to_text(timer->subject),
                                    base::to_text(timer->due));
        } else if (const auto* report = std::get_if<model::Report>(&payload)) {
            node.type = "report";
            node.text =
                fmt::format("Reported by {}: {}", report->by.empty() ? "the shopper" : report->by,
                            base::to_text(report->kind));
        } else if (const auto* order = std::get_if<model::OrderFacts>(&payload)) {
            node.type = "order";
            node.text = "Order " + order->reference + " was taken in";
        } else if (const auto* shipment = std::get_if<model::ShipmentFacts>(&payload)) {
            node.type = "shipment";
            node.text = "Shipment " + shipment->reference + " was taken in";
        } else {
            node.text = std::string(model::payload_name(payload));
        }
    }

    Records& records_;
};

base::Result<std::string> get_why(ReadCall& call) {
    Records records(call.context, call.reader, call.caller.merchant);
    auto node = Explainer(records).explain(call.request.parameter("id"));
    if (!node) {
        return std::unexpected(node.error());
    }
    std::string body;
    base::JsonWriter writer(body);
    write_node(writer, *node);
    return body;
}

}  // namespace

void add_why_routes(Router& router, Context& context) {
    add_read(router, context, {Method::get, "/v1/why/{id}", scope::read}, get_why);
}

}  // namespace aftermile::surface
