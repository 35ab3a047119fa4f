#include "ports/schema.hpp"

#include <array>

#include "model/records.hpp"

namespace aftermile::ports {

namespace {

constexpr auto integer = ColumnType::integer;
constexpr auto text = ColumnType::text;

constexpr auto customers = std::to_array<Column>({{"reference", text, Indexed::unique},
                                                  {"email_hash", text, Indexed::unique},
                                                  {"phone_hash", text, Indexed::when_not_null}});
constexpr auto orders = std::to_array<Column>({{"reference", text, Indexed::unique},
                                               {"customer", integer, Indexed::when_not_null},
                                               {"placed_at", integer},
                                               {"due", integer}});
// `exception` is the gravest open one, null when none is, so that its index stays small; nothing
// that changes with every scan is indexed.
constexpr auto shipments = std::to_array<Column>({{"reference", text, Indexed::unique},
                                                  {"tracking_number", text, Indexed::when_not_null},
                                                  {"carrier", text},
                                                  {"order", integer, Indexed::when_not_null},
                                                  {"milestone", integer},
                                                  {"exception", integer, Indexed::when_not_null},
                                                  {"due", integer}});
// `open` is 1 until the incident is closed on both sides, then null.
constexpr auto incidents = std::to_array<Column>({{"shipment", integer, Indexed::when_not_null},
                                                  {"order", integer, Indexed::when_not_null},
                                                  {"customer", integer, Indexed::when_not_null},
                                                  {"kind", integer, Indexed::yes},
                                                  {"severity", integer},
                                                  {"customer_state", integer},
                                                  {"money_state", integer},
                                                  {"owner", text},
                                                  {"opened_at", integer, Indexed::yes},
                                                  {"deadline", integer, Indexed::when_not_null},
                                                  {"open", integer, Indexed::when_not_null},
                                                  {"due", integer}});
// Found by their ids, which orders, shipments and incidents keep: an index would be a random page
// of the disk for every message. Few are `failed` (1, else null): they are counted.
constexpr auto failed = static_cast<std::int64_t>(model::NotificationState::failed);
constexpr auto notifications =
    std::to_array<Column>({{"kind", integer},
                           {"state", integer},
                           {"order", integer},
                           {"shipment", integer},
                           {"incident", integer},
                           {"customer", integer},
                           {"decided_at", integer},
                           {"due", integer},
                           {"failed", integer, Indexed::when_not_null, 4, Fill{"state", failed}}});
constexpr auto tickets = std::to_array<Column>({{"state", integer, Indexed::yes},
                                                {"incident", integer, Indexed::when_not_null},
                                                {"order", integer, Indexed::when_not_null},
                                                {"shipment", integer, Indexed::when_not_null},
                                                {"customer", integer, Indexed::when_not_null},
                                                {"assignee", text},
                                                {"severity", integer},
                                                {"opened_at", integer}});
constexpr auto coverages = std::to_array<Column>({{"state", integer},
                                                  {"shipment", integer, Indexed::when_not_null},
                                                  {"order", integer, Indexed::when_not_null},
                                                  {"funding", integer}});
constexpr auto claims = std::to_array<Column>({{"side", integer},
                                               {"ground", integer},
                                               {"state", integer, Indexed::yes},
                                               {"shipment", integer, Indexed::when_not_null},
                                               {"order", integer, Indexed::when_not_null},
                                               {"incident", integer, Indexed::when_not_null},
                                               {"carrier", text},
                                               {"deadline", integer, Indexed::when_not_null},
                                               {"opened_at", integer},
                                               {"due", integer}});
constexpr auto ledger = std::to_array<Column>({{"incident", integer, Indexed::when_not_null},
                                               {"claim", integer, Indexed::when_not_null},
                                               {"at", integer},
                                               {"debit", integer},
                                               {"credit", integer},
                                               {"amount", integer},
                                               {"currency", text}});
constexpr auto contributions = std::to_array<Column>({{"kind", integer},
                                                      {"incident", integer, Indexed::when_not_null},
                                                      {"carrier", text},
                                                      {"effective_at", integer}});
constexpr auto risks = std::to_array<Column>({{"incident", integer, Indexed::when_not_null},
                                              {"order", integer, Indexed::when_not_null},
                                              {"shipment", integer, Indexed::when_not_null}});
constexpr auto merchants = std::to_array<Column>({{"due", integer}});
constexpr auto profiles = std::to_array<Column>({{"version", integer}, {"published_at", integer}});
constexpr auto policies = std::to_array<Column>({{"version", integer}});
constexpr auto outbox =
    std::to_array<Column>({{"kind", text}, {"next_at", integer}, {"attempts", integer}});
constexpr auto parked = std::to_array<Column>(
    {{"code", text}, {"detail", text}, {"at", integer}, {"resolved_at", integer}});
constexpr auto sweeps = std::to_array<Column>({{"event", integer}});
constexpr auto pieces = std::to_array<Column>(
    {{"number", text, Indexed::yes, 2}, {"shipment", integer, Indexed::no, 2}});

constexpr auto tables = std::to_array<TableSchema>({
    {Table::customers, "customers", customers},
    {Table::orders, "orders", orders},
    {Table::shipments, "shipments", shipments},
    {Table::incidents, "incidents", incidents},
    {Table::notifications, "notifications", notifications},
    {Table::tickets, "tickets", tickets},
    {Table::coverages, "coverages", coverages},
    {Table::claims, "claims", claims},
    {Table::ledger, "ledger", ledger},
    {Table::contributions, "contributions", contributions},
    {Table::risks, "risks", risks},
    {Table::merchants, "merchants", merchants},
    {Table::profiles, "profiles", profiles},
    {Table::policies, "policies", policies},
    {Table::outbox, "outbox", outbox},
    {Table::parked, "parked", parked},
    {Table::sweeps, "sweeps", sweeps, 2},
    {Table::pieces, "pieces", pieces, 2},
});
static_assert(tables.size() == table_count);

constexpr auto given_up = std::to_array<GivenUpIndex>({
    {Table::notifications, "shipment", 2},
    {Table::notifications, "incident", 2},
    {Table::notifications, "customer", 2},
    {Table::notifications, "order", 3},
});

}  // namespace

const TableSchema& schema_of(Table table) { return tables[static_cast<std::size_t>(table)]; }

std::span<const TableSchema> all_tables() { return tables; }

std::span<const GivenUpIndex> given_up_indexes() { return given_up; }

std::optional<std::size_t> column_index(Table table, std::string_view name) {
    const auto columns = schema_of(table).columns;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].name == name) {
            return i;
        }
    }
    return std::nullopt;
}

}  // namespace aftermile::ports
