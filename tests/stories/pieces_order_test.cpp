// Shipments of several pieces, told in any order: the label before, between or after the scans on
// the pieces' own numbers. Decided and folded as the engine does it, over facts in memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/decide.hpp"
#include "engine/policy_load.hpp"
#include "tests/stories/stage.hpp"

namespace aftermile::stories {
namespace {

using base::Instant;
using model::Exception;
using model::Milestone;

class Teller {
  public:
    Teller() : policy_(*engine::load_policy(engine::default_policy_document(), 1)) {
        facts_.catalog = &shipped_catalog();
        facts_.merchant.number = Stage::merchant;
        facts_.merchant.modes.push_back({model::Mode::live, base::instant_of(0)});
    }
    void tell(const model::Payload& payload) {
        const model::Event event{model::EventId::of(Stage::merchant, ++last_, 0), now_, payload};
        for (int round = 0; round <= core::needs_rounds_max; ++round) {
            answer_absent(core::needs(event.payload, facts_));
        }
        auto decisions = core::decide(event, facts_, policy_, now_);
        ASSERT_NE(decisions.outcome, core::Outcome::parked) << decisions.error->detail;
        const auto broken = core::violated(facts_, decisions, event);
        ASSERT_FALSE(broken) << broken->detail;
        for (const core::Put& put : decisions.puts) {
            const auto* shipment = core::put_of<model::Shipment>(put);
            merged += shipment != nullptr && shipment->merged_into ? 1 : 0;
        }
        rule = decisions.trace.because.rule;
        numbers = decisions.trace.because.numbers;
        core::fold(facts_, std::move(decisions));
    }
    // The one that was told by name.
    [[nodiscard]] const model::Shipment& named() const {
        const auto ids = facts_.names.look(core::shipment_reference_key("S"));
        EXPECT_TRUE(ids && ids->size() == 1U);
        return *facts_.shipments.find(model::ShipmentId{ids->front()});
    }
    [[nodiscard]] std::vector<Exception> open_kinds() const {
        std::vector<Exception> kinds;
        const auto* incident = facts_.incidents.find(named().incident);
        for (const auto& each :
             incident == nullptr ? std::vector<model::IncidentException>{} : incident->exceptions) {
            if (!each.cleared_at && !each.retracted) {
                kinds.push_back(each.kind);
            }
        }
        std::ranges::sort(kinds);
        return kinds;
    }
    int merged = 0;
    std::string rule;  // of the last decision
    std::vector<model::Number> numbers;

  private:
    // Everything there is was folded in.
    void answer_absent(const core::Keys& keys) {
        const auto absent = [](const auto& wanted, auto& shelf) {
            for (const auto& id : wanted) {
                shelf.absent(id);
            }
        };
        for (const core::NameKey& name : keys.names) {
            facts_.names.put(name, {});
        }
        absent(keys.customers, facts_.customers);
        absent(keys.orders, facts_.orders);
        absent(keys.shipments, facts_.shipments);
        absent(keys.incidents, facts_.incidents);
        absent(keys.notifications, facts_.notifications);
        absent(keys.tickets, facts_.tickets);
        absent(keys.coverages, facts_.coverages);
        absent(keys.claims, facts_.claims);
        absent(keys.contributions, facts_.contributions);
        absent(keys.risks, facts_.risks);
    }

    core::Facts facts_;
    model::Policy policy_;
    std::uint64_t last_ = 0;
    Instant now_ = *base::parse_instant("2026-01-20T12:00:00Z");
};

class History {
  public:
    explicit History(std::uint64_t seed) : random_(seed) {
        const std::size_t pieces = 1 + below(3);
        for (std::size_t i = 0; i < pieces; ++i) {
            numbers_.push_back("1ZPIECE" + std::to_string(i));
        }
        model::ShipmentFacts label;
        label.reference = "S";
        label.carrier = "ups";
        label.pieces = numbers_;
        label.tracking_number = below(3) == 0 ? numbers_.front() : "1ZMASTER";
        label.label_created_at = *base::parse_instant("2026-01-09T12:00:00Z");
        numbers_.push_back(*label.tracking_number);
        payloads.emplace_back(std::move(label));
        for (std::size_t i = 0, scans = 2 + below(7); i < scans; ++i) {
            payloads.emplace_back(scan(static_cast<int>(i)));
        }
    }
    void shuffle() { std::ranges::shuffle(payloads, random_); }
    std::vector<model::Payload> payloads;

