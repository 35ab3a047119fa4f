#include "surface/pages/tracking.hpp"

namespace aftermile::surface {

void add_tracking_routes(Router&, Context&) {}

}  // namespace aftermile::surface
