// The engine over the real store, for tests of what it acknowledges and when: a shop's orders,
// shipments and scans, a mail transport that remembers, commits that fail or wait when told to.
#pragma once

#include "engine/engine.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "engine/admin_records.hpp"
#include "engine/catalog_load.hpp"
#include "engine/clocks.hpp"
#include "engine/intake.hpp"
#include "engine/person.hpp"
#include "engine/repetition.hpp"
#include "engine/replay.hpp"
#include "storage/sqlite/store.hpp"

namespace aftermile::batches {

using base::Instant;
using engine::Element;
using engine::Receipt;
using engine::ReceiptKind;

inline Instant at(std::string_view text) { return *base::parse_instant(text); }

// Answers what the test says, and keeps what was sent.
class ScriptedMail final : public ports::MailTransport {
  public:
    base::Result<std::string> send(const ports::Mail& mail) override {
        const std::lock_guard lock(mutex_);
        tried.push_back(mail);
        if (on_send) {
            std::exchange(on_send, nullptr)();
        }
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
    std::function<void()> on_send;  // once

  private:
    std::mutex mutex_;
};

// What the test does to commits, or to syncs: the next ones fail, or wait at a gate until it is
// opened.
class Commits {
  public:
    std::atomic<bool> fail = false;
    void close_gate() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    void open_gate() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = false;
        }
        changed_.notify_all();
    }
    void let_one_pass() {
        {
            const std::lock_guard lock(mutex_);
            ++passes_;
        }
        changed_.notify_all();
    }
    void wait_for_one_at_the_gate() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return waiting_; });
    }
    void pass() {
        std::unique_lock lock(mutex_);
        waiting_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] { return !closed_ || passes_ > 0; });
        passes_ -= closed_ ? 1 : 0;
        waiting_ = false;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool closed_ = false, waiting_ = false;
    int passes_ = 0;  // of a closed gate
};

class TestedSync final : public ports::StoreSync {
  public:
    TestedSync(std::unique_ptr<ports::StoreSync> inner, Commits& syncs)
        : inner_(std::move(inner)), syncs_(syncs) {}
    base::Result<void> sync() override {
        syncs_.pass();
        return inner_->sync();
    }

  private:
    std::unique_ptr<ports::StoreSync> inner_;
    Commits& syncs_;
};

class TestedWriter final : public ports::StoreWriter {
  public:
    TestedWriter(std::unique_ptr<ports::StoreWriter> inner, Commits& commits, Commits& syncs)
        : inner_(std::move(inner)), commits_(commits), syncs_(syncs) {}
    base::Result<std::unique_ptr<ports::StoreSync>> sync_apart() override {
        auto sync = inner_->sync_apart();
        if (!sync) {
            return sync;
        }
        return std::make_unique<TestedSync>(std::move(*sync), syncs_);
    }
    base::Result<void> commit(const ports::Batch& batch) override {
        commits_.pass();
        if (commits_.fail) {
            return base::fail("disk_full", "No room.", {}, base::Family::retry);
        }
        return inner_->commit(batch);
    }

  private:
    std::unique_ptr<ports::StoreWriter> inner_;
    Commits& commits_;
    Commits& syncs_;
};

class TestedStore final : public ports::Store {
  public:
    explicit TestedStore(std::unique_ptr<ports::Store> inner) : inner_(std::move(inner)) {}
    base::Result<std::unique_ptr<ports::StoreWriter>> writer() override {
        auto writer = inner_->writer();
        if (!writer) {
            return writer;
        }
        return std::make_unique<TestedWriter>(std::move(*writer), commits, syncs);
    }
    base::Result<std::unique_ptr<ports::StoreLoader>> loader() override { return inner_->loader(); }
    base::Result<std::unique_ptr<ports::StoreReader>> reader() override { return inner_->reader(); }
    ports::AdminStore& admin() override { return inner_->admin(); }
    ports::Keyring& keyring() override { return inner_->keyring(); }
    Commits commits, syncs;

  private:
    std::unique_ptr<ports::Store> inner_;
};

class Batches : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("aftermile_batches_" + base::to_hex(base::random_bytes(6)));
        store_ = std::make_unique<TestedStore>(
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
        options.kept_at_once = kept_at_once_;
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
    // The same, of a request that may be sent again.
    std::vector<Receipt> submit_and_keep(std::vector<Element> elements, const std::string& name) {
        std::promise<std::vector<Receipt>> done;
        auto receipts = done.get_future();
        engine::Submission submission;
        submission.merchant = 1;
        submission.elements = std::move(elements);
        auto& repeatable = submission.repeatable.emplace();
        repeatable.name = name;
        repeatable.receipts.resize(submission.elements.size());
        for (std::size_t i = 0; i < submission.elements.size(); ++i) {
            repeatable.places.push_back(i);
        }
        submission.reply = [&done](std::vector<Receipt> each) { done.set_value(std::move(each)); };
        EXPECT_TRUE(engine_->submit(std::move(submission)));
        return receipts.get();
    }
    std::string kept(const std::string& name) {
        const auto row = store_->admin().get("idempotency", name);
        const auto answer = row && *row ? engine::kept_answer(**row) : std::nullopt;
        if (!answer || !*answer) {
            return "none";
        }
        std::string kinds;
        for (const Receipt& receipt : (*answer)->receipts) {
            kinds += receipt.kind == ReceiptKind::accepted ? 'a' : 'd';
        }
        return kinds;
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
    std::unique_ptr<TestedStore> store_;
    model::Catalog catalog_;
    text::TemplateSet templates_;
    std::string secret_;
    ScriptedMail mail_;
    engine::StandingClock standing_{at("2026-01-05T12:00:00Z")};
    ports::Clock& clock_ = standing_;
    std::size_t kept_at_once_ = engine::limits::kept_at_once;
    std::unique_ptr<engine::Engine> engine_;

    explicit Batches(ports::Clock& clock) : clock_(clock) {}
    Batches() = default;
};

}  // namespace aftermile::batches
