#include <gtest/gtest.h>

#include "base/json.hpp"

namespace aftermile::base {

enum class Speed : unsigned char { ground, air };
template <>
inline constexpr auto enum_names<Speed> = std::to_array<std::string_view>({"ground", "air"});

namespace {

struct LegKind {
    static constexpr std::string_view prefix = "leg_";
};

struct Place {
    std::string city;
    std::optional<std::string> region;
    static constexpr auto fields() {
        return base::fields(field("city", &Place::city), field("region", &Place::region));
    }
    bool operator==(const Place&) const = default;
};

struct Leg {
    Id<LegKind> id;
    Id<LegKind> next;
    Speed speed = Speed::air;
    bool open = true;
    std::uint8_t pieces = 7;
    std::int64_t grams = 0;
    Instant left{};
    LocalDay promised{};
    LocalTime written{};
    std::optional<std::chrono::minutes> offset;
    Span delay{};
    Money cost;
    Currency currency;
    Place from;
    std::optional<Place> to;
    std::vector<Place> stops;
    std::vector<std::string> notes;
    static constexpr auto fields() {
        return base::fields(
            field("id", &Leg::id), field("next", &Leg::next), field("speed", &Leg::speed),
            field("open", &Leg::open), field("pieces", &Leg::pieces), field("grams", &Leg::grams),
            field("left", &Leg::left), field("promised", &Leg::promised),
            field("written", &Leg::written), field("offset", &Leg::offset),
            field("delay", &Leg::delay), field("cost", &Leg::cost),
            field("currency", &Leg::currency), field("from", &Leg::from), field("to", &Leg::to),
            field("stops", &Leg::stops), field("notes", &Leg::notes));
    }
    bool operator==(const Leg&) const = default;
};

Leg sample() {
    Leg leg;
    leg.id = Id<LegKind>{128};
    leg.speed = Speed::ground;
    leg.open = false;
    leg.pieces = 255;
    leg.grams = -5;
    leg.left = *parse_instant("2026-01-05T08:00:00Z");
    leg.promised = *parse_day("2026-01-09");
    leg.written = parse_time("2026-01-05T09:00:00")->local;
    leg.offset = std::chrono::minutes{60};
    leg.delay = std::chrono::seconds{1};
    leg.cost = {4999, *Currency::parse("USD")};
    leg.currency = *Currency::parse("EUR");
    leg.from = {"Ulm", "BW"};
    leg.stops = {{"Bonn", {}}};
    leg.notes = {"a\"b"};
    return leg;
}

constexpr std::string_view sample_json =
    R"({"id":"leg_0000000000040","speed":"ground","open":false,"pieces":255,"grams":-5,)"
    R"("left":"2026-01-05T08:00:00Z","promised":"2026-01-09","written":"2026-01-05T09:00:00",)"
    R"("offset":60,"delay":1000000,"cost":{"amount":4999,"currency":"USD"},"currency":"EUR",)"
    R"("from":{"city":"Ulm","region":"BW"},"stops":[{"city":"Bonn"}],"notes":["a\"b"]})";

// "code pointer" of every problem, in order.
std::string problems_of(std::string_view text, Leg leg = {}) {
    const auto document = JsonDocument::parse(text);
    if (!document) {
        return document.error().code;
    }
    const Leg before = leg;
    Problems problems;
    const auto read = read_json(document->root(), leg, problems);
    EXPECT_EQ(read.has_value(), problems.empty());
    if (!read) {
        EXPECT_EQ(leg, before) << "a refused body changes nothing";
        EXPECT_EQ(read.error().code, problems.front().code);
    }
    std::string out;
    for (const Error& problem : problems) {
        EXPECT_FALSE(problem.detail.empty());
        out += (out.empty() ? "" : "; ") + problem.code + " " + problem.pointer;
    }
    return out;
}

Leg read_over(std::string_view text, Leg leg) {
    const auto document = JsonDocument::parse(text);
    Problems problems;
    EXPECT_TRUE(document && read_json(document->root(), leg, problems)) << text;
    return leg;
}

TEST(JsonRecord, writes_every_kind_of_member) { EXPECT_EQ(to_json(sample()), sample_json); }

TEST(JsonRecord, reads_back_what_it_wrote) {
    EXPECT_EQ(read_over(sample_json, {}), sample());
    EXPECT_EQ(read_over(to_json(Leg{}), sample()).pieces, 7);
}

TEST(JsonRecord, absent_members_stay_and_null_resets) {
    Leg leg = sample();
    EXPECT_EQ(read_over("{}", leg), leg);
    leg = read_over(R"({"offset":null,"pieces":null,"speed":null,"id":null,"notes":null})", leg);
    EXPECT_EQ(leg.offset, std::nullopt);
    EXPECT_EQ(leg.pieces, 7);
    EXPECT_EQ(leg.speed, Speed::air);
    EXPECT_EQ(leg.id, Id<LegKind>{});
    EXPECT_TRUE(leg.notes.empty());
    EXPECT_EQ(leg.grams, -5);
}

