#include <algorithm>
#include <array>
#include <cstdlib>

#include "tests/stories/records.hpp"
#include "tests/stories/stage.hpp"
#include "tests/stories/words.hpp"

namespace aftermile::stories {

namespace {

using Made = base::Result<engine::Element>;

Made made(model::Payload payload) {
    engine::Element element;
    element.payload = std::move(payload);
    return element;
}

// REFERENCE:QUANTITY:PRICE[:CATEGORY]
model::LineInput line_of(Words& words, std::string_view text) {
    std::vector<std::string> parts;
    while (true) {
        const std::size_t colon = text.find(':');
        parts.emplace_back(text.substr(0, colon));
        if (colon == std::string_view::npos) {
            break;
        }
        text.remove_prefix(colon + 1);
    }
    parts.resize(4);
    model::LineInput line;
    line.reference = parts[0];
    line.title = "Thing " + parts[0];
    line.quantity = std::atoi(parts[1].c_str());
    const auto price = parse_money(parts[2]);
    if (!price) {
        words.blame(parts[2] + " is no amount");
    }
    line.unit_price = price.value_or(base::Money{});
    line.category = parts[3];
    return line;
}

Made order(Words& words) {
    model::OrderInput input;
    input.reference = words.command().word(0);
    input.placed_at = words.written("placed");
    const auto value = words.money("value");
    const bool plain = words.command().find("line") == nullptr;
    const bool first = !words.stage().numbers.contains("order " + input.reference);
    words.stage().numbers["order " + input.reference] = {};
    if (first) {
        input.currency = value ? std::string(value->currency.code()) : "USD";
    }
    for (const auto& [name, text] : words.command().values) {
        if (name == "line") {
            input.lines.push_back(line_of(words, text));
            input.currency = std::string(input.lines.back().unit_price.currency.code());
        }
    }
    if (plain && words.command().get("value", first ? "5000USD" : "none") != "none") {
        input.lines.push_back(line_of(words, "L1:1:" + words.command().get("value", "5000USD") +
                                                 ":" + words.command().get("category")));
    }
    const std::string customer =
        words.command().get("customer", first ? "ana@example.test" : "none");
    if (customer != "none") {
        input.customer = model::CustomerInput{};
        input.customer->email = customer.empty() ? std::nullopt : std::optional(customer);
        input.customer->reference = words.text("customer_reference");
        input.customer->name = "Ana Example";
        input.customer->locale = words.text("locale");
        if (const auto consent = words.text("consent")) {
            input.customer->consents.push_back({model::Channel::email,
                                                model::Purpose::transactional, *consent == "yes",
                                                std::nullopt, words.stage().now()});
        }
    }
    input.ship_to = words.place("to", first ? "US-CA" : "none");
    input.promised = words.promise();
    input.cancelled_at = words.instant("cancelled");
    input.updated_at = words.instant("updated");
    input.cleared = words.list("cleared");
    base::Problems problems;
    return engine::intake_order(input, words.stage().intake(), problems);
}

Made shipment(Words& words) {
    model::ShipmentInput input;
    Stage& stage = words.stage();
    input.reference = words.command().word(0);
    const bool first = !stage.numbers.contains(input.reference);
    if (const auto order = words.text("order")) {
        input.order = "ref:" + *order;
    }
    const std::string carrier = words.command().get("carrier", first ? "ups" : "");
    const std::string number = words.command().get("number", first ? "1Z" + input.reference : "");
    if (!carrier.empty() && carrier != "none") {
        input.carrier = carrier;
    }
    if (!number.empty() && number != "none") {
        input.tracking_number = number;
    }
    if (first) {
        stage.numbers[input.reference] = {carrier == "none" ? "" : carrier, number};
    }
    input.service = words.text("service");
    if (first && !input.service) {
        input.service = "ground";
    }
    if (input.service == "none") {
        input.service.reset();
    }
    input.warehouse = words.text("warehouse");
    input.pieces = words.list("pieces");
    input.ship_from = words.place("from", first ? "US-NY" : "none");
    input.ship_to = words.place("to", "none");
    const bool unlabelled = words.command().get("label") == "none";
    if (!unlabelled) {
        input.label_created_at = words.written("label");
    }
    if (first && !unlabelled && !input.label_created_at) {
        input.label_created_at = base::WrittenTime{base::LocalTime{stage.now().time_since_epoch()},
                                                   std::chrono::minutes{0}, false};
    }
    input.label_cost = words.money("cost");
    input.declared_value = words.money("declared");
    input.voided_at = words.instant("voided");
    input.updated_at = words.instant("updated");
    input.promised = words.promise();
    input.cleared = words.list("cleared");
    for (const std::string& line : words.list("lines")) {
        input.lines.push_back({line, 1});
    }
    base::Problems problems;
    return engine::intake_shipment(input, stage.intake(), problems);
}

std::uint8_t flag_of(Words& words, std::string_view name) {
    namespace flag = model::scan_flag;
    constexpr std::array<std::pair<std::string_view, std::uint8_t>, 8> flags{{
        {"synthetic", flag::synthetic},
        {"correction", flag::correction},
        {"void_previous", flag::void_previous},
        {"return_leg", flag::return_leg},
        {"unknown_code", flag::unknown_code},
        {"refused", flag::refused},
        {"destroyed", flag::destroyed},
        {"late_recorded", flag::late_recorded},
    }};
    for (const auto& [each, bit] : flags) {
        if (each == name) {
            return bit;
        }
    }
    words.blame(std::string(name) + " is no flag");
    return 0;
}

Made scan(Words& words) {
    Stage& stage = words.stage();
    model::Scan scan;
    const std::string subject = words.command().word(0);
    const auto known = stage.numbers.find(subject);
    scan.carrier = words.command().get(
        "carrier",
        known != stage.numbers.end() && !known->second.first.empty() ? known->second.first : "ups");
    scan.tracking_number = known != stage.numbers.end() ? known->second.second : subject;
    scan.piece = words.command().get("piece");
    const auto at =
        words.command().find("at") != nullptr
            ? words.written("at")
            : std::optional(base::WrittenTime{base::LocalTime{stage.now().time_since_epoch()},
                                              std::chrono::minutes{0}, false});
    if (at) {
        scan.written = at->local;
        scan.offset = at->offset;
        scan.date_only = at->date_only;
    }
    if (const auto place = words.place("place", "none")) {
        scan.place.country = place->country.value_or("");
        scan.place.region = place->region.value_or("");
    }
    scan.source = "api";
    if (const std::string* code = words.command().find("code")) {
        model::apply_status(
            stage.intake().catalog == nullptr ? shipped_catalog() : *stage.intake().catalog, scan,
            words.command().get("type"), *code, words.command().get("reason"));
    }
    if (const auto milestone = words.text("milestone")) {
        scan.milestone = words.word<model::Milestone>(*milestone);
    }
    if (const auto exception = words.text("exception")) {
        scan.exception = words.word<model::Exception>(*exception);
    }
    if (const auto clears = words.text("clears")) {
        scan.clears = words.word<model::Exception>(*clears);
    }
    for (const std::string& flag : words.list("flags")) {
        scan.flags = static_cast<std::uint8_t>(scan.flags | flag_of(words, flag));
    }
    base::Problems problems;
    return engine::intake_scan(std::move(scan), stage.intake(), problems);
}

Made report(Words& words) {
    model::Report report;
    report.kind = words.word<model::ReportKind>(words.command().word(1));
    const std::string subject = words.command().word(0);
    if (words.command().get("by_number") == "yes") {
        report.tracking_number = words.stage().numbers[subject].second;
    } else {
        report.shipment_reference = subject;
    }
    report.by = words.command().get("by", "shopper");
    report.withdrawn = words.command().word(2) == "withdrawn";
    base::Problems problems;
    return engine::intake_report(std::move(report), {}, {}, words.stage().intake(), problems);
}

Made act(Words& words) {
    Records records(words.stage());
    model::IncidentAction action;
    const auto incident = records.incident_of(words.command().word(0));
    if (!incident) {
        return base::fail("no_incident", words.command().word(0) + " has no incident");
    }
    action.incident = incident->id;
    action.act = words.word<model::IncidentAct>(words.command().word(1));
    action.by = words.command().get("by", "usr_mia");
    action.owner = words.command().get("owner");
    action.text = words.command().get("text");
    action.until = words.instant("until");
    if (const auto remedy = words.text("remedy")) {
        action.remedy = words.word<model::Remedy>(*remedy);
    }
    action.amount = words.money("amount");
    if (const auto into = words.text("into")) {
        const auto target = records.incident_of(*into);
        action.into = target ? target->id : model::IncidentId{};
    }
    return made(action);
}

Made ticket(Words& words) {
    const auto ticket = Records(words.stage()).ticket_of(words.command().word(0));
    if (!ticket) {
        return base::fail("no_ticket", words.command().word(0) + " has no ticket");
    }
    model::TicketAction action;
    action.ticket = ticket->id;
    action.act = words.word<model::TicketAct>(words.command().word(1));
    action.by = words.command().get("by", "usr_mia");
    action.assignee = words.command().get("assignee");
    action.text = words.command().get("text");
    return made(action);
}

Made claim(Words& words) {
    const auto claim = Records(words.stage())
                           .claim_of(words.command().word(0),
                                     words.word<model::ClaimSide>(words.command().word(1)),
                                     words.word<model::ClaimGround>(words.command().word(2)));
    if (!claim) {
        return base::fail("no_claim", "there is no such claim");
    }
    model::ClaimAction action;
    action.claim = claim->id;
    action.act = words.word<model::ClaimAct>(words.command().word(3));
    action.by = words.command().get("by", "usr_mia");
    action.method = words.command().get("method");
    action.case_number = words.command().get("case");
    action.text = words.command().get("text");
    action.evidence = words.list("evidence");
    if (const auto verdict = words.text("verdict")) {
        action.verdict = words.word<model::ClaimState>(*verdict);
    }
    action.amount = words.money("amount");
    return made(action);
}

Made policy(Words& words) {
    Stage& stage = words.stage();
    const std::string next = std::to_string(stage.policy_version + 1);
    const auto version =
        static_cast<std::uint32_t>(std::atoi(words.command().get("version", next).c_str()));
    stage.policy_version = version;
    return made(model::PolicyPublished{version, words.command().text, "usr_mia"});
}

Made mode(Words& words) {
    return made(model::ModeSwitched{words.word<model::Mode>(words.command().word(0)), "usr_mia"});
}

Made channel(Words& words) {
    return made(model::ChannelSwitched{words.word<model::Channel>(words.command().word(0)),
                                       words.command().get("paused") == "yes", "usr_mia"});
}

struct Door {
    std::string_view verb;
    Made (*make)(Words&);
};
constexpr std::array doors{
    Door{"order", order}, Door{"shipment", shipment}, Door{"scan", scan},   Door{"report", report},
    Door{"act", act},     Door{"ticket", ticket},     Door{"claim", claim}, Door{"policy", policy},
    Door{"mode", mode},   Door{"channel", channel},
};

// Everything that is no event: time, the world outside, and how the story is told.
bool perform_aside(Stage& stage, const Story& story, const Command& command) {
    if (command.verb == "clock" || command.verb == "merchant" || command.verb == "group") {
        return true;  // read before the stage was opened
    }
    if (command.verb == "advance") {
        const auto span = parse_span(command.word(0));
        auto at = base::parse_instant(command.word(command.word(0) == "to" ? 1 : 0));
        if (!span && !at) {
            fail_at(story, command.line, "advance 3d, or advance to an instant");
            return true;
        }
        auto moved = stage.advance_to(span ? stage.now() + *span : *at);
        if (!moved) {
            fail_at(story, command.line, moved.error().detail);
        }
        return true;
    }
    if (command.verb == "import") {
        stage.importing = command.word(0) == "begins";
        return true;
    }
    if (command.verb == "mail") {
        using Answer = RecordingMail::Answer;
        const std::string word = command.word(1);
        stage.mail().answer_with(word == "rejected"   ? Answer::rejected
                                 : word == "deferred" ? Answer::deferred
                                 : word == "down"     ? Answer::down
                                                      : Answer::sent);
        return true;
    }
    return false;
}

std::string outcome_of(const engine::Receipt& receipt) {
    const std::string code = receipt.error ? " " + receipt.error->code : "";
    switch (receipt.kind) {
        case engine::ReceiptKind::accepted:
            return "";
        case engine::ReceiptKind::duplicate:
            return "duplicate";
        case engine::ReceiptKind::parked:
            return "parked" + code;
        case engine::ReceiptKind::rejected:
            return "rejected" + code;
        case engine::ReceiptKind::retry:
            return "retry" + code;
    }
    return "";
}

void check_outcome(const Story& story, const Command& command, const engine::Receipt& receipt) {
    const std::string outcome = outcome_of(receipt);
    if (outcome != command.outcome && command.outcome != "any") {
        fail_at(story, command.line,
                "the outcome is \"" + outcome + "\", expected \"" + command.outcome + "\"" +
                    (receipt.error ? ": " + receipt.error->detail : ""));
    }
}

}  // namespace

bool perform(Stage& stage, const Story& story, const Command& command,
             const std::vector<Command>& more) {
    if (perform_aside(stage, story, command)) {
        return true;
    }
    std::vector<Command> together{command};
    together.insert(together.end(), more.begin(), more.end());
    std::vector<engine::Element> elements;
    std::vector<Command> sent;
    for (const Command& each : together) {
        const auto door = std::ranges::find(doors, each.verb, &Door::verb);
        if (door == doors.end()) {
            return false;
        }
        Words words(stage, each);
        auto element = door->make(words);
        if (!words.fault().empty() || !element) {
            const std::string why =
                words.fault().empty() ? "refused " + element.error().code : words.fault();
            if (why != each.outcome) {
                fail_at(story, each.line, element ? why : why + ": " + element.error().detail);
            }
            continue;
        }
        elements.push_back(std::move(*element));
        sent.push_back(each);
    }
    if (elements.empty()) {
        return true;
    }
    auto receipts = stage.submit(std::move(elements));
    if (!receipts) {
        fail_at(story, command.line, receipts.error().detail);
        return true;
    }
    for (std::size_t i = 0; i < sent.size(); ++i) {
        check_outcome(story, sent[i], receipts->at(i));
    }
    return true;
}

}  // namespace aftermile::stories
