#include "storage/postgres/sharing.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "storage/conformance/faults.hpp"
#include "storage/postgres/database.hpp"
#include "storage/postgres/intake.hpp"
#include "storage/postgres/leases.hpp"
#include "storage/postgres/store.hpp"
#include "storage/postgres/test_place.hpp"
#include "storage/postgres/writer.hpp"

namespace aftermile::storage::postgres {
namespace {

using conformance::batch_of;
using conformance::code_of;
using conformance::must;
using std::chrono::milliseconds;

constexpr milliseconds length{300};

struct Worker {
    std::unique_ptr<PostgresWriter> writer;
    SlotSharing sharing;
};

Worker worker_of(const TestPlace& place, milliseconds lease = std::chrono::minutes{1}) {
    auto writer =
        must(PostgresWriter::open(place.server(), {}, {.holder = "test", .length = lease}));
    const std::int64_t epoch = writer->lease().epoch;
    return {std::move(writer), must(SlotSharing::open(place.server(), epoch))};
}

TEST(PostgresSharing, workers_come_to_equal_shares_of_all_slots) {
    const TestPlace place;
    const auto store = must(open_postgres(place.path(), {.url = place.url()}));
    Worker first = worker_of(place);
    EXPECT_EQ(must(first.sharing.balance()).held.size(), 256U);
    Worker second = worker_of(place);
    Worker third = worker_of(place);
    EXPECT_TRUE(must(second.sharing.balance()).held.empty()) << "nothing is free yet";
    const auto above = must(first.sharing.balance());
    EXPECT_EQ(above.workers, 3U);
    EXPECT_EQ(above.surplus.size(), 170U);
    must(first.sharing.give(above.surplus));
    EXPECT_EQ(must(second.sharing.balance()).held.size(), 85U);
    EXPECT_EQ(must(third.sharing.balance()).held.size(), 85U);
    EXPECT_EQ(must(first.sharing.balance()).held.size(), 86U);
    second.writer.reset();  // it gives its lease back
    third.writer.reset();
    EXPECT_EQ(must(first.sharing.balance()).held.size(), 256U);
}

TEST(PostgresSharing, a_worker_that_did_not_renew_loses_its_slots_and_writes_nothing) {
    const TestPlace place;
    const auto store = must(open_postgres(place.path(), {.url = place.url()}));
    Worker stalled = worker_of(place, length);
    EXPECT_EQ(must(stalled.sharing.balance()).held.size(), 256U);
    must(stalled.writer->commit(batch_of(1, 1)));
    Worker other = worker_of(place);
    EXPECT_TRUE(must(other.sharing.balance()).held.empty()) << "its time is not over";
    std::this_thread::sleep_for(length * 2);
    const auto share = must(other.sharing.balance());
    EXPECT_EQ(share.ended, 1U);
    EXPECT_EQ(share.held.size(), 256U);
    EXPECT_EQ(code_of(stalled.writer->commit(batch_of(1, 2))), "fenced");
    EXPECT_EQ(code_of(stalled.sharing.renew(length)), "fenced");
    must(other.writer->commit(batch_of(1, 2)));
}

TEST(PostgresSharing, a_worker_that_renews_keeps_its_slots) {
    const TestPlace place;
    const auto store = must(open_postgres(place.path(), {.url = place.url()}));
    constexpr milliseconds longer{2'000};
    Worker busy = worker_of(place, longer);
    EXPECT_EQ(must(busy.sharing.balance()).held.size(), 256U);
    Worker other = worker_of(place);
    for (int i = 0; i < 6; ++i) {
        must(busy.sharing.renew(longer));
        std::this_thread::sleep_for(longer / 4);
        EXPECT_TRUE(must(other.sharing.balance()).held.empty());
    }
    must(busy.writer->commit(batch_of(1, 1)));
}

TEST(PostgresSharing, a_worker_renews_while_its_commit_is_under_way) {
    const TestPlace place;
    const auto store = must(open_postgres(place.path(), {.url = place.url()}));
    Worker busy = worker_of(place, length);
    EXPECT_EQ(must(busy.sharing.balance()).held.size(), 256U);
    Worker other = worker_of(place);
    auto committing = must(open_database(place.server(), Role::writer));
    must(committing.script("BEGIN; UPDATE leases SET commits = commits"));
    must(busy.sharing.renew(std::chrono::minutes{1}));
    std::this_thread::sleep_for(length * 2);
    EXPECT_EQ(must(other.sharing.balance()).ended, 0U);
    must(committing.script("COMMIT"));
    must(busy.writer->commit(batch_of(1, 1)));
}

TEST(PostgresSharing, a_page_of_the_intake_ends_by_rows_or_by_bytes) {
    const TestPlace place;
    const auto store = must(open_postgres(place.path(), {.url = place.url()}));
    const auto intake = must(PostgresIntake::open(place.server(), Wakes::on_intake));
    std::vector<ports::IntakeRow> rows;
    for (const std::int64_t id : {1, 2, 3, 4}) {
        rows.push_back({{.merchant = 1, .id = id, .node = 7}, std::string(1'000, 'x')});
    }
    must(intake->ask(rows));
    const auto size = [&](std::size_t most, std::size_t bytes) {
        return must(intake->waiting(all_slots(), most, bytes)).size();
    };
    EXPECT_EQ(size(3, 1'000'000), 3U);
    EXPECT_EQ(size(10, 2'000), 2U);
    EXPECT_EQ(size(10, 2'001), 3U);
    EXPECT_EQ(size(10, 1), 1U) << "whatever its size, or it would wait for ever";
}

TEST(PostgresSharing, what_is_set_aside_waits_for_nobody_until_it_is_returned) {
    const TestPlace place;
    const auto store = must(open_postgres(place.path(), {.url = place.url()}));
    const auto intake = must(PostgresIntake::open(place.server(), Wakes::on_intake));
    const std::vector<ports::IntakeRow> rows{{{.merchant = 1, .id = 1, .node = 7}, "bad"},
                                             {{.merchant = 2, .id = 2, .node = 7}, "good"}};
    must(intake->ask(rows));
    must(intake->set_aside(rows[0].key));
    must(intake->set_aside(rows[0].key));  // as one whose reply was lost
    EXPECT_EQ(must(intake->count(10)), 1);
    auto waiting = must(intake->waiting(all_slots(), 10, 100));
    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_EQ(waiting[0].body, "good");
    EXPECT_EQ(must(intake->return_set_aside()), 1U);
    const std::vector<std::int64_t> its_own{slot_of(1)};
    waiting = must(intake->waiting(its_own, 10, 100));
    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_EQ(waiting[0].body, "bad");
}

TEST(PostgresSharing, what_is_asked_is_answered_in_one_commit_and_only_once) {
    const TestPlace place;
    const auto store = must(open_postgres(place.path(), {.url = place.url()}));
    Worker worker = worker_of(place);
    const auto held = must(worker.sharing.balance()).held;
    const auto node = must(PostgresIntake::open(place.server(), Wakes::on_receipts));
    const auto taker = must(PostgresIntake::open(place.server(), Wakes::on_intake));
    const ports::IntakeRow asked{{.merchant = 1, .id = 5, .node = 7}, std::string("a\0b", 3)};
    must(node->ask(std::span(&asked, 1)));
    EXPECT_EQ(must(node->count(10)), 1);
    EXPECT_TRUE(must(taker->waiting(std::vector<std::int64_t>{0, 1, 2}, 10, 100)).empty());
    const auto rows = must(taker->waiting(held, 10, 100));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].key, asked.key);
    EXPECT_EQ(rows[0].body, asked.body);
    auto batch = batch_of(1, 1);
    batch.answers.push_back({asked.key, "done"});
    must(worker.writer->commit(batch));
    EXPECT_EQ(must(node->count(10)), 0);
    EXPECT_TRUE(must(node->take_answers(8)).empty());
    const auto answers = must(node->take_answers(7));
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0].body, "done");
    EXPECT_TRUE(must(node->take_answers(7)).empty());

    auto again = batch_of(1, 2);
    again.answers.push_back({asked.key, "done"});
    EXPECT_EQ(code_of(worker.writer->commit(again)), "conflict");
    must(worker.writer->commit(batch_of(1, 2)));  // nothing of that batch was kept
}

}  // namespace
}  // namespace aftermile::storage::postgres
