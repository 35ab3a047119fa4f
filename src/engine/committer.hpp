// Makes decided batches durable, in the order in which they were decided. Used by one thread at a
// time, but for `sync`; nothing here reads what the deciding thread holds.
//
//   auto changes = committer.commit(pending);   // an error: nothing of it was kept
#pragma once

#include <memory>
#include <vector>

#include "engine/metrics.hpp"
#include "engine/pending.hpp"

namespace aftermile::engine {

class Committer {
  public:
    // Takes the store's writer.
    [[nodiscard]] static base::Result<std::unique_ptr<Committer>> open(ports::Store& store,
                                                                       Metrics& metrics);

    // Moves the rows out of `pending`. Durable after `sync`. Codes as of
    // ports::StoreWriter::commit.
    [[nodiscard]] base::Result<std::vector<Change>> commit(Pending& pending);
    // Whether `sync` does something. It may run beside `commit`, and makes durable what was
    // committed before. Code `store_broken`.
    [[nodiscard]] bool syncs_apart() const { return sync_ != nullptr; }
    [[nodiscard]] base::Result<void> sync();

  private:
    Committer(ports::Store& store, Metrics& metrics) : home_(store), metrics_(metrics) {}

    [[nodiscard]] base::Result<ports::Batch> build(Pending& pending, std::vector<Change>& changes);
    [[nodiscard]] base::Result<void> build_outbox(const Pending& pending, ports::Batch& batch);
    [[nodiscard]] base::Result<void> build_sealed(const Pending& pending, ports::Batch& batch);

    ports::Store& home_;
    Metrics& metrics_;
    std::unique_ptr<ports::StoreWriter> writer_;
    std::unique_ptr<ports::StoreSync> sync_;      // null: commits are durable by themselves
    std::unique_ptr<ports::StoreLoader> loader_;  // of outbox rows that stand already
    std::unique_ptr<ports::StoreReader> reader_;  // of what is sealed already
};

}  // namespace aftermile::engine
