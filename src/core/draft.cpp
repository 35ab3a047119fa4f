#include "core/draft.hpp"

#include <algorithm>

namespace aftermile::core {

model::Because Draft::because(base::Word rule, std::vector<model::Number> numbers) const {
    return {.event = event_.id,
            .rule = rule,
            .policy_version = policy_.version,
            .profile_version = facts_.merchant.profile_version,
            .catalog_version = facts_.catalog->version(),
            .numbers = std::move(numbers)};
}

model::Merchant& Draft::edit_merchant() {
    if (merchant_ == nullptr) {
        merchant_ = std::make_shared<model::Merchant>(facts_.merchant);
    }
    return *merchant_;
}

void Draft::publish_profile(model::ProfileVersion version) {
    published_ = std::make_shared<const model::ProfileVersion>(std::move(version));
}

std::span<const std::int64_t> Draft::ids_named(NameView key) const {
    const auto known = facts_.names.look(key);
    if (!known) {
        throw Lacking{"a name"};
    }
    return *known;
}

Decisions Draft::finish() && {
    const auto take = [this](auto& records) {
        for (auto& record : records) {
            decisions_.puts.emplace_back(std::move(record));
        }
    };
    std::apply(
        [&](auto&... each) {
            decisions_.puts.reserve((each.size() + ...) + 2);
            (take(each), ...);
        },
        records_);
    if (merchant_ != nullptr) {
        decisions_.puts.emplace_back(std::move(merchant_));
    }
    if (published_ != nullptr) {
        decisions_.puts.emplace_back(std::move(published_));
    }
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

model::Number compare_instants(base::Word name, base::Instant left, model::Op op,
                               base::Instant right) {
    return {.name = name,
            .left = base::microseconds_of(left),
            .op = op,
            .right = base::microseconds_of(right),
            .unit = "instant",
            .n = std::nullopt};
}

model::MessageField text_field(base::Word name, std::string value) {
    return {.name = name,
            .type = model::FieldType::text,
            .text = std::move(value),
            .number = 0,
            .currency = {}};
}

model::MessageField choice_field(base::Word name, std::string_view word) {
    return {.name = name,
            .type = model::FieldType::choice,
            .text = std::string(word),
            .number = 0,
            .currency = {}};
}

model::MessageField day_field(base::Word name, base::LocalDay day) {
    return {.name = name,
            .type = model::FieldType::day,
            .text = {},
            .number = day.time_since_epoch().count(),
            .currency = {}};
}

model::MessageField instant_field(base::Word name, base::Instant at, const base::Zone& zone) {
    return {.name = name,
            .type = model::FieldType::instant,
            .text = zone.name(),
            .number = base::microseconds_of(at),
            .currency = {}};
}

model::MessageField money_field(base::Word name, base::Money money) {
    return {.name = name,
            .type = model::FieldType::money,
            .text = {},
            .number = money.amount,
            .currency = money.currency};
}

}  // namespace aftermile::core
