#include <clocale>
#include <cstdlib>
#include <ctime>
#include <locale>
#include <map>
#include <utility>

#include "core/decide.hpp"
#include "core/delivery/move.hpp"
#include "engine/merchants.hpp"
#include "engine/policy_load.hpp"
#include "ports/rows.hpp"
#include "tests/stories/records.hpp"
#include "tests/stories/stage.hpp"

namespace aftermile::stories {

namespace {

using Bodies = std::map<std::pair<ports::Table, std::int64_t>, std::string>;

// Numbers as 1'2'3,5: a locale that every machine has.
struct OddNumbers final : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '\''; }
    std::string do_grouping() const override { return "\1"; }
};

// The process's zone and locale while it lives.
class Surroundings {
  public:
    Surroundings(const char* zone, const char* locale)
        : zone_before_(std::getenv("TZ") != nullptr ? std::getenv("TZ") : ""),
          locale_before_(std::setlocale(LC_ALL, nullptr)) {
        ::setenv("TZ", zone, 1);
        ::tzset();
        std::setlocale(LC_ALL, locale);  // no matter where it is not installed
        if (std::string_view(locale) != "C") {
            std::locale::global(std::locale(std::locale::classic(), new OddNumbers));
        }
    }
    ~Surroundings() {
        if (zone_before_.empty()) {
            ::unsetenv("TZ");
        } else {
            ::setenv("TZ", zone_before_.c_str(), 1);
        }
        ::tzset();
        std::locale::global(global_before_);
        std::setlocale(LC_ALL, locale_before_.c_str());
    }
    Surroundings(const Surroundings&) = delete;
    Surroundings& operator=(const Surroundings&) = delete;

  private:
    std::string zone_before_, locale_before_;
    std::locale global_before_;
};

void mark_absent(const core::Keys& keys, core::Facts& facts) {
    const auto absent = [](const auto& ids, auto& shelf) {
        for (const auto& id : ids) {
            shelf.absent(id);
        }
    };
    for (const core::NameKey& name : keys.names) {
        facts.names.put(name, {});
    }
    absent(keys.customers, facts.customers);
    absent(keys.orders, facts.orders);
    absent(keys.shipments, facts.shipments);
    absent(keys.incidents, facts.incidents);
    absent(keys.notifications, facts.notifications);
    absent(keys.tickets, facts.tickets);
    absent(keys.coverages, facts.coverages);
    absent(keys.claims, facts.claims);
    absent(keys.contributions, facts.contributions);
    absent(keys.risks, facts.risks);
}

struct Told {
    Bodies records;
    std::map<std::int64_t, std::string> decisions;  // by event
    std::string problem;
};

// Copies what is asked for from facts that hold everything told so far, and with a name what it
// names; the rest is absent.
void give(core::Keys keys, const core::Facts& all, core::Facts& facts) {
    const auto copy = [](const auto& ids, const auto& from, auto& to) {
        for (const auto& id : ids) {
            to.put(id, from.share(id));
        }
    };
    for (const core::NameKey& name : keys.names) {
        const auto ids = all.names.look(name).value_or(std::span<const std::int64_t>{});
        for (const std::int64_t id : ids) {
            switch (name.kind) {
                case core::NameKind::tracking:
                case core::NameKind::shipment_reference:
                    keys.shipments.emplace_back(id);
                    break;
                case core::NameKind::order_reference:
                    keys.orders.emplace_back(id);
                    break;
                case core::NameKind::customer_reference:
                case core::NameKind::customer_email:
                    keys.customers.emplace_back(id);
                    break;
            }
        }
        facts.names.put(name, ids);
    }
    copy(keys.customers, all.customers, facts.customers);
    copy(keys.orders, all.orders, facts.orders);
    copy(keys.shipments, all.shipments, facts.shipments);
    copy(keys.incidents, all.incidents, facts.incidents);
    copy(keys.notifications, all.notifications, facts.notifications);
    copy(keys.tickets, all.tickets, facts.tickets);
    copy(keys.coverages, all.coverages, facts.coverages);
    copy(keys.claims, all.claims, facts.claims);
    copy(keys.contributions, all.contributions, facts.contributions);
    copy(keys.risks, all.risks, facts.risks);
}

