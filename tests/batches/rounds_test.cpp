// Rounds on their way to the store while the next is decided: only when time runs by itself.
#include <future>
#include <thread>

#include "tests/batches/shop.hpp"

namespace aftermile::batches {
namespace {

// Runs, and says the same instant until the test lets time pass.
class StoppedWatch final : public ports::Clock {
  public:
    [[nodiscard]] Instant now() const override {
        return at("2026-01-05T12:00:00Z") + std::chrono::seconds{passed_};
    }
    void pass(std::chrono::seconds time) { passed_ += time.count(); }
    [[nodiscard]] bool runs() const override { return true; }
    void step_to(Instant) override {}

  private:
    std::atomic<std::int64_t> passed_ = 0;
};

class Rounds : public Batches {
  protected:
    Rounds() : Batches(watch_) {}
    void TearDown() override {
        store_->commits.open_gate();  // whatever the test got to
        store_->syncs.open_gate();
        Batches::TearDown();
    }

    std::future<std::vector<Receipt>> send(std::vector<Element> elements) {
        auto done = std::make_shared<std::promise<std::vector<Receipt>>>();
        auto receipts = done->get_future();
        auto queued = engine_->submit({1, std::move(elements), [done](std::vector<Receipt> each) {
                                           done->set_value(std::move(each));
                                       }});
        EXPECT_TRUE(queued);
        return receipts;
    }
    // Returns once that many were decided, kept or not.
    void wait_decided(std::uint64_t events, std::uint64_t duplicates) {
        const engine::Metrics& metrics = engine_->metrics();
        while (metrics.events < events || metrics.duplicates < duplicates) {
            std::this_thread::yield();
        }
    }
    // Gives up after a while, and then fails.
    static void wait_until(const std::function<bool()>& reached) {
        for (int tries = 0; tries < 4'000; ++tries) {
            if (reached()) {
                return;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
        ADD_FAILURE() << "never came";
    }
    // A round that waits at the gate, with this in it.
    std::future<std::vector<Receipt>> send_to_the_gate(std::vector<Element> elements) {
        store_->commits.close_gate();
        auto receipts = send(std::move(elements));
        store_->commits.wait_for_one_at_the_gate();
        return receipts;
    }
    static bool is_open(const std::future<std::vector<Receipt>>& receipts) {
        return receipts.wait_for(std::chrono::seconds{0}) != std::future_status::ready;
    }

    StoppedWatch watch_;
};

// Whose smallest rounds too are given to the committing thread, and wait there.
class RoundsHandedOver : public Rounds {
  protected:
    RoundsHandedOver() { kept_at_once_ = 0; }
};

TEST_F(RoundsHandedOver, the_next_is_decided_on_what_is_on_its_way) {
    auto first = send_to_the_gate({order("A1")});
    auto second = send({shipment("A1"), order("A2")});
    wait_decided(3, 0);
    EXPECT_TRUE(is_open(first) && is_open(second)) << "nothing is durable yet";
    EXPECT_EQ(count(ports::Table::orders), 0);
    store_->commits.open_gate();
    EXPECT_EQ(first.get().at(0).kind, ReceiptKind::accepted);
    const auto receipts = second.get();
    EXPECT_EQ(receipts.at(0).kind, ReceiptKind::accepted);
    EXPECT_EQ(receipts.at(1).kind, ReceiptKind::accepted);
    ports::Query of_order;
    of_order.table = ports::Table::shipments;
    of_order.merchant = 1;
    of_order.filters.push_back({"order", ports::Filter::Test::not_null, {}});
    auto reader = store_->reader();
    EXPECT_EQ((*reader)->count(of_order), 1) << "it found the order that was not yet stored";
}

TEST_F(Rounds, what_is_committed_is_answered_and_sent_once_it_is_synced) {
    watch_.pass(std::chrono::hours{3});  // past the shopper's quiet hours
    store_->syncs.close_gate();
    auto first = send({order("A1"), shipment("A1"),
                       scan("A1", model::Milestone::accepted, "2026-01-05T11:00:00Z")});
    store_->syncs.wait_for_one_at_the_gate();
    EXPECT_EQ(count(ports::Table::outbox), 1) << "it is committed";
    auto second = send({order("A2")});
    wait_until([this] { return count(ports::Table::orders) == 2; });
    EXPECT_TRUE(is_open(first) && is_open(second)) << "nothing is durable yet";
    EXPECT_TRUE(mail_.all().empty());
    store_->syncs.open_gate();
    EXPECT_EQ(first.get().at(2).kind, ReceiptKind::accepted);
    EXPECT_EQ(second.get().at(0).kind, ReceiptKind::accepted);
    wait_until([this] { return mail_.all().size() == 1; });
}

TEST_F(Rounds, a_message_that_is_committed_and_not_synced_stays_when_an_earlier_one_leaves) {
    watch_.pass(std::chrono::hours{3});  // past the shopper's quiet hours
    const auto told = [this](const std::string& reference) {
        return send({order(reference), shipment(reference),
                     scan(reference, model::Milestone::accepted, "2026-01-05T11:00:00Z")});
    };
    store_->syncs.close_gate();
    auto first = told("A1");
    store_->syncs.wait_for_one_at_the_gate();
    auto second = told("A2");
    wait_until([this] { return count(ports::Table::outbox) == 2; });
    store_->syncs.let_one_pass();
    wait_until([this] { return mail_.all().size() == 1; });
    store_->syncs.wait_for_one_at_the_gate();
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    EXPECT_EQ(mail_.all().size(), 1U) << "a power cut would take the second one back";
    EXPECT_TRUE(is_open(second));
    store_->syncs.open_gate();
    EXPECT_EQ(second.get().at(2).kind, ReceiptKind::accepted);
    wait_until([this] { return mail_.all().size() == 2; });
}

TEST_F(RoundsHandedOver, a_duplicate_of_what_is_on_its_way_is_acknowledged_after_it) {
    auto first = send_to_the_gate({order("A1")});
    auto again = send({order("A1")});
    wait_decided(1, 1);
    EXPECT_TRUE(is_open(again));
    store_->commits.open_gate();
    EXPECT_EQ(again.get().at(0).kind, ReceiptKind::duplicate);
    EXPECT_FALSE(is_open(first));
}

TEST_F(RoundsHandedOver, one_decided_on_a_lost_one_is_refused_with_it_and_both_may_come_again) {
    ASSERT_EQ(send({order("A0")}).get().at(0).kind, ReceiptKind::accepted);
    auto first = send_to_the_gate({order("A1")});
    auto second = send({shipment("A1"), order("A1"), shipment("A0")});
    wait_decided(4, 1);
    store_->commits.fail = true;
    store_->commits.open_gate();
    EXPECT_EQ(first.get().at(0).kind, ReceiptKind::retry);
    for (const Receipt& receipt : second.get()) {
        EXPECT_EQ(receipt.kind, ReceiptKind::retry);
    }
    store_->commits.fail = false;
    for (const Receipt& receipt : send({order("A1"), shipment("A1"), shipment("A0")}).get()) {
        EXPECT_EQ(receipt.kind, ReceiptKind::accepted);
    }
    std::uint64_t number = 0;
    for (const ports::EventRow& event : events()) {
        EXPECT_EQ(event.id.event_number(), ++number) << "no number was used up";
    }
    EXPECT_EQ(number, 4U);
    auto reader = store_->reader();
    const auto report = engine::verify_replay(**reader, store_->admin(), catalog_, 1);
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_EQ(report->decisions_differ + report->records_differ, 0U);
}

TEST_F(Rounds, an_answer_of_the_mail_server_whose_round_was_lost_sends_nothing_again) {
    watch_.pass(std::chrono::hours{3});  // past the shopper's quiet hours
    mail_.on_send = [this] { store_->commits.fail = true; };
    auto sent = send({order("A1"), shipment("A1"),
                      scan("A1", model::Milestone::accepted, "2026-01-05T11:00:00Z")});
    wait_until([this] { return engine_->metrics().commit_failures > 0; });
    EXPECT_EQ(count(ports::Table::outbox), 1) << "the answer is not kept";
    store_->commits.fail = false;
    watch_.pass(std::chrono::seconds{2});
    EXPECT_EQ(send({order("A2")}).get().at(0).kind, ReceiptKind::accepted);
    wait_until([this] { return count(ports::Table::outbox) == 0; });
    EXPECT_EQ(mail_.all().size(), 1U);
}

TEST_F(Rounds, a_mail_that_hangs_while_its_merchant_moves_away_holds_nothing_up_afterwards) {
    watch_.pass(std::chrono::hours{3});  // past the shopper's quiet hours
    std::promise<void> released;
    mail_.on_send = [&released] { released.get_future().wait(); };
    auto sent = send({order("A1"), shipment("A1"), order("A2"), shipment("A2"),
                      scan("A1", model::Milestone::accepted, "2026-01-05T11:00:00Z"),
                      scan("A2", model::Milestone::accepted, "2026-01-05T11:00:00Z")});
    wait_until([this] { return engine_->metrics().dispatch_in_flight == 2; });
    auto moved = std::async(std::launch::async, [this] {
        return engine_->hold([](model::MerchantNumber) { return false; });
    });
    wait_until([this] { return engine_->metrics().dispatch_in_flight == 1; });
    ASSERT_TRUE(moved.get()) << "it waits for the one that hangs, though not for ever";
    released.set_value();
    wait_until([this] { return engine_->metrics().dispatch_in_flight == 0; });
    EXPECT_EQ(count(ports::Table::outbox), 2) << "both are for whoever decides for the merchant";
    ASSERT_TRUE(engine_->hold([](model::MerchantNumber) { return true; }));
    wait_until([this] { return count(ports::Table::outbox) == 0; });
    // Counted once the deciding thread has taken the round over, after its commit.
    wait_until([this] { return engine_->metrics().dispatch_sent == 2U; });
}

TEST_F(Rounds, timers_that_a_lost_round_had_moved_fire_as_they_stood) {
    ASSERT_EQ(send({order("A1"), shipment("A1"),
                    scan("A1", model::Milestone::accepted, "2026-01-05T11:00:00Z")})
                  .get()
                  .size(),
              3U);
    store_->commits.fail = true;
    EXPECT_EQ(
        send({scan("A1", model::Milestone::delivered, "2026-01-05T11:30:00Z")}).get().at(0).kind,
        ReceiptKind::retry);
    store_->commits.fail = false;
    watch_.pass(std::chrono::hours{24 * 7});
    static_cast<void>(send({order("A2")}).get());
    wait_until([this] { return count(ports::Table::incidents) > 0; });
}

TEST_F(Rounds, a_merchant_that_cannot_be_read_holds_up_nobody_else) {
    ASSERT_EQ(send({order("A1"), shipment("A1"),
                    scan("A1", model::Milestone::accepted, "2026-01-05T11:00:00Z")})
                  .get()
                  .size(),
              3U);
    engine_.reset();
    ports::Batch damaged;
    damaged.events.push_back({model::EventId::of(2, 7, 0), {}, watch_.now(), "?", "?"});
    const std::int64_t due = base::microseconds_of(at("2026-01-05T12:00:01Z"));
    damaged.rows.push_back(
        {.table = ports::Table::merchants, .id = 2, .columns = {due}, .body = "no merchant"});
    damaged.rows.push_back({.table = ports::Table::sweeps,
                            .id = ports::version_id(2, 1),
                            .columns = {std::int64_t{1}},
                            .body = "no mark"});
    ASSERT_TRUE((*store_->writer())->commit(damaged));
    open();
    watch_.pass(std::chrono::hours{24 * 7});
    static_cast<void>(send({order("A2")}).get());
    wait_until([this] { return count(ports::Table::incidents) > 0; });  // its timer was the first
    EXPECT_EQ(engine_->metrics().commit_failures, 0U);
}

}  // namespace
}  // namespace aftermile::batches
