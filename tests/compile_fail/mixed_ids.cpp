// An id of one kind is never taken for another.
// refused: could not convert
#include "base/ids.hpp"

struct ShipmentKind {
    static constexpr std::string_view prefix = "shp_";
};
struct OrderKind {
    static constexpr std::string_view prefix = "ord_";
};
using ShipmentId = aftermile::base::Id<ShipmentKind>;
using OrderId = aftermile::base::Id<OrderKind>;

std::int64_t key_of(ShipmentId id) { return id.value; }

#ifdef SOUND
std::int64_t key = key_of(ShipmentId{7});
#else
std::int64_t key = key_of(OrderId{7});
#endif
