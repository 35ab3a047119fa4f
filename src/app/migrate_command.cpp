// migrate --to: from the data folder into PostgreSQL.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "app/commands.hpp"
#include "base/json.hpp"
#include "engine/store_move.hpp"
#include "storage/moved_mark.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/moving.hpp"
#include "storage/sqlite/moving.hpp"

namespace aftermile::app {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds between_lines{500};

// One line on standard error that is written over, where somebody looks at it.
class ProgressLine {
  public:
    void show(const engine::MoveStep& step) {
        const auto now = Clock::now();
        if (!terminal_) {
            return;
        }
        if (first_done_ == 0) {
            first_done_ = step.done;  // what an earlier run had put says nothing about the speed
            begun_ = now;
        }
        if (now - shown_ < between_lines) {
            return;
        }
        shown_ = now;
        const double seconds = std::chrono::duration<double>(now - begun_).count();
        const auto made = static_cast<double>(step.done - first_done_);
        const auto left = static_cast<double>(step.total - std::min(step.done, step.total));
        const std::string eta =
            made > 0 ? fmt::format(", about {:.0f} s left", left * seconds / made) : "";
        fmt::print(stderr, "\r\033[K{} {}: {} of {} rows{}",
                   step.doing == engine::MoveStep::Doing::copying ? "copying" : "comparing",
                   step.part, step.done, step.total, eta);
        std::fflush(stderr);
    }
    void end() const {
        if (terminal_) {
            fmt::print(stderr, "\r\033[K");
        }
    }

  private:
    bool terminal_ = ::isatty(STDERR_FILENO) != 0;
    std::uint64_t first_done_ = 0;
    Clock::time_point begun_, shown_;
};

void print(const engine::MoveReport& report, Output output) {
    if (output.json) {
        std::string json;
        base::JsonWriter writer(json);
        writer.begin_object();
        writer.key("rows");
        writer.natural(report.rows);
        writer.key("resumed_after");
        writer.natural(report.resumed_after);
        writer.key("parts");
        writer.begin_object();
        for (const auto& part : report.parts) {
            writer.key(part.name);
            writer.begin_object();
            writer.key("rows");
            writer.natural(part.sum.rows);
            writer.key("checksum");
            writer.text(part.sum.text());
            writer.end_object();
        }
        writer.end_object();
        writer.end_object();
        fmt::print("{}\n", json);
        return;
    }
    for (const auto& part : report.parts) {
        fmt::print("{:14} {:>10} rows  {}\n", part.name, part.sum.rows, part.sum.text());
    }
    if (report.resumed_after > 0) {
        fmt::print("Went on after {} rows of an earlier run.\n", report.resumed_after);
    }
    fmt::print(
        "{} rows are in PostgreSQL, each part with the count and checksum of the data folder.\n"
        "Serve with --store from now on; keep master.key, which stays in the data folder.\n",
        report.rows);
}

}  // namespace

int migrate_to(const Config& config, const std::string& url, Output output) {
    if (!url.starts_with("postgres://") && !url.starts_with("postgresql://")) {
        fmt::print(stderr, "--to must begin with postgres://.\n");
        return 2;
    }
    auto source = storage::sqlite::open_source(config.get("data"));
    if (!source) {
        return complain(source.error());
    }
    auto target = storage::postgres::open_target(config.get("data"), url);
    if (!target) {
        return complain(target.error());
    }
    ProgressLine line;
    auto report = engine::move_store(**source, **target,
                                     [&](const engine::MoveStep& step) { line.show(step); });
    line.end();
    if (!report) {
        return complain(report.error());
    }
    const std::string where = storage::postgres::place_of_url(url);
    if (auto marked = storage::mark_moved(config.get("data"), where); !marked) {
        fmt::print(stderr,
                   "All is there, but the data folder could not be marked as moved ({}): do not "
                   "serve from it again.\n",
                   marked.error().detail);
    }
    print(*report, output);
    return 0;
}

}  // namespace aftermile::app
