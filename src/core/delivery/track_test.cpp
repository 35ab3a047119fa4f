// The rules of docs/reference/tracking.md, one by one, and what carriers are known to do.
#include "core/delivery/track.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/delivery/testing/parcel.hpp"

namespace aftermile::core::delivery::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using enum model::Milestone;
using model::Exception;
using model::OpenException;
using model::TrackState;
namespace flag = model::scan_flag;

constexpr std::uint8_t void_and_correct = flag::void_previous | flag::correction;

base::Instant at(std::string_view text) { return base::parse_instant(text).value(); }

// Accepted on the 2nd, out for delivery and delivered on the 3rd of February.
Parcel delivered_parcel() {
    Parcel parcel;
    parcel.scan("2026-02-02T08:00:00Z", accepted)
        .scan("2026-02-03T13:00:00Z", out_for_delivery)
        .scan("2026-02-03T15:00:00Z", delivered);
    return parcel;
}
Parcel returning_parcel() {
    Parcel parcel;
    parcel.scan("2026-02-02T08:00:00Z", accepted).scan("2026-02-03T08:00:00Z", returning);
    return parcel;
}

TEST(Track, no_scan_is_pending) { EXPECT_EQ(Parcel().state(), TrackState{}); }

TEST(Track, label_message_alone_is_no_hand_off) {
    const auto state = Parcel().scan("2026-02-02T08:00:00Z", info_received).state();
    EXPECT_EQ(state.milestone, info_received);
    EXPECT_EQ(state.handed_off_at, std::nullopt);
    EXPECT_EQ(state.last_physical_at, std::nullopt);
}

TEST(Track, plain_journey_is_delivered_at_its_delivery) {
    const auto state = delivered_parcel().state();
    EXPECT_EQ(state.milestone, delivered);
    EXPECT_EQ(state.milestone_at, at("2026-02-03T15:00:00Z"));
    EXPECT_EQ(state.delivered_at, at("2026-02-03T15:00:00Z"));
    EXPECT_EQ(state.handed_off_at, at("2026-02-02T08:00:00Z"));
    EXPECT_EQ(state.last_physical_at, at("2026-02-03T15:00:00Z"));
    EXPECT_EQ(state.scans, 3);
    EXPECT_EQ(state.pieces_delivered, 1);
    EXPECT_FALSE(state.scanned_after_delivery);
    EXPECT_THAT(state.open, IsEmpty());
}

// Later scans and label messages

TEST(Track, late_backfilled_scan_never_reopens_delivered) {
    Parcel parcel = delivered_parcel();
    const auto before = parcel.state();
    auto after = parcel.scan("2026-02-03T02:00:00Z", at_destination).state();
    EXPECT_EQ(after.scans, 4);
    after.scans = before.scans;
    EXPECT_EQ(after, before);
}

TEST(Track, backfilled_hand_off_moves_the_hand_off_back) {
    Parcel parcel = delivered_parcel();
    parcel.scan("2026-02-01T08:00:00Z", accepted);
    EXPECT_EQ(parcel.state().handed_off_at, at("2026-02-01T08:00:00Z"));
}

TEST(Track, later_scan_of_a_lower_milestone_is_movement) {
    const auto state = Parcel()
                           .scan("2026-02-02T08:00:00Z", out_for_delivery)
                           .scan("2026-02-02T20:00:00Z", in_transit)
                           .state();
    EXPECT_EQ(state.milestone, in_transit);
    EXPECT_EQ(state.milestone_at, at("2026-02-02T20:00:00Z"));
}

TEST(Track, label_message_never_undoes_movement) {
    const auto state = Parcel()
                           .scan("2026-02-02T08:00:00Z", in_transit)
                           .scan("2026-02-02T09:00:00Z", info_received)
                           .scan("2026-02-02T10:00:00Z", pending)
                           .state();
    EXPECT_EQ(state.milestone, in_transit);
    EXPECT_EQ(state.milestone_at, at("2026-02-02T08:00:00Z"));
}

