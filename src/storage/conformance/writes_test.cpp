// What the writer promises: round trips, all or nothing, one at a time.
#include <algorithm>
#include <map>

#include "storage/conformance/suite.hpp"

namespace aftermile::storage::conformance {
namespace {

using ports::Batch;
using ports::Row;
using ports::Table;

Batch of_rows(std::vector<Row> rows) {
    return {.events = {}, .rows = std::move(rows), .sealed = {}, .admin = {}};
}

std::map<std::int64_t, std::string> loaded(ports::StoreLoader& loader, Table table,
                                           const std::vector<std::int64_t>& wanted) {
    std::map<std::int64_t, std::string> found;
    must(loader.load(table, wanted,
                     [&](std::int64_t id, std::string_view body) { found[id] = body; }));
    return found;
}

TEST_P(StoreContract, every_table_gives_back_what_was_written) {
    for (const auto& schema : ports::all_tables()) {
        SCOPED_TRACE(schema.name);
        Row row = sample_row(schema.table, id_at(schema.table, 5, 1), 3);
        must(writer_->commit(of_rows({row})));
        auto stored = must(reader_->get(schema.table, 5, row.id));
        ASSERT_TRUE(stored);
        expect_same(*stored, row);

        row = replaced(sample_row(schema.table, row.id, 4));
        for (auto& column : row.columns) {
            column = {};
        }
        row.body.clear();
        must(writer_->commit(of_rows({row})));
        stored = must(reader_->get(schema.table, 5, row.id));
        ASSERT_TRUE(stored);
        expect_same(*stored, row);

        row.gone = true;
        row.columns.clear();
        must(writer_->commit(of_rows({row})));
        EXPECT_FALSE(must(reader_->get(schema.table, 5, row.id)));
    }
}

TEST_P(StoreContract, administration_in_a_batch_is_put_with_it_and_seen_as_a_change) {
    const auto before = must(store_->admin().version());
    Batch batch;
    batch.admin.push_back({.kind = "idempotency",
                           .name = "k",
                           .merchant = 3,
                           .body = "{}",
                           .expires_at = base::instant_of(5)});
    must(writer_->commit(batch));
    EXPECT_NE(must(store_->admin().version()), before);
    batch.admin[0].body = R"({"status":200})";
    must(writer_->commit(batch));
    const auto stored = must(store_->admin().get("idempotency", "k")).value();
    EXPECT_EQ(stored.body, batch.admin[0].body);
    EXPECT_EQ(stored.merchant, 3U);
    EXPECT_EQ(stored.expires_at, base::instant_of(5));
}

TEST_P(StoreContract, what_was_committed_is_there_after_opening_again) {
    Batch batch = of_rows({sample_row(Table::orders, id_at(Table::orders, 1, 1))});
    batch.events.push_back(sample_event(1, 1));
    batch.sealed.push_back({.merchant = 1, .owner = "o", .about = "customer", .bytes = "x"});
    must(writer_->commit(batch));
    open();
    expect_same(must(reader_->get(Table::orders, 1, batch.rows[0].id)).value(), batch.rows[0]);
    expect_same(must(reader_->event(1, batch.events[0].id)).value(), batch.events[0]);
    EXPECT_EQ(must(reader_->sealed(1, "customer")).value().bytes, "x");
    EXPECT_EQ(loaded(*loader_, Table::orders, {batch.rows[0].id}).size(), 1U);
}

TEST_P(StoreContract, a_conflict_leaves_nothing_of_its_batch) {
    const Row there = sample_row(Table::tickets, id_at(Table::tickets, 1, 9));
    must(writer_->commit(of_rows({there})));
    Batch batch = of_rows({sample_row(Table::orders, id_at(Table::orders, 1, 1)),
                           sample_row(Table::tickets, there.id, 7)});
    batch.events.push_back(sample_event(1, 1));
    batch.sealed.push_back({.merchant = 1, .owner = "o", .about = "customer", .bytes = "x"});
    const auto refused = writer_->commit(batch);
    ASSERT_EQ(code_of(refused), "conflict");
    EXPECT_EQ(refused.error().family, base::Family::internal);
    EXPECT_FALSE(must(reader_->get(Table::orders, 1, batch.rows[0].id)));
    EXPECT_FALSE(must(reader_->event(1, batch.events[0].id)));
    EXPECT_FALSE(must(reader_->sealed(1, "customer")));
    expect_same(must(reader_->get(Table::tickets, 1, there.id)).value(), there);

    batch.rows.pop_back();
    must(writer_->commit(batch));
    EXPECT_TRUE(must(reader_->get(Table::orders, 1, batch.rows[0].id)));
}

TEST_P(StoreContract, conflicts_are_fresh_rows_there_missing_rows_and_taken_keys) {
    const Row order = sample_row(Table::orders, id_at(Table::orders, 1, 1));
    Batch first = of_rows({order});
    first.events.push_back(sample_event(1, 1));
    must(writer_->commit(first));
    EXPECT_EQ(code_of(writer_->commit(of_rows({order}))), "conflict");
    const Row missing = replaced(sample_row(Table::orders, id_at(Table::orders, 1, 2)));
    EXPECT_EQ(code_of(writer_->commit(of_rows({missing}))), "conflict");
    Row taken = sample_row(Table::orders, id_at(Table::orders, 1, 3));
    column_of(taken, "reference") = order.columns[0];
    EXPECT_EQ(code_of(writer_->commit(of_rows({taken}))), "conflict");
    EXPECT_EQ(
        code_of(writer_->commit({.events = first.events, .rows = {}, .sealed = {}, .admin = {}})),
        "conflict");
    // The same reference is free for another merchant.
    Row other = sample_row(Table::orders, id_at(Table::orders, 2, 3));
    column_of(other, "reference") = order.columns[0];
    must(writer_->commit(of_rows({other})));
}

TEST_P(StoreContract, deleting_what_is_not_there_is_no_conflict) {
    Row row = sample_row(Table::outbox, id_at(Table::outbox, 1, 1));
    row.gone = true;
    row.columns.clear();
    must(writer_->commit(of_rows({row})));
}

TEST_P(StoreContract, a_row_that_does_not_fit_its_table_is_refused) {
    Row row = sample_row(Table::orders, id_at(Table::orders, 1, 1));
    row.columns.pop_back();
    EXPECT_EQ(code_of(writer_->commit(of_rows({row}))), "bad_row");
    row = sample_row(Table::orders, id_at(Table::orders, 1, 1));
    column_of(row, "placed_at") = std::string("12");
    EXPECT_EQ(code_of(writer_->commit(of_rows({row}))), "bad_row");
    EXPECT_FALSE(must(reader_->get(Table::orders, 1, row.id)));
}

TEST_P(StoreContract, a_unique_key_may_move_between_rows_of_one_batch) {
    Row a = sample_row(Table::customers, id_at(Table::customers, 1, 1));
    Row b = sample_row(Table::customers, id_at(Table::customers, 1, 2));
    must(writer_->commit(of_rows({a, b})));
    std::swap(column_of(a, "email_hash"), column_of(b, "email_hash"));
    must(writer_->commit(of_rows({replaced(a), replaced(b)})));
    expect_same(must(reader_->get(Table::customers, 1, a.id)).value(), a);
    expect_same(must(reader_->get(Table::customers, 1, b.id)).value(), b);
}

TEST_P(StoreContract, replacing_moves_a_row_in_its_indexes) {
    Row row = sample_row(Table::shipments, id_at(Table::shipments, 1, 1));
    must(writer_->commit(of_rows({row})));
    column_of(row, "tracking_number") = std::string("new");
    must(writer_->commit(of_rows({replaced(row)})));
    const std::string old = "tracking_number-" + std::to_string(row.id);
    EXPECT_TRUE(must(find_one(*loader_, Table::shipments, "tracking_number", 1, old)).empty());
    EXPECT_EQ(must(find_one(*loader_, Table::shipments, "tracking_number", 1, "new")),
              std::vector{row.id});
    column_of(row, "tracking_number") = {};
    must(writer_->commit(of_rows({replaced(row)})));
    EXPECT_TRUE(must(find_one(*loader_, Table::shipments, "tracking_number", 1, "new")).empty());
}

TEST_P(StoreContract, load_gives_the_bodies_of_the_ids_that_exist) {
    std::vector<Row> rows;
    for (int n = 1; n <= 6; ++n) {
        rows.push_back(sample_row(Table::orders, id_at(Table::orders, 1, n)));
    }
    must(writer_->commit(of_rows(rows)));
    const auto missing = id_at(Table::orders, 1, 99);
    const auto found =
        loaded(*loader_, Table::orders, {rows[3].id, missing, rows[0].id, rows[3].id, rows[5].id});
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found.at(rows[3].id), rows[3].body);
    EXPECT_EQ(found.at(rows[0].id), rows[0].body);
    EXPECT_TRUE(loaded(*loader_, Table::orders, {}).empty());
}

TEST_P(StoreContract, load_after_goes_through_one_merchants_rows_in_pages) {
    std::vector<Row> rows;
    for (const model::MerchantNumber merchant : {1U, 2U, 3U}) {
        for (int n = 1; n <= 5; ++n) {
            rows.push_back(
                sample_row(Table::contributions, id_at(Table::contributions, merchant, n)));
        }
    }
    must(writer_->commit(of_rows(rows)));
    std::vector<std::int64_t> seen;
    std::int64_t after = 0;
    for (int page = 0; page < 4; ++page) {
        must(loader_->load_after(Table::contributions, 2, after, 2,
                                 [&](std::int64_t id, std::string_view body) {
                                     EXPECT_FALSE(body.empty());
                                     seen.push_back(id);
                                 }));
        after = seen.back();
    }
    std::vector<std::int64_t> wanted;
    for (int n = 1; n <= 5; ++n) {
        wanted.push_back(id_at(Table::contributions, 2, n));
    }
    EXPECT_EQ(seen, wanted);
}

TEST_P(StoreContract, find_gives_at_most_sixteen_ids_of_the_merchant) {
    std::vector<Row> rows;
    for (const model::MerchantNumber merchant : {1U, 2U}) {
        for (int n = 1; n <= 20; ++n) {
            rows.push_back(sample_row(Table::shipments, id_at(Table::shipments, merchant, n)));
            column_of(rows.back(), "tracking_number") = std::string("1Z");
        }
    }
    must(writer_->commit(of_rows(rows)));
    const auto found = must(find_one(*loader_, Table::shipments, "tracking_number", 2, "1Z"));
    ASSERT_EQ(found.size(), 16U);
    EXPECT_TRUE(std::ranges::is_sorted(found));
    EXPECT_EQ(found.front(), id_at(Table::shipments, 2, 1));
    EXPECT_TRUE(must(find_one(*loader_, Table::shipments, "tracking_number", 3, "1Z")).empty());
    for (const auto* column : {"carrier", "order", "no_such_column"}) {
        EXPECT_EQ(code_of(find_one(*loader_, Table::shipments, column, 1, "x")), "bad_query");
    }
}

TEST_P(StoreContract, find_names_the_ids_of_each_key) {
    std::vector<Row> rows;
    for (int n = 1; n <= 40; ++n) {
        rows.push_back(sample_row(Table::shipments, id_at(Table::shipments, 1, n)));
        column_of(rows.back(), "tracking_number") = "1Z" + std::to_string(n / 2);
    }
    must(writer_->commit(of_rows(rows)));
    const std::string_view keys[] = {"1Z7", "1Z", "1Z19", "1Z7",
                                     "it's 100 % \\ of \"these\", {NULL}"};
    std::map<std::size_t, std::vector<std::int64_t>> found;
    must(loader_->find(Table::shipments, "tracking_number", 1, keys,
                       [&](std::size_t n, std::int64_t id) { found[n].push_back(id); }));
    const auto two_from = [](int n) {
        return std::vector{id_at(Table::shipments, 1, n), id_at(Table::shipments, 1, n + 1)};
    };
    EXPECT_EQ(found, (std::map<std::size_t, std::vector<std::int64_t>>{
                         {0, two_from(14)}, {2, two_from(38)}, {3, two_from(14)}}));
    must(loader_->find(Table::shipments, "tracking_number", 1, {},
                       [](std::size_t, std::int64_t) { FAIL() << "nothing was asked for"; }));
}

TEST_P(StoreContract, last_events_names_each_merchants_highest) {
    EXPECT_TRUE(must(loader_->last_events()).empty());
    Batch batch;
    batch.events = {sample_event(1, 1), sample_event(1, 2), sample_event(7, 1),
                    sample_event((1U << 20) - 1, 3)};
    must(writer_->commit(batch));
    auto last = must(loader_->last_events());
    std::ranges::sort(last);
    EXPECT_EQ(last, (std::vector{batch.events[1].id, batch.events[2].id, batch.events[3].id}));
}

TEST_P(StoreContract, each_due_names_every_record_with_a_due_time) {
    using model::Subject;
    const std::map<Table, Subject> subjects = {
        {Table::merchants, Subject::merchant},         {Table::orders, Subject::order},
        {Table::shipments, Subject::shipment},         {Table::incidents, Subject::incident},
        {Table::notifications, Subject::notification}, {Table::claims, Subject::claim}};
    std::vector<Row> rows;
    for (const auto& schema : ports::all_tables()) {
        for (const model::MerchantNumber merchant : {1U, 2U}) {
            Row& row =
                rows.emplace_back(sample_row(schema.table, id_at(schema.table, merchant, 1)));
            if (ports::column_index(schema.table, "due")) {
                column_of(row, "due") =
                    merchant == 1 ? ports::Value{std::int64_t{42}} : ports::Value{};
            }
        }
    }
    must(writer_->commit(of_rows(rows)));
    std::map<Subject, std::int64_t> found;
    must(loader_->each_due([&](const ports::DueRow& row) {
        EXPECT_EQ(row.due, base::instant_of(42));
        EXPECT_TRUE(found.emplace(row.subject, row.id).second);
    }));
    EXPECT_EQ(found.size(), subjects.size());
    for (const auto& [table, subject] : subjects) {
        EXPECT_EQ(found.at(subject), id_at(table, 1, 1));
    }
}

TEST_P(StoreContract, outbox_due_gives_the_oldest_first_and_no_more) {
    std::vector<Row> rows;
    for (int n = 1; n <= 6; ++n) {
        rows.push_back(sample_row(Table::outbox, id_at(Table::outbox, 1 + n % 2U, n)));
        column_of(rows.back(), "next_at") = std::int64_t{1000 - n * 100};
    }
    std::ranges::sort(rows, {}, &Row::id);
    must(writer_->commit(of_rows(rows)));
    const auto due = must(loader_->outbox_due(base::instant_of(700), 3));
    ASSERT_EQ(due.size(), 3U);
    for (std::size_t i = 0; i < due.size(); ++i) {
        const auto wanted = std::ranges::find(rows, due[i].id, &Row::id);
        ASSERT_NE(wanted, rows.end());
        EXPECT_EQ(due[i].columns, wanted->columns);
        EXPECT_EQ(due[i].body, wanted->body);
        EXPECT_FALSE(due[i].fresh);
        EXPECT_EQ(due[i].columns[1], ports::Value{static_cast<std::int64_t>(400 + i * 100)});
    }
    Row gone = due[0];
    gone.gone = true;
    must(writer_->commit(of_rows({gone})));
    EXPECT_EQ(must(loader_->outbox_due(base::instant_of(700), 10)).size(), 3U);
}

TEST_P(StoreContract, sealed_pieces_are_replaced_by_merchant_and_subject) {
    const auto put = [&](model::MerchantNumber merchant, const char* about, const char* owner,
                         std::string bytes) {
        Batch batch;
        batch.sealed.push_back({merchant, owner, about, std::move(bytes)});
        must(writer_->commit(batch));
    };
    put(1, "customer", "o1", std::string("a\0b", 3));
    put(1, "order/R1", "o1", "order");
    put(2, "customer", "o2", "other");
    put(1, "customer", "o3", "");
    const auto found = must(reader_->sealed(1, "customer")).value();
    EXPECT_EQ(found.owner, "o3");
    EXPECT_EQ(found.bytes, "");
    EXPECT_EQ(found.merchant, 1U);
    EXPECT_EQ(found.about, "customer");
    EXPECT_EQ(must(reader_->sealed(2, "customer")).value().bytes, "other");
    EXPECT_EQ(must(reader_->sealed(1, "order/R1")).value().bytes, "order");
    EXPECT_FALSE(must(reader_->sealed(2, "order/R1")));
}

TEST_P(StoreContract, a_second_writer_is_refused_until_the_first_is_gone) {
    EXPECT_EQ(code_of(store_->writer()), "store_in_use");
    auto other = must(GetParam().open(place_, std::chrono::seconds(5)));
    EXPECT_EQ(code_of(other->writer()), "store_in_use");
    writer_.reset();
    EXPECT_EQ(code_of(other->writer()), "no error");
}

}  // namespace
}  // namespace aftermile::storage::conformance
