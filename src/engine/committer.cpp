#include "engine/committer.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <span>

#include "core/nearby.hpp"
#include "engine/person.hpp"
#include "engine/policy_load.hpp"
#include "ports/rows.hpp"

namespace aftermile::engine {

namespace {

using base::Result;
using ports::Row;
using ports::Table;

// Whether the row comes into being with this batch.
bool is_fresh(const Pending& pending, Table table, std::int64_t id) {
    if (table == Table::profiles) {
        return true;  // a version is written once
    }
    if (table == Table::merchants) {
        return !pending.merchants.at(static_cast<model::MerchantNumber>(id)).has_row;
    }
    if (table == Table::sweeps) {
        return !pending.merchants.at(model::EventId{id}.merchant()).has_mark;
    }
    const model::EventId event{id};
    // A message may go from the outbox with no event of its merchant.
    const auto before = pending.merchants.find(event.merchant());
    return before != pending.merchants.end() && event.event_number() > before->second.last_event;
}

template <class Id>
std::string id_text(std::int64_t number) {
    return Id{number}.text();
}

Change change_of(const core::Put& put) {
    return core::visit_put(
        []<class Record>(const Record& record) -> Change {
            if constexpr (std::same_as<Record, model::Merchant>) {
                return {record.number, "merchant", 0, [](std::int64_t) { return std::string(); }};
            } else if constexpr (std::same_as<Record, model::ProfileVersion>) {
                return {record.merchant, "profile", record.version,
                        [](std::int64_t number) { return std::to_string(number); }};
            } else if constexpr (std::same_as<Record, model::PieceNumber>) {
                return {record.id.merchant(), "shipment", record.shipment.value,
                        id_text<model::ShipmentId>};
            } else {
                return {record.id.merchant(), Record::kind_name, record.id.value,
                        id_text<decltype(record.id)>};
            }
        },
        put);
}

// The records were made by another thread, and their rows read them whole.
void bring_near(std::span<const core::Put* const> puts) {
    constexpr std::size_t first_ring = 12, second_ring = 6;
    const auto shipment = [&](std::size_t at) {
        return at < puts.size() ? core::put_of<model::Shipment>(*puts[at]) : nullptr;
    };
    if (const model::Shipment* far = shipment(first_ring)) {
        core::bring_near(*far);
    }
    if (const model::Shipment* near = shipment(second_ring)) {
        core::bring_near_rest(*near);
    }
}

}  // namespace

Result<std::unique_ptr<Committer>> Committer::open(ports::Store& store, Metrics& metrics) {
    std::unique_ptr<Committer> committer(new Committer(store, metrics));
    auto writer = store.writer();
    if (!writer) {
        return std::unexpected(writer.error());
    }
    auto loader = store.loader();
    if (!loader) {
        return std::unexpected(loader.error());
    }
    auto reader = store.reader();
    if (!reader) {
        return std::unexpected(reader.error());
    }
    auto sync = (*writer)->sync_apart();
    if (!sync) {
        return std::unexpected(sync.error());
    }
    committer->writer_ = std::move(*writer);
    committer->sync_ = std::move(*sync);
    committer->loader_ = std::move(*loader);
    committer->reader_ = std::move(*reader);
    return committer;
}

Result<void> Committer::build_outbox(const Pending& pending, ports::Batch& batch) {
    std::vector<std::int64_t> older;
    for (const auto& [id, put] : pending.outbox) {
        if (!is_fresh(pending, Table::notifications, id)) {
            older.push_back(id);
        }
    }
    std::set<std::int64_t> there;
    if (!older.empty()) {
        auto loaded = loader_->load(Table::outbox, older,
                                    [&](std::int64_t id, std::string_view) { there.insert(id); });
        if (!loaded) {
            return loaded;
        }
    }
    for (const auto& [id, put] : pending.outbox) {
        const bool exists = there.contains(id);
        if (put.gone && !exists) {
            continue;  // came and went in this batch
        }
        Row row{.table = Table::outbox,
                .id = id,
                .fresh = !exists,
                .gone = put.gone,
                .columns = {},
                .body = {}};
        if (!put.gone) {
            row.columns = {put.kind, base::microseconds_of(put.next_at),
                           std::int64_t{put.attempts}};
        }
        batch.rows.push_back(std::move(row));
    }
    return {};
}

Result<void> Committer::build_sealed(const Pending& pending, ports::Batch& batch) {
    for (const auto& [merchant, parts] : pending.sealed) {
        if (parts.empty()) {
            continue;
        }
        auto rows = seal_parts(merchant, parts, *reader_, home_.keyring());
        if (!rows) {
            return std::unexpected(rows.error());
        }
        std::ranges::move(*rows, std::back_inserter(batch.sealed));
    }
    return {};
}

Result<ports::Batch> Committer::build(Pending& pending, std::vector<Change>& changes) {
    ports::Batch batch;
    batch.rows.reserve(pending.puts.size() + pending.marks.size() + pending.rows.size() +
                       pending.outbox.size() + 1);
    changes.reserve(pending.puts.size());
    const auto write = [&](Row row) {
        row.fresh = is_fresh(pending, row.table, row.id);
        batch.rows.push_back(std::move(row));
    };
    std::vector<const core::Put*> puts;
    puts.reserve(pending.puts.size());
    for (const auto& [place, put] : pending.puts) {
        puts.push_back(&put);
    }
    for (std::size_t i = 0; i < puts.size(); ++i) {
        bring_near(std::span(puts).subspan(i));
        write(core::visit_put([](const auto& record) { return ports::row_of(record); }, *puts[i]));
        changes.push_back(change_of(*puts[i]));
    }
    for (const auto& [merchant, mark] : pending.marks) {
        write(ports::row_of(mark));
    }
    for (const auto& [merchant, before] : pending.merchants) {
        if (before.needs_policy_row) {
            batch.rows.push_back({.table = Table::policies,
                                  .id = ports::version_id(merchant, 1),
                                  .columns = {std::int64_t{1}},
                                  .body = std::string(default_policy_document())});
        }
    }
    std::ranges::move(pending.rows, std::back_inserter(batch.rows));
    if (auto outbox = build_outbox(pending, batch); !outbox) {
        return std::unexpected(outbox.error());
    }
    if (auto sealed = build_sealed(pending, batch); !sealed) {
        return std::unexpected(sealed.error());
    }
    std::ranges::sort(batch.rows, {}, [](const Row& row) { return std::pair(row.table, row.id); });
    batch.admin = std::move(pending.admin);
    batch.answers = std::move(pending.answers);
    batch.events.reserve(pending.events.size());
    for (Pending::DecidedEvent& event : pending.events) {
        event.row.decision = base::encode(event.trace);
        batch.events.push_back(std::move(event.row));
    }
    std::ranges::sort(batch.events, {}, &ports::EventRow::id);
    return batch;
}

Result<void> Committer::sync() { return sync_ ? sync_->sync() : Result<void>{}; }

Result<std::vector<Change>> Committer::commit(Pending& pending) {
    std::vector<Change> changes;
    if (pending.empty()) {
        return changes;
    }
    auto batch = build(pending, changes);
    if (!batch) {
        ++metrics_.commit_failures;
        return std::unexpected(batch.error());
    }
    const auto start = std::chrono::steady_clock::now();
    auto done = writer_->commit(*batch);
    metrics_.commit_took(
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                       std::chrono::steady_clock::now() - start)
                                       .count()));
    if (!done) {
        ++metrics_.commit_failures;
        return std::unexpected(done.error());
    }
    return changes;
}

}  // namespace aftermile::engine
