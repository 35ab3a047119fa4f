#include "surface/api/jobs.hpp"

#include "base/short_turns.hpp"

namespace aftermile::surface {

base::Result<std::unique_ptr<Jobs>> Jobs::start(ports::Store& store, int threads) {
    std::unique_ptr<Jobs> jobs(new Jobs());
    for (int i = 0; i < threads; ++i) {
        auto reader = store.reader();
        if (!reader) {
            return std::unexpected(reader.error());
        }
        jobs->readers_.push_back(std::move(*reader));
    }
    for (const auto& reader : jobs->readers_) {
        jobs->threads_.emplace_back([raw = jobs.get(), &reader] { raw->run(*reader); });
    }
    return jobs;
}

Jobs::~Jobs() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

bool Jobs::push(Job&& job) { return put(std::move(job), true); }

bool Jobs::put(Job&& job, bool limited) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || (limited && waiting_.size() >= waiting_max)) {
            return false;
        }
        waiting_.push_back(std::move(job));
    }
    wake_.notify_one();
    return true;
}

void Jobs::run(ports::StoreReader& reader) {
    base::take_short_turns();
    for (;;) {
        Job job;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) {
                return;
            }
            job = std::move(waiting_.front());
            waiting_.pop_front();
        }
        job(reader);
    }
}

}  // namespace aftermile::surface
