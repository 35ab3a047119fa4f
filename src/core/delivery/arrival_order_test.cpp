// Any arrival order, same state: scans are taken in one by one as the engine does it, and what
// comes out is compared with another order of arrival and with an independent naive fold.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "core/delivery/testing/ingredients.hpp"
#include "core/delivery/testing/oracle.hpp"
#include "core/delivery/testing/parcel.hpp"

namespace aftermile::core::delivery::testing {
namespace {

using model::Exception;
using model::Milestone;
namespace flag = model::scan_flag;

constexpr int histories = 1000;
constexpr int shuffles_each = 10;
constexpr int share_percent_min = 10;

std::uint64_t seed() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment
    const char* given = std::getenv("AFTERMILE_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : 20261123;
}

std::string described(const model::TrackState& state) {
    std::string text(base::to_text(state.milestone));
    const auto add = [&](const char* name, const std::optional<base::Instant>& at) {
        text += std::string(" ") + name + "=" + (at ? base::to_text(*at) : "-");
    };
    add("at", state.milestone_at);
    add("handed_off", state.handed_off_at);
    add("delivered", state.delivered_at);
    add("physical", state.last_physical_at);
    text += " attempts=" + std::to_string(state.attempts);
    text += " scans=" + std::to_string(state.scans);
    text += " pieces_delivered=" + std::to_string(state.pieces_delivered);
    text += state.on_return_leg ? " return_leg" : "";
    text += state.scanned_after_delivery ? " scanned_after" : "";
    text += state.destroyed ? " destroyed" : "";
    for (const auto& each : state.open) {
        text += " " + std::string(base::to_text(each.kind)) + "@" + base::to_text(each.since);
    }
    return text;
}

std::string described(const History& history) {
    std::string text = "number " + history.number + " pieces";
    for (const std::string& piece : history.pieces) {
        text += " " + piece;
    }
    text += " zone " + history.destination->name();
    for (const PlacedScan& each : history.scans) {
        const model::Scan& scan = each.scan;
        text += "\n  " + base::to_text(scan.written) +
                (scan.offset ? " offset " + std::to_string(scan.offset->count()) : "") +
                (each.own_zone != nullptr ? " in " + each.own_zone->name() : "") +
                (scan.date_only ? " day" : "") + " piece '" + scan.piece + "' code '" + scan.code +
                "' " + (scan.milestone ? std::string(base::to_text(*scan.milestone)) : "-") + " " +
                std::string(base::to_text(scan.exception)) + " clears " +
                std::string(base::to_text(scan.clears)) + " flags " + std::to_string(scan.flags);
    }
    return text;
}

std::string digest_of(const std::vector<PlacedScan>& arrived, const base::Zone& zone) {
    std::string digest;
    for (const PlacedScan& each : arrived) {
        take_in(digest, each, zone);
    }
    return digest;
}

// Compares every order of these seven with the first.
void expect_one_state(const History& history, const model::TrackState& expected) {
    ASSERT_EQ(history.scans.size(), 7U);
    const std::string digest = digest_of(history.scans, *history.destination);
    EXPECT_EQ(fold_digest(digest, history), expected)
        << described(fold_digest(digest, history)) << "\n"
        << described(expected);
    EXPECT_EQ(oracle_state(history, history.scans), expected);
    std::vector<std::size_t> order{0, 1, 2, 3, 4, 5, 6};
    int orders = 0;
    do {
        ++orders;
        std::string other;
        for (const std::size_t i : order) {
            take_in(other, history.scans[i], *history.destination);
        }
        ASSERT_EQ(other, digest) << "in order number " << orders;
        ASSERT_EQ(fold_digest(other, history), expected) << "in order number " << orders;
    } while (std::ranges::next_permutation(order).found);
    EXPECT_EQ(orders, 5040);
}

TEST(ArrivalOrder, all_5040_orders_of_a_corrected_delivery_give_one_state) {
    Parcel parcel;  // to New York: 09:30 without a zone is 14:30Z
    parcel.scan("2026-02-02T08:00:00Z", Milestone::info_received)
        .scan("2026-02-03T08:00:00Z", Milestone::accepted)
        .scan("2026-02-04T09:30:00", Milestone::out_for_delivery)
        .scan("2026-02-04T14:30:00Z", Milestone::attempt_failed,
              {.exception = Exception::attempt_failed})
        .scan("2026-02-04T15:00:00Z", Milestone::delivered)
        .scan("2026-02-04T16:00:00Z", std::nullopt,
              {.flags = flag::correction | flag::void_previous})
        .scan("2026-02-03T20:00:00Z", Milestone::in_transit);
    model::TrackState expected;
    expected.milestone = Milestone::attempt_failed;
    expected.milestone_at = base::parse_instant("2026-02-04T14:30:00Z").value();
    expected.handed_off_at = base::parse_instant("2026-02-03T08:00:00Z").value();
    expected.last_physical_at = expected.milestone_at;
    expected.attempts = 1;
    expected.scans = 7;
    expected.open = {{Exception::attempt_failed, *expected.milestone_at}};
    expect_one_state(parcel.history(), expected);
}

TEST(ArrivalOrder, all_5040_orders_of_a_way_back_give_one_state) {
    Parcel parcel;
    parcel.scan("2026-02-03T08:00:00Z", Milestone::accepted)
        .scan("2026-02-04T08:00:00Z", std::nullopt, {.exception = Exception::lost})
        .scan("2026-02-05T08:00:00Z", Milestone::returning)
        .scan("2026-02-05T08:00:00Z", Milestone::in_transit)
        .scan("2026-02-06T08:00:00Z", Milestone::out_for_delivery)
        .scan("2026-02-06T10:00:00Z", Milestone::delivered)
        .scan("2026-02-06T10:00:00Z", Milestone::delivered, {.code = "D/DL"});
    model::TrackState expected;
    expected.milestone = Milestone::returned;
    expected.milestone_at = base::parse_instant("2026-02-06T10:00:00Z").value();
    expected.handed_off_at = base::parse_instant("2026-02-03T08:00:00Z").value();
    expected.last_physical_at = expected.milestone_at;
    expected.scans = 7;
    expected.on_return_leg = true;
    expect_one_state(parcel.history(), expected);
}

TEST(ArrivalOrder, ten_thousand_shuffles_give_the_state_that_the_oracle_tells) {
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed()));
    Dice dice(seed());
    std::map<std::string, int> shares;
    int shuffles = 0;
    for (int i = 0; i < histories; ++i) {
        History history = HistoryMaker(dice.roll()).make();
        for (const auto& [name, has] : ingredients_of(history)) {
            shares[name] += has ? 1 : 0;
        }
        const std::string digest = digest_of(history.scans, *history.destination);
        const auto size = digest.size() / digest_entry_bytes;
        ASSERT_TRUE(size >= 8 && size <= 60) << size;
        const auto told = oracle_state(history, history.scans);
        for (int turn = 0; turn < shuffles_each; ++turn, ++shuffles) {
            dice.shuffle(history.scans);
            const std::string other = digest_of(history.scans, *history.destination);
            ASSERT_EQ(other, digest) << described(history);
            const auto state = fold_digest(other, history);
            ASSERT_EQ(state, told)
                << "fold   " << described(state) << "\noracle " << described(told) << "\n"
                << described(history);
        }
        // Half of them have arrived: what is known in between follows the same rules.
        const auto half = static_cast<std::ptrdiff_t>(history.scans.size() / 2);
        const std::vector<PlacedScan> some(history.scans.begin(), history.scans.begin() + half);
        const auto between = fold_digest(digest_of(some, *history.destination), history);
        const auto told_between = oracle_state(history, some);
        ASSERT_EQ(between, told_between)
            << "fold   " << described(between) << "\noracle " << described(told_between) << "\n"
            << described(history);
    }
    EXPECT_EQ(shuffles, 10000);
    for (const auto& [name, count] : shares) {
        const int share = count * 100 / histories;
        std::printf("%3d %% %s\n", share, name.c_str());
        EXPECT_GE(share, share_percent_min) << name;
    }
}

}  // namespace
}  // namespace aftermile::core::delivery::testing
