// One suite for every adapter of ports/store.hpp. An adapter's test instantiates it:
//
//   INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, testing::Values(Adapter{"sqlite", open}));
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "ports/moving.hpp"
#include "ports/store.hpp"
#include "storage/merchant_of.hpp"

namespace aftermile::storage::conformance {

struct Adapter {
    std::string name;
    // Opens what lies at `place` (a folder of this test alone), or makes it; a reader's call may
    // run for `read_limit`.
    std::function<base::Result<std::unique_ptr<ports::Store>>(const std::string& place,
                                                              std::chrono::milliseconds read_limit)>
        open;
    // The same place read as parts; nobody writes it meanwhile.
    std::function<base::Result<std::unique_ptr<ports::PartReader>>(const std::string& place)> parts;
    // Gives back what a place holds elsewhere than in its folder; nothing: all is in there.
    std::function<void(const std::string& place)> forget = {};
};
inline std::ostream& operator<<(std::ostream& out, const Adapter& adapter) {
    return out << adapter.name;
}

template <class T>
T must(base::Result<T> result) {
    if (!result) {
        ADD_FAILURE() << result.error().code << ": " << result.error().detail << ' '
                      << result.error().pointer;
        throw std::runtime_error(result.error().code);
    }
    return std::move(*result);
}
inline void must(base::Result<void> result) {
    if (!result) {
        ADD_FAILURE() << result.error().code << ": " << result.error().detail << ' '
                      << result.error().pointer;
        throw std::runtime_error(result.error().code);
    }
}
template <class T>
std::string code_of(const base::Result<T>& result) {
    return result ? "no error" : result.error().code;
}

// The ids of one key.
inline base::Result<std::vector<std::int64_t>> find_one(ports::StoreLoader& loader,
                                                        ports::Table table, std::string_view column,
                                                        model::MerchantNumber merchant,
                                                        std::string_view key) {
    std::vector<std::int64_t> ids;
    const std::string_view keys[] = {key};
    auto found = loader.find(table, column, merchant, keys,
                             [&](std::size_t, std::int64_t id) { ids.push_back(id); });
    return found ? base::Result<std::vector<std::int64_t>>(std::move(ids))
                 : std::unexpected(std::move(found.error()));
}

class StoreContract : public testing::TestWithParam<Adapter> {
  public:
    ~StoreContract() override {
        writer_.reset();
        loader_.reset();
        reader_.reset();
        store_.reset();
        forget(place_);
    }

  protected:
    StoreContract() {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        std::string name = std::string(test->name()) + '_' + std::to_string(::getpid());
        std::ranges::replace(name, '/', '_');
        place_ = (std::filesystem::path(testing::TempDir()) / name).string();
        std::filesystem::remove_all(place_);
        open();
    }
    static void forget(const std::string& place) {
        std::filesystem::remove_all(place);
        if (GetParam().forget) {
            GetParam().forget(place);
        }
    }

    // Closes what is open and opens the same place again.
    void open(std::chrono::milliseconds read_limit = std::chrono::seconds(5)) {
        writer_.reset();
        loader_.reset();
        reader_.reset();
        store_.reset();
        store_ = must(GetParam().open(place_, read_limit));
        writer_ = must(store_->writer());
        loader_ = must(store_->loader());
        reader_ = must(store_->reader());
    }

    std::string place_;
    std::unique_ptr<ports::Store> store_;
    std::unique_ptr<ports::StoreWriter> writer_;
    std::unique_ptr<ports::StoreLoader> loader_;
    std::unique_ptr<ports::StoreReader> reader_;
};

// The n-th id of that table and merchant, n from 1.
inline std::int64_t id_at(ports::Table table, model::MerchantNumber merchant, std::int64_t n) {
    return table == ports::Table::merchants ? merchant : ids_of(table, merchant).first + n * 1024;
}

// A row with a value in every column; the texts differ from row to row, so that no unique column
// clashes. Another `seed` gives other integers and another body.
inline ports::Row sample_row(ports::Table table, std::int64_t id, std::int64_t seed = 0) {
    ports::Row row;
    row.table = table;
    row.id = id;
    for (const auto& column : ports::schema_of(table).columns) {
        if (column.type == ports::ColumnType::integer) {
            row.columns.emplace_back(seed * 10 + static_cast<std::int64_t>(row.columns.size()));
        } else {
            row.columns.emplace_back(std::string(column.name) + '-' + std::to_string(id));
        }
    }
    row.body = std::string("body\0of ", 8) + std::to_string(id) + '/' + std::to_string(seed);
    return row;
}

inline ports::Row replaced(ports::Row row) {
    row.fresh = false;
    return row;
}

inline ports::Value& column_of(ports::Row& row, std::string_view name) {
    return row.columns.at(ports::column_index(row.table, name).value());
}

inline ports::EventRow sample_event(model::MerchantNumber merchant, std::uint64_t number,
                                    model::EventId previous = {}) {
    return {
        .id = model::EventId::of(merchant, number, 0),
        .previous = previous,
        .recorded_at = base::instant_of(1'700'000'000'000'000 + static_cast<std::int64_t>(number)),
        .payload = "payload " + std::to_string(number),
        .decision = std::string("decision\0", 9) + std::to_string(number)};
}

inline void expect_same(const ports::StoredRow& stored, const ports::Row& row) {
    EXPECT_EQ(stored.id, row.id);
    EXPECT_EQ(stored.columns, row.columns);
    EXPECT_EQ(stored.body, row.body);
}
inline void expect_same(const ports::EventRow& stored, const ports::EventRow& event) {
    EXPECT_EQ(stored.id, event.id);
    EXPECT_EQ(stored.previous, event.previous);
    EXPECT_EQ(stored.recorded_at, event.recorded_at);
    EXPECT_EQ(stored.payload, event.payload);
    EXPECT_EQ(stored.decision, event.decision);
}

inline std::vector<std::int64_t> ids(const std::vector<ports::StoredRow>& rows) {
    std::vector<std::int64_t> all;
    for (const auto& row : rows) {
        all.push_back(row.id);
    }
    return all;
}

}  // namespace aftermile::storage::conformance
