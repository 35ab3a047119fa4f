// What is copied into the database's file in hundreds of megabytes goes to the disk in small parts,
// each waited for: all of it at the end would be one queue of a second, behind which every read and
// every sync of the log waits (docs/performance.md).
#pragma once

#include <sqlite3.h>

namespace aftermile::storage::sqlite {

// While it lives, the connection syncs the database's file after each so many pages that it writes
// there. It must live no longer than the connection, and be used by that one's thread. A sync that
// fails is reported as the write's error, with the codes of a sync.
class PacedWrites {
  public:
    PacedWrites(sqlite3* database, int pages);
    ~PacedWrites();
    PacedWrites(const PacedWrites&) = delete;
    PacedWrites& operator=(const PacedWrites&) = delete;

  private:
    struct Paced {
        sqlite3_io_methods methods;  // first: found by the file that they are of
        PacedWrites* owner;
    };
    static int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at);

    sqlite3_file* file_ = nullptr;
    const sqlite3_io_methods* plain_ = nullptr;
    Paced paced_{};
    const int pages_;
    int written_ = 0;  // since the last sync
};

}  // namespace aftermile::storage::sqlite
