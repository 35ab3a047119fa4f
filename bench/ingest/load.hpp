// The load process of the measurements, driven by lines on its standard input and output:
//
//   > loaded                     orders and shipments are in
//   < go PORT                    the server is there, started anew
//   > cold WINDOW                the first seconds on it
//   > warm WINDOW                it has been running for the warm-up
//   < measure SECONDS RATE       as often as wanted; requests per second, 0: as fast as it goes
//   > timed WINDOW
//
// WINDOW is: seconds, requests, events sent, accepted, duplicates, p50 and p99 of requests in
// microseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bench/ingest/workload.hpp"

namespace aftermile::bench {

struct LoadArguments {
    std::uint16_t port = 0;
    std::string key;
    Mix mix;
    std::size_t connections = 64;
    int warm_seconds = 10;   // of the cold window and of the warm-up, each
    bool seeded = false;     // orders and shipments are in already
    std::uint64_t skip = 0;  // events that an earlier run sent
    std::string endpoint;    // events go there, one a webhook; empty: 100 a request
    bool histories = false;  // of webhooks: see WebhookBodies
};

struct Window {
    double seconds = 0;
    std::uint64_t requests = 0, events = 0, accepted = 0, duplicates = 0;
    std::uint64_t p50 = 0, p99 = 0;  // microseconds

    [[nodiscard]] std::string text() const;
    [[nodiscard]] static std::optional<Window> parse(const std::string& text);
    [[nodiscard]] double rate() const { return static_cast<double>(events) / seconds; }
    [[nodiscard]] double request_rate() const { return static_cast<double>(requests) / seconds; }
};

inline constexpr std::uint32_t events_a_request = 100;

// The exit code.
[[nodiscard]] int run_load(const LoadArguments& arguments);

}  // namespace aftermile::bench
