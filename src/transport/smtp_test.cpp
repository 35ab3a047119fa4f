// Against a real SMTP server (testing/smtp_sink.py) on loopback.
#include "transport/smtp.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <fstream>
#include <sstream>

#include "transport/testing/child.hpp"

namespace aftermile::transport {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
}

class Smtp : public ::testing::Test {
  protected:
    Smtp()
        : folder_{fs::temp_directory_path() /
                  fmt::format("aftermile_smtp_{}_{}", getpid(), next_++)},
          sink_{"smtp_sink.py", {"--port", "0", "--dir", folder_.string()}} {}
    ~Smtp() override {
        sink_.stop();
        fs::remove_all(folder_);
    }

    SmtpTransport transport(std::chrono::milliseconds timeout = std::chrono::seconds{10}) {
        SmtpOptions options;
        options.url = fmt::format("smtp://127.0.0.1:{}", sink_.port());
        options.timeout = timeout;
        return SmtpTransport{options};
    }

    // The mail as Python's own parser reads it: headers decoded, parts by type.
    std::string decoded(int number, const std::string& expression) {
        const std::string command = fmt::format(
            "/usr/bin/python3 -c \"import email.policy,email,sys;"
            "m=email.message_from_binary_file(open('{}','rb'),policy=email.policy.default);"
            "sys.stdout.write(str({}))\"",
            (folder_ / fmt::format("{:06}.eml", number)).string(), expression);
        std::FILE* pipe = popen(command.c_str(), "r");
        std::string out;
        for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
            out += static_cast<char>(c);
        }
        pclose(pipe);
        return out;
    }

    static ports::Mail mail(std::string to = "ana@example.test") {
        return {.from = "post@shop.example",
                .from_name = "Müller & Söhne",
                .to = std::move(to),
                .subject = "Ihr Paket kommt zwischen Donnerstag, 8. Januar, und Samstag – für Ana",
                .text = "Guten Tag Ana,\n\n.Ein Punkt am Anfang bleibt.\nGrüße\n",
                .html = "<p>Guten Tag Ana, Grüße</p>",
                .message_id = "ntf_01abc@shop.example",
                .headers = {{"Auto-Submitted", "auto-generated"}}};
    }

    static inline int next_ = 0;
    fs::path folder_;
    testing::Child sink_;
};

TEST_F(Smtp, delivers_both_parts_with_decodable_headers) {
    const auto reply = transport().send(mail());
    ASSERT_TRUE(reply.has_value()) << reply.error().detail;
    EXPECT_TRUE(reply->starts_with("250 kept as 000001")) << *reply;
    EXPECT_NE(read_file(folder_ / "000001.json").find("\"post@shop.example\""), std::string::npos);
    EXPECT_EQ(decoded(1, "m['subject']"), mail().subject);
    EXPECT_EQ(decoded(1, "m['from'].addresses[0].display_name"), "Müller & Söhne");
    EXPECT_EQ(decoded(1, "m['from'].addresses[0].addr_spec"), "post@shop.example");
    EXPECT_EQ(decoded(1, "m['to']"), "ana@example.test");
    EXPECT_EQ(decoded(1, "m['message-id']"), "<ntf_01abc@shop.example>");
    EXPECT_EQ(decoded(1, "m['auto-submitted']"), "auto-generated");
    EXPECT_EQ(decoded(1, "m['date'].datetime.tzinfo is not None"), "True");
    EXPECT_EQ(decoded(1, "m.get_body().get_content_type()"), "text/html");
    EXPECT_EQ(decoded(1, "m.get_content_type()"), "multipart/alternative");
    EXPECT_EQ(decoded(1, "m.get_body(('plain',)).get_content().replace(chr(13),'')"), mail().text);
    EXPECT_EQ(decoded(1, "m.get_body(('html',)).get_content().strip()"), mail().html);
}

TEST_F(Smtp, a_mail_without_html_is_plain_text) {
    ports::Mail plain = mail();
    plain.html.clear();
    ASSERT_TRUE(transport().send(plain).has_value());
    EXPECT_EQ(decoded(1, "m.get_body(('plain',)).get_content().replace(chr(13),'')"), plain.text);
    EXPECT_EQ(decoded(1, "m.get_body(('html',))"), "None");
}

