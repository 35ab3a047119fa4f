#include "transport/http.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <algorithm>

#include "transport/testing/child.hpp"

namespace aftermile::transport {
namespace {

class Http : public ::testing::Test {
  protected:
    std::string url(const std::string& path) const {
        return fmt::format("http://127.0.0.1:{}{}", peer_.port(), path);
    }
    HttpTransportCurl trusting() const {
        HttpOptions options;
        options.trusted_hosts = {fmt::format("127.0.0.1:{}", peer_.port())};
        options.reply_bytes_max = 100'000;
        return HttpTransportCurl{options};
    }
    std::string code_of(const ports::HttpRequest& request) const {
        const auto reply = trusting().send(request);
        return reply ? std::to_string(reply->status) : reply.error().code;
    }

    testing::Child peer_{"http_peer.py"};
};

TEST_F(Http, sends_method_headers_and_body_and_reads_the_reply) {
    const auto reply = trusting().send({.method = "POST",
                                        .url = url("/echo"),
                                        .headers = {{"X-Token", "t-1"}},
                                        .body = "{\"a\":1}"});
    ASSERT_TRUE(reply.has_value()) << reply.error().detail;
    EXPECT_EQ(reply->status, 200);
    EXPECT_NE(reply->body.find("\"method\": \"POST\""), std::string::npos);
    EXPECT_NE(reply->body.find("{\\\"a\\\":1}"), std::string::npos);
    EXPECT_NE(reply->body.find("t-1"), std::string::npos);
    const ports::Headers::value_type peer{"x-peer", "here"};
    EXPECT_NE(std::ranges::find(reply->headers, peer), reply->headers.end());
}

TEST_F(Http, every_status_is_a_reply_and_redirects_are_not_followed) {
    EXPECT_EQ(code_of({.url = url("/status/500")}), "500");
    EXPECT_EQ(code_of({.method = "DELETE", .url = url("/status/404")}), "404");
    EXPECT_EQ(code_of({.method = "HEAD", .url = url("/echo")}), "200");
    EXPECT_EQ(code_of({.url = url("/redirect")}), "302");
}

TEST_F(Http, limits_hold) {
    EXPECT_EQ(code_of({.url = url("/large")}), "reply_too_large");
    EXPECT_EQ(code_of({.url = url("/slow"), .timeout = std::chrono::milliseconds{400}}),
              "http_timeout");
    EXPECT_EQ(code_of({.url = url("/drop")}), "http_interrupted");
    EXPECT_EQ(code_of({.url = url("/echo"), .headers = {{"X-A", "b\r\nX-C: d"}}}), "bad_header");
}

TEST_F(Http, a_peer_that_is_down_is_tried_again) {
    peer_.stop();
    const auto reply = trusting().send({.url = url("/echo")});
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, "http_unreachable");
    EXPECT_EQ(reply.error().family, base::Family::retry);
}

TEST_F(Http, the_inner_network_is_out_of_reach_unless_named) {
    HttpTransportCurl guarded;
    const std::string port = std::to_string(peer_.port());
    for (const std::string host : {"127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1",
                                   "169.254.169.254", "10.0.0.1", "[::ffff:127.0.0.1]"}) {
        const auto reply = guarded.send({.url = fmt::format("https://{}:{}/echo", host, port),
                                         .timeout = std::chrono::milliseconds{2'000}});
        ASSERT_FALSE(reply.has_value()) << host;
        EXPECT_TRUE(reply.error().code == "forbidden_address") << host << reply.error().code;
        EXPECT_EQ(reply.error().family, base::Family::rejected) << host;
    }
}

TEST_F(Http, only_web_addresses_are_called) {
    HttpTransportCurl guarded;
    for (const std::string bad : {"file:///etc/passwd", "ftp://example.com/", "gopher://x/",
                                  "http://example.com/", "nonsense", ""}) {
        const auto reply = guarded.send({.url = bad});
        ASSERT_FALSE(reply.has_value()) << bad;
        EXPECT_EQ(reply.error().code, "bad_url") << bad;
    }
}

TEST(PublicAddress, special_ranges_are_closed) {
    for (const char* closed : {"0.0.0.0",
                               "10.1.2.3",
                               "100.64.0.1",
                               "127.0.0.1",
                               "169.254.169.254",
                               "172.16.0.1",
                               "172.31.255.255",
                               "192.168.1.1",
                               "198.18.0.1",
                               "224.0.0.1",
                               "255.255.255.255",
                               "::",
                               "::1",
                               "fe80::1",
                               "fc00::1",
                               "fd12::1",
                               "ff02::1",
                               "::ffff:10.0.0.1",
                               "64:ff9b::a00:1",
                               "2002:7f00:1::",
                               "2001:db8::1",
                               "2001::1",
                               "nonsense"}) {
        EXPECT_FALSE(is_public_address(closed)) << closed;
    }
    for (const char* open : {"1.1.1.1", "8.8.8.8", "172.32.0.1", "172.15.0.1", "192.169.0.1",
                             "2606:4700::1111", "::ffff:8.8.8.8"}) {
        EXPECT_TRUE(is_public_address(open)) << open;
    }
}

}  // namespace
}  // namespace aftermile::transport
