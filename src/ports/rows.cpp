#include "ports/rows.hpp"

#include <algorithm>

namespace aftermile::ports {

namespace {

Value text(const std::string& value) { return value.empty() ? Value{} : Value{value}; }
template <class Kind>
Value id(base::Id<Kind> value) {
    return value ? Value{value.value} : Value{};
}
template <class E>
    requires std::is_enum_v<E>
Value number(E value) {
    return static_cast<std::int64_t>(value);
}
Value instant(base::Instant value) { return base::microseconds_of(value); }
Value instant(const std::optional<base::Instant>& value) {
    return value ? instant(*value) : Value{};
}
Value earliest(const model::Timers& timers) {
    const auto first = std::ranges::min_element(timers, {}, &model::Timer::due);
    return first == timers.end() ? Value{} : instant(first->due);
}
Row make(RowPlace place, std::vector<Value> columns, std::string body) {
    return {.table = place.table,
            .id = place.id,
            .fresh = true,
            .gone = false,
            .columns = std::move(columns),
            .body = std::move(body)};
}

}  // namespace

Row row_of(const model::Customer& r) {
    return make(place_of(r), {text(r.reference), text(r.email_hash), text(r.phone_hash)},
                base::encode(r));
}

Row row_of(const model::Order& r) {
    return make(place_of(r),
                {text(r.reference), id(r.customer), instant(r.placed_at), earliest(r.timers)},
                base::encode(r));
}

Row row_of(const model::Shipment& r) {
    Value gravest;
    if (!r.track.open.empty()) {
        gravest = number(std::ranges::max(r.track.open, {}, &model::OpenException::kind).kind);
    }
    return make(place_of(r),
                {text(r.label->reference), text(r.label->tracking_number), text(r.label->carrier),
                 id(r.label->order), number(r.track.milestone), gravest, earliest(r.timers)},
                base::encode(r));
}

Row row_of(const model::Incident& r) {
    const Value open = r.closed_at ? Value{} : Value{std::int64_t{1}};
    return make(place_of(r),
                {id(r.shipment), id(r.order), id(r.customer), number(r.kind), number(r.severity),
                 number(r.customer_state), number(r.money_state), text(r.owner),
                 instant(r.opened_at), instant(r.deadline), open, earliest(r.timers)},
                base::encode(r));
}

Row row_of(const model::Notification& r) {
    const bool has_failed = r.state == model::NotificationState::failed;
    return make(place_of(r),
                {number(r.kind), number(r.state), id(r.order), id(r.shipment), id(r.incident),
                 id(r.customer), instant(r.decided_at), earliest(r.timers),
                 has_failed ? Value{std::int64_t{1}} : Value{}},
                base::encode(r));
}

Row row_of(const model::Ticket& r) {
    return make(place_of(r),
                {number(r.state), id(r.incident), id(r.order), id(r.shipment), id(r.customer),
                 text(r.assignee), number(r.severity), instant(r.opened_at)},
                base::encode(r));
}

Row row_of(const model::Coverage& r) {
    return make(place_of(r), {number(r.state), id(r.shipment), id(r.order), number(r.funding)},
                base::encode(r));
}

Row row_of(const model::Claim& r) {
    return make(place_of(r),
                {number(r.side), number(r.ground), number(r.state), id(r.shipment), id(r.order),
                 id(r.incident), text(r.carrier), instant(r.deadline), instant(r.opened_at),
                 earliest(r.timers)},
                base::encode(r));
}

Row row_of(const model::LedgerEntry& r) {
    return make(place_of(r),
                {id(r.incident), id(r.claim), instant(r.at), number(r.debit), number(r.credit),
                 r.amount.amount, std::string(r.amount.currency.code())},
                base::encode(r));
}

Row row_of(const model::Contribution& r) {
    return make(place_of(r),
                {number(r.kind), id(r.incident), text(r.lane.carrier), instant(r.effective_at)},
                base::encode(r));
}

Row row_of(const model::ReturnRisk& r) {
    return make(place_of(r), {id(r.incident), id(r.order), id(r.shipment)}, base::encode(r));
}

Row row_of(const model::PieceNumber& r) {
    return make(place_of(r), {text(r.number), id(r.shipment)}, base::encode(r));
}

Row row_of(const model::Merchant& r) {
    return make(place_of(r), {earliest(r.timers)}, base::encode(r));
}

Row row_of(const model::ProfileVersion& r) {
    return make(place_of(r), {std::int64_t{r.version}, instant(r.published_at)}, base::encode(r));
}

Row row_of(const model::SweepMark& r) {
    return make(place_of(r), {static_cast<std::int64_t>(r.event)}, base::encode(r));
}

}  // namespace aftermile::ports
