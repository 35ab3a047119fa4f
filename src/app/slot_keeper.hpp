// A worker's own threads: one renews its lease; one takes and gives up slots, tells the engine, and
// brings it what waits in the intake for the slots held. Ends the process when another took over.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "app/installation.hpp"
#include "storage/postgres/intake.hpp"
#include "storage/postgres/sharing.hpp"

namespace aftermile::app {

class SlotKeeper {
  public:
    // The engine is started already and shares its store.
    [[nodiscard]] static base::Result<std::unique_ptr<SlotKeeper>> start(
        Installation& installation, const storage::postgres::Server& server);
    // Takes nothing more; what was taken is decided. Before the engine stops, which gives the lease
    // back.
    ~SlotKeeper();
    SlotKeeper(const SlotKeeper&) = delete;
    SlotKeeper& operator=(const SlotKeeper&) = delete;

  private:
    using Sharing = storage::postgres::SlotSharing;
    using Intake = storage::postgres::PostgresIntake;

    SlotKeeper(Installation& installation, Sharing renewing, Sharing sharing,
               std::unique_ptr<Intake> intake);

    void renew();
    void work();
    void share_slots();
    [[nodiscard]] bool take_page();
    [[nodiscard]] base::Result<void> hold(const std::vector<std::int64_t>& slots);
    bool rest(std::chrono::milliseconds span);

    Installation& installation_;
    Sharing renewing_, sharing_;
    std::unique_ptr<Intake> intake_;
    std::vector<std::int64_t> held_;
    std::set<ports::IntakeKey> unreadable_;  // of a newer program: they wait for one

    std::mutex mutex_;
    std::condition_variable stop_;
    bool stopping_ = false;
    std::thread renewer_, worker_;
};

}  // namespace aftermile::app
