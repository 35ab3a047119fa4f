#include "transport/smtp.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <ctime>
#include <optional>
#include <utility>

#include "transport/curl.hpp"

namespace aftermile::transport {
namespace {

using base::fail;
using base::Family;
using base::Result;

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string base64(std::string_view bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        unsigned group = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
        }
        for (std::size_t j = 0; j < 4; ++j) {
            out += j <= count ? base64_digits[group >> (18 - 6 * j) & 63U] : '=';
        }
    }
    return out;
}

// libcurl writes the envelope and headers as given, so whatever could end a line early is refused.
Result<void> check_mail(const ports::Mail& mail) {
    for (const auto& [name, address] : {std::pair{"/from", &mail.from}, {"/to", &mail.to}}) {
        if (!is_mail_address(*address)) {
            return fail("bad_address", "not an e-mail address that can be written to", name);
        }
    }
    for (const auto& [name, value] :
         {std::pair{"/subject", &mail.subject}, {"/from_name", &mail.from_name}}) {
        if (!is_header_value(*value)) {
            return fail("bad_header", "control characters may not stand in a header", name);
        }
    }
    if (!is_mail_address(mail.message_id)) {
        return fail("bad_header", "the message id must read local@host", "/message_id");
    }
    for (const auto& [name, value] : mail.headers) {
        constexpr std::size_t line_max = 998;  // RFC 5322, 2.1.1
        if (!is_header_name(name) || !is_header_value(value) || value.size() > line_max) {
            return fail("bad_header", "a header name or value is not allowed", "/headers");
        }
    }
    return {};
}

// The reply lines as the server writes them; the last one is the verdict.
struct Conversation {
    std::string last_reply;
    bool content_began = false;
};

std::size_t keep_reply(char* bytes, std::size_t size, std::size_t count, void* user) {
    std::string_view line{bytes, size * count};
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) {
        line.remove_suffix(1);
    }
    auto& conversation = *static_cast<Conversation*>(user);
    conversation.content_began |= line.starts_with("354");
    constexpr std::size_t reply_max = 500;
    if (!line.starts_with("221")) {  // the answer to QUIT, which follows a refusal
        conversation.last_reply = line.substr(0, reply_max);
    }
    return size * count;
}

std::optional<int> code_of(std::string_view reply) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (reply.size() < 3 || !std::ranges::all_of(reply.substr(0, 3), digit)) {
        return std::nullopt;
    }
    return (reply[0] - '0') * 100 + (reply[1] - '0') * 10 + (reply[2] - '0');
}

base::Error error_of(CURLcode result, const Conversation& conversation) {
    const std::string why = curl_easy_strerror(result);
    const int code = code_of(conversation.last_reply).value_or(0);
    const bool refused_by_reply = result == CURLE_SEND_ERROR ||
                                  result == CURLE_WEIRD_SERVER_REPLY ||
                                  result == CURLE_RECV_ERROR || result == CURLE_QUOTE_ERROR ||
                                  result == CURLE_REMOTE_ACCESS_DENIED;
    if (result == CURLE_LOGIN_DENIED) {
        // Wrong credentials are for the operator to mend: the mail itself is fine.
        return {"mail_login_denied", "the mail server refuses user or password", {}, Family::retry};
    }
    if (refused_by_reply && code >= 500) {
        return {"mail_refused", conversation.last_reply, {}, Family::rejected};
    }
    if (refused_by_reply && code >= 400) {
        return {"mail_deferred", conversation.last_reply, {}, Family::retry};
    }
    if (conversation.content_began) {
        return {"mail_interrupted",
                fmt::format("{}; the server may have taken the mail", why),
                {},
                Family::retry};
    }
    if (result == CURLE_OPERATION_TIMEDOUT) {
        return {"mail_timeout", why, {}, Family::retry};
    }
    return {"mail_unreachable", why, {}, Family::retry};
}

void add_part(curl_mime* into, const std::string& content, const char* type) {
    curl_mimepart* part = curl_mime_addpart(into);
    curl_mime_data(part, content.data(), content.size());
    curl_mime_type(part, type);
    curl_mime_encoder(part, "quoted-printable");
}

