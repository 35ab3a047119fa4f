#include "surface/api/streams.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

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
}

Streams::~Streams() { engine_.unsubscribe(subscription_); }

void Streams::listen(Responder responder, model::MerchantNumber merchant,
                     std::string_view last_event_id) {
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
                    first += each.text;
                }
            }
        }
    }
    stream.write(first);
    listeners_.push_back({merchant, std::move(stream)});
}

void Streams::tell(model::MerchantNumber merchant, std::string_view type, std::string_view id) {
    const std::lock_guard lock(mutex_);
    send({merchant, std::string(type), std::string(id)});
}

void Streams::take(const std::vector<engine::Change>& changes) {
    const std::lock_guard lock(mutex_);
    for (const engine::Change& change : changes) {
        send(change);
    }
}

void Streams::send(const engine::Change& change) {
    const std::uint64_t number = next_++;
    std::string data;
    base::JsonWriter writer(data);
    writer.begin_object();
    writer.key("type");
    writer.text(change.kind);
    writer.key("id");
    writer.text(change.id);
    writer.key("at");
    writer.text(base::to_text(engine_.now()));
    writer.end_object();
    std::string text = event_text("changed", fmt::format("{:08x}-{}", run_, number), data);
    bool closed = false;
    for (Listener& listener : listeners_) {
        if (listener.merchant == change.merchant) {
            closed = !listener.stream.write(text) || closed;
        }
    }
    if (closed) {
        listeners_.remove_if([](const Listener& each) { return !each.stream.is_open(); });
    }
    remembered_.push_back({number, change.merchant, std::move(text)});
    if (remembered_.size() > remembered_max) {
        remembered_.pop_front();
    }
}

}  // namespace aftermile::surface
