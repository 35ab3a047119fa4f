// Reads the catalog from its files: carriers/*.toml and carriers/*.csv (status codes, the file
// named after the carrier), terms/guarantees*.toml, terms/claim_windows*.toml and zones/*.csv.
//
//   auto catalog = engine::load_catalog(engine::embedded_catalog_files());
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/catalog.hpp"

namespace aftermile::engine {

struct CatalogFile {
    std::string_view path;  // "catalog/carriers/ups.csv"; must outlive the call, as the bytes must
    std::string_view bytes;
};

// The files below catalog/ that travel inside the program.
[[nodiscard]] std::vector<CatalogFile> embedded_catalog_files();

// Code `bad_catalog`, naming file and line: unreadable or unknown columns, words outside the
// vocabulary, duplicate keys, overlapping terms, unknown zones; also the errors of load_zone. The
// catalog's version is a hash of every file read and of every zone's offsets.
[[nodiscard]] base::Result<model::Catalog> load_catalog(std::span<const CatalogFile> files);

}  // namespace aftermile::engine
