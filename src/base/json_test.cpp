#include "base/json.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/text.hpp"

namespace aftermile::base {
namespace {

std::string code_of(std::string_view text, JsonLimits limits = {}) {
    const auto parsed = JsonDocument::parse(text, limits);
    return parsed ? std::string("accepted") : parsed.error().code;
}

// The same document, written from its views.
void copy(const Json& json, JsonWriter& writer) {
    switch (json.kind()) {
        case JsonKind::null:
            return writer.null();
        case JsonKind::boolean:
            return writer.boolean(*json.as_bool());
        case JsonKind::integer:
        case JsonKind::decimal:
            return writer.raw(*json.number_text());
        case JsonKind::text:
            return writer.text(*json.as_text());
        case JsonKind::array:
            writer.begin_array();
            for (const JsonItem item : json.items()) {
                copy(item.value, writer);
            }
            return writer.end_array();
        case JsonKind::object:
            writer.begin_object();
            for (const JsonItem item : json.items()) {
                writer.key(item.name);
                copy(item.value, writer);
            }
            return writer.end_object();
    }
}

std::string copied(std::string_view text) {
    const auto parsed = JsonDocument::parse(text);
    if (!parsed) {
        return parsed.error().code;
    }
    std::string out;
    JsonWriter writer(out);
    copy(parsed->root(), writer);
    return out;
}

TEST(JsonWriter, commas_are_its_own_business) {
    std::string out;
    JsonWriter writer(out);
    writer.begin_object();
    writer.key("a");
    writer.integer(-1);
    writer.key("b");
    writer.begin_array();
    writer.natural(18446744073709551615U);
    writer.begin_object();
    writer.end_object();
    writer.boolean(true);
    writer.null();
    writer.end_array();
    writer.key("c");
    writer.raw("1.50");
    writer.end_object();
    EXPECT_EQ(out, R"({"a":-1,"b":[18446744073709551615,{},true,null],"c":1.50})");
}

TEST(JsonWriter, escapes_what_must_be_and_mends_utf8) {
    EXPECT_EQ(to_json(std::string("a\"b\\c\n\r\t\b\x1f/")), R"("a\"b\\c\n\r\t\u0008\u001f/")");
    EXPECT_EQ(to_json(std::string("\0", 1)), R"("\u0000")");
    EXPECT_EQ(to_json(std::string("\x7F")), R"("\u007f")");
    EXPECT_EQ(to_json(std::string("J\xC3\xA4ger \xF0\x9F\x93\xA6")),
              "\"J\xC3\xA4ger \xF0\x9F\x93\xA6\"");
    EXPECT_EQ(to_json(std::string("a\xFF"
                                  "b\xE2\x82")),
              "\"a\xEF\xBF\xBD"
              "b\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

RC_GTEST_PROP(JsonWriter, any_bytes_become_a_text_that_reads_back, (const std::string& bytes)) {
    const auto parsed = JsonDocument::parse(to_json(bytes));
    RC_ASSERT(parsed.has_value());
    RC_ASSERT(parsed->root().as_text().has_value());
    RC_ASSERT((!is_utf8(bytes) || *parsed->root().as_text() == bytes));
}

TEST(Json, documents_come_back_in_order) {
    for (const char* text :
         {"null", "true", "0", "-12", R"("")", "[]", "{}", "[[],{}]",
          R"({"b":1,"a":[1,2,{"c":null}]})", R"([1,"two",3.00,[false],{"k":"v"}])"}) {
        EXPECT_EQ(copied(text), text);
    }
    EXPECT_EQ(copied(" { \"a\" : [ 1 , 2 ] } \n"), R"({"a":[1,2]})");
    EXPECT_EQ(copied("\xEF\xBB\xBF{}"), "{}");
    EXPECT_EQ(copied(R"("\u20ac\ud83d\udce6\/\b")"), "\"\xE2\x82\xAC\xF0\x9F\x93\xA6/\\u0008\"");
}

TEST(Json, numbers_are_kept_exactly) {
    const auto parsed = JsonDocument::parse(
        "[9223372036854775807,-9223372036854775808,9223372036854775808,0.1000,1e3,-0,"
        "123456789012345678901234567890.5]");
    ASSERT_TRUE(parsed);
    std::vector<Json> all;
    for (const JsonItem item : parsed->root().items()) {
        all.push_back(item.value);
    }
    ASSERT_EQ(all.size(), 7U);
    EXPECT_EQ(all[0].as_int(), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(all[1].as_int(), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(all[2].as_int(), std::nullopt);
    EXPECT_EQ(all[2].kind(), JsonKind::decimal);
    EXPECT_EQ(all[2].number_text(), "9223372036854775808");
    EXPECT_EQ(all[3].number_text(), "0.1000");
    EXPECT_EQ(all[4].kind(), JsonKind::decimal);
    EXPECT_EQ(all[5].as_int(), 0);
    EXPECT_EQ(all[6].number_text(), "123456789012345678901234567890.5");
}

TEST(Json, views_give_nothing_for_another_kind) {
    const auto parsed = JsonDocument::parse(R"({"a":{"b":"x"},"n":1,"t":"1"})");
    ASSERT_TRUE(parsed);
    const Json root = parsed->root();
    EXPECT_EQ(root["a"]["b"].as_text(), "x");
    EXPECT_TRUE(root["a"]["none"]["deeper"].is_null());
    EXPECT_FALSE(root.get("none"));
    EXPECT_FALSE(root["n"].as_text());
    EXPECT_FALSE(root["t"].as_int());
    EXPECT_FALSE(root["t"].number_text());
    EXPECT_FALSE(root["n"].as_bool());
    EXPECT_EQ(root.size(), 3U);
    EXPECT_EQ(root["n"].size(), 0U);
    EXPECT_TRUE(Json().is_null());
}

TEST(Json, what_is_not_json_is_refused) {
    for (const char* text : {"",           " ",           "[",
                             "]",          "{",           "}",
                             "[1",         "1]",          "[1,]",
                             "[,1]",       "[1 2]",       "1,2",
                             "1 2",        "],[",         "{\"a\"}",
                             "{\"a\":}",   "{\"a\":1,}",  "{\"a\" 1}",
                             "{a:1}",      "{1:1}",       "{\"a\":1 \"b\":2}",
                             "{\"a\":1}}", "[1}",         "{\"a\":1]",
                             "nul",        "nullx",       "null x",
                             "True",       "01",          "-",
                             "+1",         "1.",          ".5",
                             "1e",         "1e+",         "0x1",
                             "1.2.3",      "NaN",         "Infinity",
                             "'a'",        "\"a",         "a\"",
                             "\"\\x\"",    "\"\\u12\"",   "\"\\ud800\"",
                             "\"a\nb\"",   "[\"a\x01\"]", "[1]//c",
                             "[1]/**/",    "[]\v",        "[[]",
                             "[]]",        "\"a\" \"b\"", "[\"a\" \"b\"]",
                             "{}{}",       "[]1",         "tru",
                             "[tru]",      "[1]a",        "[true\v]",
                             "[1\f]"}) {
        EXPECT_EQ(code_of(text), "bad_json") << text;
    }
    EXPECT_EQ(code_of("{\"a\":null\v}"), "bad_json");
    EXPECT_EQ(code_of(std::string_view("[1]\0", 4)), "bad_json");
    EXPECT_EQ(code_of("[\"\xFF\"]"), "bad_utf8");
    EXPECT_EQ(code_of("[\"\xED\xA0\x80\"]"), "bad_utf8");
}

TEST(Json, refusals_name_the_byte) {
    EXPECT_EQ(JsonDocument::parse(R"({"a":1,"b":tru})").error().detail,
              "This is not JSON: see byte 11.");
}

TEST(Json, a_name_given_twice_is_refused) {
    EXPECT_EQ(code_of(R"({"a":1,"b":2,"a":1})"), "duplicate_key");
    EXPECT_EQ(code_of(R"([{"a":1,"\u0061":1}])"), "duplicate_key");
    EXPECT_EQ(code_of(R"({"a":{"a":1}})"), "accepted");
    std::string many = "{";
    for (int i = 0; i < 50; ++i) {
        many += "\"k" + std::to_string(i) + "\":0,";
    }
    EXPECT_EQ(code_of(many + "\"z\":0}"), "accepted");
    EXPECT_EQ(code_of(many + "\"k0\":0}"), "duplicate_key");
}

TEST(Json, depth_and_size_have_limits) {
    const auto nested = [](int depth) {
        return std::string(static_cast<std::size_t>(depth), '[') +
               std::string(static_cast<std::size_t>(depth), ']');
    };
    EXPECT_EQ(code_of(nested(64)), "accepted");
    EXPECT_EQ(code_of(nested(65)), "too_deep");
    EXPECT_EQ(code_of(nested(200'000)), "too_deep");
    EXPECT_EQ(code_of("[1,[2]]", {.max_depth = 1}), "too_deep");
    EXPECT_EQ(code_of("[1]", {.max_bytes = 2}), "too_large");
    EXPECT_EQ(code_of("[1]", {.max_bytes = 3}), "accepted");
}

TEST(Json, views_outlive_a_move_of_their_document) {
    auto parsed = JsonDocument::parse(R"(["text"])");
    ASSERT_TRUE(parsed);
    const Json root = parsed->root();
    const JsonDocument moved = std::move(*parsed);
    EXPECT_EQ((*root.items().begin()).value.as_text(), "text");
    EXPECT_EQ(moved.root().size(), 1U);
}

}  // namespace
}  // namespace aftermile::base
