#include "core/delivery/digest.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/hash.hpp"
#include "core/delivery/standing.hpp"
#include "core/delivery/testing/parcel.hpp"

namespace aftermile::core::delivery::testing {
namespace {

using model::Exception;
using model::Milestone;

std::uint64_t identity(const PlacedScan& placed) {
    return entry_of(placed.scan, placed.own_zone).identity;
}
base::Instant instant(std::string_view text) { return base::parse_instant(text).value(); }
base::Instant read_in_new_york(const PlacedScan& placed) {
    return entry_of(placed.scan, placed.own_zone).instant(test_zones()[0]);
}
const base::Zone* berlin() { return &test_zones()[1]; }

TEST(Digest, layout_is_as_documented) {
    DigestEntry entry;
    entry.time = 0x0102030405060708;
    entry.identity = 0x1112131415161718;
    entry.piece = 0x21222324;
    entry.milestone = Milestone::delivered;  // 8
    entry.exception = Exception::lost;       // 17
    entry.flags = 0x86;
    entry.clears = Exception::weather;  // 5
    entry.zone_less = true;
    const std::string expected{
        "\x08\x07\x06\x05\x04\x03\x02\x01"
        "\x18\x17\x16\x15\x14\x13\x12\x11"
        "\x24\x23\x22\x21"
        "\x08\x11\x86\x85",
        24};
    EXPECT_EQ(pack({entry}), expected);
    entry.milestone.reset();
    entry.zone_less = false;
    EXPECT_EQ(pack({entry}).substr(20), std::string("\xFF\x11\x86\x05", 4));
}

TEST(Digest, identity_and_piece_are_stable_across_builds) {
    const auto entry =
        entry_of(placed_scan("2026-02-03T08:00:00Z", Milestone::accepted).scan, nullptr);
    // XXH64 of "ups 1Z1 accepted none 1770105600000000 0", each part ended by 0x1f.
    EXPECT_EQ(entry.identity, base::hash64("ups\x1f"
                                           "1Z1\x1f"
                                           "accepted\x1f"
                                           "none\x1f"
                                           "1770105600000000\x1f"
                                           "0\x1f"));
    EXPECT_EQ(entry.piece, static_cast<std::uint32_t>(base::hash64("1Z1")));
    EXPECT_EQ(entry.time, 1770105600000000);
}

RC_GTEST_PROP(Digest, packs_and_unpacks_without_loss, ()) {
    const auto count = *rc::gen::inRange<std::size_t>(0, 20);
    std::vector<DigestEntry> entries(count);
    for (DigestEntry& entry : entries) {
        entry.time = *rc::gen::arbitrary<std::int64_t>();
        entry.identity = *rc::gen::arbitrary<std::uint64_t>();
        entry.piece = *rc::gen::arbitrary<std::uint32_t>();
        if (*rc::gen::arbitrary<bool>()) {
            entry.milestone = static_cast<Milestone>(*rc::gen::inRange(0, 13));
        }
        entry.exception = static_cast<Exception>(*rc::gen::inRange(0, 18));
        entry.clears = static_cast<Exception>(*rc::gen::inRange(0, 18));
        entry.flags = *rc::gen::arbitrary<std::uint8_t>();
        entry.zone_less = *rc::gen::arbitrary<bool>();
    }
    const std::string digest = pack(entries);
    RC_ASSERT(digest.size() == count * digest_entry_bytes);
    RC_ASSERT(unpack(digest) == entries);
    for (const DigestEntry& entry : entries) {
        RC_ASSERT(contains(digest, entry.identity));
    }
}

TEST(Digest, contains_looks_at_identities_alone) {
    DigestEntry entry;
    entry.time = 7;
    entry.identity = 8;
    EXPECT_TRUE(contains(pack({entry}), 8));
    EXPECT_FALSE(contains(pack({entry}), 7));
    EXPECT_FALSE(contains("", 8));
}

TEST(Digest, same_scan_in_other_words_from_another_sender_is_the_same) {
    PlacedScan first = placed_scan("2026-02-03T08:00:00Z", Milestone::accepted, {.code = "P/OR"});
    PlacedScan again = first;
    again.scan.description = "Origin Scan";
    again.scan.source = "easypost";
    again.scan.source_id = "evt_2";
    again.scan.place.city = "Louisville";
    EXPECT_EQ(identity(first), identity(again));
    again.scan.milestone = Milestone::in_transit;  // with a code the code alone decides
    EXPECT_EQ(identity(first), identity(again));
}

TEST(Digest, same_code_at_another_time_is_another_scan) {
    EXPECT_NE(identity(placed_scan("2026-02-03T08:00:00Z", Milestone::accepted, {.code = "OR"})),
              identity(placed_scan("2026-02-03T08:01:00Z", Milestone::accepted, {.code = "OR"})));
}

TEST(Digest, carrier_piece_code_milestone_exception_and_offset_make_another_scan) {
    const PlacedScan plain = placed_scan("2026-02-03T08:00:00Z", Milestone::accepted);
    PlacedScan other = plain;
    other.scan.carrier = "fedex";
    EXPECT_NE(identity(plain), identity(other));
    other = plain;
    other.scan.piece = "1Z2";
    EXPECT_NE(identity(plain), identity(other));
    other = plain;
    other.scan.code = "OR";
    EXPECT_NE(identity(plain), identity(other));
    other = plain;
    other.scan.milestone = Milestone::in_transit;
    EXPECT_NE(identity(plain), identity(other));
    other = plain;
    other.scan.exception = Exception::weather;
    EXPECT_NE(identity(plain), identity(other));
    other = plain;
    other.scan.offset.reset();
    EXPECT_NE(identity(plain), identity(other));
}

TEST(Digest, a_piece_named_by_its_tracking_number_is_the_parcel_itself) {
    PlacedScan named = placed_scan("2026-02-03T08:00:00Z", Milestone::accepted, {.piece = "1Z1"});
    EXPECT_EQ(identity(named), identity(placed_scan("2026-02-03T08:00:00Z", Milestone::accepted)));
}

TEST(Digest, offset_as_written_gives_the_instant) {
    EXPECT_EQ(read_in_new_york(placed_scan("2026-02-03T08:00:00+10:00", Milestone::accepted)),
              instant("2026-02-02T22:00:00Z"));
}

TEST(Digest, zone_less_time_is_read_in_the_destination_zone) {
    const auto entry =
        entry_of(placed_scan("2026-02-03T08:00:00", Milestone::accepted).scan, nullptr);
    EXPECT_TRUE(entry.zone_less);
    EXPECT_EQ(entry.instant(test_zones()[0]), instant("2026-02-03T13:00:00Z"));
    EXPECT_EQ(entry.instant(*berlin()), instant("2026-02-03T07:00:00Z"));
}

TEST(Digest, zone_less_time_of_a_place_with_one_zone_is_settled_there) {
    const auto placed =
        placed_scan("2026-02-03T08:00:00", Milestone::accepted, {.own_zone = berlin()});
    EXPECT_FALSE(entry_of(placed.scan, placed.own_zone).zone_less);
    EXPECT_EQ(read_in_new_york(placed), instant("2026-02-03T07:00:00Z"));
}

TEST(Digest, written_offset_beats_the_zone_of_the_place) {
    EXPECT_EQ(read_in_new_york(
                  placed_scan("2026-02-03T08:00:00Z", Milestone::accepted, {.own_zone = berlin()})),
              instant("2026-02-03T08:00:00Z"));
}

TEST(Digest, day_without_a_time_begins_at_the_destination_whatever_its_place) {
    EXPECT_EQ(
        read_in_new_york(placed_scan("2026-02-03", Milestone::accepted, {.own_zone = berlin()})),
        instant("2026-02-03T05:00:00Z"));
}

TEST(Digest, repeated_hour_is_its_first_and_skipped_hour_is_the_change) {
    EXPECT_EQ(read_in_new_york(placed_scan("2026-11-01T01:30:00", Milestone::accepted)),
              instant("2026-11-01T05:30:00Z"));
    EXPECT_EQ(read_in_new_york(placed_scan("2026-03-08T02:30:00", Milestone::accepted)),
              instant("2026-03-08T07:00:00Z"));
}

TEST(Digest, sorts_by_instant_then_milestone_then_identity) {
    const auto entry = [](std::int64_t time, std::optional<Milestone> milestone,
                          std::uint64_t identity) {
        DigestEntry result;
        result.time = time;
        result.milestone = milestone;
        result.identity = identity;
        return result;
    };
    const std::vector<DigestEntry> expected{
        entry(1, Milestone::delivered, 9), entry(2, std::nullopt, 8),
        entry(2, Milestone::pending, 7),   entry(2, Milestone::accepted, 5),
        entry(2, Milestone::accepted, 6),  entry(3, std::nullopt, 1)};
    auto entries = expected;
    std::ranges::reverse(entries);
    sort_entries(entries, base::Zone::utc());
    EXPECT_EQ(entries, expected);
}

TEST(Digest, another_destination_sorts_zone_less_scans_anew) {
    // 08:00 in New York is 13:00Z, after noon; 08:00 in Berlin is 07:00Z, before.
    std::vector<DigestEntry> entries{
        entry_of(placed_scan("2026-02-03T08:00:00", Milestone::in_transit).scan, nullptr),
        entry_of(placed_scan("2026-02-03T12:00:00Z", Milestone::accepted).scan, nullptr)};
    sort_entries(entries, test_zones()[0]);
    EXPECT_EQ(entries.back().milestone, Milestone::in_transit);
    sort_entries(entries, *berlin());
    EXPECT_EQ(entries.back().milestone, Milestone::accepted);
}

TEST(Digest, refold_sorts_what_was_appended) {
    const model::Catalog knows_nothing;
    model::Shipment shipment;
    shipment.label.edit().tracking_number = "1Z1";
    for (const auto& placed : {placed_scan("2026-02-04T08:00:00Z", Milestone::delivered),
                               placed_scan("2026-02-03T08:00:00Z", Milestone::accepted)}) {
        shipment.digest += pack({entry_of(placed.scan, nullptr)});
        refold(shipment, knows_nothing);
    }
    EXPECT_EQ(unpack(shipment.digest).front().milestone, Milestone::accepted);
    EXPECT_EQ(shipment.track.milestone, Milestone::delivered);
    EXPECT_EQ(shipment.track.scans, 2);
}

}  // namespace
}  // namespace aftermile::core::delivery::testing
