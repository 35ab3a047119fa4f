#include "app/slot_keeper.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>
#include <utility>

#include "engine/handoff.hpp"
#include "engine/repetition.hpp"
#include "storage/postgres/leases.hpp"

namespace aftermile::app {

namespace {

namespace limits = engine::limits;

constexpr std::chrono::minutes forget_every{1};

// Nothing that this process knows of its slots holds any more.
[[noreturn]] void end_fenced(const base::Error& error) {
    spdlog::critical("the store cannot be trusted: {}: {}", error.code, error.detail);
    std::_Exit(EXIT_FAILURE);
}

// For what was to be stored, and not for how the store is: it fails again however often it is
// tried.
bool is_refused(const base::Error& error) {
    return error.code == "conflict" || error.code == "bad_utf8" || error.code == "not_storable";
}

}  // namespace

// Submissions under way; shared with their replies.
struct SlotKeeper::Page {
    std::mutex mutex;
    std::condition_variable done;
    std::size_t waiting = 0;
    bool kept = true;
    std::optional<base::Error> refused;

    void answered(const std::vector<engine::Receipt>& receipts) {
        const std::lock_guard lock(mutex);
        if (!receipts.empty() && receipts[0].kind == engine::ReceiptKind::retry) {
            kept = false;
            if (receipts[0].error && is_refused(*receipts[0].error)) {
                refused = receipts[0].error;
            }
        }
        --waiting;
        done.notify_all();
    }
};

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
    // This program may be able to read, or to store, what another could not.
    if (const auto returned = (*intake)->return_set_aside(); returned && *returned > 0) {
        spdlog::warn("submissions that were set aside are tried again: {}", *returned);
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

void SlotKeeper::stop_taking() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    stop_.notify_all();
    if (worker_.joinable()) {
        worker_.join();
    }
}

SlotKeeper::~SlotKeeper() {
    stop_taking();
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    stop_.notify_all();
    renewer_.join();
}

// Whether to go on.
bool SlotKeeper::rest(std::chrono::milliseconds span) {
    std::unique_lock lock(mutex_);
    return !stop_.wait_for(lock, span, [this] { return stopping_; });
}

void SlotKeeper::renew() {
    std::unique_lock lock(mutex_);
    do {
        lock.unlock();
        auto renewed = renewing_.renew(limits::lease_length);
        lock.lock();
        if (!renewed && renewed.error().code == "fenced") {
            if (stopping_) {
                return;  // the engine gave it back; where another took over, its commits tell
            }
            end_fenced(renewed.error());
        }
        if (!renewed) {
            spdlog::error("the lease was not renewed: {}", renewed.error().detail);
        }
    } while (!stop_.wait_for(lock, limits::lease_renewal, [this] { return ended_; }));
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
    if (held_.empty() || Clock::now() < next_page_) {
        return false;
    }
    auto rows = intake_->waiting(held_, page_rows_, limits::intake_page_bytes);
    if (!rows) {
        spdlog::error("the intake cannot be read: {}", rows.error().detail);
        return false;
    }
    const auto page = std::make_shared<Page>();
    const std::size_t taken = submit(*rows, page);
    std::unique_lock lock(page->mutex);
    page->done.wait(lock, [&] { return page->waiting == 0; });
    installation_.engine->metrics().intake_taken += taken;
    if (page->refused) {
        narrow(*rows, *page->refused);
        return true;
    }
    if (taken > 0 && page->kept) {
        page_rows_ = std::min(page_rows_ * 2, limits::intake_page);
    }
    return taken > 0 && page->kept;
}

// Hands the rows to the engine, in their order; how many it took.
std::size_t SlotKeeper::submit(const std::vector<ports::IntakeRow>& rows,
                               const std::shared_ptr<Page>& page) {
    std::size_t taken = 0;
    std::set<std::string> keys;
    for (const ports::IntakeRow& row : rows) {
        auto submission =
            engine::decode_submission(row.key.merchant, row.body, installation_.store->keyring());
        if (!submission && submission.error().family == base::Family::retry) {
            spdlog::error("a submission cannot be read now: {}", submission.error().code);
            break;
        }
        if (!submission) {  // damaged, or of a newer program
            set_aside(row.key, submission.error());
            continue;
        }
        if (submission->repeatable && !keys.insert(submission->repeatable->name).second) {
            break;  // sent twice: it is answered once the first is committed
        }
        const auto recalled = engine::recall(installation_.store->admin(), *submission);
        if (!recalled && recalled.error().family == base::Family::retry) {
            spdlog::error("a repetition cannot be looked up now: {}", recalled.error().code);
            break;
        }
        if (!recalled) {  // what was kept is damaged: nobody else waits for it
            set_aside(row.key, recalled.error());
            continue;
        }
        {
            const std::lock_guard lock(page->mutex);
            ++page->waiting;
        }
        submission->asked = row.key;
        submission->reply = [page](const std::vector<engine::Receipt>& receipts) {
            page->answered(receipts);
        };
        if (auto queued = installation_.engine->submit(std::move(*submission)); !queued) {
            const std::lock_guard lock(page->mutex);
            --page->waiting;
            break;  // it stays where it is, with what came after it
        }
        ++taken;
    }
    return taken;
}

// One of these cannot be committed, and took with it whatever was decided beside it: next time half
// as many, until it is alone.
void SlotKeeper::narrow(const std::vector<ports::IntakeRow>& rows, const base::Error& refused) {
    if (rows.size() > 1) {
        page_rows_ = rows.size() / 2;
        return;
    }
    const ports::IntakeKey key = rows.at(0).key;
    tries_ = key == refused_ ? tries_ + 1 : 1;
    refused_ = key;
    if (tries_ >= limits::intake_tries) {
        set_aside(key, refused);
    } else {
        next_page_ = Clock::now() + limits::intake_between_tries;
    }
}

void SlotKeeper::set_aside(const ports::IntakeKey& key, const base::Error& why) {
    if (auto done = intake_->set_aside(key); !done) {
        spdlog::error("a submission cannot be set aside: {}", done.error().detail);
        next_page_ = Clock::now() + limits::intake_between_tries;
        return;
    }
    ++installation_.engine->metrics().intake_set_aside;
    spdlog::error(
        "a submission was set aside, merchant {}, id {}, node {}: {}. A worker that starts tries "
        "it again.",
        key.merchant, key.id, key.node, why.code);
}

}  // namespace aftermile::app