TEST_F(Smtp, a_repeat_carries_the_same_message_id) {
    ASSERT_TRUE(transport().send(mail()).has_value());
    ASSERT_TRUE(transport().send(mail()).has_value());
    EXPECT_EQ(decoded(1, "m['message-id']"), decoded(2, "m['message-id']"));
}

struct Refusal {
    const char* to;
    const char* code;
    base::Family family;
    bool kept;
};

TEST_F(Smtp, refusals_are_final_and_deferrals_may_be_tried_again) {
    const Refusal cases[] = {
        {"deferred@example.test", "mail_deferred", base::Family::retry, false},
        {"refused@example.test", "mail_refused", base::Family::rejected, false},
        {"busy@example.test", "mail_deferred", base::Family::retry, false},
        {"spam@example.test", "mail_refused", base::Family::rejected, false},
        {"dropped@example.test", "mail_interrupted", base::Family::retry, true},
    };
    int kept = 0;
    for (const Refusal& expected : cases) {
        const auto reply = transport().send(mail(expected.to));
        ASSERT_FALSE(reply.has_value()) << expected.to;
        EXPECT_EQ(reply.error().code, expected.code) << expected.to << reply.error().detail;
        EXPECT_EQ(reply.error().family, expected.family) << expected.to;
        kept += expected.kept ? 1 : 0;
        EXPECT_EQ(fs::exists(folder_ / fmt::format("{:06}.eml", kept + 1)), false);
    }
    EXPECT_TRUE(fs::exists(folder_ / "000001.eml"));
}

TEST_F(Smtp, no_reply_to_the_content_counts_as_perhaps_taken) {
    const auto reply = transport(std::chrono::milliseconds{700}).send(mail("slow@example.test"));
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, "mail_interrupted");
    EXPECT_EQ(reply.error().family, base::Family::retry);
}

TEST_F(Smtp, a_server_that_is_down_is_tried_again) {
    SmtpTransport down = transport();
    sink_.stop();
    const auto reply = down.send(mail());
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, "mail_unreachable");
    EXPECT_EQ(reply.error().family, base::Family::retry);
}

TEST_F(Smtp, nothing_can_add_a_header_or_a_recipient) {
    ports::Mail subject = mail();
    subject.subject = "Hello\r\nBcc: spy@example.test";
    ports::Mail name = mail();
    name.from_name = "Shop\nX: y";
    ports::Mail header = mail();
    header.headers.emplace_back("X-A", "b\r\nBcc: spy@example.test");
    ports::Mail id = mail();
    id.message_id = "a@b>\r\nBcc: spy@example.test";
    for (const ports::Mail& bad : {subject, name, header, id}) {
        const auto reply = transport().send(bad);
        ASSERT_FALSE(reply.has_value());
        EXPECT_EQ(reply.error().code, "bad_header");
    }
    for (const char* to : {"a@b.test>\r\nRCPT TO:<c@d.test", "a@b.test, c@d.test", "no-address",
                           "a b@c.test", "<a@b.test>", "a@b@c.test", ""}) {
        const auto reply = transport().send(mail(to));
        ASSERT_FALSE(reply.has_value()) << to;
        EXPECT_EQ(reply.error().code, "bad_address") << to;
    }
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST(EncodedWords, ascii_stays_and_long_text_folds_between_characters) {
    EXPECT_EQ(encoded_words("Order 1042"), "Order 1042");
    EXPECT_EQ(encoded_words("ü"), "=?UTF-8?B?w7w=?=");
    EXPECT_NE(encoded_words("=?UTF-8?B?w7w=?="), "=?UTF-8?B?w7w=?=");
    std::string umlauts;
    for (int i = 0; i < 60; ++i) {
        umlauts += "ü";
    }
    const std::string folded = encoded_words(umlauts);
    EXPECT_NE(folded.find("\r\n "), std::string::npos);
    std::istringstream lines{folded};
    for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(line.size(), 76U);
    }
}

}  // namespace
}  // namespace aftermile::transport
