// Batches that are there whole or not at all, for tests in which something breaks.
#pragma once

#include "storage/conformance/suite.hpp"

namespace aftermile::storage::conformance {

// An event and four orders.
inline ports::Batch batch_of(std::uint64_t number, model::MerchantNumber merchant = 1) {
    ports::Batch batch;
    batch.events.push_back(sample_event(merchant, number));
    for (const std::int64_t which : {1, 2, 3, 4}) {
        const auto id = static_cast<std::int64_t>(number) * 10 + which;
        batch.rows.push_back(
            sample_row(ports::Table::orders, id_at(ports::Table::orders, merchant, id)));
    }
    return batch;
}

// How many of batch_of(1), batch_of(2), ... are there; each must be there whole or not at all.
inline std::uint64_t whole_batches(ports::Store& store, model::MerchantNumber merchant = 1) {
    auto reader = must(store.reader());
    const auto events =
        must(reader->events_after(model::EventId::of(merchant, 0, 0), 1'000)).size();
    ports::Query orders;
    orders.merchant = merchant;
    EXPECT_EQ(must(reader->count(orders)), static_cast<std::int64_t>(events * 4));
    return events;
}

}  // namespace aftermile::storage::conformance
