#include "surface/api/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "surface/api/messages_of.hpp"
#include "text/sentences.hpp"

namespace aftermile::surface {
namespace {

// Events of several chains, each once.
class Gatherer {
  public:
    Gatherer(Records& records, const base::Zone* destination, std::string_view locale)
        : records_(records), destination_(destination), locale_(locale) {}

    Written add_chain(model::EventId head) {
        if (!head || seen_.contains(head.value)) {
            return {};
        }
        auto rows = records_.reader().chain(head, timeline_events_max);
        if (!rows) {
            return std::unexpected(rows.error());
        }
        for (const ports::EventRow& row : *rows) {
            if (seen_.insert(row.id.value).second) {
                add(row);
            }
        }
        return {};
    }

    std::vector<Entry> take() {
        std::ranges::stable_sort(entries_, [](const Entry& a, const Entry& b) {
            const base::Instant left = a.occurred_at.value_or(a.at);
            const base::Instant right = b.occurred_at.value_or(b.at);
            return left != right ? left < right : a.event < b.event;
        });
        return std::move(entries_);
    }

  private:
    void add(const ports::EventRow& row) {
        auto payload = model::decode_payload(row.payload);
        model::Trace trace;
        if (auto decoded = base::decode<model::Trace>(row.decision)) {
            trace = std::move(*decoded);
        }
        if (payload) {
            if (auto* scan = std::get_if<model::Scan>(&*payload)) {
                add_scan(row, std::move(*scan), trace.because);
            } else if (const auto* report = std::get_if<model::Report>(&*payload)) {
                add_report(row, *report, trace.because);
            }
        }
        for (model::TimelineEntry& each : trace.entries) {
            Entry entry;
            entry.type = std::string(base::to_text(each.type));
            entry.id = each.id;
            entry.text = timeline_sentence(records_.context(), locale_, each);
            entry.event = row.id;
            entry.at = row.recorded_at;
            entry.occurred_at = each.occurred_at;
            entry.milestone = each.milestone;
            entry.zone = destination_;
            entry.because = std::move(each.because);
            entries_.push_back(std::move(entry));
        }
    }

    void add_scan(const ports::EventRow& row, model::Scan scan, const model::Because& because) {
        const ScanTime time = time_of(records_.context().catalog(), scan, destination_);
        Entry entry;
        entry.type = "scan";
        entry.id = row.id.text();
        entry.event = row.id;
        entry.at = row.recorded_at;
        entry.occurred_at = time.at;
        entry.time_quality = time.quality;
        entry.zone = time.zone == nullptr ? destination_ : time.zone;
        entry.milestone = scan.milestone;
        entry.because = because;
        entry.text = scan_text(scan);
        entry.scan = std::move(scan);
        entries_.push_back(std::move(entry));
    }

    std::string scan_text(const model::Scan& scan) {
        const text::Messages& messages = records_.context().messages();
        const std::string place = place_text(scan.place);
        if (!scan.milestone && scan.exception != model::Exception::none) {
            auto word = messages.translate(
                locale_, fmt::format("word.kind.{}", base::to_text(scan.exception)));
            if (word) {
                const std::string said = text::capitalised(std::move(*word));
                return place.empty() ? said : fmt::format("{}, {}", said, place);
            }
        }
        if (!scan.milestone && !scan.description.empty()) {
            return place.empty() ? scan.description
                                 : fmt::format("{}, {}", scan.description, place);
        }
        return text::sentence_for_scan(messages, locale_, scan.milestone, place)
            .value_or(scan.description);
    }

    void add_report(const ports::EventRow& row, const model::Report& report,
                    const model::Because& because) {
        Entry entry;
        entry.type = "note";
        entry.id = row.id.text();
        entry.event = row.id;
        entry.at = row.recorded_at;
        entry.zone = destination_;
        entry.because = because;
        model::TimelineEntry line;
        line.type = model::EntryType::note;
        line.text = report.withdrawn ? base::Word("report_withdrawn") : base::Word("reported");
        model::MessageField kind;
        kind.name = "report";
        kind.type = model::FieldType::choice;
        kind.text = std::string(base::to_text(report.kind));
        line.text_fields.push_back(std::move(kind));
        entry.text = timeline_sentence(records_.context(), locale_, line);
        entries_.push_back(std::move(entry));
    }

