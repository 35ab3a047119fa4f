#include <gtest/gtest.h>

#include "storage/postgres/store.hpp"
#include "storage/postgres/test_place.hpp"
#include "storage/sqlite/store.hpp"
#include "tests/stories/stage.hpp"

namespace aftermile::stories {

namespace {

using Opened = base::Result<std::unique_ptr<ports::Store>>;

const std::shared_ptr<std::atomic<std::uint64_t>>& counter() {
    static const auto count = std::make_shared<std::atomic<std::uint64_t>>(0);
    return count;
}

Opened open_sqlite(const std::string& folder) { return storage::sqlite::open_sqlite(folder); }

// One place for all tellings of a story; it ends with the tests' server.
Opened open_postgres(const std::string& folder) {
    namespace postgres = storage::postgres;
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    const std::string place = std::string(test->test_suite_name()) + '.' + test->name();
    postgres::make_place(place);
    postgres::empty_place(place);
    return postgres::open_postgres(folder,
                                   {.url = postgres::url_of_place(place), .asked = counter()});
}

}  // namespace

const std::vector<StoreFactory>& store_factories() {
    static const std::vector<StoreFactory> factories{
        {.name = "sqlite",
         .in_postgres = false,
         .open = open_sqlite,
         .materialise = engine::Materialise::row},
        {.name = "sqlite_swept",
         .in_postgres = false,
         .open = open_sqlite,
         .materialise = engine::Materialise::swept},
        {.name = "postgres",
         .in_postgres = true,
         .open = open_postgres,
         .materialise = engine::Materialise::row},
        {.name = "postgres_swept",
         .in_postgres = true,
         .open = open_postgres,
         .materialise = engine::Materialise::swept},
    };
    return factories;
}

std::uint64_t postgres_statements() { return counter()->load(); }

}  // namespace aftermile::stories
