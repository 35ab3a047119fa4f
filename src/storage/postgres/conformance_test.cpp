#include "storage/conformance/suite.hpp"
#include "storage/postgres/moving.hpp"
#include "storage/postgres/store.hpp"
#include "storage/postgres/test_place.hpp"

namespace aftermile::storage::conformance {

INSTANTIATE_TEST_SUITE_P(
    Postgres, StoreContract,
    testing::Values(Adapter{.name = "postgres",
                            .open =
                                [](const std::string& place, std::chrono::milliseconds limit) {
                                    postgres::make_place(place);
                                    return postgres::open_postgres(
                                        place, {.url = postgres::url_of_place(place),
                                                .read_limit = limit});
                                },
                            .parts =
                                [](const std::string& place) {
                                    return postgres::open_parts(postgres::url_of_place(place));
                                },
                            .forget = postgres::drop_place}),
    [](const testing::TestParamInfo<Adapter>& about) { return about.param.name; });

}  // namespace aftermile::storage::conformance