TEST(Track, scan_without_milestone_keeps_the_state) {
    const auto state = Parcel()
                           .scan("2026-02-02T08:00:00Z", in_transit)
                           .scan("2026-02-02T09:00:00Z", std::nullopt,
                                 {.flags = flag::unknown_code, .code = "X/9Z"})
                           .state();
    EXPECT_EQ(state.milestone, in_transit);
    EXPECT_EQ(state.milestone_at, at("2026-02-02T08:00:00Z"));
    EXPECT_EQ(state.last_physical_at, at("2026-02-02T08:00:00Z"));
    EXPECT_EQ(state.scans, 2);
}

TEST(Track, cancelled_then_scanned_is_on_its_way_again) {
    Parcel parcel;
    parcel.scan("2026-02-02T08:00:00Z", info_received).scan("2026-02-02T09:00:00Z", cancelled);
    EXPECT_EQ(parcel.state().milestone, cancelled);
    EXPECT_EQ(parcel.scan("2026-02-04T08:00:00Z", accepted).state().milestone, accepted);
}

TEST(Track, expired_is_expired_and_not_in_transit) {
    const auto state = Parcel()
                           .scan("2026-02-02T08:00:00Z", in_transit)
                           .scan("2026-03-02T08:00:00Z", expired)
                           .state();
    EXPECT_EQ(state.milestone, expired);
    EXPECT_EQ(state.milestone_at, at("2026-03-02T08:00:00Z"));
}

// Ties and times

TEST(Track, tie_is_decided_by_the_milestone) {
    Parcel parcel;
    parcel.scan("2026-02-02T08:00:00Z", delivered).scan("2026-02-02T08:00:00Z", out_for_delivery);
    EXPECT_EQ(parcel.state().milestone, delivered);
    EXPECT_FALSE(parcel.state().scanned_after_delivery);
}

TEST(Track, zone_less_times_count_in_the_destination_zone) {
    // 09:00 in New York is 14:00Z: after 13:00Z, though the digits are lower.
    const auto state = Parcel()
                           .scan("2026-02-02T13:00:00Z", in_transit)
                           .scan("2026-02-02T09:00:00", at_destination)
                           .state();
    EXPECT_EQ(state.milestone, at_destination);
    EXPECT_EQ(state.milestone_at, at("2026-02-02T14:00:00Z"));
}

TEST(Track, zone_of_the_place_beats_the_destination_zone) {
    const base::Zone& berlin = test_zones()[1];
    const auto state = Parcel()
                           .scan("2026-02-02T13:00:00Z", in_transit)
                           .scan("2026-02-02T09:00:00", accepted, {.own_zone = &berlin})
                           .state();
    EXPECT_EQ(state.milestone, in_transit);
    EXPECT_EQ(state.handed_off_at, at("2026-02-02T08:00:00Z"));
}

TEST(Track, day_without_time_comes_before_that_days_scans) {
    const auto state = Parcel()
                           .scan("2026-02-03T14:00:00Z", out_for_delivery)
                           .scan("2026-02-03", in_transit)
                           .state();
    EXPECT_EQ(state.milestone, out_for_delivery);
    EXPECT_EQ(state.handed_off_at, at("2026-02-03T05:00:00Z"));
}

TEST(Track, delivered_by_a_clock_that_runs_behind_stays_delivered) {
    // The driver's device stamps the delivery before the depot's scan out.
    const auto state = Parcel()
                           .scan("2026-02-02T08:10:00Z", out_for_delivery)
                           .scan("2026-02-02T08:00:00Z", delivered)
                           .state();
    EXPECT_EQ(state.milestone, delivered);
    EXPECT_EQ(state.delivered_at, at("2026-02-02T08:00:00Z"));
    EXPECT_TRUE(state.scanned_after_delivery);
}

TEST(Track, synthetic_movement_does_not_break_a_silence) {
    Parcel parcel;
    parcel.scan("2026-02-02T08:00:00Z", accepted)
        .scan("2026-02-05T08:00:00Z", in_transit, {.flags = flag::synthetic});
    const auto state = parcel.state();
    EXPECT_EQ(state.milestone, in_transit);
    EXPECT_EQ(state.last_physical_at, at("2026-02-02T08:00:00Z"));
}

