#include "surface/api/messages_of.hpp"

#include <algorithm>
#include <functional>

namespace aftermile::surface {

namespace {

using base::Result;
using ports::Filter;
using ports::Value;

// Of one order, or one customer, at the most: the rest is not looked at.
constexpr std::size_t records_max = 500;

class Gathering {
  public:
    explicit Gathering(Records& records) : records_(records) {}

    Result<void> customer(std::int64_t id) {
        return each<model::Order>({is("customer", id)},
                                  [this](const model::Order& order) { return of(order); });
    }
    Result<void> order(std::int64_t id) {
        return one<model::Order>(id, [this](const model::Order& order) { return of(order); });
    }
    Result<void> shipment(std::int64_t id) {
        return one<model::Shipment>(id, [this](const auto& shipment) { return of(shipment); });
    }
    Result<void> incident(std::int64_t id) {
        return one<model::Incident>(id, [this](const auto& incident) { return of(incident); });
    }
    std::vector<Value> take() && {
        std::ranges::sort(ids_, std::greater{});
        ids_.erase(std::ranges::unique(ids_).begin(), ids_.end());
        ids_.resize(std::min(ids_.size(), messages_of_max));
        return {ids_.begin(), ids_.end()};
    }

  private:
    template <class R>
    Result<void> one(std::int64_t id, const std::function<Result<void>(const R&)>& use) {
        auto found = records_.get<R>(id);
        if (!found) {
            return std::unexpected(found.error());
        }
        return *found ? use(**found) : Result<void>{};
    }
    template <class R>
    Result<void> each(std::vector<Filter> filters,
                      const std::function<Result<void>(const R&)>& use) {
        auto found = records_.all<R>(std::move(filters), records_max, true);
        if (!found) {
            return std::unexpected(found.error());
        }
        for (const R& record : *found) {
            if (auto done = use(record); !done) {
                return done;
            }
        }
        return {};
    }
    Result<void> of(const model::Order& order) {
        take_told(order.told);
        auto done = each<model::Shipment>({is("order", order.id.value)},
                                          [this](const auto& shipment) { return of(shipment); });
        return done ? incidents("order", order.id.value) : done;
    }
    Result<void> of(const model::Shipment& shipment) {
        take_told(shipment.told);
        return shipment.incident ? incidents("shipment", shipment.id.value) : Result<void>{};
    }
    Result<void> of(const model::Incident& incident) {
        take_told(incident.told);
        return {};
    }
    Result<void> incidents(std::string_view column, std::int64_t id) {
        return each<model::Incident>({is(column, id)},
                                     [this](const auto& incident) { return of(incident); });
    }
    void take_told(const std::vector<model::Told>& told) {
        for (const model::Told& fact : told) {
            if (fact.notification) {
                ids_.push_back(fact.notification.value);
            }
        }
    }

    Records& records_;
    std::vector<std::int64_t> ids_;
};

Result<std::vector<Value>> gathered(Records& records,
                                    Result<void> (Gathering::*through)(std::int64_t),
                                    std::int64_t id) {
    Gathering gathering(records);
    if (auto done = (gathering.*through)(id); !done) {
        return std::unexpected(done.error());
    }
    return std::move(gathering).take();
}

}  // namespace

Result<std::vector<Value>> messages_of_order(Records& records, std::int64_t id) {
    return gathered(records, &Gathering::order, id);
}

Result<std::vector<Value>> messages_of_shipment(Records& records, std::int64_t id) {
    return gathered(records, &Gathering::shipment, id);
}

Result<void> lead_to_messages(Records& records, std::vector<Filter>& filters) {
    for (Filter& filter : filters) {
        const auto through = filter.column == "order"      ? &Gathering::order
                             : filter.column == "shipment" ? &Gathering::shipment
                             : filter.column == "incident" ? &Gathering::incident
                             : filter.column == "customer" ? &Gathering::customer
                                                           : nullptr;
        if (through == nullptr) {
            continue;
        }
        auto ids = gathered(records, through, std::get<std::int64_t>(filter.values.front()));
        if (!ids) {
            return std::unexpected(ids.error());
        }
        filter = {"id", Filter::Test::any_of, std::move(*ids)};
    }
    return {};
}

}  // namespace aftermile::surface
