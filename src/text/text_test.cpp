// Templates and catalogue as they are shipped, and how rendering treats hostile or missing values.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <list>
#include <sstream>

#include "text/clean.hpp"
#include "text/format.hpp"
#include "text/sentences.hpp"
#include "text/templates.hpp"

namespace aftermile::text {
namespace {

namespace fs = std::filesystem;
using base::LocalDay;

constexpr std::array locales{"en", "de", "pt-BR"};
constexpr std::array notifications{
    "order_confirmed", "dispatch_delayed", "label_created",        "shipped",
    "in_transit",      "out_for_delivery", "available_for_pickup", "attempt_failed",
    "delivered",       "delay_predicted",  "delayed_revised_eta",  "exception_action_needed",
    "claim_update",    "feedback_request"};

LocalDay day(int year, unsigned month, unsigned of_month) {
    return LocalDay{std::chrono::year{year} / std::chrono::month{month} /
                    std::chrono::day{of_month}};
}

base::Instant at(std::string_view text) { return base::parse_instant(text).value(); }

const std::vector<SourceFile>& files() {
    static std::list<std::pair<std::string, std::string>> kept;
    static const std::vector<SourceFile> all = [] {
        std::vector<SourceFile> list;
        // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment
        const char* tree = std::getenv("AFTERMILE_SOURCE_DIR");
        const fs::path catalog = fs::path{tree == nullptr ? "." : tree} / "catalog";
        for (const char* folder : {"templates", "locales"}) {
            for (const auto& entry : fs::recursive_directory_iterator{catalog / folder}) {
                if (!entry.is_regular_file()) {
                    continue;
                }
                std::ifstream in{entry.path(), std::ios::binary};
                std::stringstream bytes;
                bytes << in.rdbuf();
                kept.emplace_back(entry.path().lexically_normal().string(), bytes.str());
                list.push_back({kept.back().first, kept.back().second});
            }
        }
        return list;
    }();
    return all;
}

const TemplateSet& shipped_set() {
    static const TemplateSet set = [] {
        auto loaded = TemplateSet::load(files());
        return loaded ? *std::move(loaded) : TemplateSet{};
    }();
    return set;
}

const Messages& messages() { return shipped_set().messages(); }

// Every field that any template asks for.
Fields full() {
    const base::Zone zone = base::Zone::utc();
    const base::Money money{4999, base::Currency::parse("EUR").value()};
    Fields fields{{"merchant", "Nordlicht"},
                  {"shopper", "Ana"},
                  {"order", "1042"},
                  {"items", Lines{"2 x Mug", "1 x Bowl"}},
                  {"total", money},
                  {"amount", money},
                  {"carrier", "DHL"},
                  {"tracking_number", "JJD01"},
                  {"place", "Leipzig"},
                  {"pickup_place", "Packstation 112"},
                  {"left_at", "the porch"},
                  {"needed", "an invoice"},
                  {"support_email", "help@shop.example"},
                  {"postal_address", "Hafen 1, Kiel"},
                  {"expected", DayRange{day(2026, 1, 8), day(2026, 1, 10)}},
                  {"was", day(2026, 1, 6)},
                  {"planned", day(2026, 1, 5)},
                  {"dispatch", day(2026, 1, 7)},
                  {"deadline", day(2026, 1, 12)},
                  {"next_contact", day(2026, 1, 9)},
                  {"today", day(2026, 1, 8)},
                  {"attempted", day(2026, 1, 8)},
                  {"next_attempt", day(2026, 1, 9)},
                  {"last_scan", day(2026, 1, 5)},
                  {"delivered_at", Moment{at("2026-01-08T14:05:00Z"), zone}},
                  {"reason", "The photo shows another parcel."}};
    for (const char* name : {"tracking_url", "action_url", "claim_url", "report_url", "order_url",
                             "cancel_url", "feedback_url", "preferences_url"}) {
        fields[name] = fmt::format("https://shop.example/{}", name);
    }
    return fields;
}

Fields with(Fields fields, const std::string& name, Value value) {
    fields.insert_or_assign(name, std::move(value));
    return fields;
}

Fields without(Fields fields, const std::string& name) {
    fields.erase(name);
    return fields;
}

// The error's code, or "" when it rendered.
std::string code_of(const base::Result<Rendered>& rendered) {
    return rendered ? "" : rendered.error().code + rendered.error().pointer;
}

TEST(Catalogue, loads) {
    const auto set = TemplateSet::load(files());
    ASSERT_TRUE(set.has_value()) << set.error().detail;
}

TEST(Catalogue, every_locale_has_every_key_and_template_with_the_same_fields) {
    const auto base_name = [](std::string name) {
        for (const std::string_view suffix : {"_when", "_by", "_day"}) {
            if (name.ends_with(suffix)) {
                name.resize(name.size() - suffix.size());
            }
        }
        return name;
    };
    const auto fields_of = [&](const std::set<std::string>& names) {
        std::set<std::string> fields;
        for (const std::string& name : names) {
            fields.insert(base_name(name));
        }
        return fields;
    };
    for (const char* locale : locales) {
        EXPECT_EQ(messages().keys(locale), messages().keys("en")) << locale;
        EXPECT_EQ(shipped_set().names(locale), shipped_set().names("en")) << locale;
        for (const std::string& name : shipped_set().names("en")) {
            const Needs ours = needs_of(*shipped_set().exact(locale, name));
            const Needs english = needs_of(*shipped_set().exact("en", name));
            EXPECT_EQ(fields_of(ours.required), fields_of(english.required)) << locale << name;
            EXPECT_EQ(fields_of(ours.optional), fields_of(english.optional)) << locale << name;
        }
        for (const char* name : notifications) {
            EXPECT_NE(shipped_set().exact(locale, name), nullptr) << locale << name;
        }
    }
    EXPECT_GT(messages().keys("en").size(), 100U);
}

TEST(Catalogue, no_text_uses_a_banned_word) {
    const auto visible = [](const SourceFile& file) {
        std::string text;
        std::istringstream lines{std::string{file.bytes}};
        for (std::string line; std::getline(lines, line);) {
            if (!line.starts_with('#') || line.starts_with("# ")) {
                const bool comment =
                    file.path.find("/locales/") != std::string_view::npos && line.starts_with('#');
                text += comment ? "" : line.substr(line.find(" = ") + 1) + "\n";
            }
        }
        std::ranges::transform(text, text.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
        });
        return text;
    };
    int checked = 0;
    for (const SourceFile& file : files()) {
        if (file.path.ends_with(".txt")) {
            ++checked;
            const std::string text = visible(file);
            for (const char* word :
                 {"unfortunately", "leider", "infelizmente", "!", "exception", "milestone", " sla ",
                  "apologi", "sorry", "entschuldig", "desculp"}) {
                EXPECT_EQ(text.find(word), std::string::npos) << file.path << ": " << word;
            }
        }
    }
    EXPECT_EQ(checked, 3 * 28 + 3);
}

TEST(Catalogue, every_word_of_the_vocabulary_has_its_sentence) {
    for (std::size_t i = 0; i < base::enum_count<model::Milestone>(); ++i) {
        const auto name = base::to_text(static_cast<model::Milestone>(i));
        EXPECT_TRUE(messages().has("en", fmt::format("tracking.headline.{}", name))) << name;
        EXPECT_TRUE(messages().has("en", fmt::format("scan.{}", name))) << name;
    }
    for (std::size_t i = 1; i < base::enum_count<model::Exception>(); ++i) {
        const auto name = base::to_text(static_cast<model::Exception>(i));
        EXPECT_TRUE(messages().has("en", fmt::format("trouble.{}", name))) << name;
    }
}

TEST(Catalogue, every_pattern_can_be_filled_in_every_locale) {
    Fields fields = full();
    for (const char* name : {"channel", "subject", "what", "who", "note", "decision"}) {
        fields[name] = "text";
    }
    fields["count"] = Count{2};
    fields["at"] = day(2026, 1, 8);
    fields["day"] = day(2026, 1, 5);
    for (const char* name : {"earliest", "latest"}) {
        fields[name] = day(2026, 1, 8);
    }
    fields["weekend"] = "no";
    for (const char* locale : locales) {
        for (const std::string& key : messages().keys(locale)) {
            const auto sentence = messages().translate(locale, key, fields);
            ASSERT_TRUE(sentence.has_value()) << locale << key << sentence.error().detail;
            EXPECT_EQ(sentence->find('{'), std::string::npos) << locale << key;
        }
    }
}

TEST(Render, every_template_renders_in_every_locale_within_limits) {
    for (const char* locale : locales) {
        for (const std::string& name : shipped_set().names(locale)) {
            const std::size_t dot = name.find('.');
            Fields fields = full();
            if (dot != std::string::npos) {
                const bool is_claim = name.starts_with("claim_update");
                fields[is_claim ? "state" : "kind"] = Choice{name.substr(dot + 1)};
                fields["remedy"] = Choice{"refund"};
            }
            const auto mail = render(shipped_set(), name.substr(0, dot), locale, fields);
            ASSERT_TRUE(mail.has_value()) << locale << name << mail.error().detail;
            for (const std::string* part : {&mail->subject, &mail->text, &mail->html}) {
                EXPECT_EQ(part->find("{{"), std::string::npos) << locale << name;
            }
            EXPECT_EQ(mail->subject.find('\n'), std::string::npos);
            EXPECT_NE(mail->html.find("</html>"), std::string::npos);
            EXPECT_EQ(mail->html.find("src="), std::string::npos) << "nothing is loaded";
        }
    }
}

TEST(Render, reads_as_it_should) {
    const auto mail =
        render(shipped_set(), "delayed_revised_eta", "en",
               with(with(full(), "reason", Choice{"weather"}), "did", Choice{"asked_carrier"}));
    ASSERT_TRUE(mail.has_value()) << mail.error().detail;
    EXPECT_EQ(mail->subject,
              "Order 1042 now arrives between Thursday 8 January and Saturday 10 January");
    EXPECT_EQ(mail->text,
              "Hello Ana,\n\n"
              "Your parcel now arrives between Thursday 8 January and Saturday 10 January.\n\n"
              "We had said it would arrive on Tuesday 6 January. Bad weather is slowing down its "
              "route. It was last scanned on Monday 5 January in Leipzig.\n\n"
              "We have asked the carrier where it is. We will write to you if this changes.\n\n"
              "Follow your parcel:\nhttps://shop.example/tracking_url\n\n"
              "Nordlicht\n\n--\n"
              "Questions? Answer this message or write to help@shop.example.\n"
              "You get this message because you ordered from Nordlicht, order 1042.\n"
              "Hafen 1, Kiel\n"
              "Choose which messages you get: https://shop.example/preferences_url\n");
}

TEST(Render, a_delay_without_a_new_date_says_so_and_names_no_day_but_the_next_contact) {
    Fields fields{{"merchant", "Nordlicht"},
                  {"order", "1042"},
                  {"tracking_url", "https://shop.example/t/1"},
                  {"next_contact", day(2026, 1, 14)}};
    const std::array<std::pair<const char*, const char*>, 3> said{{
        {"en", "We will write to you by Wednesday 14 January, with news or without."},
        {"de", "Wir schreiben Ihnen bis Mittwoch, 14. Januar, auch wenn es nichts Neues gibt."},
        {"pt-BR", "Escreveremos para você até quarta-feira, 14 de janeiro, com ou sem novidades."},
    }};
    for (const auto& [locale, sentence] : said) {
        const auto mail = render(shipped_set(), "delayed_revised_eta", locale, fields);
        ASSERT_TRUE(mail.has_value()) << mail.error().detail;
        EXPECT_NE(mail->text.find(sentence), std::string::npos) << mail->text;
    }
    EXPECT_EQ(code_of(render(shipped_set(), "delayed_revised_eta", "en",
                             without(fields, "next_contact"))),
              "missing_field/next_contact");
}

TEST(Render, a_missing_required_field_is_an_error_and_never_a_hole) {
    for (const std::string& name : shipped_set().names("en")) {
        if (name.find('.') != std::string::npos) {
            continue;
        }
        for (const std::string& field : needs_of(*shipped_set().exact("en", name)).required) {
            EXPECT_EQ(code_of(render(shipped_set(), name, "en", without(full(), field))),
                      "missing_field/" + field);
            EXPECT_EQ(code_of(render(shipped_set(), name, "en", with(full(), field, ""))),
                      "missing_field/" + field)
                << "an empty text is a hole too";
        }
        EXPECT_EQ(code_of(render(shipped_set(), name, "en", without(full(), "merchant"))),
                  "missing_field/merchant");
    }
}

TEST(Render, no_value_can_become_markup_a_header_or_structure) {
    const std::string hostile =
        "<script>alert(1)</script>\"'>\r\nBcc: spy@x.test\n"
        "[click](https://evil.test)\n\x03label\x03https://evil.test";
    for (const char* field : {"shopper", "order", "merchant", "place", "carrier", "items"}) {
        Fields fields = with(full(), field, hostile);
        if (std::string_view{field} == "items") {
            fields = with(full(), field, Lines{hostile});
        }
        for (const char* name : {"shipped", "delayed_revised_eta", "in_transit"}) {
            const auto mail = render(shipped_set(), name, "en", fields);
            ASSERT_TRUE(mail.has_value()) << mail.error().detail;
            EXPECT_EQ(mail->html.find("<script"), std::string::npos) << field;
            EXPECT_EQ(mail->html.find("href=\"https://evil"), std::string::npos) << field;
            EXPECT_EQ(mail->subject.find_first_of("\r\n"), std::string::npos) << field;
            EXPECT_EQ(mail->text.find("\nBcc"), std::string::npos) << field;
            EXPECT_EQ(mail->text.find('\x03'), std::string::npos) << field;
        }
    }
    for (const char* url :
         {"javascript:alert(1)", "https://x.test/\" onclick=\"", "ftp://x", " "}) {
        EXPECT_NE(
            code_of(render(shipped_set(), "shipped", "en", with(full(), "tracking_url", url))), "")
            << url;
    }
    EXPECT_EQ(code_of(render(shipped_set(), "shipped", "en",
                             with(full(), "order", std::string(2'001, 'x')))),
              "field_too_long/order");
}

TEST(Render, a_variant_is_chosen_by_its_word_and_an_unknown_word_gets_the_plain_one) {
    const auto subject = [](const char* kind) {
        return render(shipped_set(), "exception_action_needed", "en",
                      with(full(), "kind", Choice{kind}))
            ->subject;
    };
    EXPECT_EQ(subject("address_problem"), "Please check the address of order 1042");
    EXPECT_EQ(subject("nothing_we_know"), "We need your help with order 1042");
}

TEST(Render, falls_back_to_the_language_and_then_to_english) {
    const auto subject = [](const char* locale) {
        return render(shipped_set(), "shipped", locale, without(full(), "expected"))->subject;
    };
    EXPECT_EQ(subject("de-AT"), "Bestellung 1042 ist unterwegs");
    EXPECT_EQ(subject("pt_br"), "O pedido 1042 já saiu");
    EXPECT_EQ(subject("fr"), "Order 1042 has left us");
    EXPECT_EQ(subject(""), "Order 1042 has left us");
    const auto french = render(shipped_set(), "shipped", "fr", full());
    EXPECT_NE(french->subject.find("Thursday"), std::string::npos) << "dates in the same language";
    EXPECT_EQ(template_version(shipped_set(), "shipped", "fr", {}).value(), 1);
    EXPECT_EQ(template_version(shipped_set(), "no_such", "fr", {}).error().code,
              "unknown_template");
}

TEST(Templates, bad_ones_are_refused_when_they_are_loaded) {
    for (const char* body : {"{{#a}}", "{{/a}}", "{{a", "{{{a}}}", "{{&a}}", "{{>a}}", "{{=< >=}}",
                             "{{#a}}{{#b}}{{/a}}{{/b}}", "{{A b}}", "   "}) {
        const std::string bytes = fmt::format("version: 1\nsubject: s\n---\n{}\n", body);
        const std::array list{SourceFile{"templates/layout.html", "{{{body}}}"},
                              SourceFile{"templates/en/x.txt", bytes}};
        const auto set = TemplateSet::load(list);
        ASSERT_FALSE(set.has_value()) << body;
        EXPECT_EQ(set.error().code, "bad_template") << body;
    }
}

TEST(Format, days_are_written_with_their_weekday) {
    const LocalDay thursday = day(2026, 1, 8);
    EXPECT_EQ(format_day(thursday, "en"), "Thursday 8 January");
    EXPECT_EQ(format_day(thursday, "en-US"), "Thursday, January 8");
    EXPECT_EQ(format_day(thursday, "de"), "Donnerstag, 8. Januar");
    EXPECT_EQ(format_day(thursday, "pt-BR", Year::show), "quinta-feira, 8 de janeiro de 2026");
    EXPECT_EQ(format_day_range({thursday, day(2026, 1, 10)}, "en"),
              "Thursday 8 to Saturday 10 January");
    EXPECT_EQ(format_day_range({day(2026, 1, 30), day(2026, 2, 2)}, "de"),
              "Freitag, 30. Januar bis Montag, 2. Februar");
    EXPECT_EQ(format_day_range({thursday, thursday}, "en"), "Thursday 8 January");
}

TEST(Format, times_are_in_the_zone_of_the_place) {
    const base::Zone berlin{"Europe/Berlin", {{base::Instant{}, std::chrono::hours{1}}}};
    EXPECT_EQ(format_time(at("2026-01-08T23:30:00Z"), berlin, "de"), "00:30");
    EXPECT_EQ(format_moment(at("2026-01-08T23:30:00Z"), berlin, "en"), "Friday 9 January, 00:30");
}

TEST(Format, money_is_exact) {
    const base::Currency euro = base::Currency::parse("EUR").value();
    const base::Currency yen = base::Currency::parse("JPY").value();
    EXPECT_EQ(format_money({4999, euro}, "en"), "€49.99");
    EXPECT_EQ(format_money({4999, euro}, "de"), "49,99\u00A0€");
    EXPECT_EQ(format_money({500, yen}, "en"), "¥500");
    // 2^53 + 1 minor units have no exact double.
    EXPECT_EQ(format_money({9'007'199'254'740'993, euro}, "en"), "€90,071,992,547,409.93");
}

TEST(Format, relative_times_and_plurals) {
    const base::Instant now = at("2026-01-08T12:00:00Z");
    EXPECT_EQ(relative_time(now - std::chrono::hours{3}, now, "en"), "3 hours ago");
    EXPECT_EQ(relative_time(now + std::chrono::hours{49}, now, "de"), "in 2 Tagen");
    EXPECT_EQ(relative_day(day(2026, 1, 9), day(2026, 1, 8), "pt-BR"), "amanhã");
    EXPECT_EQ(plural_category(1, "en"), "one");
    EXPECT_EQ(plural_category(0, "de"), "other");
    EXPECT_EQ(messages().translate("en", "page.items_count", {{"count", Count{1}}}).value(),
              "1 item");
    EXPECT_EQ(messages().translate("en", "page.items_count").error().code, "missing_field");
    EXPECT_EQ(messages().translate("en", "no.such").error().code, "unknown_message");
}

TEST(Sentence, a_portuguese_date_takes_the_article_of_its_weekday) {
    const auto on = [](LocalDay when) {
        return messages()
            .translate("pt-BR", "tracking.headline.late_arriving", {{"expected", when}})
            .value();
    };
    EXPECT_EQ(on(day(2026, 1, 10)), "Depois do previsto: agora no sábado, 10 de janeiro");
    EXPECT_EQ(on(day(2026, 1, 12)), "Depois do previsto: agora na segunda-feira, 12 de janeiro");
}

TEST(Sentence, the_headline_names_only_dates_that_hold) {
    ParcelFacts facts{.milestone = model::Milestone::in_transit, .today = day(2026, 1, 8)};
    const auto said = [&] { return sentence_for_milestone(messages(), "en", facts).value(); };
    EXPECT_EQ(said(), "On its way");
    facts.expected = DayRange{day(2026, 1, 10), day(2026, 1, 12)};
    EXPECT_EQ(said(), "Arriving Saturday 10 to Monday 12 January");
    facts.expected = DayRange{facts.today, facts.today};
    EXPECT_EQ(said(), "Arriving today, Thursday 8 January");
    facts.expected = DayRange{day(2026, 1, 7), day(2026, 1, 7)};
    EXPECT_EQ(said(), "Later than planned, and we do not have a new date yet");
    facts.expected = DayRange{day(2026, 1, 12), day(2026, 1, 12)};
    facts.late = true;
    EXPECT_EQ(said(), "Later than planned: now on Monday 12 January");
    facts.milestone = model::Milestone::out_for_delivery;
    EXPECT_EQ(said(), "Out for delivery") << "today is not promised";
    facts.milestone = model::Milestone::delivered;
    facts.delivered_at = Moment{at("2026-01-08T14:05:00Z"), base::Zone::utc()};
    EXPECT_EQ(said(), "Delivered today, 14:05");
    EXPECT_EQ(sentence_for_scan(messages(), "de", model::Milestone::in_transit, "Kiel").value(),
              "Unterwegs, Kiel");
    EXPECT_EQ(sentence_for_scan(messages(), "en", std::nullopt, "").value(), "Scanned");
}

TEST(Sentences, a_comparison_writes_instants_and_days_as_dates) {
    using model::Op;
    EXPECT_EQ(comparison({"age_hours", 73, Op::ge, 72, "hours", 120}),
              "age_hours 73 >= 72 hours (n = 120)");
    EXPECT_EQ(
        comparison({"due", 1'775'714'400'000'000, Op::lt, 1'775'714'400'000'001, "instant", {}}),
        "due 2026-04-09T06:00:00Z < 2026-04-09T06:00:00.000001Z");
    EXPECT_EQ(comparison({"window", 20'552, Op::le, 20'553, "day", {}}),
              "window 2026-04-09 <= 2026-04-10");
    EXPECT_EQ(comparison({"pieces", 2, Op::eq, 2, "", {}}), "pieces 2 = 2");
}

TEST(Sentences, the_first_letter_becomes_a_capital) {
    EXPECT_EQ(capitalised("lost"), "Lost");
    EXPECT_EQ(capitalised("Über"), "Über");
    EXPECT_EQ(capitalised(""), "");
}

TEST(Clean, lines_are_valid_utf8_without_tricks) {
    EXPECT_EQ(one_line("  a\r\n\tb  "), "a b");
    EXPECT_EQ(one_line("a\xFFz"), "a\uFFFDz");
    EXPECT_EQ(one_line("\xC0\xAF\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD");
    EXPECT_EQ(one_line("a\u202Eb\u2028c\u0085d"), "ab c d");
    EXPECT_EQ(one_line("Grüße 😀"), "Grüße 😀");
}

TEST(Clean, any_merchant_colour_stays_readable) {
    for (const char* colour : {"#ffff00", "#000000", "#ffffff", "#777777", "#ff0000", "#3b82f6"}) {
        EXPECT_GE(contrast(colour, ink_on(colour)), 4.5) << colour;
        EXPECT_GE(contrast(readable_on(colour, "#ffffff"), "#ffffff"), 4.5) << colour;
        EXPECT_GE(contrast(readable_on(colour, "#161614"), "#161614"), 4.5) << colour;
    }
    EXPECT_EQ(colour_or("#AbC", "#000000"), "#aabbcc");
    EXPECT_EQ(colour_or("red;background:url(x)", "#123456"), "#123456");
}

}  // namespace
}  // namespace aftermile::text
