#include "engine/dispatch.hpp"

#include <algorithm>

#include "base/failpoint.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "engine/limits.hpp"
#include "engine/person.hpp"

namespace aftermile::engine {

namespace {

using model::DispatchOutcome;

constexpr std::size_t reply_bytes = 300;

// A server's words may repeat the address: what is kept in an event must not.
std::string without_addresses(std::string_view reply) {
    std::string kept;
    for (const std::string_view word : base::split(base::utf8_prefix(reply, reply_bytes), ' ')) {
        kept += kept.empty() ? "" : " ";
        kept += word.find('@') == std::string_view::npos ? word : std::string_view("…");
    }
    return kept;
}

DispatchResult answered(const DispatchJob& job, DispatchOutcome outcome, std::string_view reply) {
    DispatchResult result{DispatchResult::Kind::answered, job, {}};
    result.element.payload = model::Dispatched{job.notification, outcome, without_addresses(reply)};
    return result;
}

std::string rendered_json(const text::Rendered& rendered) {
    std::string json;
    base::JsonWriter writer(json);
    writer.begin_object();
    writer.key("subject");
    writer.text(rendered.subject);
    writer.key("text");
    writer.text(rendered.text);
    writer.key("html");
    writer.text(rendered.html);
    writer.end_object();
    return json;
}

// Nothing was said about this message: the channel itself cannot be reached.
bool is_channel_down(const base::Error& error) { return error.code == "mail_unreachable"; }

}  // namespace

Dispatcher::Dispatcher(ports::Store& store, ports::MailTransport& mail, MessageSettings settings,
                       std::function<void(DispatchResult)> results)
    : store_(store), mail_(mail), settings_(std::move(settings)), results_(std::move(results)) {}

Dispatcher::~Dispatcher() { stop(); }

base::Result<void> Dispatcher::start() {
    auto reader = store_.reader();
    if (!reader) {
        return std::unexpected(reader.error());
    }
    reader_ = std::move(*reader);
    thread_ = std::thread([this] { run(); });
    return {};
}

void Dispatcher::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        jobs_.clear();
    }
    wake_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Dispatcher::offer(DispatchJob job) {
    {
        const std::lock_guard lock(mutex_);
        jobs_.push_back(job);
    }
    wake_.notify_one();
}

std::deque<DispatchJob> Dispatcher::take_back() {
    const std::lock_guard lock(mutex_);
    return std::exchange(jobs_, {});
}

void Dispatcher::set_paused(std::set<model::MerchantNumber> merchants) {
    const std::lock_guard lock(mutex_);
    paused_ = std::move(merchants);
}

bool Dispatcher::is_paused(model::MerchantNumber merchant) {
    const std::lock_guard lock(mutex_);
    return paused_.contains(merchant);
}

void Dispatcher::run() {
    while (true) {
        DispatchJob job;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
            if (stopping_) {
                return;
            }
            job = jobs_.front();
            jobs_.pop_front();
        }
        results_(send(job));
    }
}

DispatchResult Dispatcher::send(const DispatchJob& job) {
    const model::MerchantNumber number = job.notification.merchant();
    auto row = reader_->get(ports::Table::notifications, number, job.notification.value);
    if (!row) {
        return {DispatchResult::Kind::channel_down, job, {}};  // the store is slow: come again
    }
    if (!*row) {
        return {DispatchResult::Kind::obsolete, job, {}};
    }
    const auto notification = base::decode<model::Notification>((*row)->body);
    if (!notification || notification->state != model::NotificationState::queued) {
        return {DispatchResult::Kind::obsolete, job, {}};
    }
    const base::Instant told =
        std::max(notification->decided_at, notification->not_before.value_or(base::Instant::min()));
    const bool too_old = job.attempts == 0 && job.now - told > limits::message_age_max;
    if (too_old || job.attempts >= static_cast<std::int32_t>(limits::dispatch_waits.size())) {
        return answered(job, DispatchOutcome::given_up,
                        too_old ? "older than the time in which it is news"
                                : "every attempt failed: " + notification->reply);
    }
    const auto merchant = read_merchant(store_.admin(), number);
    if (!merchant) {
        return {DispatchResult::Kind::channel_down, job, {}};
    }
    auto message = compose(*notification, *merchant, settings_, *reader_, store_.keyring());
    if (!message) {
        return answered(job, DispatchOutcome::rejected,
                        message.error().code + ": " + message.error().pointer);
    }
    if (message->to.empty()) {
        return answered(job, DispatchOutcome::rejected, "no address");
    }
    if (is_paused(number)) {
        return {DispatchResult::Kind::paused, job, {}};
    }
    base::failpoint("before_send");
    const auto reply = mail_.send(mail_of(*notification, *message, *merchant, settings_));
    base::failpoint("after_send");
    if (!reply && is_channel_down(reply.error())) {
        return {DispatchResult::Kind::channel_down, job, {}};
    }
    const auto last = static_cast<std::int32_t>(limits::dispatch_waits.size()) - 1;
    DispatchOutcome outcome = DispatchOutcome::sent;
    if (!reply) {
        outcome = reply.error().family == base::Family::rejected ? DispatchOutcome::rejected
                  : job.attempts >= last                         ? DispatchOutcome::given_up
                                                                 : DispatchOutcome::retry;
    }
    auto result = answered(job, outcome, reply ? *reply : reply.error().detail);
    if (outcome == DispatchOutcome::sent) {
        result.element.sealed.push_back(
            {message->owner, rendered_about(job.notification), rendered_json(message->rendered)});
    }
    return result;
}

}  // namespace aftermile::engine