TEST(JsonRecord, nested_records_merge_and_lists_are_replaced) {
    Leg leg = sample();
    leg.to = Place{"Rome", "RM"};
    leg =
        read_over(R"({"from":{"city":"Linz"},"to":{"region":null},"stops":[{"region":"X"}]})", leg);
    EXPECT_EQ(leg.from, (Place{"Linz", "BW"}));
    EXPECT_EQ(leg.to, (Place{"Rome", {}}));
    EXPECT_EQ(leg.stops, (std::vector<Place>{{"", "X"}}));
}

TEST(JsonRecord, all_problems_are_told_at_once) {
    EXPECT_EQ(problems_of(R"({"id":"shp_0000000000040","speed":"fast","open":1,"pieces":256,
                              "left":"2026-01-05","promised":"2026-02-30","colour":"red",
                              "stops":[{"city":"Ulm"},{"city":3,"a/b~c":1}]})",
                          sample()),
              "bad_value /id; bad_value /speed; wrong_type /open; out_of_range /pieces; "
              "bad_value /left; bad_value /promised; unknown_field /colour; "
              "wrong_type /stops/1/city; unknown_field /stops/1/a~1b~0c");
}

TEST(JsonRecord, each_type_refuses_what_it_cannot_hold) {
    EXPECT_EQ(problems_of("[]"), "wrong_type ");
    EXPECT_EQ(problems_of("3"), "wrong_type ");
    EXPECT_EQ(problems_of(R"({"pieces":-1})"), "out_of_range /pieces");
    EXPECT_EQ(problems_of(R"({"pieces":1.0})"), "wrong_type /pieces");
    EXPECT_EQ(problems_of(R"({"pieces":"1"})"), "wrong_type /pieces");
    EXPECT_EQ(problems_of(R"({"grams":9223372036854775808})"), "out_of_range /grams");
    EXPECT_EQ(problems_of(R"({"written":"2026-01-05T08:00:00Z"})"), "bad_value /written");
    EXPECT_EQ(problems_of(R"({"written":"2026-01-05"})"), "bad_value /written");
    EXPECT_EQ(problems_of(R"({"currency":"usd"})"), "bad_value /currency");
    EXPECT_EQ(problems_of(R"({"from":[]})"), "wrong_type /from");
    EXPECT_EQ(problems_of(R"({"stops":{}})"), "wrong_type /stops");
    EXPECT_EQ(problems_of(R"({"notes":[null]})"), "wrong_type /notes/0");
    EXPECT_EQ(problems_of(R"({"offset":true})"), "wrong_type /offset");
    EXPECT_EQ(problems_of(R"({"notes":[")" + std::string(json_text_max + 1, 'x') + "\"]}"),
              "out_of_range /notes/0");
    EXPECT_EQ(problems_of(R"({"notes":[")" + std::string(json_text_max, 'x') + "\"]}"), "");
}

TEST(JsonRecord, money_is_one_value) {
    EXPECT_EQ(problems_of(R"({"cost":{}})"), "missing /cost/amount");
    EXPECT_EQ(problems_of(R"({"cost":{"amount":5}})"), "missing /cost/currency");
    EXPECT_EQ(problems_of(R"({"cost":{"amount":4.99,"currency":"USD"}})"),
              "wrong_type /cost/amount");
    EXPECT_EQ(problems_of(R"({"cost":{"amount":1,"currency":"XXX","tax":0}})"),
              "bad_value /cost/currency; unknown_field /cost/tax");
    EXPECT_EQ(problems_of(R"({"cost":499})"), "wrong_type /cost");
    EXPECT_EQ(problems_of(R"({"cost":{"amount":0,"currency":null}})"), "");
}

TEST(JsonRecord, problems_have_a_limit_and_still_refuse) {
    std::string text = R"({"notes":[0)";
    for (int i = 0; i < 1000; ++i) {
        text += ",0";
    }
    const auto document = JsonDocument::parse(text + "]}");
    Leg leg;
    Problems problems;
    EXPECT_FALSE(read_json(document->root(), leg, problems, "/legs/3"));
    EXPECT_EQ(problems.size(), problems_max);
    EXPECT_EQ(problems.front().pointer, "/legs/3/notes/0");
    EXPECT_FALSE(read_json(document->root(), leg, problems)) << "a full list is no success";
    EXPECT_EQ(problems.size(), problems_max);
}

TEST(JsonRecord, needed_fields_are_named_when_missing) {
    const auto document = JsonDocument::parse(R"({"a":1,"b":null})");
    Problems problems;
    require_fields(document->root(), {"a", "b", "c"}, problems, "/0");
    ASSERT_EQ(problems.size(), 2U);
    EXPECT_EQ(problems[0].code, "missing");
    EXPECT_EQ(problems[0].pointer, "/0/b");
    EXPECT_EQ(problems[1].pointer, "/0/c");
}

}  // namespace
}  // namespace aftermile::base
