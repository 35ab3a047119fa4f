// The one writing connection. See ports::StoreWriter for what each call promises.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "ports/store.hpp"
#include "storage/files.hpp"
#include "storage/sqlite/connection.hpp"

namespace aftermile::storage::sqlite {

class SqliteWriter final : public ports::StoreWriter {
  public:
    // Takes the folder's lock for as long as the writer lives. Code `store_in_use`.
    [[nodiscard]] static base::Result<std::unique_ptr<SqliteWriter>> open(const std::string& folder,
                                                                          const std::string& vfs);

    [[nodiscard]] base::Result<void> load(
        ports::Table table, std::span<const std::int64_t> ids,
        const std::function<void(std::int64_t, std::string_view)>& found) override;
    [[nodiscard]] base::Result<std::vector<std::int64_t>> find(ports::Table table,
                                                               std::string_view column,
                                                               model::MerchantNumber merchant,
                                                               std::string_view key) override;
    [[nodiscard]] base::Result<void> load_after(
        ports::Table table, model::MerchantNumber merchant, std::int64_t after, std::size_t limit,
        const std::function<void(std::int64_t, std::string_view)>& found) override;
    [[nodiscard]] base::Result<void> commit(const ports::Batch& batch) override;
    [[nodiscard]] base::Result<std::vector<model::EventId>> last_events() override;
    [[nodiscard]] base::Result<void> each_due(
        const std::function<void(const ports::DueRow&)>& found) override;
    [[nodiscard]] base::Result<std::vector<ports::Row>> outbox_due(base::Instant until,
                                                                   std::size_t limit) override;

  private:
    struct TableStatements {
        Statement insert, update_unindexed, update, release, remove, load, load_range;
        std::vector<Statement> find;  // one for each column
    };
    enum class UniqueKeys : unsigned char { as_they_come, released_first };

    SqliteWriter(FileLock lock, Connection connection)
        : lock_(std::move(lock)), connection_(std::move(connection)) {}

    [[nodiscard]] TableStatements& statements_of(ports::Table table) {
        return tables_[static_cast<std::size_t>(table)];
    }
    // Prepares the statement at its first use; `sql()` makes its text, which a hot path must not
    // build for nothing.
    template <class Sql>
    [[nodiscard]] base::Result<void> ready(Statement& statement, const Sql& sql) {
        if (statement) {
            return {};
        }
        return prepare(statement, sql());
    }
    [[nodiscard]] base::Result<void> prepare(Statement& statement, std::string_view sql);
    [[nodiscard]] base::Result<void> commit_once(const ports::Batch& batch, UniqueKeys keys);
    [[nodiscard]] base::Result<void> write_events(const ports::Batch& batch);
    [[nodiscard]] base::Result<void> release_unique_keys(std::span<const ports::Row> rows);
    [[nodiscard]] base::Result<void> write_rows(std::span<const ports::Row> rows);
    [[nodiscard]] base::Result<void> write_row(const ports::Row& row);
    [[nodiscard]] base::Result<void> insert_row(const ports::Row& row);
    [[nodiscard]] base::Result<void> update_row(const ports::Row& row);
    [[nodiscard]] base::Result<void> delete_row(const ports::Row& row);
    [[nodiscard]] base::Result<void> write_sealed(std::span<const ports::SealedRow> rows);
    [[nodiscard]] base::Result<void> due_of(const ports::TableSchema& table, model::Subject subject,
                                            const std::function<void(const ports::DueRow&)>& found);

    FileLock lock_;
    Connection connection_;
    std::array<TableStatements, ports::table_count> tables_;
    Statement insert_event_, put_sealed_, last_event_before_, outbox_due_;
    bool broken_ = false;  // what the disk holds is unknown: nothing more is written
};

}  // namespace aftermile::storage::sqlite
