#include "bench/ingest/count.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "core/delivery/digest.hpp"
#include "model/event.hpp"
#include "model/incident.hpp"
#include "model/trace.hpp"

namespace aftermile::bench {

namespace {

struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

using Row = std::function<void(sqlite3_stmt*)>;

class Database {
  public:
    base::Result<void> open(const std::string& file) {
        sqlite3* opened = nullptr;
        const int code = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
        database_.reset(opened);
        return code == SQLITE_OK ? base::Result<void>{} : failure();
    }
    base::Result<void> each(const char* sql, const Row& row) {
        sqlite3_stmt* prepared = nullptr;
        if (sqlite3_prepare_v2(database_.get(), sql, -1, &prepared, nullptr) != SQLITE_OK) {
            return failure();
        }
        const std::unique_ptr<sqlite3_stmt, Close> statement(prepared);
        int code = sqlite3_step(prepared);
        for (; code == SQLITE_ROW; code = sqlite3_step(prepared)) {
            row(prepared);
        }
        return code == SQLITE_DONE ? base::Result<void>{} : failure();
    }
    base::Result<void> number(const char* sql, std::uint64_t& into) {
        return each(sql, [&](sqlite3_stmt* row) {
            into = static_cast<std::uint64_t>(sqlite3_column_int64(row, 0));
        });
    }

  private:
    std::unexpected<base::Error> failure() {
        return base::fail("store_failed", sqlite3_errmsg(database_.get()));
    }
    std::unique_ptr<sqlite3, Close> database_;
};

std::string_view bytes(sqlite3_stmt* row, int column) {
    return {static_cast<const char*>(sqlite3_column_blob(row, column)),
            static_cast<std::size_t>(sqlite3_column_bytes(row, column))};
}

bool is_told(const model::Answer& answer) {
    return answer.id.empty() != answer.none.empty() && !answer.because.rule.empty();
}

void count_event(sqlite3_stmt* row, Counts& counts) {
    ++counts.events;
    const auto payload = model::decode_payload(bytes(row, 1));
    if (payload) {
        counts.scans += std::holds_alternative<model::Scan>(*payload) ? 1 : 0;
        counts.timers_fired += std::holds_alternative<model::TimerFired>(*payload) ? 1 : 0;
    }
    const auto trace = base::decode<model::Trace>(bytes(row, 2));
    const bool explained = payload && trace && !trace->because.rule.empty() &&
                           trace->because.event.value == sqlite3_column_int64(row, 0);
    counts.events_without_because += explained ? 0 : 1;
}

}  // namespace

base::Result<Counts> count_store(const std::string& folder) {
    Counts counts;
    Database database;
    std::uint64_t folded = 0;
    auto done = database.open(folder + "/aftermile.db");
    const auto then = [&](auto&& next) {
        if (done) {
            done = next();
        }
    };
    then([&] {
        return database.each("SELECT id, payload, decision FROM events",
                             [&](sqlite3_stmt* row) { count_event(row, counts); });
    });
    then([&] {
        return database.each("SELECT body FROM shipments", [&](sqlite3_stmt* row) {
            ++counts.shipments;
            const auto shipment = base::decode<model::Shipment>(bytes(row, 0));
            if (!shipment) {
                return;
            }
            folded += shipment->digest.size() / core::delivery::digest_entry_bytes;
            const bool over = shipment->track.delivered_at.has_value();
            counts.shipments_without_timer += !over && shipment->timers.empty() ? 1 : 0;
        });
    });
    then([&] {
        return database.each("SELECT body FROM incidents", [&](sqlite3_stmt* row) {
            ++counts.incidents;
            const auto incident = base::decode<model::Incident>(bytes(row, 0));
            const bool six = incident && incident->answers.size() == model::answer_count &&
                             std::ranges::all_of(incident->answers, is_told);
            counts.incidents_without_answers += six ? 0 : 1;
        });
    });
    then([&] { return database.number("SELECT count(*) FROM parked", counts.parked); });
    then([&] { return database.number("SELECT count(*) FROM outbox", counts.outbox); });
    then([&] {
        return database.number("SELECT count(*) FROM notifications", counts.notifications);
    });
    if (!done) {
        return std::unexpected(done.error());
    }
    counts.scans_not_in_state =
        counts.scans > folded ? counts.scans - folded : folded - counts.scans;
    return counts;
}

}  // namespace aftermile::bench
