#include <atomic>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "surface/http/server.hpp"
#include "surface/http/test_client.hpp"

namespace aftermile::surface {
namespace {

using namespace std::chrono_literals;

class HttpStream : public ::testing::Test {
  protected:
    HttpStream() {
        options.stop_grace = 5s;
        router.add(Method::get, "/stream", {}, [this](Request&, Responder responder) {
            auto stream = responder.start_stream(stream_options);
            stream.on_closed([this] { closed.set_value(); });
            opened.set_value(std::move(stream));
        });
        server = std::make_unique<Server>(options, std::move(router));
        EXPECT_TRUE(server->start().has_value());
    }

    Stream open(TestClient& client, std::string_view version = "1.1") {
        client.send("GET /stream HTTP/" + std::string(version) + "\r\nHost: x\r\n\r\n");
        auto future = opened.get_future();
        if (future.wait_for(10s) != std::future_status::ready) {
            ADD_FAILURE() << "the stream did not open";
            return {};
        }
        return future.get();
    }
    bool closes() { return closed.get_future().wait_for(10s) == std::future_status::ready; }

    ServerOptions options;
    StreamOptions stream_options;
    Router router;
    std::promise<Stream> opened;
    std::promise<void> closed;
    std::unique_ptr<Server> server;
};

TEST_F(HttpStream, events_arrive_as_they_are_written_and_the_end_is_clean) {
    TestClient client(server->port());
    auto stream = open(client);
    EXPECT_TRUE(stream.write(event_text("incident", "1", "{}")));
    EXPECT_TRUE(client.read_until("event: incident\nid: 1\ndata: {}\n\n"));
    EXPECT_NE(client.unread().find("Content-Type: text/event-stream"), std::string::npos);
    EXPECT_TRUE(stream.write(event_text("incident", "2", "{}")));
    EXPECT_TRUE(client.read_until("id: 2\n"));
    stream.close();
    EXPECT_TRUE(client.is_ended_by_peer());
    EXPECT_TRUE(client.unread().ends_with("\r\n0\r\n\r\n"));
    EXPECT_TRUE(closes());
}

TEST_F(HttpStream, old_clients_get_it_unchunked_until_the_connection_closes) {
    TestClient client(server->port());
    auto stream = open(client, "1.0");
    stream.write("data: a\n\n");
    stream.close();
    EXPECT_TRUE(client.is_ended_by_peer());
    EXPECT_TRUE(client.unread().ends_with("\r\n\r\ndata: a\n\n"));
}

TEST_F(HttpStream, writes_of_many_threads_all_arrive_whole) {
    TestClient client(server->port());
    auto stream = open(client);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 500; ++i) {
                stream.write("data: tick\n\n");
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    stream.close();
    EXPECT_TRUE(client.is_ended_by_peer());
    std::size_t ticks = 0;
    for (auto at = client.unread().find("tick"); at != std::string::npos;
         at = client.unread().find("tick", at + 1)) {
        ++ticks;
    }
    EXPECT_EQ(ticks, 2000U);
}

TEST_F(HttpStream, quiet_stream_gets_heartbeats) {
    stream_options.heartbeat = 50ms;
    TestClient client(server->port());
    auto stream = open(client);
    EXPECT_TRUE(client.read_until(":\n\n"));
    EXPECT_TRUE(stream.is_open());
}

TEST_F(HttpStream, client_that_leaves_closes_the_stream) {
    TestClient client(server->port());
    auto stream = open(client);
    client.hang_up();
    EXPECT_TRUE(closes());
    EXPECT_FALSE(stream.is_open());
    EXPECT_FALSE(stream.write("data: x\n\n"));
    bool called = false;
    stream.on_closed([&] { called = true; });
    EXPECT_TRUE(called);
}

TEST_F(HttpStream, client_that_does_not_read_is_cut_off) {
    TestClient client(server->port(), 4096);
    auto stream = open(client);
    const std::string block(64 * 1024, 'x');
    bool open = true;
    // The kernel buffers a few MB at most; ours is 256 KiB.
    for (int i = 0; i < 2000 && open; ++i) {
        open = stream.write(block);
        std::this_thread::sleep_for(1ms);
    }
    EXPECT_FALSE(open);
    EXPECT_TRUE(closes());
}

TEST_F(HttpStream, head_request_gets_the_headers_alone) {
    TestClient client(server->port());
    client.send("HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(client.is_ended_by_peer());
    EXPECT_TRUE(client.unread().ends_with("\r\n\r\n"));
    EXPECT_EQ(client.unread().find("data"), std::string::npos);
}

TEST_F(HttpStream, stop_ends_streams) {
    TestClient client(server->port());
    auto stream = open(client);
    stream.write("data: last\n\n");
    server->stop();
    EXPECT_TRUE(client.is_ended_by_peer());
    EXPECT_NE(client.unread().find("data: last"), std::string::npos);
    EXPECT_TRUE(closes());
    EXPECT_FALSE(stream.write("data: x\n\n"));
}

}  // namespace
}  // namespace aftermile::surface
