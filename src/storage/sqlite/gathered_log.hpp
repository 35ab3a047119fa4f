// SQLite's file layer with one difference: what a COMMIT appends to the write-ahead log is gathered
// and written in few pieces. SQLite hands over each page in two calls, of its frame's header and of
// its bytes, and a commit of two dozen scans has a hundred pages.
//
//   const GatheredCommit gathered(database);   // of a connection through the layer
//   COMMIT
//
// Nothing becomes visible or durable later than it would: the last frame is written, with all
// before it, before SQLite syncs the log and before it tells readers. Frames that a transaction
// writes before its COMMIT are not gathered: were they held back beyond a rollback, they would be
// written over what another connection committed since.
#pragma once

#include <sqlite3.h>

#include <string>

namespace aftermile::storage::sqlite {

// The name of a layer over the one of that name (empty: SQLite's default), for sqlite3_open_v2. It
// is registered once for each name and stays. The layer below must stay as long as a connection
// opened with it. Where there is none of that name: that name.
[[nodiscard]] std::string gathered_log_over(const std::string& below);

// For as long as one COMMIT runs, which must succeed or fail within it. Does nothing where the
// connection was not opened through the layer.
class GatheredCommit {
  public:
    explicit GatheredCommit(sqlite3* database);
    ~GatheredCommit();
    GatheredCommit(const GatheredCommit&) = delete;
    GatheredCommit& operator=(const GatheredCommit&) = delete;

  private:
    sqlite3_file* log_ = nullptr;
};

}  // namespace aftermile::storage::sqlite
