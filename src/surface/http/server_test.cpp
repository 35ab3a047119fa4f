#include "surface/http/server.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "surface/http/test_client.hpp"

namespace aftermile::surface {
namespace {

using namespace std::chrono_literals;

// Keeps Responders for the test to use when it likes.
class Shelf {
  public:
    void put(Responder responder) {
        const std::scoped_lock lock(mutex_);
        responders_.push_back(std::move(responder));
        changed_.notify_all();
    }
    std::vector<Responder> take(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 10s, [&] { return responders_.size() >= count; });
        return std::exchange(responders_, {});
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Responder> responders_;
};

class HttpServer : public ::testing::Test {
  protected:
    HttpServer() {
        options.header_timeout = 5s;
        options.stop_grace = 5s;
        router.add(Method::get, "/hello", {},
                   [](Request&, Responder responder) { responder.send(text_reply(200, "hello")); });
        router.add(Method::post, "/echo", {.body_max = 100'000},
                   [](Request& request, Responder responder) {
                       responder.send(text_reply(200, std::move(request.body)));
                   });
        router.add(Method::get, "/items/{id}", {}, [](Request& request, Responder responder) {
            responder.send(
                text_reply(200, fmt::format("{}|{}|{}", request.path, request.parameter("id"),
                                            request.query_value("q").value_or("-"))));
        });
        router.add(Method::post, "/later", {},
                   [this](Request&, Responder responder) { shelf.put(std::move(responder)); });
        router.add(Method::get, "/later", {},
                   [this](Request&, Responder responder) { shelf.put(std::move(responder)); });
        router.add(Method::get, "/throws", {},
                   [](Request&, Responder) { throw std::runtime_error("boom"); });
    }

    std::uint16_t start() {
        server = std::make_unique<Server>(options, std::move(router));
        const auto started = server->start();
        EXPECT_TRUE(started.has_value());
        return server->port();
    }
    // The status that these bytes get, and whether the connection ends after it.
    std::pair<int, bool> outcome(std::string_view bytes) {
        TestClient client(server->port());
        client.send(bytes);
        const auto reply = client.read_reply();
        return {reply.status, client.is_readable_within(500) && client.is_ended_by_peer()};
    }

    ServerOptions options;
    Router router;
    Shelf shelf;
    std::unique_ptr<Server> server;
};

constexpr std::string_view get_hello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

TEST_F(HttpServer, keeps_the_connection_between_requests) {
    TestClient client(start());
    for (int i = 0; i < 3; ++i) {
        const auto reply = client.ask(get_hello);
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(reply.body, "hello");
    }
}

TEST_F(HttpServer, every_reply_carries_request_id_and_security_headers) {
    TestClient client(start());
    const auto head = client.ask(get_hello).head;
    EXPECT_TRUE(contains(head, "X-Request-Id: req_"));
    EXPECT_TRUE(contains(head, "X-Content-Type-Options: nosniff\r\n"));
    EXPECT_TRUE(contains(head, "Referrer-Policy: no-referrer\r\n"));
    EXPECT_TRUE(contains(head, "Date: "));
    EXPECT_NE(head, client.ask(get_hello).head);
}

TEST_F(HttpServer, own_header_replaces_the_default) {
    router.add(Method::get, "/page", {}, [](Request&, Responder responder) {
        auto reply = text_reply(200, "x", "text/html; charset=utf-8");
        reply.headers = {{"content-security-policy", "default-src 'self'"}};
        responder.send(std::move(reply));
    });
    TestClient client(start());
    const auto head = client.ask("GET /page HTTP/1.1\r\nHost: x\r\n\r\n").head;
    EXPECT_TRUE(contains(head, "content-security-policy: default-src 'self'\r\n"));
    EXPECT_FALSE(contains(head, "Content-Security-Policy"));
    EXPECT_TRUE(contains(head, "nosniff"));
}

TEST_F(HttpServer, pipelined_requests_are_answered_in_order) {
    TestClient client(start());
    std::string requests;
    for (int i = 0; i < 50; ++i) {
        const auto body = fmt::format("body {}", i);
        requests +=
            i % 2 == 0
                ? fmt::format("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{}",
                              body.size(), body)
                : fmt::format(
                      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                      "chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
                      body.size(), body);
    }
    ASSERT_TRUE(client.send(requests));
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(client.read_reply().body, fmt::format("body {}", i));
    }
}

TEST_F(HttpServer, pipelined_requests_wait_for_a_deferred_reply_before_them) {
    TestClient client(start());
    client.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n" + std::string(get_hello));
    auto held = shelf.take(1);
    ASSERT_EQ(held.size(), 1U);
    EXPECT_FALSE(client.is_readable_within(50));
    held[0].send(text_reply(202, "first"));
    EXPECT_EQ(client.read_reply().body, "first");
    EXPECT_EQ(client.read_reply().body, "hello");
}

TEST_F(HttpServer, request_arriving_byte_by_byte_is_the_same_request) {
    TestClient client(start());
    const std::string sized = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
    const std::string chunked =
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "2;ext=1\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: ignored\r\n\r\n";
    for (const auto& request : {sized, chunked}) {
        for (const char c : request) {
            client.send({&c, 1});
            std::this_thread::sleep_for(200us);
        }
        EXPECT_EQ(client.read_reply().body, "hello");
    }
}

TEST_F(HttpServer, large_body_comes_through_whole) {
    TestClient client(start());
    std::string body;
    for (int i = 0; body.size() < 99'000; ++i) {
        body += fmt::format("{},", i);
    }
    const auto head =
        fmt::format("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.size());
    EXPECT_EQ(client.ask(head + body).body, body);
    std::string chunked = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < body.size(); at += 40'000) {
        const auto piece = body.substr(at, 40'000);
        chunked += fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
    }
    EXPECT_EQ(client.ask(chunked + "0\r\n\r\n").body, body);
}

TEST_F(HttpServer, oversized_body_gets_a_413_that_can_be_read_after_sending_it_all) {
    TestClient client(start());
    ASSERT_TRUE(client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n\r\n"));
    const std::string block(1'000'000, 'x');
    for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(client.send(block)) << i;
    }
    const auto reply = client.read_reply();
    EXPECT_EQ(reply.status, 413);
    EXPECT_TRUE(contains(reply.head, "application/problem+json"));
    EXPECT_TRUE(contains(reply.body, R"("code":"body_too_large")"));
    EXPECT_TRUE(client.is_ended_by_peer());
}

TEST_F(HttpServer, oversized_chunked_body_gets_413_too) {
    TestClient client(start());
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "ea60\r\n" + std::string(60'000, 'x') + "\r\n";
    client.send(chunk);
    client.send(chunk);
    EXPECT_EQ(client.read_reply().status, 413);
}

TEST_F(HttpServer, discarding_is_bounded) {
    options.discard_bytes_max = 1'000'000;
    TestClient client(start());
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n\r\n");
    const std::string block(1'000'000, 'x');
    bool cut = false;
    for (int i = 0; i < 50 && !cut; ++i) {
        cut = !client.send(block);
    }
    EXPECT_TRUE(cut);
}

TEST_F(HttpServer, expect_continue_is_met_only_when_the_body_is_wanted) {
    TestClient client(start());
    client.send(
        "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(client.read_reply().status, 100);
    EXPECT_EQ(client.ask("ok").body, "ok");
    client.send(
        "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 999999\r\n\r\n");
    EXPECT_EQ(client.read_reply().status, 413);
    EXPECT_EQ(outcome("GET /hello HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n").first, 417);
}

TEST_F(HttpServer, admission_is_decided_before_the_body) {
    router.add(Method::post, "/guarded",
               {.body_max = 1000,
                .admit = [](const Request& request) -> std::optional<Reply> {
                    if (request.header("authorization") == "Bearer good") {
                        return std::nullopt;
                    }
                    return problem_reply(request.request_id, 401, "unauthorized", "No.");
                }},
               [](Request&, Responder responder) { responder.send(text_reply(200, "in")); });
    TestClient client(start());
    const std::string head = "POST /guarded HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n";
    EXPECT_EQ(client.ask(head + "AUTHORIZATION: Bearer good\r\n\r\nhi").body, "in");
    EXPECT_EQ(client.ask(head + "\r\n").status, 401);
}

TEST_F(HttpServer, oversized_header_gets_431) {
    start();
    const auto request =
        "GET /hello HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(20'000, 'a') + "\r\n\r\n";
    EXPECT_EQ(outcome(request), std::pair(431, true));
    EXPECT_EQ(outcome("GET /" + std::string(20'000, 'a')), std::pair(431, true));
    const auto fitting =
        "GET /hello HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(16'000, 'a') + "\r\n\r\n";
    EXPECT_EQ(outcome(fitting).first, 200);
}

TEST_F(HttpServer, slow_header_gets_408_and_an_idle_connection_is_closed) {
    options.header_timeout = 100ms;
    options.idle_timeout = 200ms;
    start();
    EXPECT_EQ(outcome("GET /hello HT"), std::pair(408, true));
    TestClient idle(server->port());
    EXPECT_EQ(idle.ask(get_hello).status, 200);
    EXPECT_TRUE(idle.is_readable_within(2000));
    EXPECT_TRUE(idle.is_ended_by_peer());
    EXPECT_EQ(idle.unread(), "");
}

TEST_F(HttpServer, body_below_the_floor_gets_408) {
    options.body_grace = 100ms;
    start();
    EXPECT_EQ(outcome("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nslow"),
              std::pair(408, true));
}

TEST_F(HttpServer, requests_that_could_be_read_in_two_ways_are_refused_and_cut) {
    start();
    const std::string_view cases[] = {
        // both lengths
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
        "0\r\n\r\n",
        // two, or odd, lengths
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\na",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\na",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\na",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\na",
        // other encodings
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        // header syntax
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length : 1\r\n\r\na",
        "POST /echo HTTP/1.1\r\nHost: x\r\n Content-Length: 1\r\n\r\na",
        "POST /echo HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n",
        "GET /hello HTTP/1.1\nHost: x\n\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\nA: b\nC: d\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        "GET  /hello HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /hello  HTTP/1.1\r\nHost: x\r\n\r\n",
        // host
        "GET /hello HTTP/1.1\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        // chunks
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        // no HTTP
        "\x16\x03\x01\x02",
        "hello\r\n\r\n",
    };
    for (const auto bytes : cases) {
        EXPECT_EQ(outcome(bytes), std::pair(400, true)) << bytes;
    }
    using namespace std::string_view_literals;
    EXPECT_EQ(outcome("GET /hello HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n"sv).first, 400);
    EXPECT_EQ(outcome("GET /hello HTTP/2.0\r\nHost: x\r\n\r\n"), std::pair(505, true));
    EXPECT_EQ(outcome("BREW /hello HTTP/1.1\r\nHost: x\r\n\r\n"), std::pair(501, true));
}

TEST_F(HttpServer, compressed_bodies_are_refused) {
    start();
    EXPECT_EQ(outcome("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n"
                      "Content-Length: 3\r\n\r\nabc"),
              std::pair(415, true));
}

TEST_F(HttpServer, unknown_path_wrong_method_head_and_options) {
    TestClient client(start());
    const auto missing = client.ask("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(missing.status, 404);
    EXPECT_TRUE(contains(missing.body, R"("code":"not_found")"));
    const auto wrong = client.ask("DELETE /later HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_TRUE(contains(wrong.head, "Allow: GET, HEAD, POST\r\n"));
    const auto options_reply = client.ask("OPTIONS /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(options_reply.status, 204);
    EXPECT_TRUE(contains(options_reply.head, "Allow: GET, HEAD\r\n"));
    client.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto head = client.read_reply(false);
    EXPECT_EQ(head.status, 200);
    EXPECT_TRUE(contains(head.head, "Content-Length: 5\r\n"));
    EXPECT_EQ(client.ask(get_hello).body, "hello");
}

TEST_F(HttpServer, path_is_decoded_once_and_dot_segments_are_refused) {
    TestClient client(start());
    EXPECT_EQ(client.ask("GET /items/a%2Fb%2525/?q=x+y HTTP/1.1\r\nHost: x\r\n\r\n").body,
              "/items/a/b%25|a/b%25|x y");
    EXPECT_EQ(outcome("GET /items/../hello HTTP/1.1\r\nHost: x\r\n\r\n").first, 400);
    EXPECT_EQ(outcome("GET /items/%2e%2e/hello HTTP/1.1\r\nHost: x\r\n\r\n").first, 400);
}

TEST_F(HttpServer, old_clients_get_their_connection_closed_unless_they_ask) {
    start();
    EXPECT_EQ(outcome("GET /hello HTTP/1.0\r\n\r\n"), std::pair(200, true));
    EXPECT_EQ(outcome("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
              std::pair(200, false));
    EXPECT_EQ(outcome("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              std::pair(200, true));
}

TEST_F(HttpServer, replies_from_another_thread_in_another_order_reach_their_clients) {
    const auto port = start();
    std::vector<std::unique_ptr<TestClient>> clients;
    std::vector<Responder> held;
    for (int i = 0; i < 8; ++i) {
        clients.push_back(std::make_unique<TestClient>(port));
        clients.back()->send("POST /later HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        for (auto& responder : shelf.take(1)) {
            held.push_back(std::move(responder));
        }
    }
    ASSERT_EQ(held.size(), clients.size());
    std::thread([&] {
        for (std::size_t i = held.size(); i-- > 0;) {
            held[i].send(text_reply(202, fmt::format("reply {}", i)));
        }
    }).join();
    for (std::size_t i = 0; i < clients.size(); ++i) {
        EXPECT_EQ(clients[i]->read_reply().body, fmt::format("reply {}", i));
    }
}

TEST_F(HttpServer, handler_that_throws_or_forgets_answers_500) {
    std::string fault;
    options.on_fault = [&](std::string_view what, std::string_view) { fault = what; };
    router.add(Method::get, "/forgets", {}, [](Request&, Responder) {});
    TestClient client(start());
    const auto reply = client.ask("GET /throws HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(reply.status, 500);
    EXPECT_FALSE(contains(reply.body, "boom"));
    EXPECT_EQ(client.ask("GET /forgets HTTP/1.1\r\nHost: x\r\n\r\n").status, 500);
    EXPECT_EQ(client.ask(get_hello).status, 200);
    EXPECT_EQ(fault, "boom");
}

TEST_F(HttpServer, client_that_leaves_before_its_reply_does_no_harm) {
    const auto port = start();
    for (int i = 0; i < 20; ++i) {
        TestClient client(port);
        client.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
        auto held = shelf.take(1);
        ASSERT_EQ(held.size(), 1U);
        client.hang_up();
        held[0].send(text_reply(200, std::string(3'000'000, 'x')));
    }
    TestClient client(port);
    EXPECT_EQ(client.ask(get_hello).status, 200);
}

TEST_F(HttpServer, slow_reader_gets_a_large_reply_whole) {
    router.add(Method::get, "/large", {}, [](Request&, Responder responder) {
        responder.send(text_reply(200, std::string(5'000'000, 'x')));
    });
    TestClient client(start(), 4096);
    client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(client.read_reply().body.size(), 5'000'000U);
}

TEST_F(HttpServer, connections_beyond_the_limit_get_503) {
    options.connections_max = 2;
    const auto port = start();
    TestClient first(port);
    TestClient second(port);
    EXPECT_EQ(first.ask(get_hello).status, 200);
    EXPECT_EQ(second.ask(get_hello).status, 200);
    TestClient third(port);
    EXPECT_EQ(third.read_reply().status, 503);
    first.hang_up();
    for (int i = 0; i < 100; ++i) {
        TestClient next(port);
        if (next.ask(get_hello).status == 200) {
            return;
        }
        std::this_thread::sleep_for(10ms);
    }
    FAIL() << "the place of the first client was never given back";
}

TEST_F(HttpServer, observer_sees_method_route_status_and_sizes) {
    std::mutex mutex;
    std::vector<std::tuple<Method, std::string, int, std::size_t>> seen;
    options.observe = [&](const Observation& observation) {
        const std::scoped_lock lock(mutex);
        seen.emplace_back(observation.method, observation.route, observation.status,
                          observation.bytes_in);
    };
    TestClient client(start());
    client.ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
    client.ask("GET /items/7 HTTP/1.1\r\nHost: x\r\n\r\n");
    client.ask("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
    server->stop();
    const decltype(seen) expected = {{Method::post, "/echo", 200, 2},
                                     {Method::get, "/items/{id}", 200, 0},
                                     {Method::get, "", 404, 0}};
    EXPECT_EQ(seen, expected);
}

TEST_F(HttpServer, stop_waits_for_exchanges_in_flight) {
    TestClient client(start());
    client.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
    auto held = shelf.take(1);
    ASSERT_EQ(held.size(), 1U);
    std::thread stopper([&] { server->stop(); });
    std::this_thread::sleep_for(50ms);
    held[0].send(text_reply(202, "kept"));
    const auto reply = client.read_reply();
    stopper.join();
    EXPECT_EQ(reply.body, "kept");
    EXPECT_TRUE(contains(reply.head, "Connection: close"));
    EXPECT_FALSE(TestClient(server->port()).is_connected());
}

TEST_F(HttpServer, stop_cuts_what_outlasts_the_grace_and_late_replies_do_no_harm) {
    options.stop_grace = 50ms;
    TestClient client(start());
    client.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
    auto held = shelf.take(1);
    ASSERT_EQ(held.size(), 1U);
    server->stop();
    EXPECT_TRUE(client.is_ended_by_peer());
    server.reset();
    held[0].send(text_reply(202, "too late"));
    EXPECT_EQ(client.unread(), "");
}

TEST_F(HttpServer, port_in_use_is_an_error_that_names_it) {
    start();
    Server second({.host = "127.0.0.1", .port = server->port()}, Router());
    const auto started = second.start();
    ASSERT_FALSE(started.has_value());
    EXPECT_EQ(started.error().code, "listen_failed");
}

}  // namespace
}  // namespace aftermile::surface
