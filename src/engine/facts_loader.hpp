// How facts are loaded for the deciding thread: what a decision lacks, or what many decisions will
// probably read, at once. Much of it is read by two threads, each on a connection of its own: with
// more parcels than memory holds, loading is most of what deciding costs (docs/performance.md).
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/decide.hpp"
#include "ports/store.hpp"

namespace aftermile::engine {

// A second loader and the thread that reads from it. Used by one thread.
class LoaderBeside {
  public:
    using Work = std::function<void(ports::StoreLoader&)>;

    explicit LoaderBeside(std::unique_ptr<ports::StoreLoader> loader);
    ~LoaderBeside();
    LoaderBeside(const LoaderBeside&) = delete;
    LoaderBeside& operator=(const LoaderBeside&) = delete;

    // Runs `work` on that thread. One at a time: `wait` comes in between.
    void start(Work work);
    // Until that work is done.
    void wait();

  private:
    void run();

    std::unique_ptr<ports::StoreLoader> loader_;
    std::mutex mutex_;
    std::condition_variable changed_;
    Work work_;  // none: there is nothing to do
    bool stopping_ = false;
    std::thread thread_;
};

// Used by the deciding thread only.
class FactsLoader {
  public:
    // With one processor there is no second thread.
    [[nodiscard]] static base::Result<FactsLoader> open(
        ports::Store& store, unsigned processors = std::thread::hardware_concurrency());

    // For everything else that is read on the deciding thread.
    [[nodiscard]] ports::StoreLoader& store() { return *store_; }

    // Loads what is asked for; what does not exist becomes known to be absent.
    [[nodiscard]] base::Result<void> load(model::MerchantNumber merchant, core::Keys keys,
                                          core::Facts& facts);

    // What these payloads of one merchant will probably read (`core::probably_read`), loaded
    // together: one look-up a table instead of one an event. Returns how many of them lacked
    // something. What cannot be loaded is lacking still.
    std::size_t prefetch(model::MerchantNumber merchant, std::vector<const model::Payload*> asking,
                         core::Facts& facts, const model::Policy& policy);

  private:
    std::unique_ptr<ports::StoreLoader> store_;
    std::unique_ptr<LoaderBeside> beside_;  // may be null
};

}  // namespace aftermile::engine
