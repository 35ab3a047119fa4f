#include "engine/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <tuple>

#include "base/crypto.hpp"
#include "base/csv.hpp"
#include "base/text.hpp"
#include "engine/intake.hpp"

namespace aftermile::engine {

namespace {

using base::Instant;
using base::Result;

constexpr std::size_t json_bytes_max = std::size_t{256} << 20;
constexpr std::size_t problems_listed = 20;
constexpr int busy_rounds_max = 600;
constexpr std::chrono::milliseconds busy_wait{100};

// Nested members as "a.b", lists left out.
void flatten(const base::Json& value, const std::string& prefix, SourceRow& row) {
    for (const base::JsonItem item : value.items()) {
        const std::string name = prefix + std::string(item.name);
        switch (item.value.kind()) {
            case base::JsonKind::object:
                flatten(item.value, name + ".", row);
                break;
            case base::JsonKind::text:
                row[name] = *item.value.as_text();
                break;
            case base::JsonKind::boolean:
                row[name] = *item.value.as_bool() ? "true" : "false";
                break;
            case base::JsonKind::integer:
            case base::JsonKind::decimal:
                row[name] = item.value.number_text().value_or("");
                break;
            case base::JsonKind::null:
            case base::JsonKind::array:
                break;
        }
    }
}

using TakeRow = std::function<void(std::size_t line, const SourceRow& row)>;
using TakeError = std::function<void(std::size_t line, base::Error error)>;

Result<void> read_csv(const ImportFile& file, const ColumnMap& map, const TakeRow& take,
                      const TakeError& wrong) {
    base::CsvReader reader(file.bytes, base::guess_delimiter(file.bytes));
    std::vector<std::string> header;
    if (auto first = reader.next(header); !first || !*first) {
        return base::fail("bad_file", file.name + " has no header line.");
    }
    for (const std::string& column : map.columns()) {
        if (std::ranges::find(header, column) == header.end()) {
            return base::fail("missing_column", file.name + " has no column \"" + column + "\".",
                              column);
        }
    }
    std::vector<std::string> record;
    while (true) {
        auto more = reader.next(record);
        if (!more) {
            wrong(reader.line(), more.error());
            continue;
        }
        if (!*more) {
            return {};
        }
        if (record.size() != header.size()) {
            wrong(reader.line(), base::Error{"bad_row",
                                             fmt::format("{} cells under {} columns.",
                                                         record.size(), header.size()),
                                             "", base::Family::rejected});
            continue;
        }
        SourceRow row;
        for (std::size_t i = 0; i < header.size(); ++i) {
            row.emplace(header[i], record[i]);
        }
        take(reader.line(), std::move(row));
    }
}

void take_json(const base::Json& value, std::size_t line, const TakeRow& take,
               const TakeError& wrong) {
    if (value.kind() != base::JsonKind::object) {
        wrong(line, base::Error{"bad_row", "A row is an object.", "", base::Family::rejected});
        return;
    }
    SourceRow row;
    flatten(value, "", row);
    take(line, std::move(row));
}

Result<void> read_json_file(const ImportFile& file, const TakeRow& take, const TakeError& wrong) {
    auto document = base::JsonDocument::parse(file.bytes, {.max_bytes = json_bytes_max});
    if (!document) {
        return base::fail("bad_file", file.name + ": " + document.error().detail);
    }
    const base::Json root = document->root();
    if (root.kind() != base::JsonKind::array) {
        take_json(root, 1, take, wrong);
        return {};
    }
    std::size_t index = 0;
    for (const base::JsonItem item : root.items()) {
        take_json(item.value, ++index, take, wrong);
    }
    return {};
}

Result<void> read_ndjson(const ImportFile& file, const TakeRow& take, const TakeError& wrong) {
    std::size_t line = 0;
    for (const std::string_view text : base::split(file.bytes, '\n')) {
        ++line;
        if (base::trim(text).empty()) {
            continue;
        }
        if (auto document = base::JsonDocument::parse(base::trim(text))) {
            take_json(document->root(), line, take, wrong);
        } else {
            wrong(line, document.error());
        }
    }
    return {};
}

Result<void> read_file(const ImportFile& file, const ColumnMap& map, const TakeRow& take,
                       const TakeError& wrong) {
    if (file.name.ends_with(".ndjson") || file.name.ends_with(".jsonl")) {
        return read_ndjson(file, take, wrong);
    }
    if (file.name.ends_with(".json")) {
        return read_json_file(file, take, wrong);
    }
    return read_csv(file, map, take, wrong);
}

// One row's elements, each with the instant at which it is decided.
class RowPlanner {
  public:
    RowPlanner(const ColumnMap& map, const IntakeContext& context) : map_(map), context_(context) {}