std::string bytes_of(const core::Decisions& decisions) {
    std::string bytes = decisions.error ? decisions.error->code : base::encode(decisions.trace);
    for (const core::Put& put : decisions.puts) {
        bytes +=
            core::visit_put([](const auto& record) { return ports::row_of(record).body; }, put);
    }
    return bytes;
}

core::Facts knowing_nothing_of(const core::Facts& all) {
    core::Facts cold;
    cold.catalog = all.catalog;
    cold.merchant = all.merchant;
    cold.profile = all.profile;
    cold.unpublished = all.unpublished;
    cold.has_pieces = all.has_pieces;
    return cold;
}

// From what a decision will probably read.
std::optional<std::string> otherwise_when_guessed(const model::Event& event, const core::Facts& all,
                                                  const model::Policy& policy,
                                                  const std::string& expected) {
    core::Facts guessed = knowing_nothing_of(all);
    core::Keys keys;
    for (int round = 0; round <= core::needs_rounds_max; ++round) {
        keys = core::probably_read(event.payload, guessed, policy);
        give(keys, all, guessed);
    }
    if (!keys.empty()) {
        return "what is probably read never ends for " + event.id.text();
    }
    const auto again = core::decide(event, guessed, policy, event.recorded_at);
    return core::lacks_facts(again) || bytes_of(again) == expected
               ? std::nullopt
               : std::optional("decided otherwise from a guess: " + event.id.text());
}

// What is in memory must not matter: from facts that hold nothing but what was asked for, and from
// as little as a decision may be tried with, the same comes out, or that something is lacking.
std::optional<std::string> otherwise_when_cold(const model::Event& event, const core::Facts& all,
                                               const model::Policy& policy,
                                               const core::Decisions& decided) {
    core::Facts cold = knowing_nothing_of(all);
    const std::string expected = bytes_of(decided);
    for (int round = 0; round <= core::needs_rounds_max; ++round) {
        const core::Keys keys = core::needs(event.payload, cold);
        if (keys.empty() ||
            core::at_hand(event.payload, cold, policy) != core::AtHand::too_little) {
            const auto again = core::decide(event, cold, policy, event.recorded_at);
            const bool lacking = core::lacks_facts(again) && !keys.empty();
            if (!lacking && (again.outcome != decided.outcome || bytes_of(again) != expected)) {
                return "decided otherwise from what was asked for: " + event.id.text();
            }
        }
        if (keys.empty()) {
            return otherwise_when_guessed(event, all, policy, expected);
        }
        give(keys, all, cold);
    }
    return "needs never ends from nothing for " + event.id.text();
}

// What a scan changes of a shipment whose row may follow is what `move` does without deciding.
std::optional<std::string> wrong_move(const model::Event& event, const core::Facts& facts,
                                      const core::Decisions& decisions) {
    const auto moved = core::delivery::moved_by(event, facts, decisions);
    if (!moved || decisions.outcome != core::Outcome::applied) {
        return std::nullopt;
    }
    model::Shipment record = *facts.shipments.find(moved->shipment);
    core::delivery::move(record, event, *moved, *facts.catalog);
    const auto decided = std::ranges::find_if(decisions.puts, [](const core::Put& put) {
        return core::put_of<model::Shipment>(put) != nullptr;
    });
    return base::encode(record) == base::encode(*core::put_of<model::Shipment>(*decided))
               ? std::nullopt
               : std::optional("moved otherwise than decided: " + event.id.text());
}

