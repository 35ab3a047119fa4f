// Shared by the connectors' tests: fixtures from their folders and a catalog made by hand, since
// the catalog's files are the engine's to read.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "model/catalog.hpp"

namespace aftermile::connectors::testing {

inline std::string fixture(std::string_view folder, std::string_view name) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment
    const char* source = std::getenv("AFTERMILE_SOURCE_DIR");
    const std::string path = std::string(source == nullptr ? "." : source) + "/src/connectors/" +
                             std::string(folder) + "/" + std::string(name);
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file.good()) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

class Rows {
  public:
    void carrier(std::string id, std::string name, std::vector<std::string> aliases) {
        model::Carrier made;
        made.id = std::move(id);
        made.name = std::move(name);
        made.aliases = std::move(aliases);
        parts_.carriers.push_back(std::move(made));
    }
    model::StatusMeaning& status(std::string carrier, std::string type, std::string code,
                                 std::optional<model::Milestone> milestone) {
        model::StatusRow row;
        row.carrier = std::move(carrier);
        row.type = std::move(type);
        row.code = std::move(code);
        row.meaning.milestone = milestone;
        return parts_.statuses.emplace_back(std::move(row)).meaning;
    }
    model::Catalog build() {
        auto built = model::Catalog::build(std::move(parts_));
        EXPECT_TRUE(built.has_value()) << built.error().detail;
        return built ? std::move(*built) : model::Catalog();
    }

  private:
    model::CatalogParts parts_;
};

}  // namespace aftermile::connectors::testing
