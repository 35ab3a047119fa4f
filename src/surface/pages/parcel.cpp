#include "surface/pages/parcel.hpp"

#include <algorithm>

#include "engine/message.hpp"
#include "surface/api/records.hpp"

namespace aftermile::surface {
namespace {

Written read_order(Records& records, Parcel& parcel, std::int64_t id) {
    auto order = records.get<model::Order>(id);
    if (!order) {
        return std::unexpected(order.error());
    }
    parcel.order = std::move(*order);
    return {};
}

Written read_subject(Records& records, Parcel& parcel, std::int64_t id) {
    auto shipment = records.get<model::Shipment>(id);
    if (!shipment) {
        return std::unexpected(shipment.error());
    }
    if (!*shipment) {
        auto read = read_order(records, parcel, id);
        if (read && parcel.order && !parcel.order->shipments.empty()) {
            auto latest = records.get<model::Shipment>(parcel.order->shipments.back().value);
            if (!latest) {
                return std::unexpected(latest.error());
            }
            parcel.shipment = std::move(*latest);
        }
        return read;
    }
    parcel.shipment = std::move(*shipment);
    return read_order(records, parcel, parcel.shipment->label->order.value);
}

Written read_incident(Records& records, Parcel& parcel) {
    const model::IncidentId id = parcel.shipment && parcel.shipment->incident
                                     ? parcel.shipment->incident
                                 : parcel.order ? parcel.order->incident
                                                : model::IncidentId{};
    auto incident = records.get<model::Incident>(id.value);
    if (!incident) {
        return std::unexpected(incident.error());
    }
    if (*incident && !(*incident)->closed_at) {
        parcel.incident = std::move(*incident);
    }
    return {};
}

void read_place(Records& records, Parcel& parcel) {
    const model::Catalog& catalog = records.context().catalog();
    if (parcel.shipment) {
        parcel.zone = zone_of(catalog, parcel.shipment->label->ship_to);
    }
    if (parcel.zone == nullptr && parcel.order) {
        parcel.zone = zone_of(catalog, parcel.order->ship_to);
    }
    const std::string about = parcel.shipment && !parcel.shipment->label->reference.empty()
                                  ? "shipment/" + parcel.shipment->label->reference
                                  : "";
    for (const std::string& each :
         {about, parcel.order ? "order/" + parcel.order->reference : std::string()}) {
        if (each.empty() || !parcel.city.empty()) {
            continue;
        }
        if (const auto address = records.person(each)) {
            parcel.city = address->root()["city"].as_text().value_or("");
        }
    }
}

void read_locale(Records& records, Parcel& parcel) {
    parcel.locale = parcel.merchant.locale;
    if (parcel.order && parcel.order->customer) {
        auto customer = records.get<model::Customer>(parcel.order->customer.value);
        if (customer && *customer && !(*customer)->locale.empty()) {
            parcel.locale = (*customer)->locale;
        }
    }
}

}  // namespace

base::Result<Parcel> read_parcel(Context& context, ports::StoreReader& reader,
                                 std::string_view token) {
    auto id =
        engine::read_page_token(context.engine.messages().secret, engine::tracking_purpose, token);
    if (!id) {
        return std::unexpected(id.error());
    }
    const model::MerchantNumber number = model::ShipmentId{*id}.merchant();
    Parcel parcel;
    parcel.token = token;
    parcel.now = context.engine.now();
    auto merchant = engine::read_merchant(context.engine.store().admin(), number);
    if (!merchant) {
        return std::unexpected(merchant.error());
    }
    parcel.merchant = std::move(*merchant);
    Records records(context, reader, number);
    if (auto read = read_subject(records, parcel, *id); !read) {
        return std::unexpected(read.error());
    }
    if (!parcel.shipment && !parcel.order) {
        return no_such("page");
    }
    if (auto read = read_incident(records, parcel); !read) {
        return std::unexpected(read.error());
    }
    read_place(records, parcel);
    read_locale(records, parcel);
    if (parcel.shipment) {
        auto entries = shipment_timeline(records, *parcel.shipment, parcel.locale);
        if (!entries) {
            return std::unexpected(entries.error());
        }
        std::ranges::copy_if(*entries, std::back_inserter(parcel.scans),
                             [](const Entry& each) { return each.scan.has_value(); });
    }
    return parcel;
}

}  // namespace aftermile::surface
