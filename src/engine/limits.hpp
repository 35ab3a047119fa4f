// Every limit of the engine in one place: queues, batches, payloads, retries.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/instant.hpp"

namespace aftermile::engine::limits {

// One commit takes at most this much; a larger batch makes everybody in it wait for one fsync.
inline constexpr std::size_t batch_events = 4'096;
inline constexpr std::size_t batch_bytes = std::size_t{8} << 20;
// Decided before looking whether the committing thread is free: both threads then have work, where
// one long round would leave each waiting for the other.
inline constexpr std::size_t decided_at_once = 1'024;
// What may wait for the writer before senders are asked to come again later.
inline constexpr std::size_t queue_events = 32'768;
inline constexpr std::size_t queue_bytes = std::size_t{64} << 20;
inline constexpr std::size_t submission_events = batch_events;

// Rows that follow their events (engine/sweep.hpp): a cycle takes about so many events, so that a
// start reads twice as many at the most. Once nothing came for a moment, so many are written at
// once.
inline constexpr std::uint64_t sweep_cycle_events = 327'680;
inline constexpr std::size_t sweep_share_max = 4'096;
inline constexpr std::chrono::milliseconds sweep_rest{100};
// A mark moves on at the latest after so many events.
inline constexpr std::uint64_t sweep_mark_events = 65'536;

// Several processes on one store. A worker's lease is over when it was not renewed for so long: a
// commit takes a fraction of it, and its slots still move within 10 s of a kill, with a second for
// the next look and the rest for reading what they hold.
inline constexpr std::chrono::milliseconds lease_length{5'000};
inline constexpr std::chrono::milliseconds lease_renewal{1'000};
inline constexpr std::chrono::milliseconds lease_look{1'000};
// Before slots are given up: for messages that were handed over and not answered yet.
inline constexpr std::chrono::milliseconds dispatch_rest{5'000};
// Submissions that wait for a worker: taken and put by so many, and no more while so many wait.
inline constexpr std::size_t intake_page = 1'024;
inline constexpr std::size_t intake_page_bytes = batch_bytes;
// One that the store refuses for what is in it holds up all others: tried alone so often, so far
// apart, and then set aside.
inline constexpr int intake_tries = 3;
inline constexpr std::chrono::milliseconds intake_between_tries{500};
inline constexpr std::int64_t intake_rows = 100'000;
inline constexpr std::chrono::milliseconds intake_look{1'000};
// Where a notice was lost.
inline constexpr std::chrono::milliseconds intake_poll{100};
// Longer than slots take to move, so that a request outlives the worker that had it.
inline constexpr std::chrono::milliseconds answer_wait{20'000};

// Timers that fire in one batch, so that a long sleep never starves what comes in.
inline constexpr std::size_t timers_per_batch = 512;
// Of one subject in one step of time; more means that a decision keeps asking for the past.
inline constexpr int refires_max = 8;

// Decided, and not yet durable.
inline constexpr std::size_t rounds_on_their_way = 2;
// Events and records of a round that the deciding thread brings to the store itself: fewer take
// less time than waking another thread for them (docs/decisions/0025).
inline constexpr std::size_t kept_at_once = 192;

inline constexpr std::size_t load_page = 1'000;
// Events whose facts are looked for before they are decided: so few that what was looked at is
// still near; and many, while more than one in `few_lack` lacks something, because that is loaded
// together.
inline constexpr std::size_t near_at_once = 16;
inline constexpr std::size_t loaded_at_once = 1'024;
inline constexpr std::size_t few_lack = 16;
// Of what decisions lack: so much of it is read by two threads.
inline constexpr std::size_t keys_for_two = 64;
inline constexpr std::size_t merchants_cached = 256;

// Dispatch.
inline constexpr std::size_t dispatch_in_flight = 64;
inline constexpr std::size_t outbox_page = 256;
inline constexpr std::size_t outbox_page_max = 8'192;
// The wait after each failed attempt; after the last one the message is given up.
inline constexpr std::array<std::chrono::minutes, 7> dispatch_waits{
    std::chrono::minutes{0},   std::chrono::minutes{1},   std::chrono::minutes{5},
    std::chrono::minutes{30},  std::chrono::minutes{120}, std::chrono::minutes{360},
    std::chrono::minutes{1440}};
// While a channel cannot be reached at all; messages wait without using up their attempts.
inline constexpr std::chrono::seconds circuit_first{15};
inline constexpr std::chrono::seconds circuit_most{3'600};
// News this old is not news: what could not be handed over for so long is given up.
inline constexpr std::chrono::hours message_age_max{72};

// Input.
inline constexpr std::size_t reference_bytes = 200;
inline constexpr std::size_t short_text_bytes = 200;
inline constexpr std::size_t title_bytes = 500;
inline constexpr std::size_t description_bytes = 500;
inline constexpr std::size_t email_bytes = 254;
inline constexpr std::size_t url_bytes = 2'000;
inline constexpr std::size_t tracking_number_bytes = 40;
inline constexpr std::size_t lines = 500;
inline constexpr std::size_t pieces = 200;
inline constexpr std::size_t consents = 20;
inline constexpr std::size_t evidence = 20;
inline constexpr std::int64_t quantity = 1'000'000;
inline constexpr std::int64_t amount = 1'000'000'000'000;  // minor units
inline constexpr std::int64_t weight_grams = 50'000'000;
inline constexpr std::int64_t side_mm = 100'000;
inline constexpr std::chrono::hours future{24};

// Policies.
inline constexpr std::size_t policy_bytes = std::size_t{256} << 10;
inline constexpr std::size_t policy_rows = 500;

// Import.
inline constexpr std::size_t import_errors_listed = 1'000;
inline constexpr std::size_t import_step_events = 1'000;

}  // namespace aftermile::engine::limits