// Two alternatives, the richer one last (RFC 2046, 5.1.4); headers_of names the type of the whole.
Mime body_of(CURL* handle, const ports::Mail& mail) {
    Mime mime{curl_mime_init(handle)};
    add_part(mime.get(), mail.text, "text/plain; charset=utf-8");
    if (!mail.html.empty()) {
        add_part(mime.get(), mail.html, "text/html; charset=utf-8");
    }
    return mime;
}

std::string date_header() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return fmt::format("Date: {}, {:02} {} {} {:02}:{:02}:{:02} +0000",
                       days.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                       months.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900,
                       utc.tm_hour, utc.tm_min, utc.tm_sec);
}

List headers_of(const ports::Mail& mail) {
    List list;
    list.add(date_header());
    list.add(mail.from_name.empty()
                 ? fmt::format("From: <{}>", mail.from)
                 : fmt::format("From: {} <{}>", encoded_words(mail.from_name), mail.from));
    list.add(fmt::format("To: <{}>", mail.to));
    list.add(fmt::format("Subject: {}", encoded_words(mail.subject)));
    list.add(fmt::format("Message-ID: <{}>", mail.message_id));
    list.add("Content-Type: multipart/alternative");  // libcurl adds the boundary
    for (const auto& [name, value] : mail.headers) {
        list.add(fmt::format("{}: {}", name, encoded_words(value)));
    }
    return list;
}

}  // namespace

SmtpTransport::SmtpTransport(SmtpOptions options) : options_{std::move(options)} {}

Result<std::string> SmtpTransport::send(const ports::Mail& mail) {
    if (const Result<void> checked = check_mail(mail); !checked) {
        return std::unexpected(checked.error());
    }
    const Easy easy = make_easy();
    if (!easy) {
        return fail("mail_unreachable", "libcurl cannot start", {}, Family::retry);
    }
    CURL* handle = easy.get();
    const std::string sender = fmt::format("<{}>", mail.from);
    List recipients;
    recipients.add(fmt::format("<{}>", mail.to));
    const List headers = headers_of(mail);
    const Mime mime = body_of(handle, mail);
    Conversation conversation;
    curl_easy_setopt(handle, CURLOPT_URL, options_.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(handle, CURLOPT_USE_SSL,
                     static_cast<long>(options_.require_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(options_.connect_timeout.count()));
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
    if (!options_.user.empty()) {
        curl_easy_setopt(handle, CURLOPT_USERNAME, options_.user.c_str());
        curl_easy_setopt(handle, CURLOPT_PASSWORD, options_.password.c_str());
    }
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, sender.c_str());
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(handle, CURLOPT_MIMEPOST, mime.get());
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, keep_reply);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &conversation);
    const CURLcode result = curl_easy_perform(handle);
    if (result != CURLE_OK) {
        return std::unexpected(error_of(result, conversation));
    }
    return conversation.last_reply;
}

std::string encoded_words(std::string_view text) {
    const bool plain = std::ranges::all_of(text, [](char c) {
        return static_cast<unsigned char>(c) < 0x80 && c != '<' && c != '>' && c != '"' &&
               c != '(' && c != ')' && c != ',' && c != ';';
    });
    constexpr std::size_t plain_max = 900;  // below the 998 of RFC 5322
    if (plain && text.size() <= plain_max && text.find("=?") == std::string_view::npos) {
        return std::string{text};
    }
    constexpr std::size_t bytes_max = 45;  // 60 in base64 plus 12 of frame, below 75
    std::string words;
    while (!text.empty()) {
        std::size_t take = std::min(bytes_max, text.size());
        while (take < text.size() && take > 1 &&
               (static_cast<unsigned char>(text[take]) & 0xC0) == 0x80) {
            --take;  // never cut within a character
        }
        words += fmt::format("{}=?UTF-8?B?{}?=", words.empty() ? "" : "\r\n ",
                             base64(text.substr(0, take)));
        text.remove_prefix(take);
    }
    return words;
}

bool is_mail_address(std::string_view text) {
    const std::size_t at = text.find('@');
    constexpr std::size_t length_max = 254;  // RFC 5321 with erratum 1690
    if (at == std::string_view::npos || at == 0 || at + 1 == text.size() ||
        text.size() > length_max || text.find('@', at + 1) != std::string_view::npos) {
        return false;
    }
    constexpr std::string_view forbidden = "\"'<>()[]\\,;:`";
    return std::ranges::all_of(text, [&](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte < 0x7F && forbidden.find(c) == std::string_view::npos;
    });
}

}  // namespace aftermile::transport
