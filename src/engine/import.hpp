// The past, brought in: rows of files become orders, shipments and scans, merged by instant and
// decided in that order at their own instants, timers running in between up to now. Nothing of it
// writes to a shopper. Running the same import again goes on where it stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/column_map.hpp"
#include "engine/engine.hpp"

namespace aftermile::engine {

struct ImportFile {
    std::string name;  // csv, json, ndjson or jsonl by its end
    std::string bytes;
};

struct ImportRowError {
    std::string file;
    std::size_t line = 0;  // for JSON the element's number
    base::Error error;
};

struct ImportItem {
    base::Instant at;
    std::size_t row = 0;   // over all files
    std::size_t part = 0;  // order, shipment, scans as the map lists them
    Element element;
};

struct ImportPlan {
    std::vector<ImportItem> items;  // merged: by instant, row, part
    std::uint64_t rows = 0, orders = 0, shipments = 0, scans = 0;
    std::uint64_t row_errors = 0;
    std::vector<ImportRowError> errors;  // the first ones
    std::string fingerprint;             // of files, map and merchant
};

// Reads and checks everything; stores nothing. Rows with errors are left out and listed. Codes:
// bad_map columns that no file has: `missing_column`; `bad_file`.
[[nodiscard]] base::Result<ImportPlan> plan_import(const std::vector<ImportFile>& files,
                                                   std::string_view map_document,
                                                   model::MerchantNumber merchant,
                                                   const model::Catalog& catalog,
                                                   std::string_view secret, base::Instant now);

struct ImportReport {
    std::uint64_t accepted = 0, duplicates = 0, parked = 0, rejected = 0, resumed_after = 0;
    std::vector<base::Error> problems;  // the first ones
};
using ImportProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

// On the caller's thread; the engine must run. Codes of Engine::submit; what is durable by then
// stays, and the next run goes on behind it.
[[nodiscard]] base::Result<ImportReport> run_import(Engine& engine, ImportPlan plan,
                                                    model::MerchantNumber merchant,
                                                    const ImportProgress& progress);

}  // namespace aftermile::engine
