#include "storage/conformance/suite.hpp"
#include "storage/sqlite/moving.hpp"
#include "storage/sqlite/store.hpp"

namespace aftermile::storage::conformance {

INSTANTIATE_TEST_SUITE_P(
    Sqlite, StoreContract,
    testing::Values(Adapter{
        .name = "sqlite",
        .open =
            [](const std::string& place, std::chrono::milliseconds limit) {
                return sqlite::open_sqlite(place, {.read_limit = limit, .vfs = {}});
            },
        .parts = [](const std::string& place) -> base::Result<std::unique_ptr<ports::PartReader>> {
            auto opened = sqlite::open_source(place);
            if (!opened) {
                return std::unexpected(std::move(opened.error()));
            }
            return std::move(*opened);
        },
        .forget = {}}),
    [](const testing::TestParamInfo<Adapter>& about) { return about.param.name; });

}  // namespace aftermile::storage::conformance
