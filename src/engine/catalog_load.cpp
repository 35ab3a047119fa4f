#include "engine/catalog_load.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "base/csv.hpp"
#include "base/embedded.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "engine/catalog_readers.hpp"
#include "engine/zones.hpp"

namespace aftermile::engine {

namespace {

using base::Result;
using catalog::at_line;
using catalog::refuse;

// ---- CSV: the first line names the columns.

struct CsvRow {
    std::string origin;
    std::map<std::string, std::string, std::less<>> cells;
    [[nodiscard]] const std::string& operator[](std::string_view column) const {
        static const std::string absent;
        const auto at = cells.find(column);
        return at == cells.end() ? absent : at->second;
    }
};

// Every row of the file; `columns` must stand in the first line, in that order.
Result<std::vector<CsvRow>> read_csv(const CatalogFile& file,
                                     std::initializer_list<std::string_view> columns) {
    std::vector<CsvRow> rows;
    base::CsvReader reader(file.bytes, ',');
    std::vector<std::string> fields;
    for (bool first = true;; first = false) {
        const auto more = reader.next(fields);
        if (!more) {
            return refuse(std::string(file.path) + " " + more.error().pointer, more.error().detail);
        }
        if (!*more) {
            break;
        }
        const std::string origin = at_line(file.path, reader.line());
        if (fields.size() != columns.size()) {
            return refuse(origin, "expected " + std::to_string(columns.size()) + " columns");
        }
        if (first) {
            if (!std::ranges::equal(fields, columns)) {
                return refuse(origin, "the columns are not the expected ones");
            }
            continue;
        }
        CsvRow row{origin, {}};
        std::size_t i = 0;
        for (const auto column : columns) {
            row.cells.emplace(column, std::move(fields[i++]));
        }
        rows.push_back(std::move(row));
    }
    if (rows.empty()) {
        return refuse(at_line(file.path, 1), "no rows");
    }
    return rows;
}

// ---- Status tables

template <class E>
Result<E> word(const CsvRow& row, std::string_view column) {
    if (const auto found = base::from_text<E>(row[column])) {
        return *found;
    }
    return refuse(row.origin,
                  "unknown word \"" + row[column] + "\" in column " + std::string(column));
}

constexpr std::pair<std::string_view, std::uint8_t> flag_names[] = {
    {"synthetic", model::scan_flag::synthetic},
    {"correction", model::scan_flag::correction},
    {"void_previous", model::scan_flag::void_previous},
    {"return_leg", model::scan_flag::return_leg},
    {"refused", model::scan_flag::refused},
    {"destroyed", model::scan_flag::destroyed},
    {"late_recorded", model::scan_flag::late_recorded},
};

Result<void> read_flags(const CsvRow& row, model::StatusMeaning& meaning) {
    if (row["flags"].empty()) {
        return {};
    }
    for (const auto name : base::split(row["flags"], '|')) {
        const auto* known =
            std::ranges::find(flag_names, name, &std::pair<std::string_view, std::uint8_t>::first);
        if (known != std::end(flag_names)) {
            meaning.flags = static_cast<std::uint8_t>(meaning.flags | known->second);
        } else if (name == "unspecific") {
            meaning.unspecific = true;
        } else {
            return refuse(row.origin, "unknown flag \"" + std::string(name) + "\"");
        }
    }
    return {};
}

Result<model::StatusMeaning> read_meaning(const CsvRow& row) {
    model::StatusMeaning meaning;
    if (!row["milestone"].empty()) {
        auto milestone = word<model::Milestone>(row, "milestone");
        if (!milestone) {
            return std::unexpected(milestone.error());
        }
        meaning.milestone = *milestone;
    }
    for (const auto& [column, into] :
         {std::pair<std::string_view, model::Exception*>{"exception", &meaning.exception},
          {"clears", &meaning.clears}}) {
        if (!row[column].empty()) {
            auto exception = word<model::Exception>(row, column);
            if (!exception) {
                return std::unexpected(exception.error());
            }
            *into = *exception;
        }
    }
    if (auto flags = read_flags(row, meaning); !flags) {
        return std::unexpected(flags.error());
    }
    return meaning;
}

// A type cell may name several types ("I|M|U"): one row for each.
Result<void> read_statuses(const CatalogFile& file, std::string_view carrier,
                           std::vector<model::StatusRow>& into) {
    auto rows = read_csv(file, {"type", "code", "reason", "milestone", "exception", "clears",
                                "flags", "source", "checked_on", "note"});
    if (!rows) {
        return std::unexpected(rows.error());
    }
    for (const auto& row : *rows) {
        auto meaning = read_meaning(row);
        if (!meaning) {
            return std::unexpected(meaning.error());
        }
        const auto checked_on = base::parse_day(row["checked_on"]);
        if (!checked_on || row["source"].empty()) {
            return refuse(row.origin, "a row needs its source and checked_on (YYYY-MM-DD)");
        }
        for (const auto type : base::split(row["type"], '|')) {
            into.push_back({std::string(carrier), std::string(type), row["code"], row["reason"],
                            *meaning, row["source"], row["note"], *checked_on, row.origin});
        }
    }
    return {};
}

// ---- Zones

std::vector<std::string> words_of(std::string_view text, char separator) {
    std::vector<std::string> words;
    for (const auto each : base::split(text, separator)) {
        if (!each.empty()) {
            words.emplace_back(each);
        }
    }
    return words;
}

Result<void> read_places(const CatalogFile& file, model::CatalogParts& parts) {
    const bool regions = file.path.ends_with("/regions.csv");
    auto rows = regions ? read_csv(file, {"country", "region", "names", "zones"})
                        : read_csv(file, {"country", "zones"});
    if (!rows) {
        return std::unexpected(rows.error());
    }
    for (const auto& row : *rows) {
        if (row["country"].size() != 2 || (regions && row["region"].empty())) {
            return refuse(row.origin, "a place needs a country of two letters and a region");
        }
        parts.places.push_back({row["country"], row["region"], words_of(row["names"], '|'),
                                words_of(row["zones"], ' '), row.origin});
    }
    return {};
}

Result<void> read_postcodes(const CatalogFile& file, model::CatalogParts& parts) {
    auto rows = read_csv(file, {"country", "first", "last", "region"});
    if (!rows) {
        return std::unexpected(rows.error());
    }
    for (const auto& row : *rows) {
        if (row["first"].empty() || row["first"].size() != row["last"].size() ||
            row["last"] < row["first"]) {
            return refuse(row.origin, "`first` and `last` must be equally long and in order");
        }
        parts.postcodes.push_back({row["country"], row["first"], row["last"], row["region"]});
    }
    return {};
}

// Loads the zones that places name, and keeps one of those that have shown the same time since
// 2000: nothing we decide reaches further back.
Result<void> load_zones(model::CatalogParts& parts, std::string& fingerprint) {
    const base::Instant since = std::chrono::sys_days{std::chrono::year{2000} / 1 / 1};
    std::map<std::string, LoadedZone, std::less<>> loaded;
    for (auto& place : parts.places) {
        std::vector<std::string> distinct;
        for (const auto& name : place.zones) {
            auto at = loaded.find(name);
            if (at == loaded.end()) {
                auto zone = load_zone(name);
                if (!zone) {
                    zone.error().detail = place.origin + ": " + zone.error().detail;
                    return std::unexpected(zone.error());
                }
                at = loaded.emplace(name, std::move(*zone)).first;
            }
            if (std::ranges::none_of(distinct, [&](const std::string& kept) {
                    return same_clock_since(loaded.find(kept)->second, at->second, since);
                })) {
                distinct.push_back(name);
            }
        }
        place.zones = std::move(distinct);
    }
    for (auto& [name, zone] : loaded) {
        fingerprint.append(name).push_back('\0');
        for (const auto& offset : zone.offsets) {
            fingerprint.append(std::to_string(base::microseconds_of(offset.from))).push_back(' ');
            fingerprint.append(std::to_string(offset.east.count())).push_back(' ');
        }
        parts.zones.push_back(std::move(zone.zone));
    }
    return {};
}

// The part of the path below catalog/: "carriers/ups.csv".
std::string_view below_catalog(std::string_view path) {
    constexpr std::string_view top = "catalog/";
    const auto at = path.rfind(top);
    return at == std::string_view::npos ? path : path.substr(at + top.size());
}

// Files of the catalog that are not ours (message texts, notes for readers) are left alone.
Result<bool> read_file(const CatalogFile& file, model::CatalogParts& parts) {
    const std::string_view path = below_catalog(file.path);
    Result<void> done;
    if (path.starts_with("carriers/") && path.ends_with(".toml")) {
        done = catalog::read_carrier(file, parts);
    } else if (path.starts_with("carriers/") && path.ends_with(".csv")) {
        const std::string_view name = path.substr(9);
        done = read_statuses(file, name.substr(0, name.size() - 4), parts.statuses);
    } else if (path.starts_with("terms/guarantees") && path.ends_with(".toml")) {
        done = catalog::read_guarantees(file, parts);
    } else if (path.starts_with("terms/claim_windows") && path.ends_with(".toml")) {
        done = catalog::read_windows(file, parts);
    } else if (path == "zones/countries.csv" || path == "zones/regions.csv") {
        done = read_places(file, parts);
    } else if (path == "zones/postcodes.csv") {
        done = read_postcodes(file, parts);
    } else {
        return false;
    }
    if (!done) {
        return std::unexpected(done.error());
    }
    return true;
}

}  // namespace

std::vector<CatalogFile> embedded_catalog_files() {
    std::vector<CatalogFile> files;
    for (const auto& file : base::embedded_files()) {
        if (file.path.starts_with("catalog/")) {
            files.push_back({file.path, file.bytes});
        }
    }
    return files;
}

Result<model::Catalog> load_catalog(std::span<const CatalogFile> files) {
    std::vector<CatalogFile> sorted(files.begin(), files.end());
    std::ranges::sort(sorted, {}, &CatalogFile::path);
    model::CatalogParts parts;
    std::string fingerprint;
    for (const auto& file : sorted) {
        auto ours = read_file(file, parts);
        if (!ours) {
            return std::unexpected(ours.error());
        }
        if (*ours) {
            fingerprint.append(below_catalog(file.path)).push_back('\0');
            fingerprint.append(file.bytes).push_back('\0');
        }
    }
    for (const auto& row : parts.statuses) {
        if (std::ranges::find(parts.carriers, row.carrier, &model::Carrier::id) ==
            parts.carriers.end()) {
            return refuse(row.origin,
                          "no carriers/" + row.carrier + ".toml describes this carrier");
        }
    }
    if (auto zones = load_zones(parts, fingerprint); !zones) {
        return std::unexpected(zones.error());
    }
    parts.version = static_cast<std::uint32_t>(base::hash64(fingerprint));
    return model::Catalog::build(std::move(parts));
}

}  // namespace aftermile::engine
