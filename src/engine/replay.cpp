#include "engine/replay.hpp"

#include <concepts>
#include <map>

#include "core/decide.hpp"
#include "engine/admin_records.hpp"
#include "engine/limits.hpp"
#include "engine/merchants.hpp"
#include "engine/policy_load.hpp"
#include "ports/rows.hpp"

namespace aftermile::engine {

namespace {

using base::Result;
using ports::Table;

constexpr std::size_t examples_max = 10;
constexpr std::string_view intake_parked = "intake.parked.";

// Everything there is was folded in: what is asked for and not known does not exist.
void answer_absent(const core::Keys& keys, core::Facts& facts) {
    const auto absent = [](const auto& wanted, auto& shelf) {
        for (const auto& id : wanted) {
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

class Replay {
  public:
    Replay(const model::Catalog& catalog, model::Merchant merchant, model::Policy policy)
        : policy_(std::move(policy)) {
        facts_.catalog = &catalog;
        facts_.merchant = std::move(merchant);
    }

    Result<void> take(const ports::EventRow& row, ReplayReport& report) {
        model::Event event{row.id, row.recorded_at, {}};
        if (auto read = model::decode_payload(row.payload, event.payload); !read) {
            return read;
        }
        core::Decisions decisions = decide(event);
        const bool parked = decisions.outcome != core::Outcome::applied ||
                            core::violated(facts_, decisions, event).has_value();
        if (parked) {
            decisions.trace.entries.clear();
        }
        const std::string encoded = base::encode(decisions.trace);
        const bool chained = parked || decisions.previous == row.previous;
        bool same = chained && encoded == row.decision;
        if (!same) {
            auto stored = base::decode<core::Trace>(row.decision);
            if (!stored) {
                return std::unexpected(stored.error());
            }
            if (stored->because.rule.text().starts_with(intake_parked)) {
                return {};
            }
            stored->moved.reset();  // of when the row was written, not of what was decided
            same = chained && encoded == base::encode(*stored);
            if (stored->because.catalog_version != decisions.trace.because.catalog_version) {
                ++report.other_catalog;
                same = true;
            }
        }
        ++report.events;
        if (!same) {
            ++report.decisions_differ;
            differs(row.id.text(), report);
        }
        return parked ? Result<void>{} : fold(event, std::move(decisions));
    }

    // The facts hold every record, as it was put last; what they do not keep was written out.
    Result<void> compare(ports::StoreReader& reader, ReplayReport& report) {
        Result<void> done;
        const auto with = [&](const ports::Row& row) {
            if (done) {
                done = compare(reader, row, report);
            }
        };
        const auto of = [&](const auto& shelf) {
            shelf.each([&](const auto& record) { with(ports::row_of(record)); });
        };
        of(facts_.customers);
        of(facts_.orders);
        of(facts_.shipments);
        of(facts_.incidents);
        of(facts_.notifications);
        of(facts_.tickets);
        of(facts_.coverages);
        of(facts_.claims);
        of(facts_.contributions);
        of(facts_.risks);
        for (const auto& [place, row] : written_) {
            with(row);
        }
        return done;
    }

  private:
    // As the engine does it: tried with what is known, and again once everything needed is.
    core::Decisions decide(const model::Event& event) {
        if (core::at_hand(event.payload, facts_, policy_) != core::AtHand::too_little) {
            auto decisions = core::decide(event, facts_, policy_, event.recorded_at);
            if (!core::lacks_facts(decisions)) {
                return decisions;
            }
        }
        for (int round = 0; round <= core::needs_rounds_max; ++round) {
            const core::Keys keys = core::needs(event.payload, facts_);
            if (keys.empty()) {
                break;
            }
            answer_absent(keys, facts_);
        }
        return core::decide(event, facts_, policy_, event.recorded_at);
    }
    Result<void> fold(const model::Event& event, core::Decisions&& decisions) {
        for (const core::Put& put : decisions.puts) {
            core::visit_put([this](const auto& record) { write_out(record); }, put);
        }
        core::fold(facts_, std::move(decisions));
        const auto* published = std::get_if<model::PolicyPublished>(&event.payload);
        if (published != nullptr && facts_.merchant.policy_version != policy_.version) {
            auto policy = load_policy(published->toml, facts_.merchant.policy_version);
            if (!policy) {
                return std::unexpected(policy.error());
            }
            policy_ = std::move(*policy);
        }
        return {};
    }
    template <class R>
    void write_out(const R& record) {
        using model::LedgerEntry, model::PieceNumber, model::Merchant, model::ProfileVersion;
        if constexpr (std::same_as<R, LedgerEntry> || std::same_as<R, PieceNumber> ||
                      std::same_as<R, Merchant> || std::same_as<R, ProfileVersion>) {
            ports::Row row = ports::row_of(record);
            const std::pair place(row.table, row.id);
            written_.insert_or_assign(place, std::move(row));
        }
    }
    Result<void> compare(ports::StoreReader& reader, const ports::Row& row, ReplayReport& report) {
        ++report.records;
        auto stored = reader.get(row.table, facts_.merchant.number, row.id);
        if (!stored) {
            return std::unexpected(stored.error());
        }
        if (!*stored || (*stored)->body != row.body || (*stored)->columns != row.columns) {
            ++report.records_differ;
            differs(std::string(ports::schema_of(row.table).name) + " " + base::id_digits(row.id),
                    report);
        }
        return {};
    }
    static void differs(std::string what, ReplayReport& report) {
        if (report.examples.size() < examples_max) {
            report.examples.push_back(std::move(what));
        }
    }

    core::Facts facts_;
    model::Policy policy_;
    std::map<std::pair<Table, std::int64_t>, ports::Row> written_;
};

// Version 1 as it was when the merchant's first event was decided.
Result<model::Policy> first_policy(ports::StoreReader& reader, model::MerchantNumber merchant) {
    auto row = reader.get(Table::policies, merchant, ports::version_id(merchant, 1));
    if (!row) {
        return std::unexpected(row.error());
    }
    return load_policy(*row ? std::string_view((*row)->body) : default_policy_document(), 1);
}

}  // namespace

Result<ReplayReport> verify_replay(ports::StoreReader& reader, ports::AdminStore& admin,
                                   const model::Catalog& catalog, model::MerchantNumber merchant) {
    auto record = read_merchant(admin, merchant);
    auto policy = first_policy(reader, merchant);
    if (!record || !policy) {
        return std::unexpected(record ? policy.error() : record.error());
    }
    Replay replay(catalog, new_merchant(merchant, record->created_mode), std::move(*policy));
    ReplayReport report;
    model::EventId after = model::EventId::of(merchant, 0, 0);
    while (true) {
        auto rows = reader.events_after(after, limits::load_page);
        if (!rows) {
            return std::unexpected(rows.error());
        }
        for (const ports::EventRow& row : *rows) {
            if (auto taken = replay.take(row, report); !taken) {
                return std::unexpected(taken.error());
            }
        }
        // Numbers have no gaps: only applied and parked events use one up.
        if (rows->empty()) {
            break;
        }
        after = rows->back().id;
    }
    if (auto compared = replay.compare(reader, report); !compared) {
        return std::unexpected(compared.error());
    }
    return report;
}

}  // namespace aftermile::engine
