#include "storage/postgres/leases.hpp"

#include <gtest/gtest.h>

#include <future>
#include <set>
#include <thread>

#include "storage/conformance/faults.hpp"
#include "storage/postgres/database.hpp"
#include "storage/postgres/shared_sql.hpp"
#include "storage/postgres/store.hpp"
#include "storage/postgres/test_place.hpp"
#include "storage/postgres/writer.hpp"

namespace aftermile::storage::postgres {
namespace {

using conformance::batch_of;
using conformance::code_of;
using conformance::must;
using conformance::whole_batches;
using std::chrono::milliseconds;

using Slots = std::vector<std::int64_t>;

std::unique_ptr<ports::Store> open(const TestPlace& place) {
    return must(open_postgres(place.path(), {.url = place.url()}));
}

base::Result<std::unique_ptr<PostgresWriter>> writer_of(const TestPlace& place, const Slots& slots,
                                                        std::optional<milliseconds> length = {}) {
    return PostgresWriter::open(place.server(), slots, {.holder = "test", .length = length});
}

Slots all_but(std::int64_t slot) {
    Slots slots = all_slots();
    std::erase(slots, slot);
    return slots;
}

TEST(PostgresLeases, merchants_spread_over_all_slots_and_stay_in_theirs) {
    std::set<std::int64_t> used;
    for (model::MerchantNumber merchant = 0; merchant < (1U << 20); merchant += 7) {
        const std::int64_t slot = slot_of(merchant);
        ASSERT_GE(slot, 0);
        ASSERT_LT(slot, slot_count);
        used.insert(slot);
    }
    EXPECT_EQ(used.size(), 256U);
    // Rows lie where this says: it never changes.
    EXPECT_EQ(slot_of(1), 158);
    EXPECT_EQ(slot_of(2), 60);
    EXPECT_EQ(slot_of(1'000'000), 253);
}

TEST(PostgresLeases, a_writer_whose_slot_was_taken_writes_nothing_of_it) {
    const TestPlace place;
    auto store = open(place);
    auto writer = must(writer_of(place, all_slots()));
    must(writer->commit(batch_of(1, 1)));
    auto other = must(open_database(place.server(), Role::admin));
    must(other.run("UPDATE slots SET epoch = epoch + 1 WHERE slot = $1",
                   Parameters().add(slot_of(1))));

    auto batch = batch_of(2, 1);
    batch.sealed.push_back({.merchant = 1, .owner = "o", .about = "a", .bytes = "x"});
    batch.admin.push_back(
        {.kind = "key", .name = "a", .merchant = 1, .body = "{}", .expires_at = {}});
    const auto refused = writer->commit(batch);
    EXPECT_EQ(code_of(refused), "fenced");
    EXPECT_EQ(refused.error().family, base::Family::internal);
    EXPECT_EQ(whole_batches(*store, 1), 1U);
    EXPECT_FALSE(must(must(store->reader())->sealed(1, "a")));
    EXPECT_FALSE(must(store->admin().get("key", "a")));
    EXPECT_EQ(must(store->admin().version()), 0);
    // A batch of a merchant in another slot is still its own; one with both is not.
    auto both = batch_of(1, 2);
    both.events.insert(both.events.begin(), conformance::sample_event(1, 2));
    EXPECT_EQ(code_of(writer->commit(both)), "fenced");
    must(writer->commit(batch_of(1, 2)));
    EXPECT_EQ(whole_batches(*store, 2), 1U);
}

TEST(PostgresLeases, a_successor_ends_the_backend_of_a_holder_whose_time_is_over) {
    const TestPlace place;
    auto store = open(place);
    auto stalled = must(writer_of(place, all_slots(), milliseconds(1)));
    must(stalled->commit(batch_of(1)));
    std::this_thread::sleep_for(milliseconds(20));
    auto successor = must(writer_of(place, all_slots()));
    EXPECT_GT(successor->lease().epoch, stalled->lease().epoch);
    EXPECT_EQ(code_of(stalled->commit(batch_of(2))), "fenced");
    EXPECT_EQ(code_of(stalled->commit(batch_of(2))), "fenced");
    EXPECT_EQ(whole_batches(*store), 1U);
    must(successor->commit(batch_of(2)));
    EXPECT_EQ(whole_batches(*store), 2U);
}

TEST(PostgresLeases, a_holder_that_stalls_inside_a_commit_does_not_stop_its_successor) {
    const TestPlace place;
    auto store = open(place);
    auto other = must(open_database(place.server(), Role::admin));
    auto stalled = must(open_database(place.server(), Role::writer));
    const Lease lease =
        must(acquire(stalled, all_slots(), {.holder = "stalled", .length = milliseconds(1)}));
    must(stalled.script("BEGIN; SELECT * FROM slots FOR SHARE"));
    std::this_thread::sleep_for(milliseconds(20));
    auto successor = must(writer_of(place, all_slots()));
    must(successor->commit(batch_of(1)));
    EXPECT_EQ(code_of(stalled.script("COMMIT")), "store_failed");
    EXPECT_TRUE(stalled.lost());
    must(stalled.connect());
    EXPECT_EQ(code_of(move(stalled, lease)), "fenced");
}

void end_backend_of(const TestPlace& place, const PostgresWriter& writer) {
    auto other = must(open_database(place.server(), Role::admin));
    must(other.run("SELECT pg_terminate_backend($1::integer, 10000)",
                   Parameters().add(std::int64_t{writer.backend()})));
}

TEST(PostgresLeases, a_worker_without_its_session_keeps_its_slots_until_its_time_is_over) {
    const TestPlace place;
    auto store = open(place);
    auto worker = must(writer_of(place, all_slots(), milliseconds(2'000)));
    must(worker->commit(batch_of(1)));
    const auto begun = std::chrono::steady_clock::now();
    end_backend_of(place, *worker);
    auto successor = must(store->writer());  // in time for a worker that was killed
    EXPECT_GE(std::chrono::steady_clock::now() - begun, milliseconds(1'000));
    EXPECT_EQ(code_of(worker->commit(batch_of(2))), "fenced");
    must(successor->commit(batch_of(2)));
}

TEST(PostgresLeases, a_worker_that_comes_back_in_time_goes_on) {
    const TestPlace place;
    auto store = open(place);
    auto worker = must(writer_of(place, all_slots(), milliseconds(60'000)));
    end_backend_of(place, *worker);
    auto asked = std::async(std::launch::async, [&] { return code_of(store->writer()); });
    std::this_thread::sleep_for(milliseconds(200));
    must(worker->commit(batch_of(1)));
    EXPECT_EQ(asked.get(), "store_in_use");
    must(worker->commit(batch_of(2)));
}

TEST(PostgresLeases, a_writer_that_does_not_know_what_is_kept_writes_nothing) {
    const TestPlace place;
    auto store = open(place);
    auto writer = must(store->writer());
    must(writer->commit(batch_of(1)));
    auto other = must(open_database(place.server(), Role::admin));
    must(other.script("UPDATE leases SET commits = commits + 1"));
    EXPECT_EQ(code_of(writer->commit(batch_of(2))), "fenced");
    EXPECT_EQ(whole_batches(*store), 1U);
}

// A role that sees of other roles' sessions only that they are there.
TEST(PostgresLeases, a_writer_of_another_role_is_seen_to_be_there) {
    const TestPlace place;
    auto store = open(place);
    const auto writer = must(store->writer());
    const std::string role = "role_" + schema_of_place(place.path());
    auto owner = must(open_database(place.server(), Role::admin));
    const std::string schema = schema_of_place(place.path());
    must(owner.script("CREATE ROLE " + role + " LOGIN; GRANT USAGE ON SCHEMA " + schema + " TO " +
                      role + "; GRANT ALL ON ALL TABLES IN SCHEMA " + schema + " TO " + role));
    {
        std::string url = place.url();
        url.replace(url.find("aftermile@"), std::string("aftermile@").size(), role + '@');
        auto other = must(open_database({.url = url}, Role::writer));
        EXPECT_EQ(code_of(acquire(other, all_slots(), {.holder = "other"})), "store_in_use");
    }
    must(owner.script("DROP OWNED BY " + role + "; DROP ROLE " + role));
}

TEST(PostgresLeases, slots_are_not_taken_while_they_are_shared_out) {
    const TestPlace place;
    auto store = open(place);
    auto sharing = must(open_database(place.server(), Role::admin));
    must(sharing.script("BEGIN"));
    must(sharing.run(lock_sharing_sql));
    auto asked = std::async(std::launch::async, [&] { return store->writer(); });
    EXPECT_EQ(asked.wait_for(milliseconds(200)), std::future_status::timeout);
    must(sharing.script("ROLLBACK"));
    must(must(asked.get())->commit(batch_of(1)));
}

TEST(PostgresLeases, commits_keep_a_lease_in_time) {
    const TestPlace place;
    auto store = open(place);
    auto writer = must(writer_of(place, all_slots(), milliseconds(60'000)));
    auto other = must(open_database(place.server(), Role::admin));
    must(other.script("UPDATE leases SET lease_until = clock_timestamp() - interval '1 s'"));
    must(writer->commit(batch_of(1)));
    EXPECT_EQ(code_of(writer_of(place, all_slots())), "store_in_use");
    must(writer->commit(batch_of(2)));
}

TEST(PostgresLeases, slots_are_shared_among_writers_and_never_doubled) {
    const TestPlace place;
    auto store = open(place);
    const Slots one{slot_of(1)};
    auto first = must(writer_of(place, one));
    EXPECT_EQ(code_of(store->writer()), "store_in_use");
    auto second = must(writer_of(place, all_but(slot_of(1))));
    must(first->commit(batch_of(1, 1)));
    must(second->commit(batch_of(1, 2)));
    EXPECT_EQ(code_of(first->commit(batch_of(2, 2))), "fenced");
    EXPECT_EQ(code_of(second->commit(batch_of(2, 1))), "fenced");
    EXPECT_EQ(whole_batches(*store, 1), 1U);
    EXPECT_EQ(whole_batches(*store, 2), 1U);
    first.reset();
    first = must(writer_of(place, one));
    must(first->commit(batch_of(2, 1)));
}

TEST(PostgresLeases, of_many_who_want_a_slot_one_gets_it) {
    const TestPlace place;
    auto store = open(place);
    std::vector<std::future<base::Result<std::unique_ptr<PostgresWriter>>>> asked;
    for (int i = 0; i < 4; ++i) {
        asked.push_back(
            std::async(std::launch::async, writer_of, std::cref(place), all_slots(), std::nullopt));
    }
    std::vector<std::unique_ptr<PostgresWriter>> writers;
    for (auto& answer : asked) {
        auto writer = answer.get();
        if (writer) {
            writers.push_back(std::move(*writer));
        } else {
            EXPECT_EQ(writer.error().code, "store_in_use");
        }
    }
    ASSERT_EQ(writers.size(), 1U);
    must(writers[0]->commit(batch_of(1)));
}

TEST(PostgresLeases, changes_of_administration_outlive_the_leases_that_counted_them) {
    const TestPlace place;
    auto store = open(place);
    auto writer = must(store->writer());
    ports::Batch batch;
    batch.admin.push_back(
        {.kind = "key", .name = "a", .merchant = 1, .body = "{}", .expires_at = {}});
    must(writer->commit(batch));
    must(writer->commit(batch));
    const auto before = must(store->admin().version());
    writer.reset();
    auto other = must(open_database(place.server(), Role::admin));
    must(other.script("UPDATE leases SET ended_at = ended_at - interval '8 days'"));
    writer = must(store->writer());
    EXPECT_EQ(must(other.run("SELECT count(*) FROM leases")).integer(0, 0), 1);
    EXPECT_EQ(must(store->admin().version()), before);
}

}  // namespace
}  // namespace aftermile::storage::postgres
