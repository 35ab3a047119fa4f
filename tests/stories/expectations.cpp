#include <charconv>

#include "base/json.hpp"
#include "core/decisions.hpp"
#include "tests/stories/records.hpp"
#include "tests/stories/stage.hpp"

namespace aftermile::stories {

namespace {

using ports::Table;

// A value as a story writes it: none, yes, 5000USD, 2026-01-05T09:00:00Z.
std::string text_of(base::Json value) {
    switch (value.kind()) {
        case base::JsonKind::null:
            return "none";
        case base::JsonKind::boolean:
            return *value.as_bool() ? "yes" : "no";
        case base::JsonKind::integer:
        case base::JsonKind::decimal:
            return std::string(*value.number_text());
        case base::JsonKind::text:
            return value.as_text()->empty() ? "none" : std::string(*value.as_text());
        case base::JsonKind::array:
            return value.size() == 0 ? "none" : std::to_string(value.size()) + " entries";
        case base::JsonKind::object:
            break;
    }
    if (value.get("amount")) {
        return std::string(*value["amount"].number_text()) +
               std::string(value["currency"].as_text().value_or(""));
    }
    return "a record";
}

// track.milestone, exceptions.0.kind
base::Json at_path(base::Json value, std::string_view path) {
    while (!path.empty()) {
        const std::size_t dot = path.find('.');
        const std::string_view name = path.substr(0, dot);
        path = dot == std::string_view::npos ? "" : path.substr(dot + 1);
        std::size_t index = 0;
        if (value.kind() == base::JsonKind::array &&
            std::from_chars(name.data(), name.data() + name.size(), index).ec == std::errc{}) {
            base::Json found;
            for (const base::JsonItem item : value.items()) {
                found = index-- == 0 ? item.value : found;
            }
            value = found;
        } else {
            value = value[name];
        }
    }
    return value;
}

class Expectation {
  public:
    Expectation(Stage& stage, const Story& story, const Command& command)
        : records_(stage),
          stage_(stage),
          story_(story),
          command_(command),
          negative_(command.word(0) == "no") {}

    void check();

  private:
    [[nodiscard]] std::string word(std::size_t at) const {
        return command_.word(negative_ ? at + 1 : at);
    }
    void fail(const std::string& what) const { fail_at(story_, command_.line, what); }
    void count(std::size_t found) const {
        if (std::to_string(found) != word(word(2).empty() ? 1 : 2)) {
            fail("there are " + std::to_string(found));
        }
    }

    // name=value and name~=part for members of the record.
    template <class Record>
    void compare(const Record& record) const {
        const std::string json = base::to_json(record);
        const auto document = base::JsonDocument::parse(json);
        if (!document) {
            fail("no JSON: " + document.error().detail);
            return;
        }
        for (const auto& [name, value] : command_.values) {
            const bool part = name.ends_with('~');
            const std::string found =
                text_of(at_path(document->root(), part ? name.substr(0, name.size() - 1) : name));
            const bool fits = part ? found.find(value) != std::string::npos : found == value;
            if (!fits) {
                fail(name + " is " + found + ", expected " + value);
            }
        }
    }
    template <class Record>
    void compare(const std::optional<Record>& record) const {
        if (negative_) {
            if (record) {
                fail("there is one: " + base::to_json(*record));
            }
        } else if (!record) {
            fail("there is none");
        } else {
            compare(*record);
        }
    }
    template <class Record>
    [[nodiscard]] std::optional<Record> nth(const std::vector<Record>& records,
                                            const std::string& number) const {
        std::size_t at = 0;
        std::from_chars(number.data(), number.data() + number.size(), at);
        return at >= 1 && at <= records.size() ? std::optional(records[at - 1]) : std::nullopt;
    }
    template <class Record>
    [[nodiscard]] std::vector<Record> of_incident(Table table) {
        auto records = records_.all<Record>(table);
        const auto incident = records_.incident_of(word(1));
        std::erase_if(records, [&](const Record& each) {
            return !incident || each.incident != incident->id;
        });
        return records;
    }

    void check_answer();
    void check_exception();
    void check_timer();
    void check_claim();
    void check_mail();
    void check_line();
    bool check_counted();
    bool check_record();

