// Shipments of several pieces: whose scans are whose, and where the shipment is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/delivery/testing/parcel.hpp"

namespace aftermile::core::delivery::testing {
namespace {

using ::testing::ElementsAre;
using enum model::Milestone;
using model::Exception;
using model::OpenException;
namespace flag = model::scan_flag;

const Extra first{.piece = "P1"};
const Extra second{.piece = "P2"};

base::Instant at(std::string_view text) { return base::parse_instant(text).value(); }
Parcel two_pieces() { return Parcel({"P1", "P2"}); }

TEST(Pieces, delivered_when_all_are_at_the_last_delivery) {
    Parcel parcel = two_pieces();
    parcel.scan("2026-02-02T08:00:00Z", in_transit, first)
        .scan("2026-02-02T08:00:00Z", in_transit, second)
        .scan("2026-02-03T15:00:00Z", delivered, first);
    EXPECT_EQ(parcel.state().milestone, in_transit);
    EXPECT_EQ(parcel.state().pieces_delivered, 1);
    EXPECT_EQ(parcel.state().delivered_at, std::nullopt);
    parcel.scan("2026-02-05T15:00:00Z", delivered, second);
    EXPECT_EQ(parcel.state().milestone, delivered);
    EXPECT_EQ(parcel.state().pieces_delivered, 2);
    EXPECT_EQ(parcel.state().delivered_at, at("2026-02-05T15:00:00Z"));
    EXPECT_EQ(parcel.state().milestone_at, at("2026-02-05T15:00:00Z"));
}

TEST(Pieces, shipment_is_where_its_least_advanced_scanned_piece_is) {
    const auto state = two_pieces()
                           .scan("2026-02-02T08:00:00Z", accepted, first)
                           .scan("2026-02-03T08:00:00Z", out_for_delivery, second)
                           .state();
    EXPECT_EQ(state.milestone, accepted);
    EXPECT_EQ(state.milestone_at, at("2026-02-02T08:00:00Z"));
    EXPECT_EQ(state.last_physical_at, at("2026-02-03T08:00:00Z"));
}

TEST(Pieces, declared_piece_never_scanned_keeps_the_shipment_on_its_way) {
    const auto state = two_pieces().scan("2026-02-03T15:00:00Z", delivered, first).state();
    EXPECT_EQ(state.milestone, in_transit);
    EXPECT_EQ(state.milestone_at, at("2026-02-03T15:00:00Z"));
    EXPECT_EQ(state.delivered_at, std::nullopt);
}

TEST(Pieces, undeclared_pieces_are_those_that_scans_name) {
    Parcel parcel;
    parcel.scan("2026-02-03T15:00:00Z", delivered, first);
    EXPECT_EQ(parcel.state().milestone, delivered);
    parcel.scan("2026-02-02T08:00:00Z", in_transit, second);
    EXPECT_EQ(parcel.state().milestone, in_transit);
    EXPECT_EQ(parcel.state().pieces_delivered, 1);
}

TEST(Pieces, master_number_speaks_of_all_pieces) {
    const auto state = two_pieces()
                           .scan("2026-02-02T08:00:00Z", in_transit, first)
                           .scan("2026-02-03T15:00:00Z", delivered)
                           .state();
    EXPECT_EQ(state.milestone, delivered);
    EXPECT_EQ(state.pieces_delivered, 2);
    EXPECT_EQ(state.scans, 2);
}

TEST(Pieces, master_number_that_is_a_piece_speaks_of_that_piece) {
    const auto state = Parcel({"1Z1", "P2"})
                           .scan("2026-02-02T08:00:00Z", in_transit, second)
                           .scan("2026-02-03T15:00:00Z", delivered)
                           .state();
    EXPECT_EQ(state.milestone, in_transit);
    EXPECT_EQ(state.pieces_delivered, 1);
}

TEST(Pieces, scan_of_a_number_nobody_declared_is_shown_on_all) {
    const auto state =
        two_pieces().scan("2026-02-02T08:00:00Z", out_for_delivery, {.piece = "P9"}).state();
    EXPECT_EQ(state.milestone, out_for_delivery);
}

TEST(Pieces, void_takes_back_the_scan_of_its_own_piece) {
    const auto state = two_pieces()
                           .scan("2026-02-02T08:00:00Z", in_transit, first)
                           .scan("2026-02-02T08:00:00Z", in_transit, second)
                           .scan("2026-02-03T15:00:00Z", delivered, first)
                           .scan("2026-02-03T16:00:00Z", delivered, second)
                           .scan("2026-02-03T17:00:00Z", std::nullopt,
                                 {.flags = flag::void_previous, .piece = "P1"})
                           .state();
    EXPECT_EQ(state.pieces_delivered, 1);
    EXPECT_EQ(state.last_physical_at, at("2026-02-03T16:00:00Z"));
    EXPECT_EQ(state.milestone, in_transit);
    EXPECT_EQ(state.milestone_at, at("2026-02-02T08:00:00Z"));
}

TEST(Pieces, time_of_equal_pieces_is_the_latest_whatever_their_numbers) {
    // Told apart by the hash of their numbers, one of the two orders would give the earlier time.
    for (const auto& [early, late] : {std::pair{first, second}, std::pair{second, first}}) {
        const auto state = two_pieces()
                               .scan("2026-02-02T08:00:00Z", in_transit, early)
                               .scan("2026-02-03T08:00:00Z", in_transit, late)
                               .state();
        EXPECT_EQ(state.milestone_at, at("2026-02-03T08:00:00Z"));
    }
}

TEST(Pieces, cancelled_piece_is_left_out) {
    Parcel parcel = two_pieces();
    parcel.scan("2026-02-01T08:00:00Z", cancelled, first);
    EXPECT_EQ(parcel.state().milestone, pending);
    EXPECT_EQ(parcel.state().milestone_at, std::nullopt);
    parcel.scan("2026-02-03T15:00:00Z", delivered, second);
    EXPECT_EQ(parcel.state().milestone, delivered);
    EXPECT_EQ(parcel.state().delivered_at, at("2026-02-03T15:00:00Z"));
    EXPECT_EQ(parcel.state().pieces_delivered, 1);
}

TEST(Pieces, cancelled_when_all_are) {
    const auto state = two_pieces()
                           .scan("2026-02-01T08:00:00Z", cancelled, first)
                           .scan("2026-02-02T08:00:00Z", cancelled, second)
                           .state();
    EXPECT_EQ(state.milestone, cancelled);
    EXPECT_EQ(state.milestone_at, at("2026-02-02T08:00:00Z"));
}

TEST(Pieces, one_delivered_and_one_returned_is_returned) {
    const auto state = two_pieces()
                           .scan("2026-02-03T15:00:00Z", returned, first)
                           .scan("2026-02-04T15:00:00Z", delivered, second)
                           .state();
    EXPECT_EQ(state.milestone, returned);
    EXPECT_EQ(state.milestone_at, at("2026-02-03T15:00:00Z"));
    EXPECT_EQ(state.pieces_delivered, 1);
    EXPECT_TRUE(state.on_return_leg);
}

TEST(Pieces, exception_of_any_piece_is_open_since_the_earliest) {
    const auto state = two_pieces()
                           .scan("2026-02-03T08:00:00Z", in_transit,
                                 {.exception = Exception::weather, .piece = "P1"})
                           .scan("2026-02-02T08:00:00Z", in_transit,
                                 {.exception = Exception::weather, .piece = "P2"})
                           .scan("2026-02-04T08:00:00Z", out_for_delivery, second)
                           .state();
    EXPECT_THAT(state.open,
                ElementsAre(OpenException{Exception::weather, at("2026-02-03T08:00:00Z")}));
}

TEST(Pieces, attempts_are_those_of_the_piece_that_has_most) {
    const auto state = two_pieces()
                           .scan("2026-02-02T15:00:00Z", attempt_failed, first)
                           .scan("2026-02-03T15:00:00Z", attempt_failed, second)
                           .scan("2026-02-04T15:00:00Z", attempt_failed, second)
                           .state();
    EXPECT_EQ(state.attempts, 2);
}

}  // namespace
}  // namespace aftermile::core::delivery::testing
