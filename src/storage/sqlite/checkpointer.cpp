#include "storage/sqlite/checkpointer.hpp"

#include <algorithm>

#include "base/failpoint.hpp"
#include "base/short_turns.hpp"

namespace aftermile::storage::sqlite {

namespace {

constexpr int passes_max = 6;

}  // namespace

base::Result<LogCopied> copy_log(Connection& connection) {
    LogCopied log;
    const int code = sqlite3_wal_checkpoint_v2(connection.handle(), nullptr,
                                               SQLITE_CHECKPOINT_PASSIVE, &log.pages, &log.copied);
    if (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_INTERRUPT) {
        return LogCopied{std::max(log.pages, 0), std::max(log.copied, 0)};
    }
    return std::unexpected(error_of(sqlite3_extended_errcode(connection.handle()),
                                    sqlite3_errmsg(connection.handle())));
}

Checkpointer::Checkpointer(Connection connection, LogLimits limits)
    : connection_(std::move(connection)),
      paced_(connection_.handle(), limits.synced_each),
      limits_(limits),
      next_from_(limits.copied_from),
      thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    sqlite3_interrupt(connection_.handle());
    changed_.notify_all();
    thread_.join();
}

void Checkpointer::committed(int pages) {
    const std::lock_guard lock(mutex_);
    if (pages < pages_) {
        next_from_ = limits_.copied_from;  // it was started anew
    }
    pages_ = pages;
    if (state_ == State::waiting && pages_ >= next_from_) {
        state_ = State::copying;
        changed_.notify_all();
    }
}

bool Checkpointer::leaves_rest() {
    const std::lock_guard lock(mutex_);
    return state_ == State::rest;
}

void Checkpointer::rest_copied() {
    const std::lock_guard lock(mutex_);
    if (state_ == State::rest) {
        state_ = State::waiting;
        next_from_ = std::max(limits_.copied_from, pages_ + limits_.grown_by);
    }
}

bool Checkpointer::broken() {
    const std::lock_guard lock(mutex_);
    return broken_;
}

void Checkpointer::run() {
    base::take_short_turns();
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return stopping_ || state_ == State::copying; });
        if (stopping_) {
            return;
        }
        int passes = 0;
        while (!stopping_ && passes < passes_max && copy_once(lock)) {
            ++passes;
        }
        state_ = State::rest;
    }
}

// Whether another pass is worth it. Without the lock while it copies.
bool Checkpointer::copy_once(std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    const auto log = copy_log(connection_);
    base::failpoint("after_copy");
    lock.lock();
    if (!log) {
        broken_ = broken_ || log.error().code == "store_broken";
        return false;
    }
    return pages_ - log->copied > limits_.rest;
}

}  // namespace aftermile::storage::sqlite
