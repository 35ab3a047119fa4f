// A store read as parts (ports/moving.hpp) gives every row that was written, the same values in
// every adapter.
#include <map>

#include "ports/moving.hpp"
#include "storage/conformance/suite.hpp"

namespace aftermile::storage::conformance {

namespace {

using ports::PartRow;
using ports::Value;

std::size_t part_named(std::string_view name) {
    const auto& parts = ports::all_parts();
    const auto at = std::ranges::find(parts, name, &ports::Part::name);
    EXPECT_NE(at, parts.end());
    return static_cast<std::size_t>(at - parts.begin());
}

std::vector<PartRow> read(ports::PartReader& reader, std::string_view name) {
    std::vector<PartRow> rows;
    must(reader.each(part_named(name), [&](const PartRow& row) { rows.push_back(row); }));
    EXPECT_EQ(must(reader.count(part_named(name))), rows.size());
    std::ranges::sort(rows);
    return rows;
}

Value number(std::int64_t value) { return value; }
Value text(std::string value) { return value; }

PartRow part_row(const ports::Row& row) {
    PartRow part{number(merchant_of(row.table, row.id)), number(row.id)};
    part.insert(part.end(), row.columns.begin(), row.columns.end());
    part.emplace_back(row.body);
    return part;
}

}  // namespace

TEST_P(StoreContract, parts_give_every_table_its_rows) {
    ports::Batch batch;
    std::map<std::string_view, std::vector<PartRow>> written;
    for (const auto& table : ports::all_tables()) {
        for (const model::MerchantNumber merchant : {1U, 9U}) {
            ports::Row row = sample_row(table.table, id_at(table.table, merchant, 1));
            if (merchant == 9) {
                row.columns.front() = Value{};
            }
            written[table.name].push_back(part_row(row));
            batch.rows.push_back(std::move(row));
        }
    }
    must(writer_->commit(batch));
    writer_.reset();
    const auto parts = must(GetParam().parts(place_));
    for (const auto& [name, rows] : written) {
        EXPECT_EQ(read(*parts, name), rows) << name;
    }
}

TEST_P(StoreContract, parts_give_events_seals_and_administration) {
    const auto first = sample_event(1, 1);
    const auto second = sample_event(7, 1);
    must(writer_->commit({.events = {first, second},
                          .rows = {},
                          .sealed = {{7, "owner", "about", std::string("by\0tes", 6)}},
                          .admin = {}}));
    EXPECT_EQ(must(store_->admin().next_merchant()), 1);
    EXPECT_EQ(must(store_->admin().next_merchant()), 2);
    must(store_->admin().put({"key", "k", 2, "{}", std::nullopt}));
    must(store_->admin().put({"session", "s", 0, "{1}", base::instant_of(77)}));
    writer_.reset();
    const auto parts = must(GetParam().parts(place_));
    const auto event = [](const ports::EventRow& row, std::int64_t merchant) {
        return PartRow{number(merchant),           number(row.id.value),
                       number(row.previous.value), number(base::microseconds_of(row.recorded_at)),
                       text(row.payload),          text(row.decision)};
    };
    EXPECT_EQ(read(*parts, "events"), (std::vector{event(first, 1), event(second, 7)}));
    EXPECT_EQ(read(*parts, "sealed"),
              (std::vector<PartRow>{
                  {number(7), text("about"), text("owner"), text(std::string("by\0tes", 6))}}));
    EXPECT_EQ(
        read(*parts, "admin"),
        (std::vector<PartRow>{{text("key"), text("k"), number(2), text("{}"), Value{}},
                              {text("session"), text("s"), number(0), text("{1}"), number(77)}}));
    EXPECT_EQ(read(*parts, "counters"),
              (std::vector<PartRow>{{text("admin"), number(2)}, {text("merchants"), number(2)}}));
}

TEST_P(StoreContract, parts_give_keys_with_the_rounds_of_erased_ones) {
    const std::vector<std::string> owners{"a", "b"};
    for (int round = 0; round < 2; ++round) {
        static_cast<void>(must(store_->keyring().keys_for(3, owners)));
        must(store_->keyring().erase(3, "b"));
    }
    static_cast<void>(must(store_->keyring().keys_for(3, owners)));
    writer_.reset();
    const auto rows = read(*must(GetParam().parts(place_)), "keys");
    ASSERT_EQ(rows.size(), 4U);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::int64_t round = i == 0 ? 0 : static_cast<std::int64_t>(i) - 1;
        const bool erased = i == 1 || i == 2;
        const std::string& wrapped = std::get<std::string>(rows[i].at(4));
        EXPECT_EQ(PartRow(rows[i].begin(), rows[i].begin() + 4),
                  (PartRow{number(3), text(i == 0 ? "a" : "b"), number(round), number(erased)}));
        EXPECT_EQ(wrapped == std::string(wrapped.size(), '\0'), erased);
        EXPECT_EQ(wrapped.size(), 72U);  // a key and what sealing it adds
    }
}

}  // namespace aftermile::storage::conformance
