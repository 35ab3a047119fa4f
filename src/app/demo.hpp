// `aftermile demo`: a populated store whose clock can be advanced. The trade of a fictional shop is
// simulated and posted through the public API, first up to the demo's present, then on as the
// clock is advanced.
#pragma once

#include "app/config.hpp"

namespace aftermile::app {

struct DemoArguments {
    std::uint64_t seed = 1;
    int shipments = 5'000;
};

// Serves until SIGINT or SIGTERM. A folder that was seeded is used as it is; one whose seeding
// was interrupted goes on where it stopped.
[[nodiscard]] int run_demo(Config config, const DemoArguments& arguments);

}  // namespace aftermile::app
