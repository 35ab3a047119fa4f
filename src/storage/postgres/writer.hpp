// The committing session and its lease. See ports::StoreWriter for what each call promises, and
// leases.hpp for who may write what. Besides the port's codes: `fenced` (family internal), when
// another process took over a slot of the batch: nothing was kept and nothing more will be.
//
// A batch goes out in one pipeline, a statement for each table and kind of change with one array
// for each column, and is committed in a second round trip once all of it is known to be there.
// Where the session is lost before that second step nothing was kept, and the batch is written
// once more in a new one. Where it is lost in that step, the lease's count of commits tells.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ports/store.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/leases.hpp"

namespace aftermile::storage::postgres {

class PostgresWriter final : public ports::StoreWriter {
  public:
    // How long it tries to reach the database to find out whether a commit was kept. Past that it
    // refuses everything with `store_broken`.
    static constexpr std::chrono::seconds patience_default{30};

    [[nodiscard]] static base::Result<std::unique_ptr<PostgresWriter>> open(
        const Server& server, std::span<const std::int64_t> slots, LeaseTerms terms,
        std::chrono::milliseconds patience = patience_default);
    ~PostgresWriter() override;
    PostgresWriter(const PostgresWriter&) = delete;
    PostgresWriter& operator=(const PostgresWriter&) = delete;

    [[nodiscard]] base::Result<void> commit(const ports::Batch& batch) override;

    [[nodiscard]] const Lease& lease() const { return lease_; }
    [[nodiscard]] int backend() const { return connection_.backend(); }

  private:
    enum class UniqueKeys : unsigned char { as_they_come, released_first };
    // What a queued statement must answer.
    struct Expected {
        std::string table;       // for the error's pointer
        std::int64_t rows = -1;  // that it touches; -1: any number
    };

    PostgresWriter(Connection connection, Lease lease, std::chrono::milliseconds patience)
        : connection_(std::move(connection)), lease_(std::move(lease)), patience_(patience) {}

    [[nodiscard]] base::Result<void> ready();
    [[nodiscard]] base::Result<void> commit_once(const ports::Batch& batch, UniqueKeys keys);
    [[nodiscard]] base::Result<void> write(const ports::Batch& batch, UniqueKeys keys);
    [[nodiscard]] base::Result<void> find_out();

    void queue(std::string_view sql, const Parameters& parameters, std::string_view table,
               std::int64_t rows = -1);
    std::int64_t queue_fence(const ports::Batch& batch);
    void queue_events(std::span<const ports::EventRow> events);
    void queue_rows(std::span<const ports::Row> rows, UniqueKeys keys);
    void queue_sealed(std::span<const ports::SealedRow> rows);
    void queue_admin(std::span<const ports::AdminRow> rows);
    void queue_answers(std::span<const ports::IntakeRow> rows);
    [[nodiscard]] base::Result<void> collect(std::int64_t slots);

    Connection connection_;
    Lease lease_;
    std::chrono::milliseconds patience_;
    std::vector<Expected> expected_;
    bool moving_ = false;  // the session is new, and the lease not yet its own
    bool broken_ = false;  // what was kept is unknown: nothing more is written
};

}  // namespace aftermile::storage::postgres
