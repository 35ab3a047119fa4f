#include <toml++/toml.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "engine/catalog_readers.hpp"

namespace aftermile::engine::catalog {

namespace {

using base::LocalDay;
using base::Result;

// Takes what it knows from a table and refuses what is left.

class TomlReader {
  public:
    TomlReader(const toml::table& table, std::string_view path)
        : table_(table), path_(path), origin_(at_line(path, table.source().begin.line)) {}

    [[nodiscard]] const std::string& origin() const { return origin_; }

    std::string text(std::string_view key) {
        return take(key, table_[key].value<std::string>(), "text").value_or("");
    }
    std::string required(std::string_view key) {
        std::string value = text(key);
        if (value.empty()) {
            complain(origin_, "\"" + std::string(key) + "\" is missing");
        }
        return value;
    }
    std::int64_t integer(std::string_view key) {
        const auto value = take(key, table_[key].value_exact<std::int64_t>(), "a whole number");
        if (value && *value < 0) {
            complain(origin_, "\"" + std::string(key) + "\" may not be negative");
        }
        return value.value_or(0);
    }
    std::optional<bool> truth(std::string_view key) {
        return take(key, table_[key].value_exact<bool>(), "true or false");
    }
    std::optional<LocalDay> day(std::string_view key) {
        const auto value = take(key, table_[key].value_exact<toml::date>(), "a date");
        if (!value) {
            return std::nullopt;
        }
        const std::chrono::year_month_day ymd{std::chrono::year{value->year},
                                              std::chrono::month{value->month},
                                              std::chrono::day{value->day}};
        return LocalDay{ymd};
    }
    std::vector<std::string> texts(std::string_view key) {
        std::vector<std::string> list;
        seen_.push_back(std::string(key));
        if (!table_.contains(key)) {
            return list;
        }
        const auto* array = table_[key].as_array();
        for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
            if (auto item = (*array)[i].value_exact<std::string>()) {
                list.push_back(std::move(*item));
            }
        }
        if (array == nullptr || list.size() != array->size()) {
            complain(origin_, "\"" + std::string(key) + "\" must be a list of texts");
        }
        return list;
    }
    const toml::table* table(std::string_view key) {
        seen_.push_back(std::string(key));
        return table_[key].as_table();
    }
    template <class E>
    std::optional<E> word(std::string_view key) {
        const std::string name = text(key);
        const auto value = base::from_text<E>(name);
        if (!value && !name.empty()) {
            complain(origin_, "unknown word \"" + name + "\" for " + std::string(key));
        }
        return value;
    }
    void complain(std::string_view origin, std::string what) {
        if (error_.empty()) {
            error_ = std::string(origin) + ": " + std::move(what);
        }
    }
    // The first complaint, or a key that nobody asked for.
    [[nodiscard]] Result<void> finish() {
        for (const auto& [key, node] : table_) {
            if (std::ranges::find(seen_, key.str()) == seen_.end()) {
                complain(at_line(path_, node.source().begin.line),
                         "unknown key \"" + std::string(key.str()) + "\"");
            }
        }
        if (!error_.empty()) {
            return base::fail("bad_catalog", error_, {}, base::Family::internal);
        }
        return {};
    }

  private:
    template <class T>
    std::optional<T> take(std::string_view key, std::optional<T> value, std::string_view kind) {
        seen_.push_back(std::string(key));
        if (!value && table_.contains(key)) {
            complain(at_line(path_, table_.get(key)->source().begin.line),
                     "\"" + std::string(key) + "\" must be " + std::string(kind));
        }
        return value;
    }