    Records& records_;
    const base::Zone* destination_;
    std::string_view locale_;
    std::set<std::int64_t> seen_;
    std::vector<Entry> entries_;
};

template <class R>
Written add_last_events(Gatherer& gatherer, Records& records, std::vector<ports::Filter> filters) {
    auto found = records.all<R>(std::move(filters), 50);
    if (!found) {
        return std::unexpected(found.error());
    }
    for (const R& record : *found) {
        if (auto added = gatherer.add_chain(record.last_event); !added) {
            return added;
        }
    }
    return {};
}

}  // namespace

std::string place_text(const model::Place& place) {
    if (place.city.empty()) {
        return place.region.empty() ? place.country : place.region;
    }
    return place.region.empty() ? place.city : fmt::format("{}, {}", place.city, place.region);
}

ScanTime time_of(const model::Catalog& catalog, const model::Scan& scan,
                 const base::Zone* destination) {
    const auto zones = catalog.zones_of(scan.place.country, scan.place.region, scan.place.postcode);
    ScanTime out;
    out.zone = zones.known ? zones.zones.front() : nullptr;
    if (scan.offset) {
        out.at = base::Instant{scan.written.time_since_epoch() - *scan.offset};
        out.quality =
            scan.offset->count() == 0 ? model::TimeQuality::utc : model::TimeQuality::offset;
    } else if (out.zone != nullptr) {
        out.at = out.zone->earliest(scan.written);
        out.quality = model::TimeQuality::zone_from_location;
    } else if (destination != nullptr) {
        out.at = destination->earliest(scan.written);
        out.quality = model::TimeQuality::assumed;
    } else {
        out.at = base::Instant{scan.written.time_since_epoch()};
        out.quality = model::TimeQuality::assumed;
    }
    if (scan.date_only) {
        out.quality = model::TimeQuality::date_only;
    }
    return out;
}

base::Result<std::vector<Entry>> shipment_timeline(Records& records,
                                                   const model::Shipment& shipment,
                                                   std::string_view locale) {
    auto order = records.get<model::Order>(shipment.label->order.value);
    if (!order) {
        return std::unexpected(order.error());
    }
    const model::Catalog& catalog = records.context().catalog();
    const base::Zone* zone = zone_of(catalog, shipment.label->ship_to);
    if (zone == nullptr && *order) {
        zone = zone_of(catalog, (*order)->ship_to);
    }
    Gatherer gatherer(records, zone, locale);
    for (const model::EventId head :
         {shipment.last_event, *order ? (*order)->last_event : model::EventId{}}) {
        if (auto added = gatherer.add_chain(head); !added) {
            return std::unexpected(added.error());
        }
    }
    const ports::Filter its = is("shipment", shipment.id.value);
    auto messages = messages_of_shipment(records, shipment.id.value);
    if (!messages) {
        return std::unexpected(messages.error());
    }
    for (const auto& added :
         {add_last_events<model::Incident>(gatherer, records, {its}),
          add_last_events<model::Claim>(gatherer, records, {its}),
          add_last_events<model::Notification>(
              gatherer, records, {{"id", ports::Filter::Test::any_of, std::move(*messages)}})}) {
        if (!added) {
            return std::unexpected(added.error());
        }
    }
    return gatherer.take();
}

base::Result<std::vector<Entry>> order_timeline(Records& records, const model::Order& order,
                                                std::string_view locale) {
    Gatherer gatherer(records, zone_of(records.context().catalog(), order.ship_to), locale);
    if (auto added = gatherer.add_chain(order.last_event); !added) {
        return std::unexpected(added.error());
    }
    return gatherer.take();
}

void write_entry(base::JsonWriter& writer, const Entry& entry) {
    Out out(writer);
    out.at("type").text(entry.type);
    out.at("id").text(entry.id);
    out.instant("at", entry.at);
    out.instant("occurred_at", entry.occurred_at);
    if (entry.zone != nullptr) {
        out.text("zone", entry.zone->name());
    }
    if (entry.time_quality) {
        out.word("time_quality", *entry.time_quality);
    }
    if (entry.milestone) {
        out.word("milestone", *entry.milestone);
    }
    if (entry.scan) {
        out.text("place", place_text(entry.scan->place));
        if (entry.scan->exception != model::Exception::none) {
            out.word("exception", entry.scan->exception);
        }
        out.text("code", entry.scan->code);
        out.text("description", entry.scan->description);
    }
    out.at("text").text(entry.text);
    out.because("because", entry.because);
}

}  // namespace aftermile::surface
