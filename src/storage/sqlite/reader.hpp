// A read-only connection. See ports::StoreReader for what each call promises.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>

#include "ports/store.hpp"
#include "storage/sqlite/connection.hpp"

namespace aftermile::storage::sqlite {

class SqliteReader final : public ports::StoreReader {
  public:
    [[nodiscard]] static base::Result<std::unique_ptr<SqliteReader>> open(
        const std::string& folder, const std::string& vfs, std::chrono::milliseconds limit);
    ~SqliteReader() override;
    SqliteReader(const SqliteReader&) = delete;
    SqliteReader& operator=(const SqliteReader&) = delete;

    [[nodiscard]] base::Result<std::optional<ports::StoredRow>> get(ports::Table table,
                                                                    model::MerchantNumber merchant,
                                                                    std::int64_t id) override;
    // Code `bad_query` (a bug of the caller): a column that is not of the table, a value of
    // another type, a limit of none or more than 1,000, more than 1,000 values. Null in `values`
    // equals nothing.
    [[nodiscard]] base::Result<std::vector<ports::StoredRow>> list(
        const ports::Query& query) override;
    [[nodiscard]] base::Result<std::int64_t> count(const ports::Query& query) override;
    [[nodiscard]] base::Result<std::optional<ports::EventRow>> event(model::MerchantNumber merchant,
                                                                     model::EventId id) override;
    [[nodiscard]] base::Result<std::vector<ports::EventRow>> chain(model::EventId head,
                                                                   std::size_t limit) override;
    [[nodiscard]] base::Result<std::vector<ports::EventRow>> events_after(
        model::EventId after, std::size_t limit) override;
    [[nodiscard]] base::Result<std::optional<ports::SealedRow>> sealed(
        model::MerchantNumber merchant, std::string_view about) override;
    // Outside of a transaction each call would look anew whether the file changed and, beside a
    // writer, read the pages of every tree from its root again.
    void hold_moment() override;
    void let_go() override { connection_.let_go(); }

  private:
    SqliteReader(Connection connection, std::chrono::milliseconds limit)
        : connection_(std::move(connection)), limit_(limit) {}

    void start_clock() { deadline_ = std::chrono::steady_clock::now() + limit_; }
    // SQLite asks this every thousand steps or so; anything but 0 ends the call.
    static int past_deadline(void* reader);
    // The statement of that text, prepared once. It stays valid until the next call of this.
    [[nodiscard]] base::Result<Statement*> statement(std::string_view sql);
    [[nodiscard]] base::Result<std::optional<ports::EventRow>> event_of(model::EventId id);

    Connection connection_;
    std::chrono::milliseconds limit_;
    std::chrono::steady_clock::time_point deadline_;
    std::unordered_map<std::string, Statement> statements_;  // by their text, at most cached_max
};

}  // namespace aftermile::storage::sqlite