    Records records_;
    Stage& stage_;
    const Story& story_;
    const Command& command_;
    bool negative_;
};

void Expectation::check_answer() {
    const auto incident = records_.incident_of(word(1));
    const auto kind = base::from_text<model::AnswerKind>(word(2));
    if (!incident || !kind) {
        fail(!incident ? "there is no incident" : word(2) + " is no answer");
        return;
    }
    const model::Answer& answer = incident->answers.at(static_cast<std::size_t>(*kind));
    if (word(0) == "earlier") {
        const bool found = std::ranges::any_of(answer.history, [&](const auto& each) {
            return word(3) == "id" ? !each.id.empty() : each.none == command_.get("none");
        });
        if (found == negative_) {
            fail(std::string(negative_ ? "it was so: " : "it never was: ") + base::to_json(answer));
        }
        return;
    }
    if (word(3) == "id" && answer.id.empty()) {
        fail("the answer is none: " + answer.none);
    }
    compare(answer);
}

void Expectation::check_exception() {
    const auto incident = records_.incident_of(word(1));
    std::optional<model::IncidentException> found;
    for (const auto& each :
         incident ? incident->exceptions : std::vector<model::IncidentException>{}) {
        if (base::to_text(each.kind) == word(2)) {
            found = each;
        }
    }
    compare(found);
}

void Expectation::check_timer() {
    model::Timers timers;
    const std::string of = word(1), name = word(2);
    if (of == "shipment") {
        timers = records_.shipment(name).value_or(model::Shipment{}).timers;
    } else if (of == "order") {
        timers = records_.order(name).value_or(model::Order{}).timers;
    } else if (of == "incident") {
        timers = records_.incident_of(name).value_or(model::Incident{}).timers;
    } else if (of == "merchant") {
        for (const auto& each : records_.all<model::Merchant>(Table::merchants)) {
            timers = each.timers;
        }
    } else {
        fail("a timer is of a shipment, order, incident or merchant");
    }
    std::optional<model::Timer> found;
    for (const model::Timer& each : timers) {
        if (base::to_text(each.kind) == word(of == "merchant" ? 2 : 3)) {
            found = each;
        }
    }
    compare(found);
}

void Expectation::check_claim() {
    const auto side = base::from_text<model::ClaimSide>(word(2));
    const auto ground = base::from_text<model::ClaimGround>(word(3));
    if (!side || !ground) {
        fail("name the side and the ground");
        return;
    }
    compare(records_.claim_of(word(1), *side, *ground));
}

void Expectation::check_mail() {
    const auto mail = nth(stage_.mail().taken(), word(1));
    if (!mail) {
        fail("only " + std::to_string(stage_.mail().taken().size()) + " mails were sent");
        return;
    }
    const auto id =
        model::NotificationId::parse(mail->message_id.substr(0, mail->message_id.find('@')));
    const auto told =
        id ? records_.get<model::Notification>(Table::notifications, *id) : std::nullopt;
    for (const auto& [name, value] : command_.values) {
        const std::string found = name == "to"         ? mail->to
                                  : name == "subject~" ? mail->subject
                                  : name == "text~"    ? mail->text
                                  : !told              ? "unknown"
                                  : name == "kind"     ? std::string(base::to_text(told->kind))
                                  : name == "variant"  ? told->variant
                                                       : "no such member";
        const bool fits =
            name.ends_with('~') ? found.find(value) != std::string::npos : found == value;
        if (!fits) {
            fail(name + " is " + found);
        }
    }
}

// A line of the subject's timeline, by its text.
void Expectation::check_line() {
    const auto parcel = records_.shipment(word(1));
    const auto mine = records_.order(word(1));
    const model::EventId head = parcel ? parcel->last_event
                                : mine ? mine->last_event
                                       : model::EventId{};
    const auto chain = stage_.reader().chain(head, 1'000);
    std::optional<core::TimelineEntry> found;
    for (const ports::EventRow& row : chain ? *chain : std::vector<ports::EventRow>{}) {
        const auto trace = base::decode<core::Trace>(row.decision);
        for (const auto& entry : trace ? trace->entries : std::vector<core::TimelineEntry>{}) {
            if (entry.text == word(2)) {
                found = entry;
            }
        }
    }
    compare(found);
}

bool Expectation::check_counted() {
    constexpr std::array<std::pair<std::string_view, Table>, 10> counted{{
        {"incidents", Table::incidents},
        {"orders", Table::orders},
        {"shipments", Table::shipments},
        {"customers", Table::customers},
        {"messages", Table::notifications},
        {"tickets", Table::tickets},
        {"claims", Table::claims},
        {"contributions", Table::contributions},
        {"outbox", Table::outbox},
        {"parked", Table::parked},
    }};
    for (const auto& [name, table] : counted) {
        if (name == word(0)) {
            count(records_.count(table));
            return true;
        }
    }
    if (word(0) == "mails") {
        count(stage_.mail().taken().size());
    } else if (word(0) == "ledgers") {
        count(of_incident<model::LedgerEntry>(Table::ledger).size());
    } else if (word(0) == "profiles") {
        count(records_.count(Table::profiles));
    } else {
        return false;
    }
    return true;
}

bool Expectation::check_record() {
    const std::string what = word(0), name = word(1);
    if (what == "incident") {
        compare(records_.incident_of(name));
    } else if (what == "order") {
        compare(records_.order(name));
    } else if (what == "shipment") {
        compare(records_.shipment(name));
    } else if (what == "ticket") {
        compare(records_.ticket_of(name));
    } else if (what == "message") {
        compare(nth(records_.all<model::Notification>(Table::notifications), name));
    } else if (what == "ledger") {
        compare(nth(of_incident<model::LedgerEntry>(Table::ledger), word(2)));
    } else if (what == "contribution") {
        compare(nth(records_.all<model::Contribution>(Table::contributions), name));
    } else if (what == "risk") {
        const auto risks = of_incident<model::ReturnRisk>(Table::risks);
        compare(risks.empty() ? std::nullopt : std::optional(risks.back()));
    } else if (what == "coverage") {
        const auto parcel = records_.shipment(name);
        compare(parcel && parcel->label->cover
                    ? records_.get<model::Coverage>(Table::coverages, parcel->label->cover)
                    : std::nullopt);
    } else if (what == "profile") {
        compare(nth(records_.all<model::ProfileVersion>(Table::profiles), name));
    } else {
        return false;
    }
    return true;
}

void Expectation::check() {
    const std::string what = word(0);
    if (what == "answer" || what == "earlier") {
        check_answer();
    } else if (what == "exception") {
        check_exception();
    } else if (what == "timer") {
        check_timer();
    } else if (what == "claim") {
        check_claim();
    } else if (what == "mail") {
        check_mail();
    } else if (what == "line") {
        check_line();
    } else if (what == "milestone") {
        const auto parcel = records_.shipment(word(1));
        if (!parcel || base::to_text(parcel->track.milestone) != word(2)) {
            fail("the milestone is " +
                 std::string(parcel ? base::to_text(parcel->track.milestone) : "none"));
        }
    } else if (!check_counted() && !check_record()) {
        fail("nobody knows what to expect of " + what);
    }
}

}  // namespace

void expect(Stage& stage, const Story& story, const Command& command) {
    Expectation(stage, story, command).check();
}

void expect_reason(Stage& stage, const Story& story, const Command& command, bool with_fact) {
    const auto kind = base::from_text<model::AnswerKind>(command.word(0));
    const auto incident = Records(stage).incident_of(command.word(1));
    if (!kind || (with_fact && !incident)) {
        fail_at(story, command.line, kind ? "there is no incident" : "name the answer");
        return;
    }
    const std::string reason = command.word(2);
    const std::string found =
        incident ? incident->answers.at(static_cast<std::size_t>(*kind)).none : "";
    if (with_fact && found != reason) {
        fail_at(story, command.line,
                "the reason is " + (found.empty() ? "none: there is an answer" : found));
    }
    if (!with_fact && found.substr(0, found.find(' ')) == reason.substr(0, reason.find(' '))) {
        fail_at(story, command.line, "the reason stays without its fact");
    }
}

}  // namespace aftermile::stories
