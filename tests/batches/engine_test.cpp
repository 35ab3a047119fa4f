// What is acknowledged, what stands apart, what fires when.
#include "tests/batches/shop.hpp"

namespace aftermile::batches {
namespace {

TEST_F(Batches, an_acknowledged_event_is_in_the_store) {
    const auto receipts = submit({order("A1"), shipment("A1")});
    ASSERT_EQ(receipts.size(), 2U);
    for (const Receipt& receipt : receipts) {
        EXPECT_EQ(receipt.kind, ReceiptKind::accepted)
            << (receipt.error ? receipt.error->detail : "");
    }
    EXPECT_EQ(count(ports::Table::orders), 1);
    EXPECT_EQ(count(ports::Table::shipments), 1);
    const auto again = submit({order("A1")});
    EXPECT_EQ(again.at(0).kind, ReceiptKind::duplicate);
    EXPECT_EQ(again.at(0).id, receipts.at(0).id);
}

TEST_F(Batches, one_bad_event_parks_alone) {
    Element future = scan("A1", model::Milestone::delivered, "2026-02-05T10:00:00Z");
    ASSERT_TRUE(future.parked);
    const auto receipts = submit({order("A1"), std::move(future), shipment("A1")});
    EXPECT_EQ(receipts.at(0).kind, ReceiptKind::accepted);
    EXPECT_EQ(receipts.at(1).kind, ReceiptKind::parked);
    EXPECT_EQ(receipts.at(1).error->code, "in_the_future");
    EXPECT_EQ(receipts.at(2).kind, ReceiptKind::accepted);
    EXPECT_EQ(count(ports::Table::parked), 1);
}

TEST_F(Batches, a_commit_that_fails_leaves_nothing_and_asks_to_come_again) {
    submit({order("A1")});
    store_->commits.fail = true;
    const auto refused = submit({order("A2"), order("A1")});
    EXPECT_EQ(refused.at(0).kind, ReceiptKind::retry);
    EXPECT_EQ(refused.at(1).kind, ReceiptKind::retry) << "a duplicate of what was not kept";
    EXPECT_EQ(refused.at(0).error->code, "disk_full");
    store_->commits.fail = false;
    EXPECT_EQ(count(ports::Table::orders), 1);
    EXPECT_EQ(submit({order("A2")}).at(0).kind, ReceiptKind::accepted);
    EXPECT_EQ(count(ports::Table::orders), 2);
}

TEST_F(Batches, what_is_kept_beside_a_submission_commits_with_it_or_not_at_all) {
    submit_and_keep({order("A1"), order("A2")}, "first");
    EXPECT_EQ(kept("first"), "aa");
    submit_and_keep({order("A1")}, "nothing new");
    EXPECT_EQ(kept("nothing new"), "d") << "there is nothing else to commit, and it is kept";
    store_->commits.fail = true;
    const auto refused = submit_and_keep({order("A3")}, "lost");
    EXPECT_EQ(refused.at(0).kind, ReceiptKind::retry);
    store_->commits.fail = false;
    EXPECT_EQ(kept("lost"), "none");
    submit_and_keep({order("A3")}, "lost");
    EXPECT_EQ(kept("lost"), "a");
}

TEST_F(Batches, a_submission_with_something_to_keep_is_never_divided) {
    engine_.reset();
    engine::Options options;
    options.batch_events = 2;  // a round is divided when it reaches four
    engine_ = std::make_unique<engine::Engine>(std::move(options), *store_, clock_, catalog_);
    ASSERT_TRUE(engine_->start());
    submit_and_keep({order("A1"), order("A2"), order("A3"), order("A4"), order("A5"), order("A6")},
                    "whole");
    EXPECT_EQ(kept("whole"), "aaaaaa");
    EXPECT_EQ(engine_->metrics().batches, 1U) << "six elements, undivided";
    submit({order("B1"), order("B2"), order("B3"), order("B4"), order("B5"), order("B6")});
    EXPECT_GT(engine_->metrics().batches, 2U);
}

TEST_F(Batches, timers_fire_in_order_as_of_their_own_instant) {
    submit({order("A1"), shipment("A1"),
            scan("A1", model::Milestone::accepted, "2026-01-05T11:00:00Z")});
    ASSERT_TRUE(engine_->advance_to(at("2026-01-12T00:00:00Z")));
    EXPECT_EQ(engine_->now(), at("2026-01-12T00:00:00Z"));
    Instant before{};
    int fired = 0;
    for (const ports::EventRow& row : events()) {
        const auto payload = model::decode_payload(row.payload);
        if (const auto* timer = std::get_if<model::TimerFired>(&*payload)) {
            EXPECT_EQ(row.recorded_at, timer->due);
            EXPECT_GE(timer->due, before);
            before = timer->due;
            ++fired;
        }
    }
    EXPECT_GE(fired, 2);  // silence, and the promised day's end
    EXPECT_EQ(count(ports::Table::incidents), 1);
}

TEST_F(Batches, an_update_after_a_restart_loads_what_bears_the_shipments_numbers) {
    model::ShipmentInput input;
    input.reference = "SA1";
    input.carrier = "ups";
    input.tracking_number = "1ZA1";
    input.pieces = {"1ZA1P1", "1ZA1P2"};
    base::Problems problems;
    submit({*engine::intake_shipment(input, context(), problems)});
    engine_.reset();
    open();
    model::ShipmentInput update;  // says nothing of its numbers
    update.reference = "SA1";
    update.service = "2day";
    const auto receipts = submit({*engine::intake_shipment(update, context(), problems)});
    EXPECT_EQ(receipts.at(0).kind, ReceiptKind::accepted);
    engine_.reset();
    open();
    const auto found = submit({scan("A1P2", model::Milestone::accepted, "2026-01-05T11:00:00Z")});
    EXPECT_EQ(found.at(0).id, receipts.at(0).id) << "by a piece's number, read from the store";
    EXPECT_EQ(count(ports::Table::shipments), 1);
}

TEST_F(Batches, timers_survive_a_restart) {
    submit({order("A1"), shipment("A1"),
            scan("A1", model::Milestone::accepted, "2026-01-05T11:00:00Z")});
    engine_.reset();
    open();
    EXPECT_EQ(count(ports::Table::incidents), 0);
    ASSERT_TRUE(engine_->advance_to(at("2026-01-12T00:00:00Z")));
    EXPECT_EQ(count(ports::Table::incidents), 1);
}

TEST_F(Batches, a_message_is_sent_once_and_again_after_a_deferral) {
    mail_.failures = 2;
    submit({order("A1"), shipment("A1"),
            scan("A1", model::Milestone::accepted, "2026-01-05T11:00:00Z")});
    ASSERT_TRUE(engine_->advance_to(at("2026-01-05T20:00:00Z")));
    const auto tried = mail_.all();
    ASSERT_EQ(tried.size(), 3U);  // at once, after a minute, after five more
    EXPECT_EQ(tried[0].message_id, tried[2].message_id);
    EXPECT_EQ(tried[0].to, "A1@example.com");
    EXPECT_EQ(engine_->metrics().dispatch_sent, 1U);
    EXPECT_EQ(engine_->metrics().dispatch_retried, 2U);
    EXPECT_EQ(count(ports::Table::outbox), 0);
}

TEST_F(Batches, a_paused_channel_hands_nothing_over_until_it_resumes) {
    Element pause;
    pause.payload = model::ChannelSwitched{model::Channel::email, true, "test"};
    submit({std::move(pause)});
    submit({order("A1"), shipment("A1"),
            scan("A1", model::Milestone::accepted, "2026-01-05T11:00:00Z")});
    ASSERT_TRUE(engine_->advance_to(at("2026-01-05T13:00:00Z")));
    EXPECT_TRUE(mail_.all().empty());
    Element resume;
    resume.payload = model::ChannelSwitched{model::Channel::email, false, "test"};
    submit({std::move(resume)});
    ASSERT_TRUE(engine_->advance_to(at("2026-01-05T14:00:00Z")));
    EXPECT_EQ(mail_.all().size(), 1U);
}

TEST_F(Batches, a_shipment_takes_4096_scans_and_the_next_is_parked_in_sight) {
    const auto nth = [this](int number, model::Milestone milestone) {
        const auto when = at("2026-01-05T11:00:00Z") + std::chrono::seconds{number};
        return scan("A1", milestone, base::to_text(when));
    };
    ASSERT_EQ(submit({order("A1"), shipment("A1")}).size(), 2U);
    for (int number = 0; number < 4'095; number += 4'095 / 9) {
        std::vector<Element> some;
        for (int i = number; i < number + 4'095 / 9; ++i) {
            some.push_back(nth(4'095 - i, model::Milestone::in_transit));
        }
        for (const Receipt& receipt : submit(std::move(some))) {
            ASSERT_EQ(receipt.kind, ReceiptKind::accepted);
        }
    }
    const auto receipts =
        submit({nth(0, model::Milestone::accepted), nth(1, model::Milestone::in_transit),
                nth(5'000, model::Milestone::delivered)});
    EXPECT_EQ(receipts.at(0).kind, ReceiptKind::accepted);
    EXPECT_EQ(receipts.at(1).kind, ReceiptKind::duplicate) << "however many there are";
    EXPECT_EQ(receipts.at(2).kind, ReceiptKind::parked);
    EXPECT_EQ(receipts.at(2).error->code, "too_many_scans");
    EXPECT_EQ(count(ports::Table::parked), 1);
}

TEST_F(Batches, deciding_everything_again_gives_the_same_bytes) {
    submit({order("A1"), shipment("A1"), order("A2")});
    submit({scan("A1", model::Milestone::accepted, "2026-01-05T11:00:00Z")});
    ASSERT_TRUE(engine_->advance_to(at("2026-01-13T00:00:00Z")));
    submit({scan("A1", model::Milestone::delivered, "2026-01-12T15:00:00Z")});
    ASSERT_TRUE(engine_->advance_to(at("2026-02-13T00:00:00Z")));
    auto reader = store_->reader();
    const auto report = engine::verify_replay(**reader, store_->admin(), catalog_, 1);
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_GT(report->events, 6U);
    EXPECT_GT(report->records, 6U);
    EXPECT_EQ(report->decisions_differ, 0U);
    EXPECT_EQ(report->records_differ, 0U);
}

TEST_F(Batches, personal_data_is_sealed_and_reads_back) {
    submit({order("A1")});
    auto reader = store_->reader();
    const auto about = engine::customer_about(engine::email_hash(secret_, 1, "a1@EXAMPLE.com"));
    engine::PersonReader person(**reader, store_->keyring());
    EXPECT_EQ(person.text(1, about, "email"), "A1@example.com");
    const auto row = (*reader)->sealed(1, about);
    ASSERT_TRUE(row && *row);
    EXPECT_EQ((*row)->bytes.find("example.com"), std::string::npos);
    for (const ports::EventRow& event : events()) {
        EXPECT_EQ(event.payload.find("example.com"), std::string::npos);
        EXPECT_EQ(event.payload.find("Ada"), std::string::npos);
    }
}

}  // namespace
}  // namespace aftermile::batches
