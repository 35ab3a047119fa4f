// Syncs the write-ahead log on a thread of its own, beside the writer that goes on writing it.
#pragma once

#include <memory>
#include <string>

#include "ports/store.hpp"
#include "storage/sqlite/connection.hpp"

namespace aftermile::storage::sqlite {

class SqliteSync final : public ports::StoreSync {
  public:
    [[nodiscard]] static base::Result<std::unique_ptr<SqliteSync>> open(const std::string& folder,
                                                                        const std::string& vfs);
    [[nodiscard]] base::Result<void> sync() override;

  private:
    SqliteSync(Connection connection, sqlite3_file* log)
        : connection_(std::move(connection)), log_(log) {}

    Connection connection_;  // has the log open, under a handle that nobody else uses
    sqlite3_file* log_;
    bool broken_ = false;  // the system tells of a failed sync once
};

}  // namespace aftermile::storage::sqlite
