// A store that keeps a copy of every batch committed to another, for the raw loop to write again.
#pragma once

#include <memory>
#include <vector>

#include "ports/store.hpp"

namespace aftermile::bench {

class RecordingStore final : public ports::Store {
  public:
    explicit RecordingStore(ports::Store& store) : store_(store) {}

    [[nodiscard]] base::Result<std::unique_ptr<ports::StoreWriter>> writer() override;
    [[nodiscard]] base::Result<std::unique_ptr<ports::StoreLoader>> loader() override {
        return store_.loader();
    }
    [[nodiscard]] base::Result<std::unique_ptr<ports::StoreReader>> reader() override {
        return store_.reader();
    }
    [[nodiscard]] ports::AdminStore& admin() override { return store_.admin(); }
    [[nodiscard]] ports::Keyring& keyring() override { return store_.keyring(); }

    // In the order of their commits. Read when nobody writes.
    [[nodiscard]] const std::vector<ports::Batch>& batches() const { return batches_; }

  private:
    ports::Store& store_;
    std::vector<ports::Batch> batches_;
};

}  // namespace aftermile::bench
