// Random batches against a store of maps, compared row by row.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "storage/conformance/suite.hpp"

namespace aftermile::storage::conformance {
namespace {

using ports::Batch;
using ports::Row;
using ports::Table;

// What ports/store.hpp says, written down naively.
class NaiveStore {
  public:
    using Key = std::pair<Table, std::int64_t>;

    // False, and nothing changed, when the batch conflicts.
    bool commit(const Batch& batch) {
        NaiveStore next = *this;
        if (!next.apply(batch)) {
            return false;
        }
        *this = std::move(next);
        return true;
    }

    std::map<Key, Row> rows;
    std::map<std::int64_t, ports::EventRow> events;
    std::map<std::pair<model::MerchantNumber, std::string>, ports::SealedRow> sealed;

  private:
    bool apply(const Batch& batch) {
        for (const auto& event : batch.events) {
            if (!events.emplace(event.id.value, event).second) {
                return false;
            }
        }
        for (const Row& row : batch.rows) {
            const Key key{row.table, row.id};
            if (row.gone) {
                rows.erase(key);
            } else if (row.fresh == rows.contains(key)) {
                return false;
            } else {
                rows[key] = row;
            }
        }
        for (const auto& row : batch.sealed) {
            sealed[{row.merchant, row.about}] = row;
        }
        return unique_keys_hold(batch);
    }

    // Only keys of the batch's rows can clash.
    [[nodiscard]] bool unique_keys_hold(const Batch& batch) const {
        std::set<Table> touched;
        for (const Row& row : batch.rows) {
            touched.insert(row.table);
        }
        std::set<std::tuple<Table, std::size_t, std::int64_t, std::string>> keys;
        for (const auto& [key, row] : rows) {
            const auto columns = ports::schema_of(row.table).columns;
            for (std::size_t i = 0; touched.contains(row.table) && i < columns.size(); ++i) {
                const auto* text = std::get_if<std::string>(&row.columns[i]);
                if (columns[i].indexed == ports::Indexed::unique && text != nullptr &&
                    !keys.emplace(row.table, i, merchant_of(row.table, row.id), *text).second) {
                    return false;
                }
            }
        }
        return true;
    }
};

class Batches {
  public:
    explicit Batches(std::uint32_t seed) : random_(seed) {}

    Batch next(const NaiveStore& known) {
        Batch batch;
        add_events(batch);
        std::map<NaiveStore::Key, Row> rows;
        for (std::int64_t i = below(7); i > 0; --i) {
            Row row = any_row(known);
            rows.insert_or_assign({row.table, row.id}, std::move(row));
        }
        for (auto& [key, row] : rows) {
            batch.rows.push_back(std::move(row));
        }
        for (std::int64_t i = below(3); i > 0; --i) {
            batch.sealed.push_back({.merchant = merchant(),
                                    .owner = "owner" + std::to_string(below(4)),
                                    .about = "about" + std::to_string(below(9)),
                                    .bytes = any_text()});
        }
        return batch;
    }

    std::int64_t below(std::int64_t end) {
        return static_cast<std::int64_t>(random_() % static_cast<std::uint32_t>(end));
    }
    model::MerchantNumber merchant() { return static_cast<model::MerchantNumber>(1 + below(3)); }
    Table table() { return static_cast<Table>(below(ports::table_count)); }

