#include "storage/sqlite/store.hpp"
#include "tests/stories/stage.hpp"

namespace aftermile::stories {

const std::vector<StoreFactory>& store_factories() {
    static const std::vector<StoreFactory> factories{
        {"sqlite", [](const std::string& folder) { return storage::sqlite::open_sqlite(folder); }},
        {"sqlite_swept",
         [](const std::string& folder) { return storage::sqlite::open_sqlite(folder); },
         engine::Materialise::swept},
    };
    return factories;
}

}  // namespace aftermile::stories
