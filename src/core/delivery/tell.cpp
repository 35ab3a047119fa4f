#include "core/delivery/tell.hpp"

#include <algorithm>

#include "core/places.hpp"

namespace aftermile::core::delivery {

using model::NotificationKind;

namespace {

const model::MessageRow* row_for(const model::Policy& policy, NotificationKind kind) {
    const auto found = std::ranges::find(policy.messages, kind, &model::MessageRow::kind);
    return found == policy.messages.end() ? nullptr : &*found;
}

bool refuses(const model::Customer& customer, model::Channel channel) {
    bool refused = false;
    for (const model::ConsentInput& consent : customer.consents) {
        if (consent.channel == channel && consent.purpose == model::Purpose::transactional) {
            refused = !consent.granted;  // the latest word counts
        }
    }
    return refused;
}

// 08:00, in minutes of the local day.
std::string clock_text(std::int64_t minute) {
    const auto two = [](std::int64_t value) {
        return std::string(value < 10 ? "0" : "") + std::to_string(value);
    };
    return two(minute / 60) + ":" + two(minute % 60);
}

struct Addressee {
    const model::Shipment* shipment = nullptr;
    const model::Order* order = nullptr;
    const model::Customer* customer = nullptr;
    model::Mode mode = model::Mode::live;
    bool imported = false;
    model::Area area;
};
Addressee addressee_of(Draft& draft, const Telling& telling) {
    Addressee to;
    to.shipment = draft.look(telling.shipment);
    to.order = draft.look(telling.order);
    if (to.order != nullptr) {
        to.mode = to.order->mode;
        to.imported = to.order->imported;
        to.area = to.order->ship_to;
        to.customer = draft.look(to.order->customer);
    }
    if (to.shipment != nullptr) {
        to.mode = to.shipment->label->mode;
        to.imported = to.imported || to.shipment->label->imported;
        to.area = to.shipment->label->ship_to;
    }
    return to;
}

// The reason that stands whatever the hour, or empty.
std::string standing_refusal(const Addressee& to, const model::MessageRow* row,
                             const Telling& telling) {
    if (to.imported) {
        return "imported";
    }
    if (row == nullptr || row->sender == model::Sender::off) {
        return "message_off " + std::string(base::to_text(telling.kind));
    }
    if (row->sender != model::Sender::aftermile) {
        return "sender_is_" + std::string(base::to_text(row->sender));
    }
    if (to.order == nullptr) {
        return "no_order";
    }
    if (to.order->cancelled_at) {
        return "order_cancelled";
    }
    if (to.customer == nullptr ||
        (row->channel == model::Channel::email && to.customer->email_hash.empty())) {
        return "no_contact";
    }
    if (refuses(*to.customer, row->channel)) {
        return "no_consent";
    }
    return {};
}

model::NotificationId create(Draft& draft, const Telling& telling, const Addressee& to,
                             const model::MessageRow& row, const model::Because& because) {
    model::Notification& made = draft.create<model::Notification>();
    made.kind = telling.kind;
    made.channel = row.channel;
    made.sender = row.sender;
    made.customer = to.customer->id;
    made.order = telling.order;
    made.shipment = telling.shipment;
    made.incident = telling.incident;
    made.locale = to.customer->locale;
    made.variant = telling.variant;
    made.message_fields = telling.message_fields;
    made.decided_at = draft.now();
    made.because = because;
    made.last_event = draft.event().id;
    if (to.mode == model::Mode::shadow) {
        made.state = model::NotificationState::shadowed;
    } else {
        made.state = model::NotificationState::queued;
        draft.hand_over({.kind = "mail",
                         .id = made.id.value,
                         .next_at = draft.now(),
                         .attempts = 0,
                         .gone = false});
    }
    return made.id;
}

}  // namespace

bool is_ours_to_tell(const model::Policy& policy, NotificationKind kind) {
    const model::MessageRow* row = row_for(policy, kind);
    return row != nullptr && row->sender == model::Sender::aftermile;
}

bool is_delay(NotificationKind kind) {
    return kind == NotificationKind::delay_predicted ||
           kind == NotificationKind::delayed_revised_eta ||
           kind == NotificationKind::dispatch_delayed;
}

bool is_told(const std::vector<model::Told>& told, NotificationKind kind,
             std::string_view variant) {
    return std::ranges::any_of(told, [&](const model::Told& each) {
        return each.kind == kind && each.variant == variant;
    });
}

Told tell(Draft& draft, const Telling& telling, std::vector<model::Told>& told) {
    const Addressee to = addressee_of(draft, telling);
    const model::MessageRow* row =
        row_for(draft.policy(), telling.policy_row.value_or(telling.kind));
    const auto refuse = [&](std::string reason, std::vector<model::Number> numbers = {}) {
        return nothing(std::move(reason), draft.because(telling.rule, std::move(numbers)),
                       draft.now());
    };
    if (auto reason = standing_refusal(to, row, telling); !reason.empty()) {
        return {refuse(std::move(reason)), std::nullopt};
    }
    if (is_delay(telling.kind) && to.customer->delay_told_at) {
        const std::int64_t gap = draft.policy().delay_message_gap_hours;
        const base::Instant free_from = *to.customer->delay_told_at + std::chrono::hours{gap};
        if (draft.now() < free_from) {
            return {refuse("delay_told_within_" + std::to_string(gap) + "h",
                           {compare_instants("free_from", draft.now(), model::Op::lt, free_from)}),
                    free_from};
        }
    }
    if (draft.policy().quiet_hours) {
        const auto until =
            quiet_until(zones_of(draft.catalog(), to.area), draft.now(),
                        draft.policy().quiet_from_minute, draft.policy().quiet_until_minute);
        if (until) {
            return {refuse("quiet_hours_until " + clock_text(draft.policy().quiet_until_minute),
                           {compare_instants("quiet_until", draft.now(), model::Op::lt, *until)}),
                    until};
        }
    }
    const model::Because because = draft.because(telling.rule);
    const model::NotificationId id = create(draft, telling, to, *row, because);
    told.push_back({telling.kind, telling.variant, id, draft.now()});
    if (is_delay(telling.kind)) {
        draft.edit(to.customer->id).delay_told_at = draft.now();
    }
    const bool shadow = to.mode == model::Mode::shadow;
    draft.line({.type = EntryType::message,
                .id = id.text(),
                .text = shadow ? base::Word("told_shadow") : base::Word("told_waiting"),
                .text_fields = {text_field("message", std::string(base::to_text(telling.kind))),
                                text_field("channel", std::string(base::to_text(row->channel)))},
                .occurred_at = draft.now(),
                .milestone = std::nullopt,
                .because = because});
    return {done(id.text(), because, draft.now()), std::nullopt};
}

std::vector<model::MessageField> common_fields(Draft& draft, model::OrderId order,
                                               model::ShipmentId shipment) {
    std::vector<model::MessageField> message_fields;
    message_fields.reserve(8);
    if (const model::Order* known = draft.look(order)) {
        message_fields.push_back(text_field("order", known->reference));
        std::string items;
        for (const model::OrderLine& line : known->lines) {
            if (!line.title.empty()) {
                items += items.empty() ? "" : "\n";
                items.append(std::to_string(line.quantity)).append(" \u00d7 ").append(line.title);
            }
        }
        if (!items.empty()) {
            message_fields.push_back({.name = "items",
                                      .type = model::FieldType::lines,
                                      .text = std::move(items),
                                      .number = 0,
                                      .currency = {}});
        }
    }
    if (const model::Shipment* known = draft.look(shipment)) {
        const model::Carrier* carrier = draft.catalog().find_carrier(known->label->carrier);
        message_fields.push_back(
            text_field("carrier", carrier != nullptr ? carrier->name : known->label->carrier));
        message_fields.push_back(text_field("tracking_number", known->label->tracking_number));
    }
    return message_fields;
}

void add_expected(const model::Promise& promise, base::LocalDay today,
                  std::vector<model::MessageField>& message_fields) {
    const bool range =
        promise.earliest && *promise.earliest >= today && *promise.earliest != promise.latest;
    if (range) {
        message_fields.push_back(day_field("expected_earliest", *promise.earliest));
    }
    message_fields.push_back(
        day_field(range ? base::Word("expected_latest") : base::Word("expected"), promise.latest));
}

bool retract_messages(Draft& draft, const std::vector<model::Told>& told) {
    bool sent_is_false = false;
    for (const model::Told& each : told) {
        const model::Notification* known = draft.look(each.notification);
        if (known == nullptr || known->state == model::NotificationState::retracted) {
            continue;
        }
        if (known->state == model::NotificationState::queued ||
            known->state == model::NotificationState::held ||
            known->state == model::NotificationState::shadowed) {
            draft.edit(each.notification).state = model::NotificationState::retracted;
            draft.hand_over({.kind = "mail",
                             .id = each.notification.value,
                             .next_at = draft.now(),
                             .attempts = 0,
                             .gone = true});
            draft.line(
                {.type = EntryType::message,
                 .id = each.notification.text(),
                 .text = "told_retracted",
                 .text_fields = {text_field("message", std::string(base::to_text(known->kind)))},
                 .occurred_at = draft.now(),
                 .milestone = std::nullopt,
                 .because = draft.because("delivery.message.retracted")});
        } else {
            sent_is_false = true;
        }
    }
    return sent_is_false;
}

}  // namespace aftermile::core::delivery
