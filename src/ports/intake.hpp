// What was sent to processes that serve without deciding, on its way to the process that decides
// its merchant. A row waits in the intake until its answer is committed with the effect: that
// commit removes the row, so that nothing is decided twice, and an answer stands for an effect.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/event.hpp"

namespace aftermile::ports {

// `node` names the sender's process, `id` grows with every row of it.
struct IntakeKey {
    model::MerchantNumber merchant = 0;
    std::int64_t id = 0;
    std::int64_t node = 0;
    friend auto operator<=>(const IntakeKey&, const IntakeKey&) = default;
};

// Asked: elements of one merchant. Answered: their receipts. What the bytes mean is the engine's.
struct IntakeRow {
    IntakeKey key;
    std::string body;
};

// A session of its own, for one thread at a time. Codes: store_failed (family retry).
class Intake {
  public:
    virtual ~Intake() = default;
    // Whoever decides those merchants is woken.
    [[nodiscard]] virtual base::Result<void> ask(std::span<const IntakeRow> rows) = 0;
    // Hands out the answers to what that node asked, and forgets them: one may come twice.
    [[nodiscard]] virtual base::Result<std::vector<IntakeRow>> take_answers(std::int64_t node) = 0;
    // How many rows wait; counts no further than `most`.
    [[nodiscard]] virtual base::Result<std::int64_t> count(std::int64_t most) = 0;
    // Returns when an answer was committed, or after so long.
    [[nodiscard]] virtual base::Result<void> wait(std::chrono::milliseconds longest) = 0;
};

}  // namespace aftermile::ports
