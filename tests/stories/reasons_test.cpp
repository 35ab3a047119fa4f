// Every reason is earned: each `none` that core can give is provoked by its fact in a story of
// reasons/ and is gone without it; docs/reference/reasons.md lists the same reasons.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <regex>
#include <set>

#include "tests/stories/runner.hpp"
#include "tests/stories/stage.hpp"

namespace aftermile::stories {

namespace {

namespace fs = std::filesystem;

// A code whose end is a value: sender_is_shopify, delay_told_within_48h.
std::string stem_of(std::string code) {
    code = code.substr(0, code.find(' '));
    for (const std::string_view open : {"sender_is_", "delay_told_within_"}) {
        if (code.starts_with(open)) {
            return std::string(open);
        }
    }
    return code;
}

// The argument that begins at `from`: up to the comma, semicolon or bracket that ends it.
std::string argument_at(const std::string& text, std::size_t from) {
    int depth = 0;
    bool quoted = false;
    std::size_t at = from;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        quoted = c == '"' ? !quoted : quoted;
        if (!quoted) {
            depth += c == '(' || c == '{' ? 1 : c == ')' || c == '}' ? -1 : 0;
            if (depth < 0 || c == ';' || (c == ',' && depth == 0)) {
                break;
            }
        }
    }
    return text.substr(from, at - from);
}

// Literals that stand for the whole value: first, or after a ? or : or bracket.
void collect(const std::string& argument, std::set<std::string>& codes) {
    static const std::regex literal(R"re((^|[?:(])\s*"([a-z][a-z_]*) ?")re");
    for (std::sregex_iterator at(argument.begin(), argument.end(), literal), end; at != end; ++at) {
        codes.insert(stem_of((*at)[2].str()));
    }
}

// What the source of core can give: the first argument of nothing(), none() and refuse(), and what
// functions named ..._refusal return.
std::set<std::string> reasons_in(const std::string& text) {
    std::set<std::string> codes;
    static const std::regex call(R"re(\b(nothing|none|refuse)\()re");
    for (std::sregex_iterator at(text.begin(), text.end(), call), end; at != end; ++at) {
        collect(argument_at(text, static_cast<std::size_t>(at->position() + at->length())), codes);
    }
    static const std::regex refusal(R"re(\bstd::string \w*refusal\([^;]*?\{\n)re");
    for (std::sregex_iterator at(text.begin(), text.end(), refusal), end; at != end; ++at) {
        const auto from = static_cast<std::size_t>(at->position() + at->length());
        const std::string body = text.substr(from, text.find("\n}\n", from) - from);
        static const std::regex given(R"re(\breturn\b)re");
        for (std::sregex_iterator each(body.begin(), body.end(), given); each != end; ++each) {
            collect(argument_at(body, static_cast<std::size_t>(each->position() + each->length())),
                    codes);
        }
    }
    return codes;
}

std::set<std::string> reasons_of_core() {
    std::set<std::string> codes;
    const fs::path core = stories_folder().parent_path().parent_path() / "src" / "core";
    for (const auto& entry : fs::recursive_directory_iterator(core)) {
        const bool test = entry.path().string().ends_with("_test.cpp");
        if (entry.path().extension() == ".cpp" && !test) {
            codes.merge(reasons_in(read_text(entry.path())));
        }
    }
    // And what the catalog's own terms say.
    for (const model::Guarantee& row : shipped_catalog().guarantees()) {
        if (!row.guaranteed) {
            codes.insert(row.reason);
        }
    }
    return codes;
}

using Cases = std::map<std::string, std::set<std::string>>;  // code: the answers that give it

Cases cases_of_stories() {
    Cases cases;
    for (const Story& story : read_stories()) {
        for (const Command& command : story.commands) {
            if (command.verb == "reason") {
                EXPECT_TRUE(story.has_fact()) << story.path << " never leaves its fact out";
                cases[stem_of(command.word(2))].insert(command.word(0));
            }
        }
    }
    return cases;
}

// | `code` | answers | meaning | goes away |
Cases cases_of_reference() {
    Cases cases;
    const std::string page =
        read_text(stories_folder().parent_path().parent_path() / "docs/reference/reasons.md");
    static const std::regex row(
        R"re(\n\| `([a-z_]+)[^`]*` \| ([a-z_, ]+) \| [^|\n]+ \| [^|\n]+ \|)re");
    static const std::regex word(R"re([a-z_]+)re");
    for (std::sregex_iterator at(page.begin(), page.end(), row), end; at != end; ++at) {
        const std::string answers = (*at)[2].str();
        for (std::sregex_iterator each(answers.begin(), answers.end(), word); each != end; ++each) {
            cases[stem_of((*at)[1].str())].insert(each->str());
        }
    }
    return cases;
}

TEST(Reasons, every_reason_of_core_is_provoked_by_its_fact_and_gone_without_it) {
    const auto reasons = reasons_of_core();
    const auto cases = cases_of_stories();
    EXPECT_GT(reasons.size(), 25U) << "the reasons were not found in the source";
    for (const std::string& code : reasons) {
        EXPECT_TRUE(cases.contains(code)) << code << " has no story in reasons/";
    }
    for (const auto& [code, answers] : cases) {
        EXPECT_TRUE(reasons.contains(code)) << code << " is a reason that core never gives";
    }
}

TEST(Reasons, a_new_reason_in_the_source_is_noticed) {
    EXPECT_EQ(reasons_in("x = nothing(a ? \"first_reason\" : \"second_reason \" + b, c);\n"),
              (std::set<std::string>{"first_reason", "second_reason"}));
    EXPECT_EQ(reasons_in("std::string odd_refusal(int a) {\n    return \"third_reason\";\n}\n"),
              (std::set<std::string>{"third_reason"}));
    EXPECT_EQ(reasons_in("refuse(\"delay_told_within_\" + n + \"h\", {{\"not_one\"}})"),
              (std::set<std::string>{"delay_told_within_"}));
}

TEST(Reasons, the_reference_lists_every_reason_with_the_answers_that_give_it) {
    const auto cases = cases_of_stories();
    const auto reference = cases_of_reference();
    for (const auto& [code, answers] : cases) {
        const auto listed = reference.find(code);
        ASSERT_NE(listed, reference.end()) << code << " is not in docs/reference/reasons.md";
        EXPECT_EQ(listed->second, answers) << code;
    }
    for (const auto& [code, answers] : reference) {
        EXPECT_TRUE(cases.contains(code)) << code << " is listed and never given";
    }
}

}  // namespace

}  // namespace aftermile::stories
