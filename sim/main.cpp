// aftermile_sim: plays the simulated trade against a running server with a test clock.
//
//   aftermile serve --test-clock 2026-01-07T15:00:00Z --listen 127.0.0.1:8081 &
//   aftermile_sim --port 8081 --key am_live_… --shipments 500
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>

#include "sim/player.hpp"

namespace sim = aftermile::sim;

int main(int argc, char** argv) {
    sim::PlanOptions options;
    std::string host = "127.0.0.1", key;
    std::uint16_t port = 8080;
    bool print = false;
    CLI::App app("Plays the simulated trade of Alder & Finch against a server with a test clock.");
    app.add_option("--host", host, "IPv4 address of the server")->capture_default_str();
    app.add_option("--port", port)->capture_default_str();
    app.add_option("--key", key, "API key with the scopes ingest and configure");
    app.add_option("--seed", options.seed)->capture_default_str();
    app.add_option("--shipments", options.shipments)->capture_default_str();
    app.add_option("--days", options.days)->capture_default_str();
    app.add_flag("--print", print, "Print the plan as NDJSON and post nothing");
    CLI11_PARSE(app, argc, argv);

    std::vector<sim::Post> plan = sim::make_plan(options);
    if (print) {
        for (const sim::Post& post : plan) {
            fmt::print("{{\"at\":\"{}\",\"path\":\"{}\",\"body\":{}}}\n",
                       aftermile::base::to_text(post.at), sim::path_of(post.door), post.body);
        }
        return 0;
    }
    const auto began = std::chrono::steady_clock::now();
    sim::Player player(host, port, key, std::move(plan), options.start);
    if (auto played = player.play_until(options.now()); !played) {
        fmt::print(stderr, "{}: {}\n", played.error().code, played.error().detail);
        return 1;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const sim::Tally& tally = player.tally();
    fmt::print("{} posted, {} accepted, {} duplicates, {} parked, {} requests, {:.1f} s\n",
               tally.posted, tally.accepted, tally.duplicates, tally.parked, tally.requests,
               took.count());
    if (!tally.first_parked.empty()) {
        fmt::print("first parked: {}\n", tally.first_parked);
    }
    return 0;
}
