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

// Whether deciding may be tried with no more than the facts at hand. Most scans only move their
// parcel and read nothing around it. A decision that reads what is not known says so, and is made
// again once `needs` is satisfied.
[[nodiscard]] bool may_be_enough(const model::Payload& payload, const Facts& facts);
[[nodiscard]] bool lacks_facts(const Decisions& decisions);
// Whether it will probably read more than that, and is worth loading together with others. Only a
// guess: nothing but speed rests on it.
[[nodiscard]] bool probably_reads_more(const model::Payload& payload, const Facts& facts);

// `event.id` must be the merchant's next number; it is used up only by applied and parked.
[[nodiscard]] Decisions decide(const model::Event& event, const Facts& facts,
                               const model::Policy& policy, base::Instant now);

// The first named invariant that committing `decisions` would break, as the error to park with.
[[nodiscard]] std::optional<base::Error> violated(const Facts& facts, const Decisions& decisions,
                                                  const model::Event& event);

// Moves the records of applied decisions into the facts.
void fold(Facts& facts, Decisions&& decisions);

}  // namespace aftermile::core
