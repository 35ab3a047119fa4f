#include "core/orders/upsert.hpp"

#include <algorithm>

#include "core/numbers.hpp"
#include "core/places.hpp"

namespace aftermile::core::orders {

namespace {

template <class T>
void take(T& kept, const std::optional<T>& said) {
    if (said) {
        kept = *said;
    }
}
template <class T>
void take(std::optional<T>& kept, const std::optional<T>& said) {
    if (said) {
        kept = said;
    }
}
void take(std::string& kept, const std::string& said) {
    if (!said.empty()) {
        kept = said;
    }
}

bool clears(const std::vector<std::string>& cleared, std::string_view name) {
    return std::ranges::find(cleared, name) != cleared.end();
}

// Adds a row to the promise ledger unless the newest row says the same. Null: nothing new.
const model::Promise* add_promise(Draft& draft, std::vector<model::Promise>& promises,
                                  const std::optional<model::PromiseInput>& said,
                                  base::Instant default_shown_at) {
    if (!said || !said->latest) {
        return nullptr;
    }
    if (!promises.empty() && promises.back().latest == *said->latest &&
        promises.back().earliest == said->earliest) {
        return nullptr;
    }
    model::Promise made;
    made.earliest = said->earliest;
    made.latest = *said->latest;
    made.shown_at = said->shown_at.value_or(default_shown_at);
    made.source = said->source.value_or("");
    made.consented = made.source == "shopper_consent";
    promises.push_back(std::move(made));
    const model::Promise& kept = promises.back();
    draft.line(
        {.type = EntryType::promise,
         .id = {},
         .text = promises.size() == 1 ? base::Word("promise_made") : base::Word("promise_changed"),
         .text_fields = {day_field("expected", kept.latest)},
         .occurred_at = kept.shown_at,
         .milestone = std::nullopt,
         .because = draft.because("delivery.promise.recorded")});
    return &kept;
}

// Is that the customer's latest word on this channel and purpose already?
bool says(const model::Customer& customer, const model::ConsentInput& consent) {
    const auto last = std::find_if(
        customer.consents.rbegin(), customer.consents.rend(), [&](const model::ConsentInput& each) {
            return each.channel == consent.channel && each.purpose == consent.purpose;
        });
    return last != customer.consents.rend() && last->granted == consent.granted;
}

model::CustomerId upsert_customer(Draft& draft, const model::OrderFacts& facts,
                                  model::CustomerId current) {
    if (facts.customer_reference.empty() && facts.email_hash.empty()) {
        return current;
    }
    model::CustomerId id = current;
    if (!id && !facts.customer_reference.empty()) {
        const auto ids = draft.ids_named(customer_reference_key(facts.customer_reference));
        id = ids.empty() ? id : model::CustomerId{ids.back()};
    }
    if (!id && !facts.email_hash.empty()) {
        const auto ids = draft.ids_named(customer_email_key(facts.email_hash));
        id = ids.empty() ? id : model::CustomerId{ids.back()};
    }
    const model::Customer* known = draft.look(id);
    const auto said_before = [&](const model::ConsentInput& consent) {
        return known != nullptr && says(*known, consent);
    };
    const bool changes = known == nullptr ||
                         (known->reference.empty() && !facts.customer_reference.empty()) ||
                         (!facts.email_hash.empty() && known->email_hash != facts.email_hash) ||
                         (!facts.phone_hash.empty() && known->phone_hash != facts.phone_hash) ||
                         (!facts.locale.empty() && known->locale != facts.locale) ||
                         !std::ranges::all_of(facts.consents, said_before);
    if (!changes) {
        return id;
    }
    model::Customer& customer = id ? draft.edit(id) : draft.create<model::Customer>();
    if (customer.reference.empty()) {
        const bool free = facts.customer_reference.empty() ||
                          draft.ids_named(customer_reference_key(facts.customer_reference)).empty();
        customer.reference = free ? facts.customer_reference : customer.reference;
    }
    // An e-mail address belongs to one customer: a second one keeps its own.
    if (!facts.email_hash.empty() && customer.email_hash != facts.email_hash &&
        draft.ids_named(customer_email_key(facts.email_hash)).empty()) {
        customer.email_hash = facts.email_hash;
    }
    take(customer.phone_hash, facts.phone_hash);
    take(customer.locale, facts.locale);
    for (const model::ConsentInput& consent : facts.consents) {
        if (!says(customer, consent)) {
            customer.consents.push_back(consent);
        }
    }
    constexpr std::size_t consents_max = 50;
    if (customer.consents.size() > consents_max) {
        customer.consents.erase(customer.consents.begin(), customer.consents.end() - consents_max);
    }
    customer.last_event = draft.event().id;
    return customer.id;
}

const model::OrderLine* dearest_line(const std::vector<model::OrderLine>& lines) {
    const auto worth = [](const model::OrderLine& line) {
        return line.unit_price.amount * line.quantity;
    };
    const auto found = std::ranges::max_element(lines, {}, worth);
    return found == lines.end() ? nullptr : &*found;
}

// What the parcel's lines are worth; a parcel that lists none carries the whole order.
base::Money value_of(const model::Order& order, const model::Shipment& shipment) {
    if (order.lines.empty()) {
        return order.totals.items.value_or(base::Money{});  // without either it is not known
    }
    base::Money total{0, order.currency};
    for (const model::OrderLine& line : order.lines) {
        std::int64_t quantity = line.quantity;
        if (!shipment.label->lines.empty()) {
            const auto carried = std::ranges::find(shipment.label->lines, line.reference,
                                                   &model::ShipmentLineInput::line);
            quantity = carried == shipment.label->lines.end() ? 0 : carried->quantity;
        }
        const auto worth = line.unit_price.scaled(quantity, 1, base::Rounding::half_even);
        const auto sum = worth ? total.plus(*worth) : worth;
        total = sum ? *sum : total;
    }
    return total;
}

// The order that the shipment names. One that was not told yet is kept by its name alone, so that
// it finds the shipment when it comes.
model::OrderId order_named_by(Draft& draft, const model::ShipmentFacts& facts) {
    if (facts.order_reference.empty()) {
        return draft.look(facts.order) != nullptr ? facts.order : model::OrderId{};
    }
    const auto ids = draft.ids_named(order_reference_key(facts.order_reference));
    if (!ids.empty()) {
        return model::OrderId{ids.back()};
    }
    model::Order& order = draft.create<model::Order>();
    order.reference = facts.order_reference;
    order.placed_at = draft.now();
    return order.id;
}

void merge_label(Draft& draft, model::Label& label, const model::ShipmentFacts& facts) {
    if (facts.carrier) {
        label.carrier = *facts.carrier;
    }
    take(label.service, facts.service);
    take(label.account, facts.account);
    take(label.tracking_number, facts.tracking_number);
    take(label.warehouse, facts.warehouse);
    take(label.ship_from, facts.ship_from);
    take(label.ship_to, facts.ship_to);
    take(label.label_cost, facts.label_cost);
    take(label.declared_value, facts.declared_value);
    take(label.guaranteed_by, facts.guaranteed_by);
    take(label.weight_grams, facts.weight_grams);
    take(label.voided_at, facts.voided_at);
    take(label.updated_at, facts.updated_at);
    take(label.label_created_at, facts.label_created_at);
    if (facts.label_local && !facts.label_created_at) {
        const model::Area& area = label.ship_from.country.empty() ? label.ship_to : label.ship_from;
        label.label_created_at = zone_of(draft.catalog(), area).earliest(*facts.label_local);
    }
    if (!facts.pieces.empty()) {
        label.pieces = facts.pieces;
    }
    if (!facts.dimensions_mm.empty()) {
        label.dimensions_mm = facts.dimensions_mm;
    }
    if (!facts.lines.empty()) {
        label.lines = facts.lines;
    }
    if (clears(facts.cleared, "voided_at")) {
        label.voided_at.reset();
    }
    if (clears(facts.cleared, "declared_value")) {
        label.declared_value.reset();
    }
    if (clears(facts.cleared, "label_cost")) {
        label.label_cost.reset();
    }
}

}  // namespace

bool is_awaited(const model::Order& order) { return !order.last_event; }

model::Mode mode_at(const model::Merchant& merchant, base::Instant at) {
    model::Mode mode = merchant.modes.empty() ? model::Mode::live : merchant.modes.front().mode;
    for (const model::ModeSpan& span : merchant.modes) {
        if (span.from <= at) {
            mode = span.mode;
        }
    }
    return mode;
}

std::optional<model::OrderId> upsert_order(Draft& draft, const model::OrderFacts& facts) {
    const auto known = draft.ids_named(order_reference_key(facts.reference));
    const model::Order* awaited =
        known.empty() ? nullptr : draft.look(model::OrderId{known.back()});
    const bool fresh = awaited == nullptr || is_awaited(*awaited);
    if (!fresh) {
        const model::Order* order = awaited;
        draft.answer(model::OrderId{known.back()}.text(), facts.reference);
        if (order != nullptr && order->updated_at && facts.updated_at &&
            *facts.updated_at <= *order->updated_at) {
            return std::nullopt;
        }
    }
    model::Order& order =
        known.empty() ? draft.create<model::Order>() : draft.edit(model::OrderId{known.back()});
    const std::string before = base::encode(order);
    order.reference = facts.reference;
    if (facts.currency) {
        const auto currency = base::Currency::parse(*facts.currency);
        order.currency = currency ? *currency : order.currency;
    }
    take(order.financial_status, facts.financial_status);
    take(order.totals, facts.totals);
    take(order.ship_to, facts.ship_to);
    take(order.cancelled_at, facts.cancelled_at);
    if (clears(facts.cleared, "cancelled_at")) {
        order.cancelled_at.reset();
    }
    if (!facts.lines.empty()) {
        order.lines = facts.lines;
    }
    if (facts.placed_at) {
        order.placed_at = *facts.placed_at;
    } else if (facts.placed_local) {
        order.placed_at = zone_of(draft.catalog(), order.ship_to).earliest(*facts.placed_local);
    } else if (fresh) {
        order.placed_at = draft.now();
    }
    order.customer = upsert_customer(draft, facts, order.customer);
    const model::Customer* customer = draft.look(order.customer);
    const bool customer_changed = customer != nullptr && customer->last_event == draft.event().id;
    add_promise(draft, order.promises, facts.promised, order.placed_at);
    if (fresh) {
        order.imported = facts.imported;
        order.mode = mode_at(draft.merchant(), draft.now());
    }
    if (!fresh && !customer_changed && base::encode(order) == before) {
        return std::nullopt;
    }
    take(order.updated_at, facts.updated_at);
    draft.answer(order.id.text(), order.reference);
    return order.id;
}

namespace {

// The numbers of pieces that are not the shipment's own.
std::vector<std::string> pieces_by_number(const model::Shipment& shipment) {
    auto numbers = numbers_of(shipment);
    std::erase(numbers, shipment.label->tracking_number);
    return numbers;
}

// The rows by which a scan on a piece's own number finds its shipment.
void name_pieces(Draft& draft, const model::Shipment& shipment,
                 const std::vector<std::string>& before) {
    for (const std::string& number : pieces_by_number(shipment)) {
        if (std::ranges::find(before, number) == before.end()) {
            model::PieceNumber& piece = draft.create<model::PieceNumber>();
            piece.shipment = shipment.id;
            piece.number = number;
        }
    }
}

// When the label was made, to within a day: its zone does not count here.
std::optional<base::Instant> label_of(const model::ShipmentFacts& facts) {
    if (facts.label_created_at || !facts.label_local) {
        return facts.label_created_at;
    }
    return base::Instant{facts.label_local->time_since_epoch()};
}

}  // namespace

model::ShipmentId keep_unknown(Draft& draft, std::string_view carrier,
                               std::string_view tracking_number) {
    model::Shipment& shipment = draft.create<model::Shipment>();
    model::Label& label = shipment.label.edit();
    label.carrier = std::string(carrier);
    label.tracking_number = std::string(tracking_number);
    label.mode = mode_at(draft.merchant(), draft.now());
    return shipment.id;
}

std::optional<model::ShipmentId> upsert_shipment(Draft& draft, const model::ShipmentFacts& facts) {
    model::ShipmentId id;
    const auto known = draft.ids_named(shipment_reference_key(facts.reference));
    if (!known.empty()) {
        id = model::ShipmentId{known.back()};
    } else {
        // Scans came before the label: adopt what was kept first.
        std::vector<std::string> numbers = facts.pieces;
        if (facts.tracking_number) {
            numbers.push_back(*facts.tracking_number);
        }
        const auto kept = unnamed_of(draft, facts.carrier.value_or(""), numbers, label_of(facts));
        id = kept.empty() ? model::ShipmentId{} : kept.front();
    }
    const model::Shipment* stored = draft.look(id);
    if (stored != nullptr) {
        draft.answer(id.text(), facts.reference);
        if (stored->label->updated_at && facts.updated_at &&
            *facts.updated_at <= *stored->label->updated_at && !stored->label->reference.empty()) {
            return std::nullopt;
        }
    }
    const bool fresh = stored == nullptr;
    model::Shipment& shipment = fresh ? draft.create<model::Shipment>() : draft.edit(id);
    const std::string before = base::encode(shipment);
    const bool named = !shipment.label->reference.empty();
    const auto pieces_before = pieces_by_number(shipment);
    model::Label& label = shipment.label.edit();
    label.reference = facts.reference;
    if (const model::OrderId order = order_named_by(draft, facts)) {
        if (is_awaited(*draft.look(order))) {
            auto& waiting = draft.edit(order).shipments;
            if (std::ranges::find(waiting, shipment.id) == waiting.end()) {
                waiting.push_back(shipment.id);
            }
        } else {
            label.order = order;
        }
    }
    merge_label(draft, label, facts);
    add_promise(draft, label.promises, facts.promised,
                label.label_created_at.value_or(draft.now()));
    if (!named) {
        label.imported = facts.imported;
        label.mode = mode_at(draft.merchant(), draft.now());
    }
    take_from_order(draft, shipment.id);
    if (!fresh && base::encode(shipment) == before) {
        return std::nullopt;
    }
    name_pieces(draft, shipment, pieces_before);
    draft.answer(shipment.id.text(), shipment.label->reference);
    return shipment.id;
}

void take_from_order(Draft& draft, model::ShipmentId id) {
    model::Shipment& shipment = draft.edit(id);
    const model::Order* order = draft.look(shipment.label->order);
    if (order == nullptr) {
        return;
    }
    model::Label& label = shipment.label.edit();
    label.customer = order->customer;
    if (label.ship_to.country.empty()) {
        label.ship_to = order->ship_to;
    }
    label.imported = label.imported || order->imported;
    // The order's promises stand before the shipment's own: lateness measures the first shown.
    std::vector<model::Promise> promises = order->promises;
    for (const model::Promise& own : label.promises) {
        const bool known = std::ranges::any_of(promises, [&](const model::Promise& each) {
            return each.latest == own.latest && each.shown_at == own.shown_at;
        });
        if (!known) {
            promises.push_back(own);
        }
    }
    label.promises = std::move(promises);
    label.value = value_of(*order, shipment);
    if (const model::OrderLine* line = dearest_line(order->lines)) {
        label.category = line->category;
    }
    if (std::ranges::find(order->shipments, id) == order->shipments.end()) {
        draft.edit(order->id).shipments.push_back(id);
    }
}

}  // namespace aftermile::core::orders