    Result<std::vector<ImportItem>> plan(const SourceRow& row, std::size_t number,
                                         ImportPlan& totals) {
        base::Problems problems;
        auto mapped = map_row(map_, row, problems);
        if (!mapped) {
            return std::unexpected(mapped.error());
        }
        model::AddressInput to;
        if (mapped->shipment && mapped->shipment->ship_to) {
            to = *mapped->shipment->ship_to;
        } else if (mapped->order && mapped->order->ship_to) {
            to = *mapped->order->ship_to;
        }
        const model::Area area = area_of(to);
        zone_ =
            context_.catalog->zones_of(area.country, area.region, area.postcode_area).zones.front();
        std::vector<ImportItem> items;
        std::size_t part = 0;
        if (mapped->order) {
            const auto at = mapped->order->placed_at;
            if (auto added = add(intake_order(*mapped->order, context_, problems), at, number,
                                 part++, items);
                !added) {
                return std::unexpected(added.error());
            }
        }
        if (mapped->shipment) {
            const auto at = mapped->shipment->label_created_at;
            if (auto added = add(intake_shipment(*mapped->shipment, context_, problems), at, number,
                                 part++, items);
                !added) {
                return std::unexpected(added.error());
            }
        }
        for (MappedScan& scan : mapped->scans) {
            if (!scan.known) {
                scan.scan.carrier = context_.catalog->carrier_id(scan.scan.carrier);
                model::apply_status(*context_.catalog, scan.scan, scan.type, scan.code,
                                    scan.reason);
            }
            const base::WrittenTime at{scan.scan.written, scan.scan.offset, scan.scan.date_only};
            if (auto added = add(intake_scan(std::move(scan.scan), context_, problems), at, number,
                                 part++, items);
                !added) {
                return std::unexpected(added.error());
            }
        }
        totals.orders += mapped->order ? 1U : 0U;
        totals.shipments += mapped->shipment ? 1U : 0U;
        totals.scans += mapped->scans.size();
        return items;
    }

  private:
    Result<void> add(Result<Element> element, const std::optional<base::WrittenTime>& written,
                     std::size_t row, std::size_t part, std::vector<ImportItem>& items) {
        if (!element) {
            return std::unexpected(element.error());
        }
        Instant at = context_.now;
        if (written) {
            at = written->instant().value_or(zone_->earliest(written->local));
        }
        at = std::clamp(at, base::instant_of(0), context_.now);
        element->at = at;
        items.push_back({at, row, part, std::move(*element)});
        return {};
    }