TEST(Track, synthetic_movement_is_no_hand_off) {
    EXPECT_EQ(Parcel()
                  .scan("2026-02-05T08:00:00Z", in_transit, {.flags = flag::synthetic})
                  .state()
                  .handed_off_at,
              std::nullopt);
}

// Delivered, and what may take it back

TEST(Track, delivered_then_rescanned_stays_delivered_and_is_flagged) {
    const auto state = delivered_parcel()
                           .scan("2026-02-04T08:00:00Z", in_transit)
                           .scan("2026-02-05T08:00:00Z", out_for_delivery)
                           .state();
    EXPECT_EQ(state.milestone, delivered);
    EXPECT_EQ(state.delivered_at, at("2026-02-03T15:00:00Z"));
    EXPECT_TRUE(state.scanned_after_delivery);
}

TEST(Track, delivered_twice_keeps_the_first_time_unflagged) {
    const auto state = delivered_parcel().scan("2026-02-03T15:20:00Z", delivered).state();
    EXPECT_EQ(state.delivered_at, at("2026-02-03T15:00:00Z"));
    EXPECT_FALSE(state.scanned_after_delivery);
}

TEST(Track, label_message_or_note_after_delivery_flags_nothing) {
    const auto state = delivered_parcel()
                           .scan("2026-02-04T08:00:00Z", info_received)
                           .scan("2026-02-04T09:00:00Z", std::nullopt, {.code = "D/PHOTO"})
                           .state();
    EXPECT_EQ(state.milestone, delivered);
    EXPECT_FALSE(state.scanned_after_delivery);
}

TEST(Track, correction_takes_delivered_back) {
    const auto state =
        delivered_parcel()
            .scan("2026-02-03T16:00:00Z", out_for_delivery, {.flags = flag::correction})
            .state();
    EXPECT_EQ(state.milestone, out_for_delivery);
    EXPECT_EQ(state.delivered_at, std::nullopt);
    EXPECT_EQ(state.pieces_delivered, 0);
    EXPECT_FALSE(state.scanned_after_delivery);
}

TEST(Track, correction_may_change_the_time_of_delivery) {
    const auto state = delivered_parcel()
                           .scan("2026-02-03T16:00:00Z", delivered, {.flags = flag::correction})
                           .state();
    EXPECT_EQ(state.milestone, delivered);
    EXPECT_EQ(state.delivered_at, at("2026-02-03T16:00:00Z"));
}

TEST(Track, correction_to_a_label_message_leaves_no_delivery_without_its_time) {
    const auto state = delivered_parcel()
                           .scan("2026-02-03T16:00:00Z", info_received, {.flags = flag::correction})
                           .state();
    EXPECT_EQ(state.milestone, info_received);
    EXPECT_EQ(state.delivered_at, std::nullopt);
    EXPECT_EQ(state.milestone_at, at("2026-02-03T16:00:00Z"));
}

// UPS X/8I says that an earlier record is corrected and not to what.
TEST(Track, correction_without_milestone_keeps_delivered_until_the_next_movement) {
    Parcel parcel = delivered_parcel();
    parcel.scan("2026-02-03T16:00:00Z", std::nullopt, {.flags = flag::correction, .code = "X/8I"});
    EXPECT_EQ(parcel.state().milestone, delivered);
    parcel.scan("2026-02-03T16:30:00Z", info_received);
    EXPECT_EQ(parcel.state().milestone, delivered);
    parcel.scan("2026-02-04T13:00:00Z", out_for_delivery);
    EXPECT_EQ(parcel.state().milestone, out_for_delivery);
    EXPECT_FALSE(parcel.state().scanned_after_delivery);
}

