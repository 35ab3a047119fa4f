// `aftermile why ID`: from a record back to the event that caused it, with the rule and numbers.
#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/installation.hpp"
#include "base/json.hpp"
#include "core/decisions.hpp"
#include "text/sentences.hpp"

namespace aftermile::app {

namespace {

using base::Result;
using model::Because;

struct Cause {
    std::string what;  // the record, or its answer
    Because because;
};

template <class Record>
Result<std::vector<Cause>> causes_in(ports::StoreReader& reader, ports::Table table,
                                     std::string_view text) {
    const auto id = decltype(Record::id)::parse(text);
    if (!id) {
        return std::unexpected(id.error());
    }
    auto row = reader.get(table, id->merchant(), id->value);
    if (!row) {
        return std::unexpected(row.error());
    }
    if (!*row) {
        return base::fail("not_found", "There is no record " + std::string(text) + ".");
    }
    auto record = base::decode<Record>((*row)->body);
    if (!record) {
        return std::unexpected(record.error());
    }
    std::vector<Cause> causes;
    if constexpr (requires { record->because; }) {
        causes.push_back({std::string(text), record->because});
    } else if constexpr (requires { record->answers; }) {
        for (std::size_t i = 0; i < record->answers.size(); ++i) {
            const model::Answer& answer = record->answers[i];
            causes.push_back(
                {fmt::format("{}: {}", base::to_text(static_cast<model::AnswerKind>(i)),
                             answer.id.empty() ? "none: " + answer.none : answer.id),
                 answer.because});
        }
    } else {
        Because last;
        last.event = record->last_event;
        causes.push_back({std::string(text), last});
    }
    return causes;
}

Result<std::vector<Cause>> causes_of(ports::StoreReader& reader, std::string_view id) {
    using ports::Table;
    const std::string_view prefix = id.substr(0, 4);
    if (prefix == "inc_") {
        return causes_in<model::Incident>(reader, Table::incidents, id);
    }
    if (prefix == "ntf_") {
        return causes_in<model::Notification>(reader, Table::notifications, id);
    }
    if (prefix == "tkt_") {
        return causes_in<model::Ticket>(reader, Table::tickets, id);
    }
    if (prefix == "cov_") {
        return causes_in<model::Coverage>(reader, Table::coverages, id);
    }
    if (prefix == "clm_") {
        return causes_in<model::Claim>(reader, Table::claims, id);
    }
    if (prefix == "led_") {
        return causes_in<model::LedgerEntry>(reader, Table::ledger, id);
    }
    if (prefix == "prf_") {
        return causes_in<model::Contribution>(reader, Table::contributions, id);
    }
    if (prefix == "rsk_") {
        return causes_in<model::ReturnRisk>(reader, Table::risks, id);
    }
    if (prefix == "shp_") {
        return causes_in<model::Shipment>(reader, Table::shipments, id);
    }
    if (prefix == "ord_") {
        return causes_in<model::Order>(reader, Table::orders, id);
    }
    return base::fail("wrong_id", "This is not the id of a record that has a cause.");
}

void print_because(const Because& because) {
    if (!because.rule.empty()) {
        fmt::print("  rule {} (policy {}, profile {})\n", because.rule.text(),
                   because.policy_version, because.profile_version);
    }
    for (const model::Number& each : because.numbers) {
        fmt::print("    {}\n", text::comparison(each));
    }
}

// True if it was a scan: the end of the chain.
Result<bool> print_row(const ports::EventRow& row) {
    auto payload = model::decode_payload(row.payload);
    if (!payload) {
        return std::unexpected(payload.error());
    }
    fmt::print("  event {} {} recorded {}\n", row.id.text(), model::payload_name(*payload),
               base::to_text(row.recorded_at));
    if (const auto* scan = std::get_if<model::Scan>(&*payload)) {
        fmt::print("    {} {} {} {} \"{}\"\n", scan->carrier, scan->tracking_number, scan->code,
                   base::to_text(scan->written), scan->description);
    } else if (const auto* timer = std::get_if<model::TimerFired>(&*payload)) {
        fmt::print("    {} due {}\n", base::to_text(timer->subject), base::to_text(timer->due));
    }
    return std::holds_alternative<model::Scan>(*payload);
}

// The event, and where it was only time that passed, the scan since which it passed.
Result<void> print_event(ports::StoreReader& reader, model::EventId id) {
    auto row = reader.event(id.merchant(), id);
    if (!row || !*row) {
        return row ? Result<void>{} : Result<void>(std::unexpected(row.error()));
    }
    auto at_scan = print_row(**row);
    if (!at_scan) {
        return std::unexpected(at_scan.error());
    }
    auto before = reader.chain((*row)->previous, 64);
    if (!before) {
        return std::unexpected(before.error());
    }
    for (const ports::EventRow& earlier : *before) {
        auto payload = model::decode_payload(earlier.payload);
        if (!*at_scan && payload && std::holds_alternative<model::Scan>(*payload)) {
            fmt::print("  after\n");
            at_scan = print_row(earlier);
            break;
        }
    }
    return {};
}

void print_json(const std::vector<Cause>& causes) {
    std::string json;
    base::JsonWriter writer(json);
    writer.begin_array();
    for (const Cause& cause : causes) {
        writer.begin_object();
        writer.key("what");
        writer.text(cause.what);
        writer.key("because");
        base::write_json(writer, cause.because);
        writer.end_object();
    }
    writer.end_array();
    fmt::print("{}\n", json);
}

}  // namespace

int why(const Config& config, const std::string& id, Output output) {
    auto store = open_store(config);
    if (!store) {
        return complain(store.error());
    }
    auto reader = (*store)->reader();
    if (!reader) {
        return complain(reader.error());
    }
    auto causes = causes_of(**reader, id);
    if (!causes) {
        return complain(causes.error());
    }
    if (output.json) {
        print_json(*causes);
        return 0;
    }
    for (const Cause& cause : *causes) {
        fmt::print("{}\n", cause.what);
        print_because(cause.because);
        if (auto printed = print_event(**reader, cause.because.event); !printed) {
            return complain(printed.error());
        }
    }
    return 0;
}

}  // namespace aftermile::app
