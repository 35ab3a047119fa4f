// Rounds on their way to the disk.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <semaphore>
#include <thread>
#include <vector>

#include "engine/round.hpp"

namespace aftermile::engine {
namespace {

// Rounds are told apart by their events. A disk that keeps nothing before it is let.
struct Disk {
    std::mutex mutex;
    std::vector<std::size_t> committed, durable;
    std::vector<std::size_t> synced;  // how many were committed when each sync began
    std::counting_semaphore<> syncs{0};
    std::atomic<bool> breaks = false;
    std::counting_semaphore<> woken{0};

    Commits::Work work() {
        return {.commit =
                    [this](Round& round) {
                        if (round.events == 13) {
                            round.outcome = base::fail("disk_full", "");
                            return;
                        }
                        const std::lock_guard lock(mutex);
                        committed.push_back(round.events);
                    },
                .sync = [this]() -> base::Result<void> {
                    {
                        const std::lock_guard lock(mutex);
                        synced.push_back(committed.size());
                    }
                    syncs.acquire();
                    return breaks ? base::fail("store_broken", "") : base::Result<void>{};
                },
                .durable =
                    [this](Round& round) {
                        const std::lock_guard lock(mutex);
                        durable.push_back(round.events);
                    },
                .wake = [this] { woken.release(); }};
    }
    std::size_t count(const std::vector<std::size_t>& list) {
        const std::lock_guard lock(mutex);
        return list.size();
    }
};

Round round_of(std::size_t events) {
    Round round;
    round.events = events;
    return round;
}

void give(Commits& commits, Disk& disk, std::size_t events) {
    while (!commits.takes()) {
        disk.woken.acquire();
    }
    commits.give(round_of(events));
}

void wait_until(Disk& disk, const auto& holds) {
    while (!holds()) {
        disk.woken.acquire();
    }
}

TEST(Commits, the_next_round_is_committed_while_the_last_is_synced_and_nothing_is_answered_yet) {
    Disk disk;
    Commits commits(disk.work());
    give(commits, disk, 1);
    while (disk.count(disk.synced) == 0) {
        std::this_thread::yield();
    }
    give(commits, disk, 2);  // the first one's sync has not ended
    wait_until(disk, [&] { return disk.count(disk.committed) == 2; });
    EXPECT_EQ(disk.count(disk.durable), 0U);
    EXPECT_FALSE(commits.finished());
    EXPECT_FALSE(commits.takes());  // enough are on their way
    disk.syncs.release(2);
    EXPECT_EQ(commits.take().events, 1U);
    EXPECT_EQ(commits.take().events, 2U);
    EXPECT_FALSE(commits.holds());
    EXPECT_EQ(disk.durable, (std::vector<std::size_t>{1, 2}));
    EXPECT_EQ(disk.synced.front(), 1U);
}

TEST(Commits, a_round_that_is_kept_at_once_is_committed_there_and_answered_after_its_sync) {
    Disk disk;
    Commits commits(disk.work());
    commits.keep(round_of(1));
    EXPECT_EQ(disk.count(disk.committed), 1U);
    EXPECT_EQ(disk.count(disk.durable), 0U);
    EXPECT_TRUE(commits.takes());
    give(commits, disk, 2);
    wait_until(disk, [&] { return disk.count(disk.committed) == 2; });
    EXPECT_FALSE(commits.takes());  // enough are on their way
    disk.syncs.release(2);
    EXPECT_EQ(commits.take().events, 1U);
    EXPECT_EQ(commits.take().events, 2U);
    EXPECT_EQ(disk.durable, (std::vector<std::size_t>{1, 2}));
}

TEST(Commits, a_round_that_is_lost_where_it_is_kept_stops_those_after_it_too) {
    Disk disk;
    Commits commits(disk.work());
    commits.keep(round_of(13));
    EXPECT_FALSE(commits.takes());
    EXPECT_EQ(commits.take().outcome.error().code, "disk_full");
    EXPECT_TRUE(commits.takes());
    EXPECT_EQ(disk.count(disk.synced), 0U);
}

TEST(Commits, after_a_round_that_was_lost_none_is_taken_until_it_was_heard_of) {
    Disk disk;
    Commits commits(disk.work());
    disk.syncs.release(2);
    give(commits, disk, 13);
    wait_until(disk, [&] { return commits.finished(); });
    EXPECT_FALSE(commits.takes());
    const Round lost = commits.take();
    EXPECT_EQ(lost.outcome.error().code, "disk_full");
    EXPECT_TRUE(commits.takes());
    give(commits, disk, 1);
    EXPECT_TRUE(commits.take().outcome);
    EXPECT_EQ(disk.durable, std::vector<std::size_t>{1});
}

TEST(Commits, what_waited_for_a_sync_that_failed_is_lost_and_not_answered) {
    Disk disk;
    Commits commits(disk.work());
    give(commits, disk, 1);
    give(commits, disk, 2);
    disk.breaks = true;
    disk.syncs.release(2);
    EXPECT_EQ(commits.take().outcome.error().code, "store_broken");
    EXPECT_EQ(commits.take().outcome.error().code, "store_broken");
    EXPECT_TRUE(disk.durable.empty());
}

TEST(Commits, where_commits_are_durable_by_themselves_nothing_is_synced) {
    Disk disk;
    auto work = disk.work();
    work.sync = nullptr;
    Commits commits(std::move(work));
    for (std::size_t n = 1; n <= 5; ++n) {
        give(commits, disk, n);
        EXPECT_EQ(commits.take().events, n);
    }
    EXPECT_EQ(disk.durable.size(), 5U);
    EXPECT_TRUE(disk.synced.empty());
}

TEST(Commits, what_was_given_is_finished_before_the_end) {
    Disk disk;
    disk.syncs.release(9);
    {
        Commits commits(disk.work());
        give(commits, disk, 1);
        give(commits, disk, 2);
    }
    EXPECT_EQ(disk.durable, (std::vector<std::size_t>{1, 2}));
}

}  // namespace
}  // namespace aftermile::engine
