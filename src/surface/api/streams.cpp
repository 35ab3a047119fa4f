#include "surface/api/streams.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace aftermile::surface {

Streams::Streams(engine::Engine& engine) : engine_(engine) {
    for (const char c : base::random_bytes(4)) {
        run_ = (run_ << 8) | static_cast<unsigned char>(c);
    }
    subscription_ =
        engine_.subscribe([this](const std::vector<engine::Change>& changes) { take(changes); });
    watching_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

Streams::~Streams() {
    watching_.request_stop();
    watching_.join();
    engine_.unsubscribe(subscription_);
}

void Streams::watch(const std::stop_token& stop) {
    constexpr std::chrono::milliseconds look{500};  // the doors themselves look as often
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, stop, look, [&] { return stop.stop_requested(); })) {
        lock.unlock();
        end_refused();
        lock.lock();
    }
}

// Asking reads the store at times: not under the lock, which who commits waits for.
void Streams::end_refused() {
    std::vector<std::shared_ptr<const std::function<bool()>>> refused;
    {
        const std::lock_guard lock(mutex_);
        for (const Listener& each : listeners_) {
            refused.push_back(each.admitted);
        }
    }
    std::erase_if(refused, [](const auto& admitted) { return (*admitted)(); });
    if (!refused.empty()) {
        const std::lock_guard lock(mutex_);
        listeners_.remove_if([&](const Listener& each) {
            return std::ranges::find(refused, each.admitted) != refused.end();
        });
    }
}

void Streams::listen(Responder responder, model::MerchantNumber merchant,
                     std::string_view last_event_id, std::function<bool()> admitted) {
    const std::lock_guard lock(mutex_);
    listeners_.remove_if([](const Listener& each) { return !each.stream.is_open(); });
    if (listeners_.size() >= listeners_max) {
        responder.send_problem(503, "busy", "Too many streams are open.");
        return;
    }
    Stream stream = responder.start_stream();
    std::string first = "retry: 2000\n\n";
    if (!last_event_id.empty()) {
        // "run-number": another process's numbers say nothing here.
        const auto dash = last_event_id.find('-');
        std::uint64_t number = 0;
        bool resumes = false;
        if (dash != std::string_view::npos &&
            last_event_id.substr(0, dash) == fmt::format("{:08x}", run_)) {
            const auto digits = last_event_id.substr(dash + 1);
            const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
            const std::uint64_t oldest = remembered_.empty() ? next_ : remembered_.front().number;
            resumes = read.ec == std::errc{} && number < next_ && number + 1 >= oldest;
        }
        if (!resumes) {
            first += event_text("reset", "", "{}");
        } else {
            for (const Remembered& each : remembered_) {
                if (each.number > number && each.merchant == merchant) {
                    first += text_of(each);
                }
            }
        }
    }
    stream.write(first);
    listeners_.push_back({merchant, std::move(stream),
                          std::make_shared<const std::function<bool()>>(std::move(admitted))});
}

void Streams::tell(model::MerchantNumber merchant, std::string_view type, std::string_view id) {
    const std::lock_guard lock(mutex_);
    send(engine_.now(), merchant, Told{std::string(type), std::string(id)});
}

void Streams::take(const std::vector<engine::Change>& changes) {
    const std::lock_guard lock(mutex_);
    const base::Instant now = engine_.now();
    for (const engine::Change& change : changes) {
        send(now, change.merchant, change);
    }
}

std::string Streams::text_of(const Remembered& event) const {
    const auto* told = std::get_if<Told>(&event.change);
    const auto* change = std::get_if<engine::Change>(&event.change);
    std::string data;
    base::JsonWriter writer(data);
    writer.begin_object();
    writer.key("type");
    writer.text(told != nullptr ? std::string_view(told->type) : change->kind);
    writer.key("id");
    writer.text(told != nullptr ? told->id : change->id());
    writer.key("at");
    writer.text(base::to_text(event.at));
    writer.end_object();
    return event_text("changed", fmt::format("{:08x}-{}", run_, event.number), data);
}

// Most changes have no listener: their text is written only when one asks for it.
void Streams::send(base::Instant at, model::MerchantNumber merchant,
                   std::variant<engine::Change, Told> change) {
    remembered_.push_back({next_++, at, merchant, std::move(change)});
    if (remembered_.size() > remembered_max) {
        remembered_.pop_front();
    }
    std::string text;
    bool closed = false;
    for (Listener& listener : listeners_) {
        if (listener.merchant == merchant) {
            text = text.empty() ? text_of(remembered_.back()) : text;
            closed = !listener.stream.write(text) || closed;
        }
    }
    if (closed) {
        listeners_.remove_if([](const Listener& each) { return !each.stream.is_open(); });
    }
}

}  // namespace aftermile::surface
