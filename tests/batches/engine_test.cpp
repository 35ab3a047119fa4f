// The engine over the real store: what is acknowledged, what stands apart, what fires when.
#include "engine/engine.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "engine/admin_records.hpp"
#include "engine/catalog_load.hpp"
#include "engine/clocks.hpp"
#include "engine/intake.hpp"
#include "engine/person.hpp"
#include "engine/replay.hpp"
#include "storage/sqlite/store.hpp"

namespace aftermile {
namespace {

using base::Instant;
using engine::Element;
using engine::Receipt;
using engine::ReceiptKind;

Instant at(std::string_view text) { return *base::parse_instant(text); }

// Answers what the test says, and keeps what was sent.
class ScriptedMail final : public ports::MailTransport {
  public:
    base::Result<std::string> send(const ports::Mail& mail) override {
        const std::lock_guard lock(mutex_);
        tried.push_back(mail);
        if (failures > 0) {
            --failures;
            return base::fail("mail_deferred", "451 try later", {}, base::Family::retry);
        }
        return "250 taken";
    }
    std::vector<ports::Mail> all() {
        const std::lock_guard lock(mutex_);
        return tried;
    }
    std::vector<ports::Mail> tried;
    int failures = 0;

  private:
    std::mutex mutex_;
};

// The real store whose commits can be made to fail.
class FailingWriter final : public ports::StoreWriter {
  public:
    FailingWriter(std::unique_ptr<ports::StoreWriter> inner, std::atomic<bool>& fails)
        : inner_(std::move(inner)), fails_(fails) {}
    base::Result<void> commit(const ports::Batch& batch) override {
        if (fails_) {
            return base::fail("disk_full", "No room.", {}, base::Family::retry);
        }
        return inner_->commit(batch);
    }

  private:
    std::unique_ptr<ports::StoreWriter> inner_;
    std::atomic<bool>& fails_;
};

class FailingStore final : public ports::Store {
  public:
    explicit FailingStore(std::unique_ptr<ports::Store> inner) : inner_(std::move(inner)) {}
    base::Result<std::unique_ptr<ports::StoreWriter>> writer() override {
        auto writer = inner_->writer();
        if (!writer) {
            return writer;
        }
        return std::make_unique<FailingWriter>(std::move(*writer), fails);
    }
    base::Result<std::unique_ptr<ports::StoreLoader>> loader() override { return inner_->loader(); }
    base::Result<std::unique_ptr<ports::StoreReader>> reader() override { return inner_->reader(); }
    ports::AdminStore& admin() override { return inner_->admin(); }
    ports::Keyring& keyring() override { return inner_->keyring(); }
    std::atomic<bool> fails = false;

