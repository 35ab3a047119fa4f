// The shopper's tracking page: /t/{token}, server-rendered, complete without JavaScript.
#pragma once

#include "surface/api/context.hpp"

namespace aftermile::surface {

void add_tracking_routes(Router& router, Context& context);

}  // namespace aftermile::surface
