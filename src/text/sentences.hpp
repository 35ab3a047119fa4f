// The one sentence above everything on a shopper's page, its four steps, and smaller sentences.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "model/because.hpp"
#include "model/vocabulary.hpp"
#include "text/fields.hpp"
#include "text/messages.hpp"

namespace aftermile::text {

// What is known of a parcel. Dates only from the promise ledger and from scans.
struct ParcelFacts {
    model::Milestone milestone = model::Milestone::pending;
    std::optional<DayRange> expected{};  // the promise in force
    bool late = false;                   // later than the first promise
    std::optional<Moment> delivered_at{};
    std::optional<base::LocalDay> deadline{};  // to collect it
    std::optional<base::LocalDay> next_attempt{};
    base::LocalDay today{};  // at the destination
};

// "Arriving on Thursday 8 January". A promise that has passed is never shown as a date: then the
// parcel is late without a new date.
[[nodiscard]] base::Result<std::string> sentence_for_milestone(const Messages& messages,
                                                               std::string_view locale,
                                                               const ParcelFacts& facts);

// How many of the four steps (ordered, sent, near_you, delivered) are reached: 1 to 4. A parcel
// on its way back or cancelled keeps none: 0.
[[nodiscard]] int steps_reached(model::Milestone milestone);

// "On its way, Leipzig"; without a place, without it. For an unnamed scan pass no milestone.
[[nodiscard]] base::Result<std::string> sentence_for_scan(const Messages& messages,
                                                          std::string_view locale,
                                                          std::optional<model::Milestone> milestone,
                                                          std::string_view place);

// "age_hours 73 >= 72 hours (n = 120)": one comparison of a rule, for people who read rules.
// Instants and days are written as ISO 8601 does.
[[nodiscard]] std::string comparison(const model::Number& number);

// The same words with a capital first letter, where that is a letter of ASCII.
[[nodiscard]] std::string capitalised(std::string words);

}  // namespace aftermile::text
