// The three pure functions. No I/O, clock, thread, randomness, locale or global: the same
// arguments give the same bytes for ever.
//
//   Keys keys;                                     // at most four rounds
//   while (!(keys = needs(event.payload, facts)).empty()) load(keys, facts);
//   Decisions decisions = decide(event, facts, policy, now);
//   if (auto broken = violated(facts, decisions, event)) park(event, *broken);
//   fold(facts, std::move(decisions));
#pragma once

#include <optional>

#include "core/decisions.hpp"
#include "core/facts.hpp"
#include "model/policy.hpp"

namespace aftermile::core {

// What must be known before an event can be decided, whatever comes of it: empty once everything
// is.
inline constexpr int needs_rounds_max = 4;
[[nodiscard]] Keys needs(const model::Payload& payload, const Facts& facts);

// What the facts at hand are good for. Most scans only move their parcel and read nothing around
// it.
enum class AtHand : unsigned char {
    too_little,         // ask `needs`
    less_than_is_read,  // deciding may be tried, and will probably lack something: a guess
    enough,             // deciding may be tried
};
[[nodiscard]] AtHand at_hand(const model::Payload& payload, const Facts& facts,
                             const model::Policy& policy);
// Of `needs`, what deciding will probably read: a guess. Empty once all of it is known.
[[nodiscard]] Keys probably_read(const model::Payload& payload, const Facts& facts,
                                 const model::Policy& policy);
// A decision that reads what is not known says so, and is made again once `needs` is satisfied.
[[nodiscard]] bool lacks_facts(const Decisions& decisions);

// `event.id` must be the merchant's next number; it is used up only by applied and parked.
[[nodiscard]] Decisions decide(const model::Event& event, const Facts& facts,
                               const model::Policy& policy, base::Instant now);

// The first named invariant that committing `decisions` would break, as the error to park with.
[[nodiscard]] std::optional<base::Error> violated(const Facts& facts, const Decisions& decisions,
                                                  const model::Event& event);

// Moves the records of applied decisions into the facts.
void fold(Facts& facts, Decisions&& decisions);

}  // namespace aftermile::core
