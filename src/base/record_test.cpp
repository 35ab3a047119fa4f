#include "base/record.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace aftermile::base {

enum class Mode : unsigned char { shadow, live };
template <>
inline constexpr auto enum_names<Mode> = std::to_array<std::string_view>({"shadow", "live"});

namespace {

struct StopKind {
    static constexpr std::string_view prefix = "stp_";
};

struct Stop {
    std::string city;
    std::int16_t rank = 0;
    std::vector<Stop> after;
    static constexpr auto fields() {
        return base::fields(field("city", &Stop::city), field("rank", &Stop::rank),
                            field("after", &Stop::after));
    }
    bool operator==(const Stop&) const = default;
};

struct Trip {
    Id<StopKind> id;
    std::string name;
    Mode mode = Mode::shadow;
    bool open = true;
    std::uint32_t pieces = 0;
    std::int64_t grams = 0;
    Instant left{};
    LocalDay promised{};
    LocalTime written{};
    std::optional<std::chrono::minutes> offset;
    Span delay{};
    Money cost;
    Currency currency;
    std::optional<Stop> last;
    std::vector<std::string> notes;
    static constexpr auto fields() {
        return base::fields(field("id", &Trip::id), field("name", &Trip::name),
                            field("mode", &Trip::mode), field("open", &Trip::open),
                            field("pieces", &Trip::pieces), field("grams", &Trip::grams),
                            field("left", &Trip::left), field("promised", &Trip::promised),
                            field("written", &Trip::written), field("offset", &Trip::offset),
                            field("delay", &Trip::delay), field("cost", &Trip::cost),
                            field("currency", &Trip::currency), field("last", &Trip::last),
                            field("notes", &Trip::notes));
    }
    bool operator==(const Trip&) const = default;
};

Trip sample() {
    Trip trip;
    trip.id = Id<StopKind>::of(7, 9, 3);
    trip.name = std::string("J\xC3\xA4ger\0x", 8);
    trip.mode = Mode::live;
    trip.open = false;
    trip.pieces = std::numeric_limits<std::uint32_t>::max();
    trip.grams = std::numeric_limits<std::int64_t>::min();
    trip.left = *parse_instant("2026-01-05T08:00:00.000001Z");
    trip.promised = *parse_day("1969-12-31");
    trip.written = LocalTime{*parse_day("2026-01-05")};
    trip.offset = std::chrono::minutes{-330};
    trip.delay = std::chrono::hours{-5};
    trip.cost = {-4999, *Currency::parse("KWD")};
    trip.currency = *Currency::parse("ZWG");
    trip.last = Stop{"Ulm", -3, {Stop{"Bonn", 1, {}}, Stop{}}};
    trip.notes = {"", "two"};
    return trip;
}

std::string code_of(std::string_view bytes) {
    const auto decoded = decode<Trip>(bytes);
    return decoded ? std::string("accepted") : decoded.error().code;
}

TEST(Record, every_kind_of_member_comes_back) {
    EXPECT_EQ(*decode<Trip>(encode(sample())), sample());
    EXPECT_EQ(*decode<Trip>(encode(Trip{})), Trip{});
}

TEST(Record, stored_bytes_never_change) {
    const Stop stop{"Ulm", -3, {}};
    EXPECT_EQ(encode(stop), std::string("\x03\x03Ulm\x05\x00", 7));
}

TEST(Record, truncated_at_any_byte_is_refused) {
    const std::string bytes = encode(sample());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_EQ(code_of(std::string_view(bytes).substr(0, size)), "corrupt_record") << size;
    }
    EXPECT_EQ(code_of(bytes + '\0'), "corrupt_record");
}

TEST(Record, members_that_were_not_yet_written_keep_their_defaults) {
    const std::string bytes("\x02\x03Ulm\x05", 6);  // a Stop of two fields
    EXPECT_EQ(*decode<Stop>(bytes), (Stop{"Ulm", -3, {}}));
}

TEST(Record, what_a_newer_version_wrote_is_refused) {
    EXPECT_FALSE(decode<Stop>(std::string_view("\x04\x00\x00\x00\x00", 5)));
}

TEST(Record, numbers_beyond_their_member_are_refused) {
    // rank is 16 bits: 32767 is zigzag 65534 = FE FF 03; 32768 is 65536 = 80 80 04.
    EXPECT_TRUE(decode<Stop>(std::string_view("\x02\x00\xFE\xFF\x03", 5)));
    EXPECT_FALSE(decode<Stop>(std::string_view("\x02\x00\x80\x80\x04", 5)));
    // Eleven bytes of varint, and ten that hold more than 64 bits.
    EXPECT_FALSE(decode<Stop>("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"));
    EXPECT_FALSE(decode<Stop>("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"));
}

TEST(Record, lengths_beyond_the_bytes_are_refused) {
    EXPECT_FALSE(decode<Stop>(std::string_view("\x03\x05Ulm", 5)));
    EXPECT_FALSE(decode<Stop>(std::string_view("\x03\x00\x00\xFF\xFF\xFF\x7F", 7)));
}

TEST(Record, nesting_has_a_limit) {
    std::string bytes;
    for (int i = 0; i < 100'000; ++i) {
        bytes += std::string("\x03\x00\x00\x01", 4);
    }
    EXPECT_FALSE(decode<Stop>(bytes));
}

RC_GTEST_PROP(Record, any_bytes_are_read_back_or_refused, (const std::string& bytes)) {
    const auto decoded = decode<Trip>(bytes);
    RC_ASSERT((decoded.has_value() || decoded.error().code == "corrupt_record"));
}

RC_GTEST_PROP(Record, a_flipped_byte_never_crashes, ()) {
    std::string bytes = encode(sample());
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes[at] = *rc::gen::arbitrary<char>();
    const auto decoded = decode<Trip>(bytes);
    RC_ASSERT((decoded.has_value() || decoded.error().family == Family::internal));
}

}  // namespace
}  // namespace aftermile::base
