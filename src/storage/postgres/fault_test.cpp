// What the store does when its connection breaks, the server refuses and the process dies.
#include <gtest/gtest.h>
#include <signal.h>

#include <future>

#include "base/crypto.hpp"
#include "base/failpoint.hpp"
#include "base/text.hpp"
#include "storage/conformance/faults.hpp"
#include "storage/postgres/database.hpp"
#include "storage/postgres/store.hpp"
#include "storage/postgres/test_place.hpp"
#include "storage/postgres/test_proxy.hpp"
#include "storage/postgres/writer.hpp"

namespace aftermile::storage::postgres {
namespace {

using conformance::batch_of;
using conformance::code_of;
using conformance::must;
using conformance::whole_batches;
using Cut = TestProxy::Cut;

std::unique_ptr<ports::Store> open(const TestPlace& place) {
    return must(open_postgres(place.path(), {.url = place.url()}));
}

std::unique_ptr<PostgresWriter> writer_at(
    const std::string& url, std::chrono::milliseconds patience = PostgresWriter::patience_default) {
    return must(PostgresWriter::open({.url = url}, all_slots(), {.holder = "test"}, patience));
}

// From a session of its own. The writer's backend ends before this returns.
void kill_writer(const TestPlace& place) {
    auto other = must(open_database(place.server(), Role::admin));
    auto killed =
        must(other.run("SELECT pg_terminate_backend(backend_pid, 10000) FROM leases "
                       "WHERE ended_at IS NULL"));
    ASSERT_EQ(killed.rows(), 1);
}

TEST(PostgresFaults, a_session_killed_before_a_commit_loses_nothing) {
    const TestPlace place;
    auto store = open(place);
    auto writer = must(store->writer());
    must(writer->commit(batch_of(1)));
    kill_writer(place);
    must(writer->commit(batch_of(2)));
    EXPECT_EQ(whole_batches(*store), 2U);
    must(writer->commit(batch_of(3)));
    EXPECT_EQ(whole_batches(*store), 3U);
}

TEST(PostgresFaults, a_session_killed_inside_a_commit_writes_the_batch_once) {
    const TestPlace place;
    auto store = open(place);
    auto writer = must(store->writer());
    must(writer->commit(batch_of(1)));
    auto other = must(open_database(place.server(), Role::admin));
    must(other.script("BEGIN; LOCK TABLE orders IN EXCLUSIVE MODE"));
    auto done = std::async(std::launch::async, [&] { return writer->commit(batch_of(2)); });
    auto watch = must(open_database(place.server(), Role::admin));
    const auto waiting = [&] {
        return must(watch.run("SELECT count(*) FROM pg_locks WHERE NOT granted "
                              "AND relation = 'orders'::regclass"))
            .integer(0, 0);
    };
    while (waiting() == 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    kill_writer(place);  // its first half is undone, and it begins anew
    must(other.script("ROLLBACK"));
    must(done.get());
    EXPECT_EQ(whole_batches(*store), 2U);
    EXPECT_EQ(code_of(writer->commit(batch_of(2))), "conflict");
}

class LostAnswer : public testing::TestWithParam<std::pair<Cut, std::uint64_t>> {};

TEST_P(LostAnswer, whether_a_commit_was_kept_is_found_out) {
    const auto [cut, kept] = GetParam();
    const TestPlace place;
    auto store = open(place);
    TestProxy proxy;
    auto writer = writer_at(proxy.url_of(place.url()));
    must(writer->commit(batch_of(1)));
    proxy.cut_at_commit(cut);
    const auto done = writer->commit(batch_of(2));
    ASSERT_EQ(proxy.cuts(), 1);
    EXPECT_EQ(whole_batches(*store), kept);
    if (kept == 2) {
        must(done);
    } else {
        EXPECT_EQ(code_of(done), "store_failed");
        EXPECT_EQ(done.error().family, base::Family::retry);
        must(writer->commit(batch_of(2)));
    }
    EXPECT_EQ(whole_batches(*store), 2U);
    must(writer->commit(batch_of(3)));
    EXPECT_EQ(whole_batches(*store), 3U);
}
INSTANTIATE_TEST_SUITE_P(Cuts, LostAnswer,
                         testing::Values(std::pair{Cut::before_commit, 1U},
                                         std::pair{Cut::stall, 1U},
                                         std::pair{Cut::after_commit, 2U}));

TEST(PostgresFaults, a_commit_that_cannot_be_found_out_is_the_last) {
    const TestPlace place;
    auto store = open(place);
    TestProxy proxy;
    auto writer = writer_at(proxy.url_of(place.url()), std::chrono::milliseconds(300));
    proxy.cut_at_commit(Cut::after_commit);
    proxy.refuse(true);
    const auto done = writer->commit(batch_of(1));
    EXPECT_EQ(code_of(done), "store_broken");
    EXPECT_EQ(done.error().family, base::Family::internal);
    proxy.refuse(false);
    EXPECT_EQ(code_of(writer->commit(batch_of(2))), "store_broken");
    writer.reset();
    EXPECT_EQ(whole_batches(*store), 1U);
    must(must(store->writer())->commit(batch_of(2)));
}

TEST(PostgresFaults, a_lease_that_is_over_still_tells_what_it_kept) {
    const TestPlace place;
    auto store = open(place);
    TestProxy proxy;
    auto writer = writer_at(proxy.url_of(place.url()));
    proxy.cut_at_commit(Cut::after_commit);
    proxy.refuse(true);
    auto done = std::async(std::launch::async, [&] { return writer->commit(batch_of(1)); });
    while (proxy.cuts() == 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    auto successor = must(store->writer());  // its backend is gone
    proxy.refuse(false);
    must(done.get());
    EXPECT_EQ(code_of(writer->commit(batch_of(2))), "fenced");
    must(successor->commit(batch_of(2)));
    EXPECT_EQ(whole_batches(*store), 2U);
}

TEST(PostgresFaults, while_the_server_cannot_be_reached_nothing_is_kept) {
    const TestPlace place;
    auto store = open(place);
    TestProxy proxy;
    auto writer = writer_at(proxy.url_of(place.url()));
    must(writer->commit(batch_of(1)));
    proxy.refuse(true);
    kill_writer(place);
    const auto refused = writer->commit(batch_of(2));
    EXPECT_EQ(code_of(refused), "store_failed");
    EXPECT_EQ(refused.error().family, base::Family::retry);
    EXPECT_EQ(whole_batches(*store), 1U);
    proxy.refuse(false);
    must(writer->commit(batch_of(2)));
    EXPECT_EQ(whole_batches(*store), 2U);
}

TEST(PostgresFaults, whoever_reads_or_administers_goes_on_in_a_new_session) {
    const TestPlace place;
    auto store = open(place);
    auto writer = must(store->writer());
    auto loader = must(store->loader());
    auto reader = must(store->reader());
    const std::vector<std::string> owners{"ann"};
    const auto keys = must(store->keyring().keys_for(1, owners));
    must(writer->commit(batch_of(1)));
    const auto kill_all = [&] {
        auto other = must(open_database(place.server(), Role::admin));
        must(
            other.run("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                      "WHERE application_name = 'aftermile' AND pid <> pg_backend_pid()"));
    };
    kill_all();
    EXPECT_EQ(must(loader->last_events()).size(), 1U);
    EXPECT_TRUE(must(reader->event(1, model::EventId::of(1, 1, 0))));
    EXPECT_EQ(must(store->keyring().keys_for(1, owners)), keys);
    EXPECT_EQ(must(store->admin().version()), 0);
    kill_all();
    must(loader->each_due([](const ports::DueRow&) {}));
    must(store->admin().add(
        {.kind = "key", .name = "a", .merchant = 1, .body = "{}", .expires_at = {}}));
    must(store->keyring().erase(1, "ann"));
    EXPECT_FALSE(must(store->keyring().find(1, "ann")));
    EXPECT_EQ(must(store->admin().list("key")).size(), 1U);
}

TEST(PostgresFaults, a_full_disk_keeps_nothing_and_the_next_commit_may_succeed) {
    const TestPlace place;
    auto store = open(place);
    auto writer = must(store->writer());
    must(writer->commit(batch_of(1)));
    auto other = must(open_database(place.server(), Role::admin));
    // What the server says when it cannot extend a file.
    must(
        other.script("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
                     "$$ BEGIN RAISE EXCEPTION 'could not extend' USING ERRCODE = '53100'; END $$; "
                     "CREATE TRIGGER full_disk BEFORE INSERT ON orders EXECUTE FUNCTION fail()"));
    const auto refused = writer->commit(batch_of(2));
    EXPECT_EQ(code_of(refused), "disk_full");
    EXPECT_EQ(refused.error().family, base::Family::retry);
    EXPECT_EQ(whole_batches(*store), 1U);
    must(other.script("DROP TRIGGER full_disk ON orders"));
    must(writer->commit(batch_of(2)));
    EXPECT_EQ(whole_batches(*store), 2U);
}

TEST(PostgresFaults, nobody_there_is_said_without_the_password) {
    const TestPlace place;
    const auto refused =
        open_postgres(place.path(), {.url = "postgres://am:hush@/x?host=/nonexistent"});
    EXPECT_EQ(code_of(refused), "store_failed");
    EXPECT_EQ(refused.error().family, base::Family::retry);
    EXPECT_EQ(refused.error().detail.find("hush"), std::string::npos);
    EXPECT_EQ(refused.error().detail.find('\n'), std::string::npos);
}

TEST(PostgresFaults, a_url_that_cannot_be_read_is_refused_without_a_part_of_it) {
    const TestPlace place;
    for (const auto* url :
         {"postgres://am:hush%zz@db/x", "postgres://am:12/hush@db/x", "postgres://am:hush/12@db/x",
          "postgres://am:12@hush@db/x", "postgres://am@db/x?hush=12", "postgres://am@db:hush/x"}) {
        const auto refused = open_postgres(place.path(), {.url = url});
        EXPECT_EQ(code_of(refused), "bad_store_url") << url;
        EXPECT_EQ(refused.error().detail.find("hush"), std::string::npos);
        EXPECT_EQ(place_of_url(url), "");
    }
    EXPECT_EQ(place_of_url("postgres://am:hush@db.example/x"), "db.example/x");
    must(check_url(place.url()));
    must(check_url("postgres://am:hu%2Fsh%40@one,two:5433,/a%40b"));
    must(check_url("postgres://am@/x?host=@abstract,/var/run/postgresql"));
}

TEST(PostgresFaults, what_no_repetition_could_store_is_told_from_what_may_be_stored_later) {
    const TestPlace place;
    auto store = open(place);
    auto writer = must(store->writer());
    auto batch = batch_of(1);
    conformance::column_of(batch.rows[0], "reference") =  // more than an index's page takes
        base::to_hex(base::random_bytes(20'000));
    EXPECT_EQ(code_of(writer->commit(batch)), "not_storable");
    EXPECT_EQ(whole_batches(*store), 0U);
    must(writer->commit(batch_of(1)));
}

TEST(PostgresFaults, expired_rows_that_somebody_writes_are_left_for_later) {
    const TestPlace place;
    auto store = open(place);
    const auto past = base::instant_of(1);
    for (const auto* name : {"a", "b", "c"}) {
        must(store->admin().put(
            {.kind = "reply", .name = name, .merchant = 1, .body = "{}", .expires_at = past}));
    }
    auto other = must(open_database(place.server(), Role::writer));
    must(other.script("BEGIN; UPDATE admin SET body = '\\x01' WHERE name = 'a'"));
    EXPECT_EQ(must(store->admin().remove_expired("reply", past, 10)), 2U);
    must(other.script("COMMIT"));
    EXPECT_EQ(must(store->admin().remove_expired("reply", past, 10)), 1U);
}

TEST(PostgresFaults, a_text_that_postgresql_cannot_hold_is_refused_and_not_tried_again) {
    const TestPlace place;
    auto store = open(place);
    auto loader = must(store->loader());
    auto writer = must(store->writer());
    for (const std::string& text : {std::string("\xFF"), std::string("a\0b", 3)}) {
        const auto found =
            conformance::find_one(*loader, ports::Table::orders, "reference", 1, text);
        EXPECT_EQ(code_of(found), "bad_utf8");
        EXPECT_EQ(found.error().family, base::Family::rejected);
        auto batch = batch_of(1);
        conformance::column_of(batch.rows[0], "reference") = text;
        EXPECT_EQ(code_of(writer->commit(batch)), "bad_utf8");
    }
    EXPECT_EQ(whole_batches(*store), 0U);
    must(writer->commit(batch_of(1)));
}

class PostgresCrash : public testing::TestWithParam<std::pair<const char*, std::uint64_t>> {};

TEST_P(PostgresCrash, a_batch_is_there_whole_or_not_at_all) {
    const TestPlace place;
    const auto [point, survivors] = GetParam();
    EXPECT_EXIT(
        {
            base::arm_failpoints(std::string(point) + ":3", "");
            auto store = open(place);
            auto writer = must(store->writer());
            for (std::uint64_t number = 1; number <= 5; ++number) {
                must(writer->commit(batch_of(number)));
            }
        },
        testing::KilledBySignal(SIGKILL), "");
    auto store = open(place);
    EXPECT_EQ(whole_batches(*store), survivors);
    auto writer = must(store->writer());
    must(writer->commit(batch_of(survivors + 1)));
    EXPECT_EQ(whole_batches(*store), survivors + 1);
}
INSTANTIATE_TEST_SUITE_P(Points, PostgresCrash,
                         testing::Values(std::pair{"before_commit", 2U},
                                         std::pair{"inside_commit", 2U},
                                         std::pair{"after_commit", 3U}));

}  // namespace
}  // namespace aftermile::storage::postgres
