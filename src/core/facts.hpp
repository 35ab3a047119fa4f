// What a decision may read: one merchant's records as far as they were asked for, and the values
// beside them. Also the cache between batches: a fold puts every change here, so that the next
// event of the batch, and the next batch, read what was decided.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/flat_table.hpp"
#include "core/names.hpp"
#include "model/catalog.hpp"
#include "model/event.hpp"

namespace aftermile::core {

// A record as it is to be from now on. Nobody changes it any more: the decision, the facts and the
// batch to be written share it.
template <class Record>
using Shared = std::shared_ptr<const Record>;

// Records of one kind: present, or known to be absent, or not asked for yet. Holds at most about
// twice `half` of them: when so many were put in since the last time, those put in before that time
// are forgotten.
template <class Key, class Value>
class Shelf {
  public:
    explicit Shelf(std::size_t half) : half_(half) {}

    // None when not known; null when known to be absent. What it points to stays as it is until
    // another is put in its place.
    [[nodiscard]] std::optional<const Value*> look(Key key) const {
        const Place* place = places_.find(key);
        return place == nullptr ? std::nullopt : std::optional(place->value.get());
    }
    [[nodiscard]] bool known(Key key) const { return places_.find(key) != nullptr; }
    // Asks the processor for what a look-up reads first.
    void bring_near(Key key) const { places_.bring_near(key); }
    // Null when absent or not known.
    [[nodiscard]] const Value* find(Key key) const {
        const Place* place = places_.find(key);
        return place == nullptr ? nullptr : place->value.get();
    }
    // The same, for those who keep it.
    [[nodiscard]] Shared<Value> share(Key key) const {
        const Place* place = places_.find(key);
        return place == nullptr ? nullptr : place->value;
    }
    void put(Key key, Shared<Value> value) {
        Place& place = places_[key];
        place.value = std::move(value);
        renew(place);
    }
    void put(Key key, Value value) { put(key, std::make_shared<const Value>(std::move(value))); }
    void absent(Key key) { put(key, Shared<Value>()); }
    // Between batches only: within one, everything asked for stays.
    void trim() {
        if (full()) {
            places_.erase_if([this](Key, const Place& place) { return place.put != round_; });
            ++round_;
            young_ = 0;
        }
    }
    // Whether the next trim forgets the older half.
    [[nodiscard]] bool full() const { return young_ > half_; }
    // Every record that is known to be there.
    void each(const auto& use) const {
        places_.each([&](Key, const Place& place) {
            if (place.value) {
                use(*place.value);
            }
        });
    }
    // Keeps it through the next trim.
    void renew(Key key) {
        if (Place* place = places_.find(key)) {
            renew(*place);
        }
    }

  private:
    struct Spread {
        std::uint64_t operator()(Key key) const { return static_cast<std::uint64_t>(key.value); }
    };
    struct Place {
        Shared<Value> value;    // null: known to be absent
        std::uint32_t put = 0;  // the round in which it was put in last; 0: never
    };
    void renew(Place& place) {
        young_ += place.put != round_ ? 1U : 0U;
        place.put = round_;
    }

    std::size_t half_;
    base::FlatTable<Key, Place, Spread> places_;
    std::uint32_t round_ = 1;
    std::size_t young_ = 0;  // of this round
};

// What the lanes of one carrier's service between two regions counted together, whatever their
// warehouse and category.
struct RouteCounts {
    std::int64_t exposures = 0, exceptions = 0;
    std::array<std::int64_t, model::gap_steps> gaps{};
};

// The lanes' published counts, and the version that they belong to. Changed by
// learning::apply_version only.
struct ProfileBook {
    std::uint32_t version = 0;
    std::map<model::Lane, model::ProfileCell> cells;
    std::unordered_map<std::string, RouteCounts> routes;  // by core/lanes.hpp: route_key
};

// So many, and up to twice as many, of those that were loaded or changed last: all of 100,000
// parcels. With many more of them memory bounds it (docs/performance.md).
inline constexpr std::size_t parcel_half = 131'072;
// Orders and customers: read when a parcel's milestone is told, or it is in trouble.
inline constexpr std::size_t order_half = 65'536;
// A name is 32 bytes, and one that is not known a page of an index: 64 MB hold those of all parcels
// of a million.
inline constexpr std::size_t names_half = 655'360;
// The rest: what parcels in trouble have, and what is made often and read once, soon after.
inline constexpr std::size_t shelf_half = 16'384;

struct Facts {
    const model::Catalog* catalog = nullptr;  // never null when deciding

    model::Merchant merchant;
    ProfileBook profile;
    std::vector<Shared<model::Contribution>> unpublished;  // ascending by id, after profile_through

    Shelf<model::CustomerId, model::Customer> customers{order_half};
    Shelf<model::OrderId, model::Order> orders{order_half};
    Shelf<model::ShipmentId, model::Shipment> shipments{parcel_half};
    Shelf<model::IncidentId, model::Incident> incidents{shelf_half};
    Shelf<model::NotificationId, model::Notification> notifications{shelf_half};
    Shelf<model::TicketId, model::Ticket> tickets{shelf_half};
    Shelf<model::CoverageId, model::Coverage> coverages{shelf_half};
    Shelf<model::ClaimId, model::Claim> claims{shelf_half};
    Shelf<model::ContributionId, model::Contribution> contributions{shelf_half};
    Shelf<model::RiskId, model::ReturnRisk> risks{shelf_half};
    Names names{names_half};
    bool has_pieces = false;  // some shipment has numbers besides its own: they are looked up too

    void trim();  // of every shelf, between batches
};

// What `needs` asks to be loaded: only what the facts do not know yet.
struct Keys {
    std::vector<NameKey> names;
    std::vector<model::CustomerId> customers;
    std::vector<model::OrderId> orders;
    std::vector<model::ShipmentId> shipments;
    std::vector<model::IncidentId> incidents;
    std::vector<model::NotificationId> notifications;
    std::vector<model::TicketId> tickets;
    std::vector<model::CoverageId> coverages;
    std::vector<model::ClaimId> claims;
    std::vector<model::ContributionId> contributions;
    std::vector<model::RiskId> risks;

    [[nodiscard]] bool empty() const {
        return names.empty() && customers.empty() && orders.empty() && shipments.empty() &&
               incidents.empty() && notifications.empty() && tickets.empty() && coverages.empty() &&
               claims.empty() && contributions.empty() && risks.empty();
    }
};

}  // namespace aftermile::core
