#include "base/text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace aftermile::base {
namespace {

using Pieces = std::vector<std::string_view>;

TEST(Text, trim_takes_blanks_from_both_ends_only) {
    EXPECT_EQ(trim(" \t\r\n a b \v\f"), "a b");
    EXPECT_EQ(trim("  "), "");
    EXPECT_EQ(trim(""), "");
}

TEST(Text, letter_case_is_ascii_only) {
    EXPECT_EQ(lower_ascii("AZ[\xC3\x84"), "az[\xC3\x84");
    EXPECT_EQ(upper_ascii("az{\xC3\xA4"), "AZ{\xC3\xA4");
    EXPECT_TRUE(equal_ignoring_case("Content-Type", "content-tYPE"));
    EXPECT_FALSE(equal_ignoring_case("a", "ab"));
    EXPECT_FALSE(equal_ignoring_case("@", "`"));
}

TEST(Text, split_keeps_empty_pieces) {
    EXPECT_EQ(split("a,,b", ','), (Pieces{"a", "", "b"}));
    EXPECT_EQ(split("", ','), (Pieces{""}));
    EXPECT_EQ(split(",", ','), (Pieces{"", ""}));
}

TEST(Text, hex_reads_either_case_and_nothing_else) {
    EXPECT_EQ(to_hex(std::string_view("\x00\xFF\x1a", 3)), "00ff1a");
    EXPECT_EQ(from_hex("00Ff1A"), std::string("\x00\xFF\x1a", 3));
    EXPECT_EQ(from_hex(""), "");
    for (const char* text : {"0", "0g", " 0", "0x00", "/0", ":0", "@0", "`0"}) {
        EXPECT_FALSE(from_hex(text)) << text;
    }
}

TEST(Text, base64_agrees_with_rfc_4648_section_10) {
    const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                     {"f", "Zg=="},
                                                                     {"fo", "Zm8="},
                                                                     {"foo", "Zm9v"},
                                                                     {"foob", "Zm9vYg=="},
                                                                     {"fooba", "Zm9vYmE="},
                                                                     {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : vectors) {
        EXPECT_EQ(to_base64(plain), encoded);
        EXPECT_EQ(from_base64(encoded), std::string(plain));
    }
    EXPECT_EQ(to_base64url("\xFB\xFF\xFE"), "-__-");
    EXPECT_EQ(to_base64("\xFB\xFF\xFE"), "+//+");
}

TEST(Text, base64_is_strict) {
    for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "=", "====", "Zh==", "Zm9=", "Zm9v\n",
                             "Zm 9", "Z=g=", "-__-", "Zg==Zg=="}) {
        EXPECT_FALSE(from_base64(text)) << text;
    }
    for (const char* text : {"Z", "Zg==", "Zh", "Zm9", "+//+", "Zg\n"}) {
        EXPECT_FALSE(from_base64url(text)) << text;
    }
}

RC_GTEST_PROP(Text, encodings_read_back, (const std::string& bytes)) {
    RC_ASSERT(from_hex(to_hex(bytes)) == bytes);
    RC_ASSERT(from_base64(to_base64(bytes)) == bytes);
    RC_ASSERT(from_base64url(to_base64url(bytes)) == bytes);
}

TEST(Text, only_well_formed_utf8_passes) {
    for (const char* text :
         {"", "plain", "J\xC3\xA4ger", "\xE2\x82\xAC", "\xED\x9F\xBF", "\xEE\x80\x80",
          "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "twelve bytes\xC3\xA9 and more"}) {
        EXPECT_TRUE(is_utf8(text)) << text;
    }
    for (const char* text : {"\x80", "\xC3", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
                             "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82",
                             "\xE2\x28\xA1", "eight bytes then \xFF", "\xF0\x90\x80"}) {
        EXPECT_FALSE(is_utf8(text)) << to_hex(text);
    }
}

TEST(Text, a_prefix_never_cuts_a_character) {
    EXPECT_EQ(utf8_prefix("J\xC3\xA4ger", 2), "J");
    EXPECT_EQ(utf8_prefix("J\xC3\xA4ger", 3), "J\xC3\xA4");
    EXPECT_EQ(utf8_prefix("abc", 9), "abc");
    EXPECT_EQ(utf8_prefix("\xE2\x82\xAC", 2), "");
}

}  // namespace
}  // namespace aftermile::base