  private:
    void add_events(Batch& batch) {
        std::set<model::MerchantNumber> merchants;
        for (std::int64_t i = below(3); i > 0; --i) {
            merchants.insert(merchant());
        }
        for (const auto each : merchants) {
            // Now and then a number that is taken.
            const auto number =
                below(50) == 0 ? std::max<std::uint64_t>(1, last_[each]) : ++last_[each];
            const auto previous =
                static_cast<std::uint64_t>(below(static_cast<std::int64_t>(number)));
            batch.events.push_back(sample_event(
                each, number,
                previous == 0 ? model::EventId{} : model::EventId::of(each, previous, 0)));
        }
    }
    Row any_row(const NaiveStore& known) {
        const Table chosen = table();
        Row row = sample_row(chosen, id_at(chosen, merchant(), 1 + below(25)), below(1'000));
        for (std::size_t i = 0; i < row.columns.size(); ++i) {
            vary(row.columns[i], ports::schema_of(chosen).columns[i]);
        }
        row.body = any_text();
        const bool there = known.rows.contains({row.table, row.id});
        row.fresh = below(40) == 0 ? there : !there;  // now and then a conflict
        row.gone = below(6) == 0;
        if (row.gone) {
            row.columns.clear();
            row.body.clear();
        }
        return row;
    }
    void vary(ports::Value& value, const ports::Column& column) {
        if (below(5) == 0) {
            value = {};
        } else if (column.type == ports::ColumnType::integer) {
            value = below(4) == 0 ? below(1 << 30) * (below(2) * 2 - 1) * (1LL << 32) : below(6);
        } else if (column.indexed != ports::Indexed::unique) {
            value = "text" + std::to_string(below(6));
        } else if (below(4) == 0) {
            value = "shared" + std::to_string(below(200));
        }
    }
    std::string any_text() {
        std::string text(static_cast<std::size_t>(below(20) == 0 ? 9'000 : below(60)), '\0');
        std::ranges::generate(text, [this] { return static_cast<char>(below(256)); });
        return text;
    }

    std::mt19937 random_;
    std::map<model::MerchantNumber, std::uint64_t> last_;
};

void expect_batch_stored(ports::StoreReader& reader, const NaiveStore& naive, const Batch& batch) {
    for (const Row& row : batch.rows) {
        const auto merchant = static_cast<model::MerchantNumber>(merchant_of(row.table, row.id));
        const auto stored = must(reader.get(row.table, merchant, row.id));
        const auto known = naive.rows.find({row.table, row.id});
        ASSERT_EQ(stored.has_value(), known != naive.rows.end());
        if (stored) {
            expect_same(*stored, known->second);
        }
    }
    for (const auto& row : batch.sealed) {
        const auto stored = must(reader.sealed(row.merchant, row.about));
        const auto known = naive.sealed.find({row.merchant, row.about});
        ASSERT_EQ(stored.has_value(), known != naive.sealed.end());
        if (stored) {
            EXPECT_EQ(stored->owner, known->second.owner);
            EXPECT_EQ(stored->bytes, known->second.bytes);
        }
    }
}

void expect_all_stored(ports::StoreReader& reader, const NaiveStore& naive) {
    for (const auto& schema : ports::all_tables()) {
        std::vector<Row> wanted;
        for (const auto& [key, row] : naive.rows) {
            if (key.first == schema.table) {
                wanted.push_back(row);
            }
        }
        std::size_t next = 0;
        for (model::MerchantNumber merchant = 1; merchant <= 3; ++merchant) {
            ports::Query query;
            query.table = schema.table;
            query.merchant = merchant;
            query.newest_first = false;
            query.limit = 1'000;
            for (const auto& stored : must(reader.list(query))) {
                ASSERT_LT(next, wanted.size());
                expect_same(stored, wanted[next++]);
            }
        }
        EXPECT_EQ(next, wanted.size()) << schema.name;
    }
    std::size_t events = 0;
    for (model::MerchantNumber merchant = 1; merchant <= 3; ++merchant) {
        const auto stored = must(reader.events_after(model::EventId::of(merchant, 0, 0), 100'000));
        for (const auto& event : stored) {
            expect_same(event, naive.events.at(event.id.value));
        }
        events += stored.size();
    }
    EXPECT_EQ(events, naive.events.size());
}

bool matches(const ports::Filter& filter, const ports::Value& value) {
    using By = ports::Filter::Test;
    const bool null = std::holds_alternative<std::monostate>(value);
    switch (filter.test) {
        case By::is_null:
            return null;
        case By::not_null:
            return !null;
        case By::equal:
        case By::any_of:
            return !null && std::ranges::count(filter.values, value) > 0;
        case By::at_least:
            return !null && value >= filter.values.front();
        case By::at_most:
            return !null && value <= filter.values.front();
    }
    return false;
}

ports::Query random_query(Batches& batches) {
    using By = ports::Filter::Test;
    ports::Query query;
    query.table = batches.table();
    query.merchant = batches.merchant();
    query.newest_first = batches.below(2) == 0;
    query.limit = static_cast<std::size_t>(1 + batches.below(8));
    if (batches.below(2) == 0) {
        query.after = id_at(query.table, query.merchant, batches.below(26));
    }
    const auto columns = ports::schema_of(query.table).columns;
    for (std::int64_t i = batches.below(3); i > 0; --i) {
        const auto count = static_cast<std::int64_t>(columns.size());
        const auto& column = columns[static_cast<std::size_t>(batches.below(count))];
        const auto value = [&]() -> ports::Value {
            return column.type == ports::ColumnType::integer
                       ? ports::Value{batches.below(6)}
                       : ports::Value{"text" + std::to_string(batches.below(6))};
        };
        ports::Filter filter{column.name, static_cast<By>(batches.below(6)), {}};
        if (filter.test == By::any_of) {
            filter.values = {value(), value(), value()};
        } else if (filter.test != By::is_null && filter.test != By::not_null) {
            filter.values = {value()};
        }
        query.filters.push_back(std::move(filter));
    }
    return query;
}

std::vector<std::int64_t> naive_list(const NaiveStore& naive, const ports::Query& query) {
    std::vector<std::int64_t> found;
    for (const auto& [key, row] : naive.rows) {
        const bool on_page = !query.after || (query.newest_first ? key.second < *query.after
                                                                 : key.second > *query.after);
        const bool chosen =
            key.first == query.table && merchant_of(key.first, key.second) == query.merchant &&
            on_page && std::ranges::all_of(query.filters, [&](const ports::Filter& filter) {
                const auto index = ports::column_index(query.table, filter.column).value();
                return matches(filter, row.columns[index]);
            });
        if (chosen) {
            found.push_back(key.second);
        }
    }
    if (query.newest_first) {
        std::ranges::reverse(found);
    }
    found.resize(std::min(found.size(), query.limit));
    return found;
}

TEST_P(StoreContract, two_thousand_random_batches_leave_what_a_store_of_maps_holds) {
    NaiveStore naive;
    Batches batches(20'260'105);
    int refused = 0;
    for (int i = 0; i < 2'000 && !HasFailure(); ++i) {
        SCOPED_TRACE(i);
        const Batch batch = batches.next(naive);
        const auto done = writer_->commit(batch);
        const bool expected = naive.commit(batch);
        ASSERT_EQ(done.has_value(), expected) << code_of(done);
        if (!done) {
            ASSERT_EQ(done.error().code, "conflict");
            ++refused;
        }
        expect_batch_stored(*reader_, naive, batch);
        const auto query = random_query(batches);
        EXPECT_EQ(ids(must(reader_->list(query))), naive_list(naive, query));
        if (i % 250 == 249) {
            expect_all_stored(*reader_, naive);
        }
    }
    EXPECT_GT(refused, 100);
    EXPECT_LT(refused, 1'000);
    open();
    expect_all_stored(*reader_, naive);
}

}  // namespace
}  // namespace aftermile::storage::conformance
