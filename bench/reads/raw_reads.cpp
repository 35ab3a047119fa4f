#include "bench/reads/raw_reads.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <memory>

#include "bench/ingest/served.hpp"

namespace aftermile::bench {

namespace {

using Clock = std::chrono::steady_clock;

struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

Statement prepare(sqlite3* handle, const char* sql) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(handle, sql, -1, &statement, nullptr);
    return Statement(statement);
}

// Steps to the end; how many rows.
int rows_of(sqlite3_stmt* statement, Latencies& took) {
    const auto begun = Clock::now();
    int rows = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        rows += sqlite3_column_bytes(statement, 0) > 0 ? 1 : 0;
    }
    sqlite3_reset(statement);
    took.micros.push_back(static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun).count()));
    return rows;
}

}  // namespace

base::Result<RawReads> raw_reads(const std::string& file, Reader& keys, int count) {
    sqlite3* opened = nullptr;
    const bool open =
        sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK;
    const std::unique_ptr<sqlite3, Close> handle(opened);
    const Statement shipment =
        prepare(opened, "SELECT body FROM shipments WHERE merchant = 1 AND tracking_number = ?1");
    const Statement incidents =
        prepare(opened,
                "SELECT body FROM incidents WHERE merchant = 1 AND open = 1 ORDER BY id DESC "
                "LIMIT 51");
    if (!open || !shipment || !incidents) {
        return bench_failed(fmt::format("bare SQLite: {}", sqlite3_errmsg(opened)));
    }
    RawReads result;
    for (int i = 0; i < count; ++i) {
        const std::string number = keys.next_number();
        sqlite3_bind_text(shipment.get(), 1, number.data(), static_cast<int>(number.size()),
                          SQLITE_TRANSIENT);
        if (rows_of(shipment.get(), result.shipment) != 1) {
            return bench_failed(fmt::format("bare SQLite: no parcel {}", number));
        }
        rows_of(incidents.get(), result.incidents);
    }
    return result;
}

}  // namespace aftermile::bench