  private:
    std::unique_ptr<ports::Store> inner_;
};

class Batches : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("aftermile_batches_" + base::to_hex(base::random_bytes(6)));
        store_ = std::make_unique<FailingStore>(
            std::move(*storage::sqlite::open_sqlite(folder_.string())));
        catalog_ = std::move(*engine::load_catalog(engine::embedded_catalog_files()));
        templates_ = std::move(*engine::load_embedded_templates());
        secret_ = *engine::installation_secret(store_->keyring());
        ASSERT_TRUE(engine::create_merchant(store_->admin(), "Shop", model::Mode::live,
                                            at("2026-01-01T00:00:00Z")));
        open();
    }
    void TearDown() override {
        engine_.reset();
        store_.reset();
        std::filesystem::remove_all(folder_);
    }
    void open() {
        engine::Options options;
        options.mail = &mail_;
        options.messages = {&templates_,    &catalog_,          secret_, "https://shop.example",
                            "shop.example", "post@shop.example"};
        engine_ = std::make_unique<engine::Engine>(std::move(options), *store_, clock_, catalog_);
        const auto started = engine_->start();
        ASSERT_TRUE(started) << started.error().detail;
    }
    engine::IntakeContext context() { return {secret_, 1, clock_.now(), &catalog_, false, ""}; }
    Element order(const std::string& reference) {
        model::OrderInput input;
        input.reference = reference;
        input.placed_at = *base::parse_time("2026-01-05T09:00:00Z");
        input.currency = "USD";
        input.customer.emplace();
        input.customer->email = reference + "@example.com";
        input.customer->name = "Ada Lovelace";
        input.ship_to.emplace();
        input.ship_to->country = "US";
        input.ship_to->region = "NY";
        input.ship_to->postcode = "10001";
        input.promised.emplace();
        input.promised->latest = *base::parse_day("2026-01-08");
        model::LineInput line;
        line.reference = "1";
        line.unit_price = {4'999, *base::Currency::parse("USD")};
        input.lines.push_back(line);
        base::Problems problems;
        return *engine::intake_order(input, context(), problems);
    }
    Element shipment(const std::string& reference) {
        model::ShipmentInput input;
        input.reference = "S" + reference;
        input.order = "ref:" + reference;
        input.carrier = "ups";
        input.service = "ground";
        input.tracking_number = "1Z" + reference;
        input.label_created_at = *base::parse_time("2026-01-05T10:00:00Z");
        base::Problems problems;
        return *engine::intake_shipment(input, context(), problems);
    }
    Element scan(const std::string& reference, model::Milestone milestone, std::string_view when) {
        model::Scan made;
        made.carrier = "ups";
        made.tracking_number = "1Z" + reference;
        made.milestone = milestone;
        const auto written = *base::parse_time(when);
        made.written = written.local;
        made.offset = written.offset;
        made.source = "api";
        base::Problems problems;
        return *engine::intake_scan(made, context(), problems);
    }
    std::vector<Receipt> submit(std::vector<Element> elements) {
        auto receipts = engine_->submit_and_wait(1, std::move(elements));
        return receipts ? *receipts : std::vector<Receipt>{};
    }
    // The same, with a row that is to be kept beside what the receipts speak of.
    std::vector<Receipt> submit_and_keep(std::vector<Element> elements, const std::string& name) {
        std::promise<std::vector<Receipt>> done;
        auto receipts = done.get_future();
        engine::Submission submission;
        submission.merchant = 1;
        submission.elements = std::move(elements);
        submission.keep = [name](const std::vector<Receipt>& each) {
            ports::AdminRow row{"idempotency", name, 1, "", std::nullopt};
            for (const Receipt& receipt : each) {
                if (receipt.kind == ReceiptKind::retry) {
                    return std::vector<ports::AdminRow>{};
                }
                row.body += receipt.kind == ReceiptKind::accepted ? 'a' : 'd';
            }
            return std::vector{std::move(row)};
        };
        submission.reply = [&done](std::vector<Receipt> each) { done.set_value(std::move(each)); };
        EXPECT_TRUE(engine_->submit(std::move(submission)));
        return receipts.get();
    }
    std::string kept(const std::string& name) {
        const auto row = store_->admin().get("idempotency", name);
        return row && *row ? (*row)->body : "none";
    }
    std::int64_t count(ports::Table table) {
        ports::Query query;
        query.table = table;
        query.merchant = 1;
        auto reader = store_->reader();
        return *(*reader)->count(query);
    }
    std::vector<ports::EventRow> events() {
        auto reader = store_->reader();
        return *(*reader)->events_after(model::EventId::of(1, 0, 0), 1'000);
    }

    std::filesystem::path folder_;
    std::unique_ptr<FailingStore> store_;
    model::Catalog catalog_;
    text::TemplateSet templates_;
    std::string secret_;
    ScriptedMail mail_;
    engine::StandingClock clock_{at("2026-01-05T12:00:00Z")};
    std::unique_ptr<engine::Engine> engine_;
};

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
    store_->fails = true;
    const auto refused = submit({order("A2"), order("A1")});
    EXPECT_EQ(refused.at(0).kind, ReceiptKind::retry);
    EXPECT_EQ(refused.at(1).kind, ReceiptKind::retry) << "a duplicate of what was not kept";
    EXPECT_EQ(refused.at(0).error->code, "disk_full");
    store_->fails = false;
    EXPECT_EQ(count(ports::Table::orders), 1);
    EXPECT_EQ(submit({order("A2")}).at(0).kind, ReceiptKind::accepted);
    EXPECT_EQ(count(ports::Table::orders), 2);
}

TEST_F(Batches, what_is_kept_beside_a_submission_commits_with_it_or_not_at_all) {
    submit_and_keep({order("A1"), order("A2")}, "first");
    EXPECT_EQ(kept("first"), "aa");
    submit_and_keep({order("A1")}, "nothing new");
    EXPECT_EQ(kept("nothing new"), "d") << "there is nothing else to commit, and it is kept";
    store_->fails = true;
    const auto refused = submit_and_keep({order("A3")}, "lost");
    EXPECT_EQ(refused.at(0).kind, ReceiptKind::retry);
    store_->fails = false;
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
}  // namespace aftermile
