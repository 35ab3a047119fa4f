// Typed reading of one merchant's records, for one request on one thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/record.hpp"
#include "engine/person.hpp"
#include "model/incident.hpp"
#include "model/merchant.hpp"
#include "model/trace.hpp"
#include "surface/api/context.hpp"

namespace aftermile::surface {

template <class R>
inline constexpr ports::Table table_of = ports::Table::orders;
template <>
inline constexpr auto table_of<model::Customer> = ports::Table::customers;
template <>
inline constexpr auto table_of<model::Shipment> = ports::Table::shipments;
template <>
inline constexpr auto table_of<model::Incident> = ports::Table::incidents;
template <>
inline constexpr auto table_of<model::Notification> = ports::Table::notifications;
template <>
inline constexpr auto table_of<model::Ticket> = ports::Table::tickets;
template <>
inline constexpr auto table_of<model::Coverage> = ports::Table::coverages;
template <>
inline constexpr auto table_of<model::Claim> = ports::Table::claims;
template <>
inline constexpr auto table_of<model::LedgerEntry> = ports::Table::ledger;
template <>
inline constexpr auto table_of<model::Contribution> = ports::Table::contributions;
template <>
inline constexpr auto table_of<model::ReturnRisk> = ports::Table::risks;
template <>
inline constexpr auto table_of<model::Merchant> = ports::Table::merchants;
template <>
inline constexpr auto table_of<model::ProfileVersion> = ports::Table::profiles;

[[nodiscard]] std::unexpected<base::Error> no_such(std::string_view what);

class Records {
  public:
    Records(Context& context, ports::StoreReader& reader, model::MerchantNumber merchant)
        : context_(context), reader_(reader), merchant_(merchant) {}

    [[nodiscard]] Context& context() { return context_; }
    [[nodiscard]] ports::StoreReader& reader() { return reader_; }
    [[nodiscard]] model::MerchantNumber merchant() const { return merchant_; }

    template <class R>
    [[nodiscard]] base::Result<std::optional<R>> get(std::int64_t id) {
        if (id == 0) {
            return std::nullopt;
        }
        auto row = reader_.get(table_of<R>, merchant_, id);
        if (!row) {
            return std::unexpected(row.error());
        }
        if (!*row) {
            return std::nullopt;
        }
        auto record = base::decode<R>((*row)->body);
        if (!record) {
            return std::unexpected(record.error());
        }
        return std::move(*record);
    }
    // The same, absence being not_found.
    template <class R>
    [[nodiscard]] base::Result<R> need(std::int64_t id) {
        auto found = get<R>(id);
        if (!found) {
            return std::unexpected(found.error());
        }
        if (!*found) {
            return no_such(R::kind_name);
        }
        return std::move(**found);
    }
    // All rows (at most `limit`) that fit, oldest first.
    template <class R>
    [[nodiscard]] base::Result<std::vector<R>> all(std::vector<ports::Filter> filters,
                                                   std::size_t limit = 200,
                                                   bool newest_first = false) {
        ports::Query query;
        query.table = table_of<R>;
        query.merchant = merchant_;
        query.filters = std::move(filters);
        query.newest_first = newest_first;
        query.limit = limit;
        auto rows = reader_.list(query);
        if (!rows) {
            return std::unexpected(rows.error());
        }
        std::vector<R> out;
        out.reserve(rows->size());
        for (const ports::StoredRow& row : *rows) {
            auto record = base::decode<R>(row.body);
            if (!record) {
                return std::unexpected(record.error());
            }
            out.push_back(std::move(*record));
        }
        return out;
    }

    // Calls `use(R)` for every row that fits, oldest first.
    template <class R>
    [[nodiscard]] base::Result<void> each(std::vector<ports::Filter> filters, auto use) {
        ports::Query query;
        query.table = table_of<R>;
        query.merchant = merchant_;
        query.filters = std::move(filters);
        query.newest_first = false;
        return each_row(std::move(query), [&](const ports::StoredRow& row) -> base::Result<void> {
            auto record = base::decode<R>(row.body);
            if (!record) {
                return std::unexpected(record.error());
            }
            use(std::move(*record));
            return {};
        });
    }

    using RowUse = std::function<base::Result<void>(const ports::StoredRow&)>;
    // Every row that the query finds, page after page, in its order.
    [[nodiscard]] base::Result<void> each_row(ports::Query query, const RowUse& use);

    // An order of rows by one of their integer columns; those without a value come last. Rows that
    // are equal in it keep the query's order.
    struct Ranking {
        std::string_view column;
        bool greatest_first = false;
    };
    using RowTest = std::function<base::Result<bool>(const ports::StoredRow&)>;
    // The ids of the first `count` of all rows that the query finds and that pass the test.
    [[nodiscard]] base::Result<std::vector<std::int64_t>> first_by(ports::Query query,
                                                                   Ranking ranking,
                                                                   std::size_t count,
                                                                   const RowTest& passes);

    // `prefix_…` or `ref:VALUE`. Code not_found also for another kind's or merchant's id.
    [[nodiscard]] base::Result<std::int64_t> order_id(std::string_view written);
    [[nodiscard]] base::Result<std::int64_t> shipment_id(std::string_view written);
    [[nodiscard]] base::Result<std::int64_t> customer_id(std::string_view written);
    template <class IdType>
    [[nodiscard]] base::Result<std::int64_t> id_of(std::string_view written) {
        auto id = IdType::parse(written);
        if (!id || id->merchant() != merchant_) {
            return no_such(written);
        }
        return id->value;
    }

    // When the event that made this record was taken in.
    [[nodiscard]] base::Result<std::optional<base::Instant>> created_at(std::int64_t id);
    [[nodiscard]] base::Result<std::optional<ports::EventRow>> event(model::EventId id) {
        return reader_.event(merchant_, id);
    }
    // What is sealed there, as JSON; nothing when erased.
    [[nodiscard]] std::optional<base::JsonDocument> person(std::string_view about);

  private:
    [[nodiscard]] base::Result<std::int64_t> by_reference(ports::Table table,
                                                          std::string_view column,
                                                          std::string_view value);

    Context& context_;
    ports::StoreReader& reader_;
    model::MerchantNumber merchant_;
    std::map<std::uint64_t, std::optional<base::Instant>> recorded_;
};

// One equality on a column.
[[nodiscard]] ports::Filter is(std::string_view column, ports::Value value);

}  // namespace aftermile::surface
