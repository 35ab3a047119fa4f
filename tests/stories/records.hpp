// What the store holds of a story's merchant, by the names that the story uses: a shipment's or
// order's reference, or a tracking number where there is neither.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/record.hpp"
#include "tests/stories/stage.hpp"

namespace aftermile::stories {

class Records {
  public:
    explicit Records(Stage& stage) : stage_(stage) {}

    template <class Record>
    [[nodiscard]] std::vector<Record> all(ports::Table table) {
        ports::Query query;
        query.table = table;
        query.merchant = Stage::merchant;
        query.newest_first = false;
        query.limit = 1'000;
        std::vector<Record> records;
        const auto rows = stage_.reader().list(query);
        for (const ports::StoredRow& row : rows ? *rows : std::vector<ports::StoredRow>{}) {
            if (auto record = base::decode<Record>(row.body)) {
                records.push_back(std::move(*record));
            }
        }
        return records;
    }
    template <class Record, class Id>
    [[nodiscard]] std::optional<Record> get(ports::Table table, Id id) {
        const auto row = stage_.reader().get(table, Stage::merchant, id.value);
        if (!row || !*row) {
            return std::nullopt;
        }
        auto record = base::decode<Record>((*row)->body);
        return record ? std::optional(std::move(*record)) : std::nullopt;
    }
    [[nodiscard]] std::size_t count(ports::Table table) {
        ports::Query query;
        query.table = table;
        query.merchant = Stage::merchant;
        return static_cast<std::size_t>(stage_.reader().count(query).value_or(-1));
    }

    [[nodiscard]] std::optional<model::Order> order(const std::string& name) {
        return first_of<model::Order>(
            ports::Table::orders, [&](const model::Order& each) { return each.reference == name; });
    }
    [[nodiscard]] std::optional<model::Shipment> shipment(const std::string& name) {
        return first_of<model::Shipment>(ports::Table::shipments, [&](const model::Shipment& each) {
            return each.label->reference == name || each.label->tracking_number == name;
        });
    }
    [[nodiscard]] std::optional<model::Incident> incident_of(const std::string& name) {
        model::IncidentId id;
        if (const auto parcel = shipment(name)) {
            id = parcel->incident;
        } else if (const auto mine = order(name)) {
            id = mine->incident;
        }
        return id ? get<model::Incident>(ports::Table::incidents, id) : std::nullopt;
    }
    [[nodiscard]] std::optional<model::Ticket> ticket_of(const std::string& name) {
        const auto incident = incident_of(name);
        return incident ? first_of<model::Ticket>(ports::Table::tickets,
                                                  [&](const model::Ticket& each) {
                                                      return each.incident == incident->id;
                                                  })
                        : std::nullopt;
    }
    // The newest of that side and ground.
    [[nodiscard]] std::optional<model::Claim> claim_of(const std::string& name,
                                                       model::ClaimSide side,
                                                       model::ClaimGround ground) {
        std::optional<model::Claim> found;
        const auto parcel = shipment(name);
        for (model::Claim& each : all<model::Claim>(ports::Table::claims)) {
            if (parcel && each.shipment == parcel->id && each.side == side &&
                each.ground == ground) {
                found = std::move(each);
            }
        }
        return found;
    }

  private:
    template <class Record>
    std::optional<Record> first_of(ports::Table table, const auto& fits) {
        auto records = all<Record>(table);
        const auto at = std::ranges::find_if(records, fits);
        return at == records.end() ? std::nullopt : std::optional(std::move(*at));
    }
    Stage& stage_;
};

}  // namespace aftermile::stories
