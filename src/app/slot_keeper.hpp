// A worker's own threads: one renews its lease; one takes and gives up slots, tells the engine, and
// brings it what waits in the intake for the slots held. Ends the process when another took over.
//
//   keeper->stop_taking();   engine.stop();   keeper.reset();   // held for as long as it decides
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
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
    // Takes nothing more; what was taken is decided. The lease is renewed until the engine, which
    // is to stop after this, gave it back.
    void stop_taking();
    ~SlotKeeper();
    SlotKeeper(const SlotKeeper&) = delete;
    SlotKeeper& operator=(const SlotKeeper&) = delete;

  private:
    struct Page;
    using Clock = std::chrono::steady_clock;
    using Sharing = storage::postgres::SlotSharing;
    using Intake = storage::postgres::PostgresIntake;

    SlotKeeper(Installation& installation, Sharing renewing, Sharing sharing,
               std::unique_ptr<Intake> intake);

    void renew();
    void work();
    void share_slots();
    [[nodiscard]] bool take_page();
    std::size_t submit(const std::vector<ports::IntakeRow>& rows,
                       const std::shared_ptr<Page>& page);
    void narrow(const std::vector<ports::IntakeRow>& rows, const base::Error& refused);
    void set_aside(const ports::IntakeKey& key, const base::Error& why);
    [[nodiscard]] base::Result<void> hold(const std::vector<std::int64_t>& slots);
    bool rest(std::chrono::milliseconds span);

    Installation& installation_;
    Sharing renewing_, sharing_;
    std::unique_ptr<Intake> intake_;
    std::vector<std::int64_t> held_;
    std::size_t page_rows_ = engine::limits::intake_page;  // fewer while one of them is looked for
    Clock::time_point next_page_;
    ports::IntakeKey refused_;  // the row that was refused alone
    int tries_ = 0;             // of it

    std::mutex mutex_;
    std::condition_variable stop_;
    bool stopping_ = false;  // the worker thread
    bool ended_ = false;     // the renewing one
    std::thread renewer_, worker_;
};

}  // namespace aftermile::app
