#include "surface/api/message_orders.hpp"

#include <algorithm>

namespace aftermile::surface {

namespace {

using ports::Filter;

// The orders that a filter on another record leads to; none where it is no such filter.
base::Result<std::optional<std::vector<ports::Value>>> orders_behind(Records& records,
                                                                     const Filter& filter) {
    constexpr std::size_t orders_max = 500;
    const auto id = [&] { return std::get<std::int64_t>(filter.values.front()); };
    std::vector<ports::Value> orders;
    const auto take = [&](const auto& found, auto order_of) {
        if (found && *found && order_of(**found)) {
            orders.emplace_back(order_of(**found).value);
        }
        return found ? base::Result<void>{} : std::unexpected(found.error());
    };
    base::Result<void> done;
    if (filter.column == "shipment") {
        done = take(records.get<model::Shipment>(id()), [](const auto& r) { return r.order; });
    } else if (filter.column == "incident") {
        auto found = records.get<model::Incident>(id());
        const bool direct = !found || !*found || (*found)->order;
        done = direct ? take(found, [](const auto& r) { return r.order; })
                      : take(records.get<model::Shipment>((*found)->shipment.value),
                             [](const auto& r) { return r.order; });
    } else if (filter.column == "customer") {
        auto found = records.all<model::Order>({is("customer", id())}, orders_max, true);
        if (!found) {
            return std::unexpected(found.error());
        }
        std::ranges::transform(*found, std::back_inserter(orders),
                               [](const model::Order& order) { return order.id.value; });
    } else {
        return std::nullopt;
    }
    if (!done) {
        return std::unexpected(done.error());
    }
    return orders;
}

}  // namespace

base::Result<void> lead_to_orders(Records& records, std::vector<Filter>& filters) {
    const std::vector<Filter> asked = filters;
    for (const Filter& filter : asked) {
        auto orders = orders_behind(records, filter);
        if (!orders) {
            return std::unexpected(orders.error());
        }
        if (*orders) {
            filters.push_back({"order", Filter::Test::any_of, std::move(**orders)});
        }
    }
    return {};
}

}  // namespace aftermile::surface
