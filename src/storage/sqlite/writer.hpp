// The one writing connection. See ports::StoreWriter for what each call promises.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "ports/store.hpp"
#include "storage/files.hpp"
#include "storage/sqlite/checkpointer.hpp"
#include "storage/sqlite/connection.hpp"

namespace aftermile::storage::sqlite {

class SqliteWriter final : public ports::StoreWriter {
  public:
    // Takes the folder's lock for as long as the writer lives. Code `store_in_use`.
    [[nodiscard]] static base::Result<std::unique_ptr<SqliteWriter>> open(const std::string& folder,
                                                                          const std::string& vfs,
                                                                          LogLimits limits = {});

    [[nodiscard]] base::Result<std::unique_ptr<ports::StoreSync>> sync_apart() override;
    [[nodiscard]] base::Result<void> commit(const ports::Batch& batch) override;

  private:
    struct TableStatements {
        Statement insert, update_unindexed, update, release, remove;
    };
    enum class UniqueKeys : unsigned char { as_they_come, released_first };

    SqliteWriter(std::string folder, std::string vfs, FileLock lock, Connection writing,
                 Connection copying, LogLimits limits);

    [[nodiscard]] TableStatements& statements_of(ports::Table table) {
        return tables_[static_cast<std::size_t>(table)];
    }
    template <class Sql>
    [[nodiscard]] base::Result<void> ready(Statement& statement, const Sql& sql) {
        return connection_.prepare_once(statement, sql);
    }
    [[nodiscard]] bool copy_rest_of_log();
    [[nodiscard]] base::Result<void> commit_once(const ports::Batch& batch, UniqueKeys keys);
    [[nodiscard]] base::Result<void> write_events(const ports::Batch& batch);
    [[nodiscard]] base::Result<void> release_unique_keys(std::span<const ports::Row> rows);
    [[nodiscard]] base::Result<void> write_rows(std::span<const ports::Row> rows);
    [[nodiscard]] base::Result<void> write_row(const ports::Row& row);
    [[nodiscard]] base::Result<void> insert_row(const ports::Row& row);
    [[nodiscard]] base::Result<void> update_row(const ports::Row& row);
    [[nodiscard]] base::Result<void> delete_row(const ports::Row& row);
    [[nodiscard]] base::Result<void> write_sealed(std::span<const ports::SealedRow> rows);
    [[nodiscard]] base::Result<void> write_admin(std::span<const ports::AdminRow> rows);

    std::string folder_, vfs_;
    FileLock lock_;
    Connection connection_;
    Checkpointer checkpointer_;
    std::array<TableStatements, ports::table_count> tables_;
    Statement insert_event_, put_sealed_, put_admin_;
    bool broken_ = false;  // what the disk holds is unknown: nothing more is written
};

}  // namespace aftermile::storage::sqlite
