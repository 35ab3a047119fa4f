// The readers of single catalog files, shared by the parts of the loader and by nobody else.
#pragma once

#include <string>
#include <string_view>

#include "engine/catalog_load.hpp"

namespace aftermile::engine::catalog {

[[nodiscard]] inline std::unexpected<base::Error> refuse(std::string_view origin,
                                                         std::string_view what) {
    return base::fail("bad_catalog", std::string(origin) + ": " + std::string(what), {},
                      base::Family::internal);
}

[[nodiscard]] inline std::string at_line(std::string_view path, std::size_t line) {
    return std::string(path) + ":" + std::to_string(line);
}

// carriers/<id>.toml, terms/guarantees*.toml and terms/claim_windows*.toml.
[[nodiscard]] base::Result<void> read_carrier(const CatalogFile& file, model::CatalogParts& parts);
[[nodiscard]] base::Result<void> read_guarantees(const CatalogFile& file,
                                                 model::CatalogParts& parts);
[[nodiscard]] base::Result<void> read_windows(const CatalogFile& file, model::CatalogParts& parts);

}  // namespace aftermile::engine::catalog