TEST(Track, correction_before_the_delivery_does_not_loosen_it) {
    const auto state =
        delivered_parcel()
            .scan("2026-02-02T09:00:00Z", std::nullopt, {.flags = flag::correction, .code = "X/8I"})
            .scan("2026-02-04T08:00:00Z", in_transit)
            .state();
    EXPECT_EQ(state.milestone, delivered);
    EXPECT_TRUE(state.scanned_after_delivery);
}

TEST(Track, correction_lets_in_one_movement_alone) {
    const auto state = delivered_parcel()
                           .scan("2026-02-03T16:00:00Z", std::nullopt, {.flags = flag::correction})
                           .scan("2026-02-04T15:00:00Z", delivered)
                           .scan("2026-02-05T08:00:00Z", in_transit)
                           .state();
    EXPECT_EQ(state.milestone, delivered);
    EXPECT_EQ(state.delivered_at, at("2026-02-04T15:00:00Z"));
    EXPECT_TRUE(state.scanned_after_delivery);
}

TEST(Track, void_of_delivered_leaves_what_stood_before) {
    const auto state = delivered_parcel()
                           .scan("2026-02-03T16:00:00Z", std::nullopt, {.flags = void_and_correct})
                           .state();
    EXPECT_EQ(state.milestone, out_for_delivery);
    EXPECT_EQ(state.milestone_at, at("2026-02-03T13:00:00Z"));
    EXPECT_EQ(state.delivered_at, std::nullopt);
    EXPECT_EQ(state.last_physical_at, at("2026-02-03T13:00:00Z"));
    EXPECT_EQ(state.scans, 4);
}

TEST(Track, scan_after_a_voided_delivery_is_no_scan_after_delivery) {
    const auto state = delivered_parcel()
                           .scan("2026-02-03T16:00:00Z", std::nullopt, {.flags = void_and_correct})
                           .scan("2026-02-04T08:00:00Z", in_transit)
                           .state();
    EXPECT_EQ(state.milestone, in_transit);
    EXPECT_FALSE(state.scanned_after_delivery);
}

TEST(Track, voided_attempt_takes_its_exception_with_it) {
    const auto state =
        Parcel()
            .scan("2026-02-02T08:00:00Z", out_for_delivery)
            .scan("2026-02-02T12:00:00Z", attempt_failed, {.exception = Exception::attempt_failed})
            .scan("2026-02-02T13:00:00Z", std::nullopt, {.flags = flag::void_previous})
            .state();
    EXPECT_EQ(state.milestone, out_for_delivery);
    EXPECT_EQ(state.attempts, 0);
    EXPECT_THAT(state.open, IsEmpty());
}

TEST(Track, two_voids_take_back_two_scans) {
    const auto state = delivered_parcel()
                           .scan("2026-02-03T16:00:00Z", std::nullopt, {.flags = void_and_correct})
                           .scan("2026-02-03T17:00:00Z", std::nullopt, {.flags = void_and_correct})
                           .state();
    EXPECT_EQ(state.milestone, accepted);
}

TEST(Track, void_before_anything_is_harmless) {
    const auto state =
        Parcel()
            .scan("2026-02-01T08:00:00Z", std::nullopt, {.flags = flag::void_previous})
            .scan("2026-02-02T08:00:00Z", accepted)
            .state();
    EXPECT_EQ(state.milestone, accepted);
}

// The way back

TEST(Track, delivered_on_the_way_back_is_returned) {
    const auto state = returning_parcel()
                           .scan("2026-02-04T08:00:00Z", out_for_delivery)
                           .scan("2026-02-04T15:00:00Z", delivered)
                           .state();
    EXPECT_EQ(state.milestone, returned);
    EXPECT_EQ(state.delivered_at, std::nullopt);
    EXPECT_EQ(state.pieces_delivered, 0);
    EXPECT_TRUE(state.on_return_leg);
    EXPECT_THAT(state.open, IsEmpty());
}