  private:
    std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }
    model::Scan scan(int ordinal) {
        constexpr auto milestones =
            std::to_array({Milestone::accepted, Milestone::in_transit, Milestone::out_for_delivery,
                           Milestone::attempt_failed, Milestone::delivered, Milestone::returning});
        constexpr auto exceptions = std::to_array(
            {Exception::damaged, Exception::weather, Exception::lost, Exception::address_problem});
        model::Scan made;
        made.carrier = "ups";
        made.source = "api";
        made.tracking_number = numbers_[below(numbers_.size())];
        made.written = base::LocalTime{std::chrono::days{20'463} + std::chrono::hours{below(200)} +
                                       std::chrono::minutes{ordinal}};
        made.offset = std::chrono::minutes{0};
        if (below(4) == 0) {
            made.exception = exceptions[below(exceptions.size())];
        } else {
            made.milestone = milestones[below(milestones.size())];
        }
        return made;
    }

    std::mt19937_64 random_;
    std::vector<std::string> numbers_;
};

TEST(PiecesOrder, any_order_of_label_and_scans_gives_one_state) {
    int merged = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        History history(seed);
        Teller first;
        for (const auto& payload : history.payloads) {
            first.tell(payload);
        }
        for (int order = 0; order < 8; ++order) {
            history.shuffle();
            Teller other;
            for (const auto& payload : history.payloads) {
                other.tell(payload);
            }
            ASSERT_EQ(other.named().track, first.named().track) << "seed " << seed;
            ASSERT_EQ(other.named().digest, first.named().digest) << "seed " << seed;
            ASSERT_EQ(other.open_kinds(), first.open_kinds()) << "seed " << seed;
            merged += other.merged;
        }
    }
    EXPECT_GT(merged, 500) << "pieces were scanned before their shipment was told";
}

TEST(NumberUsedAgain, because_says_how_long_after_the_end) {
    Teller teller;
    model::ShipmentFacts label;
    label.reference = "S";
    label.carrier = "ups";
    label.tracking_number = "1ZAGAIN";
    label.label_created_at = *base::parse_instant("2025-08-02T10:00:00Z");
    teller.tell(label);
    model::Scan scan;
    scan.carrier = "ups";
    scan.tracking_number = "1ZAGAIN";
    scan.milestone = Milestone::delivered;
    scan.offset = std::chrono::minutes{0};
    scan.written = base::LocalTime{base::parse_instant("2025-08-05T10:00:00Z")->time_since_epoch()};
    teller.tell(scan);
    EXPECT_EQ(teller.rule, "delivery.scan.folded");
    scan.milestone = Milestone::in_transit;
    scan.written += std::chrono::days{130};
    teller.tell(scan);
    EXPECT_EQ(teller.rule, "delivery.scan.number_used_again");
    ASSERT_EQ(teller.numbers.size(), 1U);
    EXPECT_EQ(teller.numbers[0].name, "days_after_the_end");
    EXPECT_EQ(teller.numbers[0].left, 130);
    EXPECT_EQ(teller.numbers[0].right, 120);
    scan.written -= std::chrono::days{130 + 3 + 125};
    teller.tell(scan);
    EXPECT_EQ(teller.numbers[0].name, "days_before_the_label");
    EXPECT_EQ(teller.named().track.scans, 1);
}

}  // namespace
}  // namespace aftermile::stories
