#include "app/slot_keeper.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "engine/handoff.hpp"
#include "storage/postgres/leases.hpp"

namespace aftermile::app {

namespace {

namespace limits = engine::limits;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes forget_every{1};

// Nothing that this process knows of its slots holds any more.
[[noreturn]] void end_fenced(const base::Error& error) {
    spdlog::critical("the store cannot be trusted: {}: {}", error.code, error.detail);
    std::_Exit(EXIT_FAILURE);
}

// Submissions under way; shared with their replies.
struct Page {
    std::mutex mutex;
    std::condition_variable done;
    std::size_t waiting = 0;
    bool kept = true;

    void answered(const std::vector<engine::Receipt>& receipts) {
        const std::lock_guard lock(mutex);
        kept = kept && (receipts.empty() || receipts[0].kind != engine::ReceiptKind::retry);
        --waiting;
        done.notify_all();
    }
};

}  // namespace

base::Result<std::unique_ptr<SlotKeeper>> SlotKeeper::start(
    Installation& installation, const storage::postgres::Server& server) {
    const std::int64_t epoch = installation.lease->epoch;
    auto renewing = Sharing::open(server, epoch);
    auto sharing = Sharing::open(server, epoch);
    auto intake = Intake::open(server, storage::postgres::Wakes::on_intake);
    if (!renewing || !sharing || !intake) {
        return std::unexpected(!renewing  ? renewing.error()
                               : !sharing ? sharing.error()
                                          : intake.error());
    }
    return std::unique_ptr<SlotKeeper>(new SlotKeeper(installation, std::move(*renewing),
                                                      std::move(*sharing), std::move(*intake)));
}

SlotKeeper::SlotKeeper(Installation& installation, Sharing renewing, Sharing sharing,
                       std::unique_ptr<Intake> intake)
    : installation_(installation),
      renewing_(std::move(renewing)),
      sharing_(std::move(sharing)),
      intake_(std::move(intake)),
      renewer_([this] { renew(); }),
      worker_([this] { work(); }) {}

SlotKeeper::~SlotKeeper() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    stop_.notify_all();
    renewer_.join();
    worker_.join();
}

// Whether to go on.
bool SlotKeeper::rest(std::chrono::milliseconds span) {
    std::unique_lock lock(mutex_);
    return !stop_.wait_for(lock, span, [this] { return stopping_; });
}

void SlotKeeper::renew() {
    do {
        auto renewed = renewing_.renew(limits::lease_length);
        if (!renewed && renewed.error().code == "fenced") {
            end_fenced(renewed.error());
        }
        if (!renewed) {
            spdlog::error("the lease was not renewed: {}", renewed.error().detail);
        }
    } while (rest(limits::lease_renewal));
}

void SlotKeeper::work() {
    auto next_look = Clock::now();
    auto next_forget = Clock::now();
    while (rest(std::chrono::milliseconds{0})) {
        if (Clock::now() >= next_look) {
            next_look = Clock::now() + limits::lease_look;
            share_slots();
        }
        if (Clock::now() >= next_forget) {
            next_forget = Clock::now() + forget_every;
            if (auto forgot = intake_->forget_old_answers(); !forgot) {
                spdlog::error("old answers stay: {}", forgot.error().detail);
            }
        }
        if (!take_page()) {
            if (auto waited = intake_->wait(limits::intake_poll); !waited) {
                static_cast<void>(rest(limits::intake_poll));
            }
        }
    }
}

base::Result<void> SlotKeeper::hold(const std::vector<std::int64_t>& slots) {
    std::array<bool, storage::postgres::slot_count> held{};
    for (const std::int64_t slot : slots) {
        held.at(static_cast<std::size_t>(slot)) = true;
    }
    return installation_.engine->hold([held](model::MerchantNumber merchant) {
        return held.at(static_cast<std::size_t>(storage::postgres::slot_of(merchant)));
    });
}

// The store knows of slots taken before the engine does, and of those given up after it.
void SlotKeeper::share_slots() {
    auto share = sharing_.balance();
    if (!share) {
        if (share.error().code == "fenced") {
            end_fenced(share.error());
        }
        spdlog::error("slots stay as they are: {}", share.error().detail);
        return;
    }
    if (share->ended > 0) {
        spdlog::warn("leases that were over: {}", share->ended);
    }
    std::vector<std::int64_t> wanted;
    std::ranges::set_difference(share->held, share->surplus, std::back_inserter(wanted));
    if (wanted != held_) {
        held_.clear();  // until the engine knows them
        if (auto told = hold(wanted); !told) {
            spdlog::error("slots are not served: {}", told.error().detail);
            return;
        }
        held_ = wanted;
        installation_.engine->metrics().slots_held = held_.size();
        spdlog::info("decides for {} slots beside {} other workers", held_.size(),
                     share->workers - 1);
    }
    if (!share->surplus.empty()) {
        if (auto given = sharing_.give(share->surplus); !given) {
            spdlog::error("slots were not given up: {}", given.error().detail);
        }
    }
}

// Everything of a page is answered before the next is read, so that nothing is taken twice and
// slots change between pages. Whether there may be more to take at once.
bool SlotKeeper::take_page() {
    if (held_.empty()) {
        return false;
    }
    auto rows = intake_->waiting(held_, limits::intake_page + unreadable_.size());
    if (!rows) {
        spdlog::error("the intake cannot be read: {}", rows.error().detail);
        return false;
    }
    const auto page = std::make_shared<Page>();
    std::size_t taken = 0;
    for (const ports::IntakeRow& row : *rows) {
        if (unreadable_.contains(row.key)) {
            continue;
        }
        auto elements =
            engine::decode_submission(row.key.merchant, row.body, installation_.store->keyring());
        if (!elements) {
            spdlog::error("a submission cannot be read: {}", elements.error().code);
            if (elements.error().family == base::Family::retry) {
                break;
            }
            unreadable_.insert(row.key);
            continue;
        }
        {
            const std::lock_guard lock(page->mutex);
            ++page->waiting;
        }
        engine::Submission submission;
        submission.merchant = row.key.merchant;
        submission.elements = std::move(*elements);
        submission.asked = row.key;
        submission.reply = [page](const std::vector<engine::Receipt>& receipts) {
            page->answered(receipts);
        };
        if (auto queued = installation_.engine->submit(std::move(submission)); !queued) {
            const std::lock_guard lock(page->mutex);
            --page->waiting;
            break;  // it stays where it is, with what came after it
        }
        ++taken;
    }
    std::unique_lock lock(page->mutex);
    page->done.wait(lock, [&] { return page->waiting == 0; });
    installation_.engine->metrics().intake_taken += taken;
    return taken > 0 && page->kept;
}

}  // namespace aftermile::app
