#include "core/draft.hpp"

#include <algorithm>

namespace aftermile::core {

model::Because Draft::because(std::string_view rule, std::vector<model::Number> numbers) const {
    return {.event = event_.id,
            .rule = std::string(rule),
            .policy_version = policy_.version,
            .profile_version = facts_.merchant.profile_version,
            .catalog_version = facts_.catalog->version(),
            .numbers = std::move(numbers)};
}

model::Merchant& Draft::edit_merchant() {
    if (merchant_.empty()) {
        merchant_.push_back(facts_.merchant);
    }
    return merchant_.front();
}

void Draft::publish_profile(model::ProfileVersion version) {
    published_.push_back(std::move(version));
}

std::vector<std::int64_t> Draft::ids_named(const NameKey& key) {
    const auto* place = facts_.names.place(key);
    if (place == nullptr) {
        throw Lacking{"a name"};
    }
    return *place ? **place : std::vector<std::int64_t>{};
}

Decisions Draft::finish() && {
    const auto take = [this](auto& records) {
        for (auto& record : records) {
            decisions_.puts.emplace_back(std::move(record));
        }
    };
    std::apply(
        [&](auto&... each) {
            decisions_.puts.reserve((each.size() + ...) + merchant_.size() + published_.size());
            (take(each), ...);
        },
        records_);
    take(merchant_);
    take(published_);
    return std::move(decisions_);
}

Decisions Draft::duplicate() && {
    Decisions decisions;
    decisions.outcome = Outcome::duplicate;
    decisions.id = std::move(decisions_.id);
    decisions.reference = std::move(decisions_.reference);
    return decisions;
}

Decisions Draft::refuse(Outcome outcome, base::Error error) && {
    Decisions decisions = std::move(*this).duplicate();
    decisions.outcome = outcome;
    decisions.error = std::move(error);
    return decisions;
}

void set_timer(model::Timers& timers, model::TimerKind kind, std::optional<base::Instant> due) {
    std::erase_if(timers, [&](const model::Timer& timer) { return timer.kind == kind; });
    if (due) {
        timers.push_back({kind, *due});
        std::ranges::sort(timers, [](const model::Timer& a, const model::Timer& b) {
            return std::pair(a.due, a.kind) < std::pair(b.due, b.kind);
        });
    }
}

std::optional<base::Instant> timer_of(const model::Timers& timers, model::TimerKind kind) {
    const auto found = std::ranges::find(timers, kind, &model::Timer::kind);
    return found == timers.end() ? std::nullopt : std::optional(found->due);
}

model::Timers take_due(model::Timers& timers, base::Instant now) {
    model::Timers due;
    std::ranges::copy_if(timers, std::back_inserter(due),
                         [&](const model::Timer& timer) { return timer.due <= now; });
    std::erase_if(timers, [&](const model::Timer& timer) { return timer.due <= now; });
    return due;
}

std::int64_t whole_hours(base::Span span) {
    return std::chrono::duration_cast<std::chrono::hours>(span).count();
}

model::Number compare_instants(std::string name, base::Instant left, model::Op op,
                               base::Instant right) {
    return {.name = std::move(name),
            .left = base::microseconds_of(left),
            .op = op,
            .right = base::microseconds_of(right),
            .unit = "instant",
            .n = std::nullopt};
}

model::MessageField text_field(std::string name, std::string value) {
    return {.name = std::move(name),
            .type = model::FieldType::text,
            .text = std::move(value),
            .number = 0,
            .currency = {}};
}

model::MessageField choice_field(std::string name, std::string_view word) {
    return {.name = std::move(name),
            .type = model::FieldType::choice,
            .text = std::string(word),
            .number = 0,
            .currency = {}};
}

model::MessageField day_field(std::string name, base::LocalDay day) {
    return {.name = std::move(name),
            .type = model::FieldType::day,
            .text = {},
            .number = day.time_since_epoch().count(),
            .currency = {}};
}

model::MessageField instant_field(std::string name, base::Instant at, const base::Zone& zone) {
    return {.name = std::move(name),
            .type = model::FieldType::instant,
            .text = zone.name(),
            .number = base::microseconds_of(at),
            .currency = {}};
}

model::MessageField money_field(std::string name, base::Money money) {
    return {.name = std::move(name),
            .type = model::FieldType::money,
            .text = {},
            .number = money.amount,
            .currency = money.currency};
}

}  // namespace aftermile::core
