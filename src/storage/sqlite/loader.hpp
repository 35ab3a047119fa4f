// What the engine reads to decide. See ports::StoreLoader for what each call promises.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "ports/store.hpp"
#include "storage/sqlite/connection.hpp"

namespace aftermile::storage::sqlite {

class SqliteLoader final : public ports::StoreLoader {
  public:
    [[nodiscard]] static base::Result<std::unique_ptr<SqliteLoader>> open(const std::string& folder,
                                                                          const std::string& vfs);

    [[nodiscard]] base::Result<void> load(
        ports::Table table, std::span<const std::int64_t> ids,
        const std::function<void(std::int64_t, std::string_view)>& found) override;
    [[nodiscard]] base::Result<void> find(
        ports::Table table, std::string_view column, model::MerchantNumber merchant,
        std::span<const std::string_view> keys,
        const std::function<void(std::size_t, std::int64_t)>& found) override;
    [[nodiscard]] base::Result<void> load_after(
        ports::Table table, model::MerchantNumber merchant, std::int64_t after, std::size_t limit,
        const std::function<void(std::int64_t, std::string_view)>& found) override;
    [[nodiscard]] base::Result<std::vector<model::EventId>> last_events() override;
    [[nodiscard]] base::Result<void> each_due(
        const std::function<void(const ports::DueRow&)>& found) override;
    [[nodiscard]] base::Result<std::vector<ports::Row>> outbox_due(base::Instant until,
                                                                   std::size_t limit) override;
    void hold_moment() override { connection_.hold_moment(); }
    void let_go() override { connection_.let_go(); }

  private:
    struct TableStatements {
        Statement load, load_range;
        std::vector<Statement> find;  // one for each column
    };

    explicit SqliteLoader(Connection connection) : connection_(std::move(connection)) {}

    [[nodiscard]] TableStatements& statements_of(ports::Table table) {
        return tables_[static_cast<std::size_t>(table)];
    }
    template <class Sql>
    [[nodiscard]] base::Result<void> ready(Statement& statement, const Sql& sql) {
        return connection_.prepare_once(statement, sql);
    }
    [[nodiscard]] base::Result<void> due_of(const ports::TableSchema& table, model::Subject subject,
                                            const std::function<void(const ports::DueRow&)>& found);

    Connection connection_;
    std::array<TableStatements, ports::table_count> tables_;
    Statement last_event_before_, outbox_due_;
};

}  // namespace aftermile::storage::sqlite
