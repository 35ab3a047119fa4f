// SQLite's file layer with one difference: what a transaction appends to the write-ahead log is
// gathered and written at once with its commit frame. SQLite hands over each page in two calls, of
// its frame's header and of its bytes, and a commit of two dozen scans has a hundred pages.
//
// Nothing becomes visible or durable later than it would: the commit frame is written, with all
// before it, before SQLite syncs the log and before it tells readers of it. The one that may read
// frames of a transaction under way is its own connection, and a read writes what is gathered
// first.
#pragma once

#include <string>

namespace aftermile::storage::sqlite {

// The name of a layer over the one of that name (empty: SQLite's default), for sqlite3_open_v2. It
// is registered once for each name and stays. The layer below must stay as long as a connection
// opened with it. Where there is none of that name: that name.
[[nodiscard]] std::string gathered_log_over(const std::string& below);

}  // namespace aftermile::storage::sqlite