    const toml::table& table_;
    std::string_view path_;
    std::string origin_;
    std::vector<std::string> seen_;
    std::string error_;
};

Result<toml::table> parse_toml(const CatalogFile& file) {
    try {
        return toml::parse(file.bytes, file.path);
    } catch (const toml::parse_error& error) {
        return refuse(at_line(file.path, error.source().begin.line), error.description());
    }
}

void read_evidence(TomlReader& reader, model::Evidence& evidence) {
    const std::string grade = reader.required("grade");
    if (grade.size() != 1 || grade[0] < 'A' || grade[0] > 'D') {
        reader.complain(reader.origin(), "`grade` must be A, B, C or D");
    } else {
        evidence.grade = grade[0];
    }
    evidence.source = reader.required("source");
    evidence.verified_on = reader.day("verified_on");
}

template <class Row>
void read_dates(TomlReader& reader, Row& row) {
    if (const auto from = reader.day("from")) {
        row.from = *from;
    } else {
        reader.complain(reader.origin(), "`from` is missing");
    }
    row.until = reader.day("until");
}

Result<void> read_guarantee(TomlReader& reader, model::CatalogParts& parts) {
    model::Guarantee row;
    row.origin = reader.origin();
    row.id = reader.required("id");
    row.carrier = reader.required("carrier");
    row.services = reader.texts("services");
    read_dates(reader, row);
    const auto guaranteed = reader.truth("guaranteed");
    row.guaranteed = guaranteed.value_or(false);
    row.reason = reader.text("reason");
    row.late_after_seconds = reader.integer("late_after_seconds");
    row.refund = reader.text("refund");
    read_evidence(reader, row.evidence);
    if (!guaranteed || row.guaranteed != row.reason.empty()) {
        reader.complain(row.origin, "`guaranteed` is required, and a reason where it is false");
    }
    if (row.services.empty()) {
        reader.complain(row.origin, "`services` is missing");
    }
    parts.guarantees.push_back(std::move(row));
    return reader.finish();
}

Result<void> read_window(TomlReader& reader, model::CatalogParts& parts) {
    model::ClaimWindow row;
    row.origin = reader.origin();
    row.id = reader.required("id");
    row.carrier = reader.required("carrier");
    const auto ground = reader.word<model::ClaimGround>("ground");
    const auto clock = reader.word<model::ClaimClock>("clock");
    if (!ground || !clock) {
        reader.complain(row.origin, "`ground` and `clock` are required");
    }
    row.ground = ground.value_or(model::ClaimGround::loss);
    row.clock = clock.value_or(model::ClaimClock::ship_date);
    row.services = reader.texts("services");
    row.lane = reader.word<model::LaneScope>("lane");
    read_dates(reader, row);
    row.opens_after_days = reader.integer("opens_after_days");
    row.days = reader.integer("days");
    row.months = reader.integer("months");
    row.appeals = reader.integer("appeals");
    row.appeal_days = reader.integer("appeal_days");
    row.reply_days = reader.integer("reply_days");
    row.claimant = reader.text("claimant");
    const std::int64_t liability = reader.integer("liability");
    const std::string currency = reader.text("currency");
    if (liability > 0) {
        if (auto known = base::Currency::parse(currency)) {
            row.liability = base::Money{liability, *known};
        } else {
            reader.complain(row.origin, "`liability` needs a currency");
        }
    }
    read_evidence(reader, row.evidence);
    parts.windows.push_back(std::move(row));
    return reader.finish();
}

using RowReader = Result<void> (*)(TomlReader&, model::CatalogParts&);

Result<void> read_terms(const CatalogFile& file, std::string_view key, RowReader read_row,
                        model::CatalogParts& parts) {
    auto table = parse_toml(file);
    if (!table) {
        return std::unexpected(table.error());
    }
    const auto* rows = (*table)[key].as_array();
    if (rows == nullptr || table->size() != 1) {
        return refuse(at_line(file.path, 1), "expected only [[" + std::string(key) + "]] rows");
    }
    for (const auto& node : *rows) {
        if (!node.is_table()) {
            return refuse(at_line(file.path, node.source().begin.line), "expected a table");
        }
        TomlReader reader(*node.as_table(), file.path);
        if (auto done = read_row(reader, parts); !done) {
            return done;
        }
    }
    return {};
}

}  // namespace

Result<void> read_carrier(const CatalogFile& file, model::CatalogParts& parts) {
    auto table = parse_toml(file);
    if (!table) {
        return std::unexpected(table.error());
    }
    TomlReader reader(*table, file.path);
    model::Carrier carrier;
    carrier.origin = at_line(file.path, 1);
    carrier.id = reader.required("id");
    carrier.name = reader.required("name");
    carrier.kind = reader.word<model::CarrierKind>("kind").value_or(model::CarrierKind::carrier);
    carrier.tracking_url = reader.text("tracking_url");
    carrier.aliases = reader.texts("aliases");
    if (const auto* services = reader.table("services")) {
        TomlReader names(*services, file.path);
        for (const auto& [key, node] : *services) {
            carrier.services.push_back({std::string(key.str()), names.texts(key.str())});
        }
        if (auto done = names.finish(); !done) {
            return done;
        }
    }
    if (!std::string_view(file.path).ends_with("/" + carrier.id + ".toml")) {
        reader.complain(carrier.origin, "the file must be named after the id");
    }
    auto done = reader.finish();
    parts.carriers.push_back(std::move(carrier));
    return done;
}

Result<void> read_guarantees(const CatalogFile& file, model::CatalogParts& parts) {
    return read_terms(file, "guarantee", read_guarantee, parts);
}

Result<void> read_windows(const CatalogFile& file, model::CatalogParts& parts) {
    return read_terms(file, "window", read_window, parts);
}

}  // namespace aftermile::engine::catalog
