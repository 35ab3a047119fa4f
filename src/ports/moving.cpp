#include "ports/moving.hpp"

namespace aftermile::ports {

namespace {

constexpr auto integer = PartType::integer;
constexpr auto text = PartType::text;
constexpr auto bytes = PartType::bytes;

Part part_of(const TableSchema& table) {
    Part part{.name = table.name, .columns = {{"merchant", integer}, {"id", integer}}};
    for (const Column& column : table.columns) {
        part.columns.push_back({column.name, column.type == ColumnType::integer ? integer : text});
    }
    part.columns.push_back({"body", bytes});
    return part;
}

std::vector<Part> make_parts() {
    std::vector<Part> parts;
    for (const TableSchema& table : all_tables()) {
        parts.push_back(part_of(table));
    }
    parts.push_back({"events",
                     {{"merchant", integer},
                      {"id", integer},
                      {"previous", integer},
                      {"recorded_at", integer},
                      {"payload", bytes},
                      {"decision", bytes}}});
    parts.push_back(
        {"sealed", {{"merchant", integer}, {"about", text}, {"owner", text}, {"bytes", bytes}}});
    parts.push_back({"admin",
                     {{"kind", text},
                      {"name", text},
                      {"merchant", integer},
                      {"body", bytes},
                      {"expires_at", integer}}});
    parts.push_back({"counters", {{"name", text}, {"value", integer}}});
    parts.push_back({"keys",
                     {{"merchant", integer},
                      {"owner", text},
                      {"round", integer},
                      {"erased", integer},
                      {"wrapped", bytes}}});
    return parts;
}

}  // namespace

const std::vector<Part>& all_parts() {
    static const std::vector<Part> parts = make_parts();
    return parts;
}

}  // namespace aftermile::ports