    const ColumnMap& map_;
    const IntakeContext& context_;
    const base::Zone* zone_ = nullptr;
};

std::string fingerprint_of(const std::vector<ImportFile>& files, std::string_view map,
                           model::MerchantNumber merchant) {
    std::string all = fmt::format("{}\n{}", merchant, base::to_hex(base::sha256(map)));
    for (const ImportFile& file : files) {
        all += base::to_hex(base::sha256(file.bytes));
    }
    return base::to_hex(base::sha256(all));
}

Result<std::uint64_t> resume_point(ports::AdminStore& admin, const std::string& name) {
    auto row = admin.get("import", name);
    if (!row) {
        return std::unexpected(row.error());
    }
    if (!*row) {
        return std::uint64_t{0};
    }
    auto document = base::JsonDocument::parse((*row)->body);
    const auto done = document ? document->root()["done"].as_int() : std::nullopt;
    return static_cast<std::uint64_t>(std::max<std::int64_t>(done.value_or(0), 0));
}

Result<void> note_progress(ports::AdminStore& admin, const std::string& name,
                           model::MerchantNumber merchant, std::uint64_t done) {
    return admin.put({"import", name, merchant, fmt::format("{{\"done\":{}}}", done), {}});
}

void count(const std::vector<Receipt>& receipts, ImportReport& report) {
    for (const Receipt& receipt : receipts) {
        report.accepted += receipt.kind == ReceiptKind::accepted ? 1U : 0U;
        report.duplicates += receipt.kind == ReceiptKind::duplicate ? 1U : 0U;
        report.parked += receipt.kind == ReceiptKind::parked ? 1U : 0U;
        report.rejected += receipt.kind == ReceiptKind::rejected ? 1U : 0U;
        if (receipt.error && report.problems.size() < problems_listed) {
            report.problems.push_back(*receipt.error);
        }
    }
}

// Submits until every element has an answer that stays.
Result<std::vector<Receipt>> submit_step(Engine& engine, model::MerchantNumber merchant,
                                         const std::vector<Element>& elements) {
    for (int round = 0; round < busy_rounds_max; ++round) {
        auto receipts = engine.submit_and_wait(merchant, elements);
        const bool again = receipts ? std::ranges::find(*receipts, ReceiptKind::retry,
                                                        &Receipt::kind) != receipts->end()
                                    : receipts.error().code == "busy";
        if (!again) {
            return receipts;
        }
        std::this_thread::sleep_for(busy_wait);
    }
    return base::fail("busy", "The store takes nothing in.", {}, base::Family::retry);
}

}  // namespace

Result<ImportPlan> plan_import(const std::vector<ImportFile>& files, std::string_view map_document,
                               model::MerchantNumber merchant, const model::Catalog& catalog,
                               std::string_view secret, Instant now) {
    auto map = ColumnMap::parse(map_document);
    if (!map) {
        return std::unexpected(map.error());
    }
    IntakeContext context;
    context.secret = secret;
    context.merchant = merchant;
    context.now = now;
    context.catalog = &catalog;
    context.imported = true;
    RowPlanner planner(*map, context);
    ImportPlan plan;
    for (const ImportFile& file : files) {
        const TakeError wrong = [&](std::size_t line, base::Error error) {
            ++plan.row_errors;
            if (plan.errors.size() < limits::import_errors_listed) {
                plan.errors.push_back({file.name, line, std::move(error)});
            }
        };
        const TakeRow take = [&](std::size_t line, const SourceRow& row) {
            auto items = planner.plan(row, plan.rows++, plan);
            if (!items) {
                wrong(line, std::move(items.error()));
                return;
            }
            std::ranges::move(*items, std::back_inserter(plan.items));
        };
        if (auto read = read_file(file, *map, take, wrong); !read) {
            return std::unexpected(read.error());
        }
    }
    std::ranges::sort(plan.items, {}, [](const ImportItem& item) {
        return std::tuple(item.at, item.row, item.part);
    });
    plan.fingerprint = fingerprint_of(files, map_document, merchant);
    return plan;
}

Result<ImportReport> run_import(Engine& engine, ImportPlan plan, model::MerchantNumber merchant,
                                const ImportProgress& progress) {
    ports::AdminStore& admin = engine.store().admin();
    ImportReport report;
    auto resume = resume_point(admin, plan.fingerprint);
    if (!resume) {
        return std::unexpected(resume.error());
    }
    report.resumed_after = std::min<std::uint64_t>(*resume, plan.items.size());
    if (auto noted = note_progress(admin, plan.fingerprint, merchant, report.resumed_after);
        !noted) {
        return std::unexpected(noted.error());
    }
    if (auto begun = engine.begin_import(merchant); !begun) {
        return std::unexpected(begun.error());
    }
    for (std::size_t at = report.resumed_after; at < plan.items.size();) {
        std::vector<Element> step;
        const std::size_t end = std::min(at + limits::import_step_events, plan.items.size());
        for (; at < end; ++at) {
            step.push_back(std::move(plan.items[at].element));
        }
        auto receipts = submit_step(engine, merchant, step);
        if (!receipts) {
            return std::unexpected(receipts.error());
        }
        count(*receipts, report);
        if (auto noted = note_progress(admin, plan.fingerprint, merchant, at); !noted) {
            return std::unexpected(noted.error());
        }
        if (progress) {
            progress(at, plan.items.size());
        }
    }
    if (auto ended = engine.end_import(merchant); !ended) {
        return std::unexpected(ended.error());
    }
    auto removed = admin.remove("import", plan.fingerprint);
    if (!removed) {
        return std::unexpected(removed.error());
    }
    return report;
}

}  // namespace aftermile::engine
