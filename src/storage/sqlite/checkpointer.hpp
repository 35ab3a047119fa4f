// Copies the write-ahead log into the database beside the writer: hundreds of megabytes that no
// commit then waits for. SQLite starts the log anew once everything in it is copied, which a log
// that is written to meanwhile never is; so what little is left after some passes is copied by the
// writer between two of its transactions. A log that grows as fast as it is copied is left to the
// writer after six passes, whatever is left.
//
//   checkpointer->committed(pages_in_the_log);
//   if (checkpointer->leaves_rest()) copy_log(writing); checkpointer->rest_copied();
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/paced_writes.hpp"

namespace aftermile::storage::sqlite {

// In pages of 4 KiB.
struct LogLimits {
    int copied_from = 262'144;  // 1 GiB: with so many in the log copying begins
    int rest = 2'048;           // no more than these are left to the writer
    // A log that readers kept from being started anew grows by so many before the next attempt.
    int grown_by = 8'192;
    int synced_each = 512;  // of what is copied beside the writer
};

struct LogCopied {
    int pages = 0;   // in the log
    int copied = 0;  // of them
};
// One pass; waits for nobody. Nothing is copied where somebody else copies.
[[nodiscard]] base::Result<LogCopied> copy_log(Connection& connection);

class Checkpointer {
  public:
    // Starts the thread, which alone uses the connection.
    Checkpointer(Connection connection, LogLimits limits);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    // The writer's, after each commit.
    void committed(int pages);
    // Whether the writer copies the log itself before it writes on.
    [[nodiscard]] bool leaves_rest();
    void rest_copied();
    // What the disk holds is unknown since a copy failed: nothing more must be written.
    [[nodiscard]] bool broken();

  private:
    enum class State : unsigned char { waiting, copying, rest };
    void run();
    [[nodiscard]] bool copy_once(std::unique_lock<std::mutex>& lock);

    Connection connection_;
    PacedWrites paced_;
    const LogLimits limits_;
    std::mutex mutex_;
    std::condition_variable changed_;
    State state_ = State::waiting;
    int pages_ = 0;      // in the log, at the last commit
    int next_from_ = 0;  // copying begins from so many on
    bool broken_ = false, stopping_ = false;
    std::thread thread_;
};

}  // namespace aftermile::storage::sqlite
