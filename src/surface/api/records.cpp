#include "surface/api/records.hpp"

#include <fmt/format.h>

#include <queue>

namespace aftermile::surface {

std::unexpected<base::Error> no_such(std::string_view what) {
    return base::fail("not_found", fmt::format("There is no such {} here.", what));
}

ports::Filter is(std::string_view column, ports::Value value) {
    return {column, ports::Filter::Test::equal, {std::move(value)}};
}

base::Result<std::int64_t> Records::by_reference(ports::Table table, std::string_view column,
                                                 std::string_view value) {
    ports::Query query;
    query.table = table;
    query.merchant = merchant_;
    query.filters = {is(column, std::string(value))};
    query.limit = 1;
    auto rows = reader_.list(query);
    if (!rows) {
        return std::unexpected(rows.error());
    }
    if (rows->empty()) {
        return no_such(fmt::format("{} with {} {}", ports::schema_of(table).name, column, value));
    }
    return rows->front().id;
}

base::Result<void> Records::each_row(ports::Query query, const RowUse& use) {
    query.limit = 1'000;
    while (true) {
        auto rows = reader_.list(query);
        if (!rows) {
            return std::unexpected(rows.error());
        }
        for (const ports::StoredRow& row : *rows) {
            if (auto used = use(row); !used) {
                return used;
            }
        }
        if (rows->size() < query.limit) {
            return {};
        }
        query.after = rows->back().id;
    }
}

base::Result<std::vector<std::int64_t>> Records::first_by(ports::Query query, Ranking ranking,
                                                          std::size_t count,
                                                          const RowTest& passes) {
    const auto column = ports::column_index(query.table, ranking.column);
    if (!column) {
        return base::fail("bad_query", "The table has no such column.", std::string(ranking.column),
                          base::Family::internal);
    }
    struct Place {
        bool last;  // without a value
        std::int64_t key;
        std::uint64_t found;
        std::int64_t id;
        auto operator<=>(const Place&) const = default;
    };
    std::priority_queue<Place> first;  // the last of those kept on top
    std::uint64_t found = 0;
    auto read = each_row(std::move(query), [&](const ports::StoredRow& row) -> base::Result<void> {
        auto passed = passes(row);
        if (!passed) {
            return std::unexpected(passed.error());
        }
        if (*passed) {
            const auto* key = std::get_if<std::int64_t>(&row.columns[*column]);
            const std::int64_t value = key == nullptr ? 0 : *key;
            first.push({key == nullptr, ranking.greatest_first ? -value : value, found++, row.id});
            if (first.size() > count) {
                first.pop();
            }
        }
        return {};
    });
    if (!read) {
        return std::unexpected(read.error());
    }
    std::vector<std::int64_t> ids(first.size());
    for (auto at = ids.rbegin(); at != ids.rend(); ++at) {
        *at = first.top().id;
        first.pop();
    }
    return ids;
}

constexpr std::string_view by_reference_prefix = "ref:";

base::Result<std::int64_t> Records::order_id(std::string_view written) {
    if (written.starts_with(by_reference_prefix)) {
        return by_reference(ports::Table::orders, "reference",
                            written.substr(by_reference_prefix.size()));
    }
    return id_of<model::OrderId>(written);
}

base::Result<std::int64_t> Records::shipment_id(std::string_view written) {
    if (written.starts_with(by_reference_prefix)) {
        return by_reference(ports::Table::shipments, "reference",
                            written.substr(by_reference_prefix.size()));
    }
    return id_of<model::ShipmentId>(written);
}

base::Result<std::int64_t> Records::customer_id(std::string_view written) {
    if (written.starts_with(by_reference_prefix)) {
        return by_reference(ports::Table::customers, "reference",
                            written.substr(by_reference_prefix.size()));
    }
    return id_of<model::CustomerId>(written);
}

base::Result<std::optional<base::Instant>> Records::created_at(std::int64_t id) {
    const model::EventId any{id};
    const std::uint64_t number = any.event_number();
    if (const auto found = recorded_.find(number); found != recorded_.end()) {
        return found->second;
    }
    auto row = reader_.event(merchant_, model::EventId::of(any.merchant(), number, 0));
    if (!row) {
        return std::unexpected(row.error());
    }
    std::optional<base::Instant> at;
    if (*row) {
        at = (*row)->recorded_at;
    }
    recorded_.emplace(number, at);
    return at;
}

std::optional<base::JsonDocument> Records::person(std::string_view about) {
    engine::PersonReader people(reader_, context_.engine.store().keyring());
    auto plain = people.open(merchant_, about);
    if (!plain || !*plain) {
        return std::nullopt;
    }
    auto document = base::JsonDocument::parse(**plain);
    return document ? std::optional(std::move(*document)) : std::nullopt;
}

}  // namespace aftermile::surface
