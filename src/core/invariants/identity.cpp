#include "core/invariants/invariants.hpp"

namespace aftermile::core::invariants {

namespace {

template <class Record>
concept WithId = requires(const Record& record) { record.id.event_number(); };

}  // namespace

Broken one_merchant(const Facts& facts, const Decisions& decisions, const model::Event& event) {
    const std::uint32_t merchant = event.id.merchant();
    if (facts.merchant.number != merchant) {
        return "The facts belong to another merchant.";
    }
    for (const Put& put : decisions.puts) {
        Broken broken = visit_put(
            [&](const auto& record) -> Broken {
                using Record = std::decay_t<decltype(record)>;
                if constexpr (WithId<Record>) {
                    const auto foreign = [&](const auto& id) {
                        return id && id.merchant() != merchant;
                    };
                    bool bad = record.id.merchant() != merchant;
                    if constexpr (requires { record.order; }) {
                        bad = bad || foreign(record.order);
                    }
                    if constexpr (requires { record.shipment; }) {
                        bad = bad || foreign(record.shipment);
                    }
                    if constexpr (requires { record.incident; }) {
                        bad = bad || foreign(record.incident);
                    }
                    if constexpr (requires { record.customer; }) {
                        bad = bad || foreign(record.customer);
                    }
                    return bad ? Broken("A record points to another merchant: " + record.id.text())
                               : std::nullopt;
                } else if constexpr (std::same_as<Record, model::Merchant>) {
                    return record.number == merchant ? std::nullopt
                                                     : Broken("Settings of another merchant.");
                } else {
                    return record.merchant == merchant ? std::nullopt
                                                       : Broken("A profile of another merchant.");
                }
            },
            put);
        if (broken) {
            return broken;
        }
    }
    return std::nullopt;
}

Broken ids_derive(const Facts&, const Decisions& decisions, const model::Event& event) {
    for (const Put& put : decisions.puts) {
        Broken broken = visit_put(
            [&](const auto& record) -> Broken {
                if constexpr (WithId<std::decay_t<decltype(record)>>) {
                    if (record.id.event_number() > event.id.event_number()) {
                        return "An id is newer than its event: " + record.id.text();
                    }
                }
                return std::nullopt;
            },
            put);
        if (broken) {
            return broken;
        }
    }
    return std::nullopt;
}

}  // namespace aftermile::core::invariants
