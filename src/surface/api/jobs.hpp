// The threads that may wait: reads of the store and writes of administration. A server thread
// hands its work over here and goes on.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "ports/store.hpp"

namespace aftermile::surface {

class Jobs {
  public:
    using Job = std::move_only_function<void(ports::StoreReader&)>;
    static constexpr std::size_t waiting_max = 4'096;

    // Fails as Store::reader does.
    [[nodiscard]] static base::Result<std::unique_ptr<Jobs>> start(ports::Store& store,
                                                                   int threads);
    // Finishes what waits.
    ~Jobs();
    Jobs(const Jobs&) = delete;
    Jobs& operator=(const Jobs&) = delete;

    // From any thread. False, and `job` untouched, when too much waits.
    [[nodiscard]] bool push(Job&& job);
    // However much waits: for the end of work that has begun. False only while it stops.
    bool push_always(Job&& job) { return put(std::move(job), false); }

  private:
    Jobs() = default;
    bool put(Job&& job, bool limited);
    void run(ports::StoreReader& reader);

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> waiting_;
    bool stopping_ = false;
    std::vector<std::unique_ptr<ports::StoreReader>> readers_;
    std::vector<std::thread> threads_;
};

}  // namespace aftermile::surface
