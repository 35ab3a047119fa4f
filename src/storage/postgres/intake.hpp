// The intake of a shared database, for both ends: processes that serve ask, workers take what waits
// in their slots. Woken by LISTEN; a notice that is lost costs one interval of polling.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "ports/intake.hpp"
#include "storage/postgres/connection.hpp"

namespace aftermile::storage::postgres {

// Which notices wake `wait`.
enum class Wakes : unsigned char { on_receipts, on_intake };

class PostgresIntake final : public ports::Intake {
  public:
    // The schema is prepared already.
    [[nodiscard]] static base::Result<std::unique_ptr<PostgresIntake>> open(const Server& server,
                                                                            Wakes wakes);

    [[nodiscard]] base::Result<void> ask(std::span<const ports::IntakeRow> rows) override;
    [[nodiscard]] base::Result<std::vector<ports::IntakeRow>> take_answers(
        std::int64_t node) override;
    [[nodiscard]] base::Result<std::int64_t> count(std::int64_t most) override;
    [[nodiscard]] base::Result<void> wait(std::chrono::milliseconds longest) override;

    // A worker's: what waits in those slots, in the order in which it came; where there is any, at
    // least one row, and no more after those that have so many bytes.
    [[nodiscard]] base::Result<std::vector<ports::IntakeRow>> waiting(
        std::span<const std::int64_t> slots, std::size_t rows, std::size_t bytes);
    // It waits no longer, and stays in the table.
    [[nodiscard]] base::Result<void> set_aside(const ports::IntakeKey& key);
    // All that were set aside wait again; how many.
    [[nodiscard]] base::Result<std::size_t> return_set_aside();
    // Answers that nobody took for a quarter of an hour.
    [[nodiscard]] base::Result<void> forget_old_answers();

  private:
    explicit PostgresIntake(Connection connection) : connection_(std::move(connection)) {}

    Connection connection_;
};

}  // namespace aftermile::storage::postgres
