#include "storage/sqlite/sync.hpp"

#include <utility>

#include "base/failpoint.hpp"
#include "storage/sqlite/database.hpp"

namespace aftermile::storage::sqlite {

base::Result<std::unique_ptr<SqliteSync>> SqliteSync::open(const std::string& folder,
                                                           const std::string& vfs) {
    auto connection = open_database(folder, vfs, Role::reader);
    if (!connection) {
        return std::unexpected(std::move(connection.error()));
    }
    // A connection opens the log with its first read.
    if (auto read = connection->integer("PRAGMA user_version"); !read) {
        return std::unexpected(std::move(read.error()));
    }
    sqlite3_file* log = nullptr;
    const int found = sqlite3_file_control(connection->handle(), "main",
                                           SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log));
    if (found != SQLITE_OK || log == nullptr || log->pMethods == nullptr) {
        return base::fail("store_failed", "The database has no write-ahead log.", {},
                          base::Family::internal);
    }
    return std::unique_ptr<SqliteSync>(new SqliteSync(std::move(*connection), log));
}

base::Result<void> SqliteSync::sync() {
    base::failpoint("before_sync");
    broken_ = broken_ || log_->pMethods->xSync(log_, SQLITE_SYNC_NORMAL) != SQLITE_OK;
    if (broken_) {
        return base::fail("store_broken",
                          "The log could not be synced, which leaves the disk's state unknown. "
                          "Check the disk, then start again.",
                          {}, base::Family::internal);
    }
    return {};
}

}  // namespace aftermile::storage::sqlite
