// What a reader promises: one merchant at a time, committed only, stable pages, bounded time.
#include <algorithm>
#include <optional>

#include "storage/conformance/suite.hpp"

namespace aftermile::storage::conformance {
namespace {

using ports::Batch;
using ports::Filter;
using ports::Query;
using ports::Row;
using ports::Table;
using By = Filter::Test;

std::vector<Row> orders_of(model::MerchantNumber merchant, int from, int to) {
    std::vector<Row> rows;
    for (int n = from; n <= to; ++n) {
        rows.push_back(sample_row(Table::orders, id_at(Table::orders, merchant, n), n));
    }
    return rows;
}

void put(ports::StoreWriter& writer, std::vector<Row> rows) {
    std::ranges::sort(rows, {}, &Row::id);
    must(writer.commit({.events = {}, .rows = std::move(rows), .sealed = {}, .admin = {}}));
}

Query query_of(Table table, model::MerchantNumber merchant, std::vector<Filter> filters = {}) {
    Query query;
    query.table = table;
    query.merchant = merchant;
    query.filters = std::move(filters);
    return query;
}

TEST_P(StoreContract, merchants_see_their_own_rows_only) {
    put(*writer_, orders_of(1, 1, 3));
    put(*writer_, orders_of(2, 1, 2));
    const auto foreign = id_at(Table::orders, 2, 1);
    EXPECT_FALSE(must(reader_->get(Table::orders, 1, foreign)));
    EXPECT_TRUE(must(reader_->get(Table::orders, 2, foreign)));
    EXPECT_EQ(must(reader_->list(query_of(Table::orders, 1))).size(), 3U);
    EXPECT_EQ(must(reader_->count(query_of(Table::orders, 2))), 2);
    EXPECT_EQ(must(reader_->count(query_of(Table::orders, 3))), 0);
    const Filter by_id{"id", By::equal, {foreign}};
    EXPECT_TRUE(must(reader_->list(query_of(Table::orders, 1, {by_id}))).empty());

    put(*writer_, {sample_row(Table::merchants, 1), sample_row(Table::merchants, 2)});
    EXPECT_EQ(ids(must(reader_->list(query_of(Table::merchants, 2)))),
              std::vector<std::int64_t>{2});
    EXPECT_FALSE(must(reader_->get(Table::merchants, 1, 2)));

    Batch events;
    events.events = {sample_event(1, 1), sample_event(2, 1)};
    must(writer_->commit(events));
    EXPECT_FALSE(must(reader_->event(1, events.events[1].id)));
    EXPECT_TRUE(must(reader_->event(2, events.events[1].id)));
}

TEST_P(StoreContract, the_first_and_the_last_merchant_can_list) {
    for (const model::MerchantNumber merchant : {1U, (1U << 20) - 1}) {
        put(*writer_, orders_of(merchant, 1, 2));
        EXPECT_EQ(must(reader_->list(query_of(Table::orders, merchant))).size(), 2U);
        Query query = query_of(Table::orders, merchant);
        query.after = id_at(Table::orders, merchant, 2);
        EXPECT_EQ(must(reader_->list(query)).size(), 1U);
        query.newest_first = false;
        EXPECT_TRUE(must(reader_->list(query)).empty());
    }
}

TEST_P(StoreContract, pages_stay_put_while_rows_are_added) {
    put(*writer_, orders_of(1, 11, 20));
    Query query = query_of(Table::orders, 1);
    query.limit = 4;
    std::vector<std::int64_t> seen;
    for (int page = 0; page < 3; ++page) {
        const auto found = ids(must(reader_->list(query)));
        seen.insert(seen.end(), found.begin(), found.end());
        query.after = seen.back();
        put(*writer_, orders_of(1, 21 + page, 21 + page));
    }
    std::vector<std::int64_t> wanted;
    for (int n = 20; n >= 11; --n) {
        wanted.push_back(id_at(Table::orders, 1, n));
    }
    EXPECT_EQ(seen, wanted);

    query.newest_first = false;
    query.after = id_at(Table::orders, 1, 21);
    EXPECT_EQ(ids(must(reader_->list(query))),
              (std::vector{id_at(Table::orders, 1, 22), id_at(Table::orders, 1, 23)}));
}

TEST_P(StoreContract, filters_choose_rows) {
    auto rows = orders_of(1, 1, 6);  // placed_at = 12, 22, ... 62
    column_of(rows[1], "customer") = {};
    column_of(rows[4], "customer") = {};
    put(*writer_, rows);
    const auto chosen = [&](std::vector<Filter> filters) {
        Query query = query_of(Table::orders, 1, std::move(filters));
        query.newest_first = false;
        std::vector<std::int64_t> numbers;
        for (const auto id : ids(must(reader_->list(query)))) {
            numbers.push_back((id - id_at(Table::orders, 1, 0)) / 1024);
        }
        EXPECT_EQ(must(reader_->count(query)), static_cast<std::int64_t>(numbers.size()));
        return numbers;
    };
    using Numbers = std::vector<std::int64_t>;
    const auto value = [](std::int64_t number) { return ports::Value{number}; };
    EXPECT_EQ(chosen({{"placed_at", By::equal, {value(32)}}}), (Numbers{3}));
    EXPECT_EQ(chosen({{"placed_at", By::at_least, {value(42)}}}), (Numbers{4, 5, 6}));
    EXPECT_EQ(
        chosen({{"placed_at", By::at_least, {value(22)}}, {"placed_at", By::at_most, {value(42)}}}),
        (Numbers{2, 3, 4}));
    EXPECT_EQ(chosen({{"customer", By::is_null, {}}}), (Numbers{2, 5}));
    EXPECT_EQ(chosen({{"customer", By::not_null, {}}}), (Numbers{1, 3, 4, 6}));
    EXPECT_EQ(chosen({{"placed_at", By::any_of, {value(12), value(62), value(63)}}}),
              (Numbers{1, 6}));
    EXPECT_EQ(chosen({{"placed_at", By::any_of, {}}}), (Numbers{}));
    EXPECT_EQ(chosen({{"customer", By::equal, {ports::Value{}}}}), (Numbers{}));
    EXPECT_EQ(chosen({{"reference", By::equal, {rows[2].columns[0]}}}), (Numbers{3}));
    EXPECT_EQ(chosen({{"id", By::at_least, {value(rows[4].id)}}}), (Numbers{5, 6}));
}

TEST_P(StoreContract, questions_that_make_no_sense_are_refused) {
    const auto refused = [&](Filter filter) {
        const Query query = query_of(Table::orders, 1, {std::move(filter)});
        return code_of(reader_->list(query)) == "bad_query" &&
               code_of(reader_->count(query)) == "bad_query";
    };
    const ports::Value one{std::int64_t{1}};
    EXPECT_TRUE(refused({"no_such_column", By::equal, {one}}));
    EXPECT_TRUE(refused({"body", By::equal, {one}}));
    EXPECT_TRUE(refused({"placed_at\" OR 1=1 --", By::not_null, {}}));
    EXPECT_TRUE(refused({"placed_at", By::equal, {}}));
    EXPECT_TRUE(refused({"placed_at", By::equal, {one, one}}));
    EXPECT_TRUE(refused({"placed_at", By::is_null, {one}}));
    EXPECT_TRUE(refused({"placed_at", By::equal, {std::string("1")}}));
    EXPECT_TRUE(refused({"reference", By::equal, {one}}));
    Query query = query_of(Table::orders, 1);
    for (const std::size_t limit : {std::size_t{0}, std::size_t{1'001}}) {
        query.limit = limit;
        EXPECT_EQ(code_of(reader_->list(query)), "bad_query");
    }
}

TEST_P(StoreContract, a_chain_goes_back_from_its_head) {
    Batch batch;
    for (std::uint64_t n = 1; n <= 6; ++n) {
        const auto previous = n > 2 ? model::EventId::of(1, n - 2, 0) : model::EventId{};
        batch.events.push_back(sample_event(1, n, previous));
    }
    must(writer_->commit(batch));
    const auto chain = must(reader_->chain(batch.events[5].id, 10));
    ASSERT_EQ(chain.size(), 3U);
    expect_same(chain[0], batch.events[5]);
    expect_same(chain[1], batch.events[3]);
    expect_same(chain[2], batch.events[1]);
    EXPECT_EQ(must(reader_->chain(batch.events[5].id, 2)).size(), 2U);
    EXPECT_TRUE(must(reader_->chain(model::EventId{}, 10)).empty());
    EXPECT_TRUE(must(reader_->chain(model::EventId::of(1, 99, 0), 10)).empty());
}

TEST_P(StoreContract, events_after_gives_the_next_numbers_of_one_merchant) {
    Batch batch;
    for (const model::MerchantNumber merchant : {1U, 2U}) {
        for (std::uint64_t n = 1; n <= 5; ++n) {
            batch.events.push_back(sample_event(merchant, n));
        }
    }
    must(writer_->commit(batch));
    const auto numbers = [&](std::uint64_t after, std::size_t limit) {
        std::vector<std::uint64_t> found;
        for (const auto& event :
             must(reader_->events_after(model::EventId::of(1, after, 0), limit))) {
            EXPECT_EQ(event.id.merchant(), 1U);
            found.push_back(event.id.event_number());
        }
        return found;
    };
    using Numbers = std::vector<std::uint64_t>;
    EXPECT_EQ(numbers(0, 3), (Numbers{1, 2, 3}));
    EXPECT_EQ(numbers(3, 100), (Numbers{4, 5}));
    EXPECT_EQ(numbers(5, 100), (Numbers{}));
    EXPECT_EQ(numbers((std::uint64_t{1} << base::id_event_bits) - 1, 100), (Numbers{}));
}

TEST_P(StoreContract, readers_see_each_commit_whole_and_at_once) {
    auto other = must(store_->reader());
    for (int n = 1; n <= 5; ++n) {
        Batch batch{.events = {}, .rows = orders_of(1, n, n), .sealed = {}, .admin = {}};
        batch.rows.push_back(sample_row(Table::shipments, id_at(Table::shipments, 1, n)));
        must(writer_->commit(batch));
        for (auto* reader : {reader_.get(), other.get()}) {
            EXPECT_EQ(must(reader->count(query_of(Table::orders, 1))), n);
            EXPECT_EQ(must(reader->count(query_of(Table::shipments, 1))), n);
        }
        batch.rows = {sample_row(Table::orders, id_at(Table::orders, 1, 100 + n)),
                      sample_row(Table::orders, id_at(Table::orders, 1, 1))};
        EXPECT_EQ(code_of(writer_->commit(batch)), "conflict");
        EXPECT_EQ(must(other->count(query_of(Table::orders, 1))), n);
    }
}

TEST_P(StoreContract, a_question_that_takes_too_long_is_ended) {
    put(*writer_, orders_of(1, 1, 5'000));
    open(std::chrono::milliseconds(0));
    // Five million comparisons.
    Filter unindexed{"placed_at", By::any_of, {}};
    for (std::int64_t n = 0; n < 1'000; ++n) {
        unindexed.values.emplace_back(-n);
    }
    const auto ended = reader_->count(query_of(Table::orders, 1, {unindexed}));
    EXPECT_EQ(code_of(ended), "too_slow");
    EXPECT_EQ(ended.error().family, base::Family::retry);
    // The reader stays of use, for what an adapter can answer within the shortest limit it knows;
    // on a busy machine not each time.
    auto stored = reader_->get(Table::orders, 1, id_at(Table::orders, 1, 7));
    for (int tried = 1; tried < 1'000 && !stored && stored.error().code == "too_slow"; ++tried) {
        stored = reader_->get(Table::orders, 1, id_at(Table::orders, 1, 7));
    }
    EXPECT_TRUE(must(std::move(stored)));
    // So does the writer.
    put(*writer_, orders_of(1, 5'001, 5'001));
    EXPECT_EQ(must(find_one(*must(store_->loader()), Table::orders, "reference", 1,
                            "reference-" + std::to_string(id_at(Table::orders, 1, 5'001))))
                  .size(),
              1U);
}

}  // namespace
}  // namespace aftermile::storage::conformance
