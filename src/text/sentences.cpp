#include "text/sentences.hpp"

#include <fmt/format.h>

namespace aftermile::text {
namespace {

using base::Result;
using model::Milestone;

struct Choosing {
    std::string key;
    Fields fields;
};

Choosing while_on_the_way(const ParcelFacts& facts) {
    const bool has_date = facts.expected.has_value() && facts.expected->latest >= facts.today;
    if (!has_date) {
        const bool passed = facts.expected.has_value() || facts.late;
        return passed ? Choosing{"late", {}}
                      : Choosing{std::string{base::to_text(facts.milestone)}, {}};
    }
    const DayRange expected = *facts.expected;
    if (facts.late) {
        return {"late_arriving", {{"expected", expected}}};
    }
    if (expected.earliest == expected.latest && expected.latest == facts.today) {
        return {"arriving_today", {{"today", facts.today}}};
    }
    if (expected.earliest == expected.latest &&
        expected.latest == facts.today + std::chrono::days{1}) {
        return {"arriving_tomorrow", {{"expected", expected}}};
    }
    return {"arriving", {{"expected", expected}}};
}

Choosing delivered(const ParcelFacts& facts) {
    if (!facts.delivered_at) {
        return {"delivered", {}};
    }
    const Moment& at = *facts.delivered_at;
    const bool today = at.zone.day_of(at.at) == facts.today;
    return {today ? "delivered_today" : "delivered_on", {{"delivered_at", at}}};
}

Choosing choose(const ParcelFacts& facts) {
    switch (facts.milestone) {
        case Milestone::pending:
        case Milestone::info_received:
        case Milestone::accepted:
        case Milestone::in_transit:
        case Milestone::at_destination:
            return while_on_the_way(facts);
        case Milestone::out_for_delivery:
            if (facts.expected && facts.expected->earliest <= facts.today &&
                facts.today <= facts.expected->latest) {
                return {"out_for_delivery_today", {{"today", facts.today}}};
            }
            return {"out_for_delivery", {}};
        case Milestone::available_for_pickup:
            if (facts.deadline && *facts.deadline >= facts.today) {
                return {"available_for_pickup_by", {{"deadline", *facts.deadline}}};
            }
            return {"available_for_pickup", {}};
        case Milestone::attempt_failed:
            if (facts.next_attempt && *facts.next_attempt >= facts.today) {
                return {"attempt_failed_next", {{"next_attempt", *facts.next_attempt}}};
            }
            return {"attempt_failed", {}};
        case Milestone::delivered:
            return delivered(facts);
        case Milestone::returning:
        case Milestone::returned:
        case Milestone::cancelled:
        case Milestone::expired:
            return {std::string{base::to_text(facts.milestone)}, {}};
    }
    return {"unknown", {}};
}

}  // namespace

Result<std::string> sentence_for_milestone(const Messages& messages, std::string_view locale,
                                           const ParcelFacts& facts) {
    const Choosing chosen = choose(facts);
    return messages.translate(locale, fmt::format("tracking.headline.{}", chosen.key),
                              chosen.fields);
}

int steps_reached(Milestone milestone) {
    switch (milestone) {
        case Milestone::pending:
        case Milestone::info_received:
            return 1;
        case Milestone::accepted:
        case Milestone::in_transit:
        case Milestone::at_destination:
        case Milestone::expired:
            return 2;
        case Milestone::out_for_delivery:
        case Milestone::available_for_pickup:
        case Milestone::attempt_failed:
            return 3;
        case Milestone::delivered:
            return 4;
        case Milestone::returning:
        case Milestone::returned:
        case Milestone::cancelled:
            return 0;
    }
    return 0;
}

Result<std::string> sentence_for_scan(const Messages& messages, std::string_view locale,
                                      std::optional<Milestone> milestone, std::string_view place) {
    const std::string_view word = milestone ? base::to_text(*milestone) : "unknown";
    Result<std::string> what = messages.translate(locale, fmt::format("scan.{}", word));
    if (!what || place.empty()) {
        return what;
    }
    return messages.translate(locale, "scan.at", {{"what", *what}, {"place", std::string{place}}});
}

namespace {

std::string quantity(std::int64_t value, std::string_view unit) {
    if (unit == "instant") {
        return base::to_text(base::Instant{std::chrono::microseconds{value}});
    }
    if (unit == "day") {
        return base::to_text(base::LocalDay{std::chrono::days{value}});
    }
    return std::to_string(value);
}

}  // namespace

std::string comparison(const model::Number& number) {
    const bool date = number.unit == "instant" || number.unit == "day";
    return fmt::format("{} {} {} {}{}{}", number.name.text(), quantity(number.left, number.unit),
                       base::to_text(number.op), quantity(number.right, number.unit),
                       date || number.unit.empty() ? "" : fmt::format(" {}", number.unit.text()),
                       number.n ? fmt::format(" (n = {})", *number.n) : "");
}

std::string capitalised(std::string words) {
    if (!words.empty() && words.front() >= 'a' && words.front() <= 'z') {
        words.front() = static_cast<char>(words.front() - 'a' + 'A');
    }
    return words;
}

}  // namespace aftermile::text
