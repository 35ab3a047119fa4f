#include "bench/ingest/recording_store.hpp"

#include <utility>

namespace aftermile::bench {

namespace {

class RecordingWriter final : public ports::StoreWriter {
  public:
    RecordingWriter(std::unique_ptr<ports::StoreWriter> writer, std::vector<ports::Batch>& batches)
        : writer_(std::move(writer)), batches_(batches) {}

    base::Result<void> commit(const ports::Batch& batch) override {
        auto done = writer_->commit(batch);
        if (done) {
            batches_.push_back(batch);
        }
        return done;
    }

  private:
    std::unique_ptr<ports::StoreWriter> writer_;
    std::vector<ports::Batch>& batches_;
};

}  // namespace

base::Result<std::unique_ptr<ports::StoreWriter>> RecordingStore::writer() {
    auto writer = store_.writer();
    if (!writer) {
        return writer;
    }
    return std::make_unique<RecordingWriter>(std::move(*writer), batches_);
}

}  // namespace aftermile::bench