// The three functions and nothing else, on the events alone.
Told tell_again(const std::vector<ports::EventRow>& events, model::Mode created_mode) {
    Told told;
    core::Facts facts;
    facts.catalog = &shipped_catalog();
    facts.merchant = engine::new_merchant(Stage::merchant, created_mode);
    auto policy = engine::load_policy(engine::default_policy_document(), 1);
    for (const ports::EventRow& row : events) {
        auto payload = model::decode_payload(row.payload);
        const auto stored = base::decode<core::Trace>(row.decision);
        if (!policy || !payload || !stored) {
            told.problem = "an event cannot be read";
            return told;
        }
        if (stored->because.rule.text().starts_with("intake.parked.")) {
            continue;
        }
        const model::Event event{row.id, row.recorded_at, std::move(*payload)};
        int rounds = 0;
        for (core::Keys keys = core::needs(event.payload, facts); !keys.empty();
             keys = core::needs(event.payload, facts)) {
            mark_absent(keys, facts);
            if (++rounds > core::needs_rounds_max) {
                told.problem = "needs never ends for " + row.id.text();
                return told;
            }
        }
        core::Decisions decisions = core::decide(event, facts, *policy, row.recorded_at);
        if (decisions.outcome != core::Outcome::applied ||
            core::violated(facts, decisions, event)) {
            decisions.trace.entries.clear();
            decisions.outcome = core::Outcome::parked;
        }
        if (auto other = otherwise_when_cold(event, facts, *policy, decisions)) {
            told.problem = std::move(*other);
            return told;
        }
        told.decisions[row.id.value] = base::encode(decisions.trace);
        if (auto wrong = wrong_move(event, facts, decisions)) {
            told.problem = std::move(*wrong);
            return told;
        }
        core::fold(facts, core::Decisions(decisions));
        if (decisions.outcome != core::Outcome::applied) {
            continue;
        }
        for (const core::Put& put : decisions.puts) {
            ports::Row made = core::visit_put([](const auto& r) { return ports::row_of(r); }, put);
            told.records[{made.table, made.id}] = std::move(made.body);
        }
        if (const auto* published = std::get_if<model::PolicyPublished>(&event.payload)) {
            policy = engine::load_policy(published->toml, published->version);
        }
    }
    return told;
}

// Without what says only when the row was written.
std::string decided(const ports::EventRow& row) {
    auto trace = base::decode<model::Trace>(row.decision);
    if (!trace) {
        return {};
    }
    trace->moved.reset();
    return base::encode(*trace);
}

std::string name_of(ports::Table table, std::int64_t id) {
    return std::string(ports::schema_of(table).name) + " " + base::id_digits(id);
}

}  // namespace

void replay_purely(Stage& stage, const Story& story) {
    const auto events =
        stage.reader().events_after(model::EventId::of(Stage::merchant, 0, 0), 100'000);
    const auto merchants = engine::list_merchants(stage.store().admin());
    if (!events || !merchants || merchants->empty()) {
        fail_at(story, 1, "the events cannot be read");
        return;
    }
    const model::Mode mode = merchants->front().created_mode;
    Told here, elsewhere;
    {
        const Surroundings surroundings("UTC", "C");
        here = tell_again(*events, mode);
    }
    {
        const Surroundings surroundings("Asia/Kolkata", "de_DE.UTF-8");
        elsewhere = tell_again(*events, mode);
    }
    if (!here.problem.empty()) {
        fail_at(story, 1, here.problem);
    }
    if (here.records != elsewhere.records || here.decisions != elsewhere.decisions) {
        fail_at(story, 1, "another zone and locale give other decisions");
    }
    for (const ports::EventRow& row : *events) {
        const auto again = here.decisions.find(row.id.value);
        if (again != here.decisions.end() && again->second != decided(row)) {
            fail_at(story, 1, "another decision without the engine: " + row.id.text());
        }
    }
    for (const auto& [key, body] : here.records) {
        const auto stored = stage.reader().get(key.first, Stage::merchant, key.second);
        if (!stored || !*stored || (*stored)->body != body) {
            fail_at(story, 1,
                    "another record without the engine: " + name_of(key.first, key.second));
        }
    }
}

}  // namespace aftermile::stories