TEST(Track, forward_words_on_the_way_back_are_returning_since_its_begin) {
    const auto state = returning_parcel()
                           .scan("2026-02-04T08:00:00Z", out_for_delivery)
                           .scan("2026-02-04T12:00:00Z", attempt_failed)
                           .state();
    EXPECT_EQ(state.milestone, returning);
    EXPECT_EQ(state.milestone_at, at("2026-02-03T08:00:00Z"));
    EXPECT_EQ(state.last_physical_at, at("2026-02-04T12:00:00Z"));
    EXPECT_EQ(state.attempts, 0);
    EXPECT_THAT(state.open, ElementsAre(OpenException{Exception::refused_or_returning,
                                                      at("2026-02-03T08:00:00Z")}));
}

// Canada Post uses 1496, delivered, for both ways; the mark of the way back decides.
TEST(Track, delivered_with_the_mark_of_the_way_back_is_returned) {
    const auto state =
        Parcel()
            .scan("2026-02-02T08:00:00Z", in_transit)
            .scan("2026-02-03T08:00:00Z", delivered, {.flags = flag::return_leg, .code = "1496"})
            .state();
    EXPECT_EQ(state.milestone, returned);
}

TEST(Track, backfilled_turn_makes_a_delivery_a_return) {
    const auto state = delivered_parcel().scan("2026-02-03T12:00:00Z", returning).state();
    EXPECT_EQ(state.milestone, returned);
    EXPECT_EQ(state.delivered_at, std::nullopt);
}

TEST(Track, returned_stays_returned) {
    const auto state = returning_parcel()
                           .scan("2026-02-04T15:00:00Z", returned)
                           .scan("2026-02-05T08:00:00Z", in_transit)
                           .state();
    EXPECT_EQ(state.milestone, returned);
    EXPECT_TRUE(state.scanned_after_delivery);
}

TEST(Track, returning_after_delivery_changes_nothing_but_the_flag) {
    const auto state = delivered_parcel().scan("2026-02-05T08:00:00Z", returning).state();
    EXPECT_EQ(state.milestone, delivered);
    EXPECT_FALSE(state.on_return_leg);
    EXPECT_TRUE(state.scanned_after_delivery);
    EXPECT_THAT(state.open, IsEmpty());
}

TEST(Track, correction_leads_off_the_way_back_and_ends_its_exception) {
    const auto state = returning_parcel()
                           .scan("2026-02-03T10:00:00Z", in_transit, {.flags = flag::correction})
                           .scan("2026-02-04T15:00:00Z", out_for_delivery)
                           .state();
    EXPECT_EQ(state.milestone, out_for_delivery);
    EXPECT_FALSE(state.on_return_leg);
    EXPECT_THAT(state.open, IsEmpty());
}

// Exceptions

TEST(Track, lost_then_found_is_lost_no_more) {
    Parcel parcel;
    parcel.scan("2026-02-02T08:00:00Z", in_transit)
        .scan("2026-02-09T08:00:00Z", std::nullopt, {.exception = Exception::lost});
    EXPECT_THAT(parcel.state().open,
                ElementsAre(OpenException{Exception::lost, at("2026-02-09T08:00:00Z")}));
    EXPECT_THAT(parcel.scan("2026-02-12T08:00:00Z", in_transit).state().open, IsEmpty());
}

TEST(Track, synthetic_movement_does_not_find_what_is_lost) {
    const auto state =
        Parcel()
            .scan("2026-02-09T08:00:00Z", std::nullopt, {.exception = Exception::lost})
            .scan("2026-02-12T08:00:00Z", in_transit, {.flags = flag::synthetic})
            .state();
    EXPECT_THAT(state.open,
                ElementsAre(OpenException{Exception::lost, at("2026-02-09T08:00:00Z")}));
}

TEST(Track, destroyed_stays_lost_and_damaged_whatever_moves) {
    const auto state =
        Parcel()
            .scan("2026-02-08T08:00:00Z", std::nullopt, {.exception = Exception::lost})
            .scan("2026-02-09T08:00:00Z", std::nullopt,
                  {.flags = flag::destroyed, .exception = Exception::damaged})
            .scan("2026-02-12T08:00:00Z", in_transit)
            .state();
    EXPECT_TRUE(state.destroyed);
    EXPECT_THAT(state.open,
                ElementsAre(OpenException{Exception::damaged, at("2026-02-09T08:00:00Z")},
                            OpenException{Exception::lost, at("2026-02-08T08:00:00Z")}));
}

