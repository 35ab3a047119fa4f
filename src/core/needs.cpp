// What must be known before an event can be decided. Walks from what the event names along the
// records that are known already; each call asks for the next ring.
#include <algorithm>

#include "core/decide.hpp"
#include "core/delivery/tell.hpp"
#include "core/delivery/track.hpp"
#include "core/milestones.hpp"
#include "core/numbers.hpp"

namespace aftermile::core {

namespace {

class Asking {
  public:
    explicit Asking(const Facts& facts) : facts_(facts) {}

    Keys take() && { return std::move(keys_); }

    template <class Id>
    auto* ask(Id id, const auto& shelf, std::vector<Id>& wanted) {
        auto known = shelf.look(id);
        if (id && !known) {
            wanted.push_back(id);
        }
        return known.value_or(nullptr);
    }
    std::span<const std::int64_t> name(NameView key) {
        const auto known = facts_.names.look(key);
        if (!known) {
            keys_.names.emplace_back(key);
        }
        return known.value_or(std::span<const std::int64_t>{});
    }

    const model::Customer* customer(model::CustomerId id) {
        return ask(id, facts_.customers, keys_.customers);
    }
    const model::Shipment* shipment(model::ShipmentId id) {
        return ask(id, facts_.shipments, keys_.shipments);
    }
    const model::Incident* incident(model::IncidentId id) {
        return ask(id, facts_.incidents, keys_.incidents);
    }
    const model::Order* order(model::OrderId id) { return ask(id, facts_.orders, keys_.orders); }

    // Who is told of it, and the order that says what is in it.
    void told_about(const model::Shipment& known) {
        if (const model::Order* its = order(known.label->order)) {
            customer(its->customer);
        }
    }
    // Everything that settling a shipment may read or change.
    void around_shipment(model::ShipmentId id) {
        const model::Shipment* known = shipment(id);
        if (known == nullptr) {
            return;
        }
        told_about(*known);
        ask(known->label->cover, facts_.coverages, keys_.coverages);
        for (const model::ClaimRef& claim : known->claims) {
            ask(claim.id, facts_.claims, keys_.claims);
        }
        answers_of(known->incident);
    }
    // An incident with the records that its answers point to.
    const model::Incident* answers_of(model::IncidentId id) {
        const model::Incident* known = incident(id);
        if (known == nullptr) {
            return nullptr;
        }
        const auto text = [&](model::AnswerKind kind) -> const model::Answer& {
            return known->answers[static_cast<std::size_t>(kind)];
        };
        if (auto ticket = model::TicketId::parse(text(model::AnswerKind::ticket).id)) {
            ask(*ticket, facts_.tickets, keys_.tickets);
        }
        if (auto risk = model::RiskId::parse(text(model::AnswerKind::return_risk).id)) {
            ask(*risk, facts_.risks, keys_.risks);
        }
        const model::Answer& counted = text(model::AnswerKind::performance);
        if (auto made = model::ContributionId::parse(counted.id)) {
            ask(*made, facts_.contributions, keys_.contributions);
        }
        for (const model::AnswerRevision& earlier : counted.history) {
            if (auto made = model::ContributionId::parse(earlier.id)) {
                ask(*made, facts_.contributions, keys_.contributions);
            }
        }
        for (const model::Told& told : known->told) {
            ask(told.notification, facts_.notifications, keys_.notifications);
        }
        return known;
    }
    void around_incident(model::IncidentId id) {
        if (const model::Incident* known = answers_of(id)) {
            around_order(known->order);
            around_shipment(known->shipment);
        }
    }
    void around_order(model::OrderId id) {
        if (const model::Order* known = order(id)) {
            customer(known->customer);
            answers_of(known->incident);
            for (const model::ShipmentId each : known->shipments) {
                shipment(each);
            }
        }
    }
    template <class Use>
    void each_named(NameView key, Use use) {
        for (const std::int64_t id : name(key)) {
            use(id);
        }
    }

    [[nodiscard]] const Facts& facts() const { return facts_; }
    Keys& keys() { return keys_; }

