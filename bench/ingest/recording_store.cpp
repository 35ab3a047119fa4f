#include "bench/ingest/recording_store.hpp"

#include <utility>

namespace aftermile::bench {

namespace {

class RecordingWriter final : public ports::StoreWriter {
  public:
    RecordingWriter(std::unique_ptr<ports::StoreWriter> writer, std::vector<ports::Batch>& batches)
        : writer_(std::move(writer)), batches_(batches) {}

    base::Result<void> load(
        ports::Table table, std::span<const std::int64_t> ids,
        const std::function<void(std::int64_t, std::string_view)>& found) override {
        return writer_->load(table, ids, found);
    }
    base::Result<std::vector<std::int64_t>> find(ports::Table table, std::string_view column,
                                                 model::MerchantNumber merchant,
                                                 std::string_view key) override {
        return writer_->find(table, column, merchant, key);
    }
    base::Result<void> load_after(
        ports::Table table, model::MerchantNumber merchant, std::int64_t after, std::size_t limit,
        const std::function<void(std::int64_t, std::string_view)>& found) override {
        return writer_->load_after(table, merchant, after, limit, found);
    }
    base::Result<void> commit(const ports::Batch& batch) override {
        auto done = writer_->commit(batch);
        if (done) {
            batches_.push_back(batch);
        }
        return done;
    }
    base::Result<std::vector<model::EventId>> last_events() override {
        return writer_->last_events();
    }
    base::Result<void> each_due(const std::function<void(const ports::DueRow&)>& found) override {
        return writer_->each_due(found);
    }
    base::Result<std::vector<ports::Row>> outbox_due(base::Instant until,
                                                     std::size_t limit) override {
        return writer_->outbox_due(until, limit);
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