TEST(Track, exception_keeps_its_first_time_and_opens_anew_after_its_end) {
    const Extra weather{.exception = Exception::weather};
    Parcel parcel;
    parcel.scan("2026-02-02T08:00:00Z", in_transit, weather)
        .scan("2026-02-03T08:00:00Z", in_transit, weather);
    EXPECT_THAT(parcel.state().open,
                ElementsAre(OpenException{Exception::weather, at("2026-02-02T08:00:00Z")}));
    parcel.scan("2026-02-04T08:00:00Z", out_for_delivery);
    EXPECT_THAT(parcel.state().open, IsEmpty());
    parcel.scan("2026-02-05T08:00:00Z", in_transit, weather);
    EXPECT_THAT(parcel.state().open,
                ElementsAre(OpenException{Exception::weather, at("2026-02-05T08:00:00Z")}));
}

TEST(Track, scan_clears_the_exception_it_names_and_no_other) {
    const auto state =
        Parcel()
            .scan("2026-02-02T08:00:00Z", std::nullopt,
                  {.exception = Exception::customs_or_documents})
            .scan("2026-02-02T09:00:00Z", std::nullopt, {.exception = Exception::address_problem})
            .scan("2026-02-03T08:00:00Z", std::nullopt, {.clears = Exception::customs_or_documents})
            .state();
    EXPECT_THAT(state.open,
                ElementsAre(OpenException{Exception::address_problem, at("2026-02-02T09:00:00Z")}));
}

TEST(Track, delivery_ends_all_but_damage_and_what_people_settle) {
    Parcel parcel;
    for (int kind = 1; kind <= static_cast<int>(Exception::lost); ++kind) {
        parcel.scan("2026-02-02T08:00:00Z", std::nullopt,
                    {.exception = static_cast<Exception>(kind)});
    }
    EXPECT_EQ(parcel.state().open.size(), 17U);
    parcel.scan("2026-02-03T08:00:00Z", delivered);
    std::vector<Exception> kinds;
    for (const OpenException& each : parcel.state().open) {
        kinds.push_back(each.kind);
    }
    EXPECT_THAT(kinds, ElementsAre(Exception::late, Exception::contents_wrong,
                                   Exception::delivered_not_received, Exception::damaged));
}

TEST(Track, after_delivery_damage_opens_and_delay_does_not) {
    const auto state =
        delivered_parcel()
            .scan("2026-02-04T08:00:00Z", std::nullopt,
                  {.exception = Exception::delayed_by_carrier})
            .scan("2026-02-04T09:00:00Z", std::nullopt, {.exception = Exception::damaged})
            .state();
    EXPECT_THAT(state.open,
                ElementsAre(OpenException{Exception::damaged, at("2026-02-04T09:00:00Z")}));
}

TEST(Track, hold_ends_when_the_parcel_moves_on) {
    Parcel parcel;
    parcel.scan("2026-02-02T08:00:00Z", available_for_pickup,
                {.exception = Exception::held_or_pickup_expiring});
    EXPECT_EQ(parcel.state().open.size(), 1U);
    EXPECT_THAT(parcel.scan("2026-02-03T08:00:00Z", in_transit).state().open, IsEmpty());
}

TEST(Track, attempts_count_once_a_day_at_the_destination) {
    // 23:30 and 00:30 in New York are two days there and one in UTC; the third is the second day.
    const auto state = Parcel()
                           .scan("2026-02-03T04:30:00Z", attempt_failed)
                           .scan("2026-02-03T05:30:00Z", attempt_failed)
                           .scan("2026-02-03T20:00:00Z", attempt_failed)
                           .state();
    EXPECT_EQ(state.attempts, 2);
}

}  // namespace
}  // namespace aftermile::core::delivery::testing
