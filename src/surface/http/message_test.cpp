#include "surface/http/message.hpp"

#include <gtest/gtest.h>

#include "surface/http/head_parser.hpp"
#include "surface/http/reply_head.hpp"
#include "surface/http/responder.hpp"

namespace aftermile::surface {
namespace {

TEST(HttpMessage, problem_names_code_request_and_fields) {
    const auto reply = problem_reply("req_1", 422, "invalid", "No \"good\".\n",
                                     {{"/lines/0", "missing", "Give a sku."}});
    EXPECT_EQ(reply.content_type, "application/problem+json");
    EXPECT_EQ(reply.body,
              R"({"type":"about:blank","title":"Unprocessable Entity","status":422,)"
              R"("code":"invalid","detail":"No \"good\".\u000a","request_id":"req_1",)"
              R"("errors":[{"pointer":"/lines/0","code":"missing","detail":"Give a sku."}]})");
}

TEST(HttpMessage, chunks_in_pieces_of_any_size_are_the_same_body) {
    const std::string chunks = "2;ext=1\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: ignored\r\n\r\n";
    for (std::size_t size = 1; size <= chunks.size(); ++size) {
        HeadParser parser;
        std::vector<HeaderView> headers;
        ASSERT_TRUE(parser.parse("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
                                 headers));
        std::string body, waiting;
        bool done = false;
        for (std::size_t at = 0; at < chunks.size(); at += size) {
            waiting += chunks.substr(at, size);
            const auto taken = parser.take_chunks(waiting, body, 100);
            ASSERT_TRUE(taken) << taken.error().detail;
            waiting.erase(0, taken->consumed);
            done = taken->done;
        }
        EXPECT_TRUE(done) << size;
        EXPECT_EQ(body, "hello") << size;
    }
}

TEST(HttpMessage, a_kept_request_outlives_the_bytes_that_it_was_read_from) {
    std::string bytes = "Authorization: Bearer one";
    Request request;
    request.headers = {{std::string_view(bytes).substr(0, 13), std::string_view(bytes).substr(15)}};
    request.path = "/v1/stream";
    const auto kept = keep(request);
    bytes.assign(bytes.size(), 'x');
    EXPECT_EQ(kept->header("authorization"), "Bearer one");
    EXPECT_EQ(kept->path, "/v1/stream");
}

TEST(HttpMessage, json_text_replaces_what_is_not_utf8) {
    const auto quoted = [](std::string_view text) {
        std::string out;
        append_json_string(out, text);
        return out;
    };
    EXPECT_EQ(quoted("\xC3\xA9"), "\"\xC3\xA9\"");
    EXPECT_EQ(quoted("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
    EXPECT_EQ(quoted("\xC3"), "\"\xEF\xBF\xBD\"");                  // cut off
    EXPECT_EQ(quoted("\xC0\xAF"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");  // overlong '/'
    EXPECT_EQ(quoted("\xF0\x9F\x93\xA6"), "\"\xF0\x9F\x93\xA6\"");
}

TEST(HttpMessage, date_is_in_the_form_of_the_standard) {
    EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110's example
}

TEST(HttpMessage, reply_with_line_breaks_in_a_header_is_not_sendable) {
    Reply reply;
    EXPECT_TRUE(is_sendable(reply));
    reply.headers = {{"Location", "/a\r\nSet-Cookie: b=c"}};
    EXPECT_FALSE(is_sendable(reply));
    reply.headers = {{"Bad Name", "x"}};
    EXPECT_FALSE(is_sendable(reply));
    reply.headers.clear();
    reply.status = 99;
    EXPECT_FALSE(is_sendable(reply));
}

TEST(HttpMessage, event_splits_data_into_lines) {
    EXPECT_EQ(event_text("incident", "7", "a\nb\r\nc"),
              "event: incident\nid: 7\ndata: a\ndata: b\ndata: c\n\n");
    EXPECT_EQ(event_text("", "", ""), "data: \n\n");
    EXPECT_EQ(event_text("x\ndata: forged", "", "y"), "event: x\ndata: y\n\n");
}

class RecordingSink final : public ReplySink {
  public:
    void reply(Reply reply) override { replies.push_back(std::move(reply)); }
    std::shared_ptr<StreamSink> stream(StreamOptions) override { return nullptr; }
    std::vector<Reply> replies;
};

TEST(HttpResponder, answers_exactly_once) {
    auto sink = std::make_shared<RecordingSink>();
    {
        Responder responder(sink, "req_1");
        responder.send(json_reply(202, "{}"));
        responder.send(json_reply(200, "{}"));
        EXPECT_FALSE(responder.is_pending());
    }
    ASSERT_EQ(sink->replies.size(), 1U);
    EXPECT_EQ(sink->replies[0].status, 202);
}

TEST(HttpResponder, dropped_unused_it_answers_500) {
    auto sink = std::make_shared<RecordingSink>();
    {
        Responder first(sink, "req_1");
        Responder second = std::move(first);
    }
    ASSERT_EQ(sink->replies.size(), 1U);
    EXPECT_EQ(sink->replies[0].status, 500);
}

}  // namespace
}  // namespace aftermile::surface