  private:
    const Facts& facts_;
    Keys keys_;
};

void need(Asking& asking, const model::OrderFacts& facts) {
    asking.each_named(order_reference_key(facts.reference), [&](std::int64_t id) {
        asking.around_order(model::OrderId{id});
        if (const model::Order* known = asking.order(model::OrderId{id})) {
            for (const model::ShipmentId each : known->shipments) {
                asking.around_shipment(each);
            }
        }
    });
    if (!facts.customer_reference.empty()) {
        asking.each_named(customer_reference_key(facts.customer_reference),
                          [&](std::int64_t id) { asking.customer(model::CustomerId{id}); });
    }
    if (!facts.email_hash.empty()) {
        asking.each_named(customer_email_key(facts.email_hash),
                          [&](std::int64_t id) { asking.customer(model::CustomerId{id}); });
    }
}

void need(Asking& asking, const model::ShipmentFacts& facts) {
    asking.each_named(shipment_reference_key(facts.reference), [&](std::int64_t id) {
        asking.around_shipment(model::ShipmentId{id});
        if (const auto* known = asking.shipment(model::ShipmentId{id})) {
            asking.around_order(known->label->order);
            for (const std::string& number : numbers_of(*known)) {
                asking.each_named(tracking_key(number), [&](std::int64_t bearer) {
                    asking.around_shipment(model::ShipmentId{bearer});
                });
            }
        }
    });
    if (facts.tracking_number) {
        asking.each_named(tracking_key(*facts.tracking_number),
                          [&](std::int64_t id) { asking.around_shipment(model::ShipmentId{id}); });
    }
    for (const std::string& piece : facts.pieces) {
        asking.each_named(tracking_key(piece),
                          [&](std::int64_t id) { asking.around_shipment(model::ShipmentId{id}); });
    }
    if (!facts.order_reference.empty()) {
        asking.each_named(order_reference_key(facts.order_reference),
                          [&](std::int64_t id) { asking.around_order(model::OrderId{id}); });
    }
    asking.around_order(facts.order);
}

void need(Asking& asking, const model::Scan& scan) {
    asking.each_named(tracking_key(scan.tracking_number),
                      [&](std::int64_t id) { asking.around_shipment(model::ShipmentId{id}); });
}

void need(Asking& asking, const model::Report& report) {
    asking.around_shipment(report.shipment);
    if (!report.shipment_reference.empty()) {
        asking.each_named(shipment_reference_key(report.shipment_reference),
                          [&](std::int64_t id) { asking.around_shipment(model::ShipmentId{id}); });
    }
    if (!report.tracking_number.empty()) {
        asking.each_named(tracking_key(report.tracking_number),
                          [&](std::int64_t id) { asking.around_shipment(model::ShipmentId{id}); });
    }
}

void need(Asking& asking, const model::TimerFired& fired) {
    switch (fired.subject) {
        case model::Subject::shipment:
            asking.around_shipment(model::ShipmentId{fired.id});
            break;
        case model::Subject::order:
            asking.around_order(model::OrderId{fired.id});
            break;
        case model::Subject::incident:
            asking.around_incident(model::IncidentId{fired.id});
            break;
        case model::Subject::claim: {
            const auto& claims = asking.facts().claims;
            if (const auto* claim =
                    asking.ask(model::ClaimId{fired.id}, claims, asking.keys().claims)) {
                asking.around_incident(claim->incident);
                asking.around_shipment(claim->shipment);
            }
            break;
        }
        case model::Subject::merchant:
        case model::Subject::notification:
            break;
    }
}

void need(Asking& asking, const model::Dispatched& reply) {
    const auto* known =
        asking.ask(reply.notification, asking.facts().notifications, asking.keys().notifications);
    if (known != nullptr) {
        asking.shipment(known->shipment);
        asking.order(known->order);
    }
}

void need(Asking& asking, const model::IncidentAction& action) {
    asking.around_incident(action.incident);
    asking.around_incident(action.into);
}

void need(Asking& asking, const model::TicketAction& action) {
    const auto* known = asking.ask(action.ticket, asking.facts().tickets, asking.keys().tickets);
    if (known != nullptr) {
        asking.shipment(known->shipment);
        asking.order(known->order);
    }
}

void need(Asking& asking, const model::ClaimAction& action) {
    const auto* known = asking.ask(action.claim, asking.facts().claims, asking.keys().claims);
    if (known != nullptr) {
        asking.around_shipment(known->shipment);
        asking.around_incident(known->incident);
    }
}

void need(Asking&, const model::PolicyPublished&) {}
void need(Asking&, const model::ModeSwitched&) {}
void need(Asking&, const model::ChannelSwitched&) {}

}  // namespace

Keys needs(const model::Payload& payload, const Facts& facts) {
    Asking asking(facts);
    std::visit([&](const auto& each) { need(asking, each); }, payload);
    return std::move(asking).take();
}

namespace {

// As `tell_milestone` asks, when the scan is the parcel's newest.
bool may_be_told(const model::Shipment& shipment, const model::Scan& scan,
                 const model::Policy& policy) {
    const auto kind = scan.milestone && *scan.milestone != shipment.track.milestone
                          ? message_of(*scan.milestone)
                          : std::nullopt;
    return kind && delivery::is_ours_to_tell(policy, *kind) &&
           !delivery::is_told(shipment.told, *kind, {});
}

// Most scans of a parcel in trouble change nothing of its incident, and then read no more than it.
bool may_move_incident(const model::Shipment& shipment, const model::Scan& scan,
                       const Facts& facts) {
    if (!shipment.incident_open) {
        return false;
    }
    const model::Incident* known = facts.incidents.find(shipment.incident);
    if (known == nullptr || scan.clears != model::Exception::none) {
        return true;
    }
    return scan.milestone &&
           (delivery::is_final(*scan.milestone) ||
            std::ranges::any_of(known->exceptions, [&](const model::IncidentException& each) {
                return !each.cleared_at && delivery::cleared_by(each.kind, *scan.milestone);
            }));
}

// It may open an incident, or move the one that is open.
bool may_cause_trouble(const model::Shipment& shipment, const model::Scan& scan,
                       const Facts& facts) {
    return scan.exception != model::Exception::none || may_move_incident(shipment, scan, facts);
}

}  // namespace

AtHand at_hand(const model::Payload& payload, const Facts& facts, const model::Policy& policy) {
    const auto* scan = std::get_if<model::Scan>(&payload);
    const auto named =
        scan != nullptr ? facts.names.look(tracking_key(scan->tracking_number)) : std::nullopt;
    if (!named || named->empty()) {
        return AtHand::too_little;
    }
    bool more = false;
    for (const std::int64_t id : *named) {
        const auto known = facts.shipments.look(model::ShipmentId{id});
        if (!known) {
            return AtHand::too_little;
        }
        const model::Shipment* shipment = *known;
        more = more || (shipment != nullptr && (may_be_told(*shipment, *scan, policy) ||
                                                may_cause_trouble(*shipment, *scan, facts)));
    }
    return more ? AtHand::less_than_is_read : AtHand::enough;
}

Keys probably_read(const model::Payload& payload, const Facts& facts, const model::Policy& policy) {
    const auto* scan = std::get_if<model::Scan>(&payload);
    if (scan == nullptr) {
        return needs(payload, facts);
    }
    Asking asking(facts);
    asking.each_named(tracking_key(scan->tracking_number), [&](std::int64_t value) {
        const model::ShipmentId id{value};
        const model::Shipment* shipment = asking.shipment(id);
        if (shipment == nullptr) {
            return;
        }
        if (shipment->incident_open && !facts.incidents.known(shipment->incident)) {
            asking.incident(shipment->incident);  // it tells whether more is read
        } else if (may_cause_trouble(*shipment, *scan, facts)) {
            asking.around_shipment(id);
        } else if (may_be_told(*shipment, *scan, policy)) {
            asking.told_about(*shipment);
        }
    });
    return std::move(asking).take();
}

}  // namespace aftermile::core
