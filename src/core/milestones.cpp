#include "core/milestones.hpp"

#include "core/delivery/tell.hpp"
#include "core/places.hpp"

namespace aftermile::core {

using model::Milestone;
using model::NotificationKind;

namespace {

// A backfilled scan is history, not news.
constexpr std::chrono::hours news_age_max{72};

void add_promise(Draft& draft, const model::Shipment& shipment,
                 std::vector<model::MessageField>& message_fields) {
    if (shipment.label->promises.empty()) {
        return;
    }
    const model::Promise& promise = shipment.label->promises.back();
    const auto today = zone_of(draft.catalog(), shipment.label->ship_to).day_of(draft.now());
    if (promise.latest < today) {
        return;
    }
    delivery::add_expected(promise, today, message_fields);
}

}  // namespace

std::optional<NotificationKind> message_of(Milestone milestone) {
    switch (milestone) {
        case Milestone::info_received:
            return NotificationKind::label_created;
        case Milestone::accepted:
        case Milestone::in_transit:
        case Milestone::at_destination:
            return NotificationKind::shipped;
        case Milestone::out_for_delivery:
            return NotificationKind::out_for_delivery;
        case Milestone::available_for_pickup:
            return NotificationKind::available_for_pickup;
        case Milestone::delivered:
            return NotificationKind::delivered;
        case Milestone::pending:
        case Milestone::attempt_failed:  // its incident tells
        case Milestone::returning:
        case Milestone::returned:
        case Milestone::cancelled:
        case Milestone::expired:
            return std::nullopt;
    }
    return std::nullopt;
}

void tell_milestone(Draft& draft, model::ShipmentId id, std::optional<Milestone> before) {
    const model::Shipment& shipment = *draft.look(id);
    const Milestone reached = shipment.track.milestone;
    const auto kind = message_of(reached);
    if (!kind || (before && *before == reached) || !shipment.label->order ||
        shipment.label->imported || shipment.label->voided_at ||
        delivery::is_told(shipment.told, *kind, {})) {
        return;
    }
    if (shipment.track.milestone_at && draft.now() - *shipment.track.milestone_at > news_age_max) {
        return;
    }
    if (!delivery::is_ours_to_tell(draft.policy(), *kind)) {
        set_timer(draft.edit(id).timers, model::TimerKind::hold_ends, {});
        return;
    }
    auto message_fields = delivery::common_fields(draft, shipment.label->order, id);
    const base::Zone& zone = zone_of(draft.catalog(), shipment.label->ship_to);
    if (*kind == NotificationKind::shipped || *kind == NotificationKind::label_created) {
        add_promise(draft, shipment, message_fields);
    }
    if (*kind == NotificationKind::out_for_delivery) {
        message_fields.push_back(day_field("today", zone.day_of(draft.now())));
    }
    if (*kind == NotificationKind::delivered && shipment.track.delivered_at) {
        message_fields.push_back(instant_field("delivered_at", *shipment.track.delivered_at, zone));
    }
    model::Shipment& mine = draft.edit(id);
    const delivery::Told told = delivery::tell(draft,
                                               {.kind = *kind,
                                                .variant = {},
                                                .shipment = id,
                                                .order = mine.label->order,
                                                .incident = {},
                                                .message_fields = std::move(message_fields),
                                                .rule = "delivery.told.milestone",
                                                .policy_row = std::nullopt},
                                               mine.told);
    set_timer(mine.timers, model::TimerKind::hold_ends, told.ask_again);
}

void tell_order(Draft& draft, model::OrderId id) {
    const model::Order& order = *draft.look(id);
    if (order.imported || order.cancelled_at ||
        delivery::is_told(order.told, NotificationKind::order_confirmed, {}) ||
        draft.now() - order.placed_at > news_age_max) {
        return;
    }
    model::Order& mine = draft.edit(id);
    const delivery::Told told =
        delivery::tell(draft,
                       {.kind = NotificationKind::order_confirmed,
                        .variant = {},
                        .shipment = {},
                        .order = id,
                        .incident = {},
                        .message_fields = delivery::common_fields(draft, id, {}),
                        .rule = "delivery.told.order",
                        .policy_row = std::nullopt},
                       mine.told);
    set_timer(mine.timers, model::TimerKind::hold_ends, told.ask_again);
}

}  // namespace aftermile::core
