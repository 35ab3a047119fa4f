#include "bench/reads/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "base/short_turns.hpp"
#include "bench/ingest/served.hpp"
#include "bench/ingest/workload.hpp"

namespace aftermile::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t connections = 16;

// The value of the first member of that name that is a text.
std::string text_member(const std::string& body, std::string_view name) {
    const std::string wanted = fmt::format("\"{}\":\"", name);
    const auto at = body.find(wanted);
    return at == std::string::npos
               ? std::string()
               : body.substr(at + wanted.size(),
                             body.find('"', at + wanted.size()) - at - wanted.size());
}

}  // namespace

double Latencies::percentile(std::size_t percent) {
    if (micros.empty()) {
        return 0;
    }
    std::ranges::sort(micros);
    return static_cast<double>(micros[(micros.size() - 1) * percent / 100]) / 1e3;
}

Reader::Reader(std::uint32_t shipments, std::uint64_t seed)
    : given_(shipments), left_(shipments), state_(seed * 2 + 1) {}

std::uint64_t Reader::random() {  // xorshift64*
    state_ ^= state_ >> 12U;
    state_ ^= state_ << 25U;
    state_ ^= state_ >> 27U;
    return state_ * 0x2545F4914F6CDD1DULL >> 16U;
}

std::string Reader::next_number() {
    if (left_ == 0) {
        return {};
    }
    auto shipment = static_cast<std::uint32_t>(random() % given_.size());
    while (given_[shipment]) {
        shipment = static_cast<std::uint32_t>(random() % given_.size());
    }
    given_[shipment] = true;
    --left_;
    return Workload::tracking_number(shipment);
}

bool Reader::next(Request& request) {
    auto kind = static_cast<ReadKind>(turn_++ % read_kinds);
    request.method = "GET";
    if (kind == ReadKind::timeline && found_.empty()) {
        kind = ReadKind::shipment;
    }
    request.tag = static_cast<int>(kind);
    switch (kind) {
        case ReadKind::shipment: {
            const std::string number = next_number();
            request.path = "/v1/shipments?tracking_number=" + number;
            return !number.empty();
        }
        case ReadKind::timeline:
            request.path = fmt::format("/v1/shipments/{}/timeline", found_.front());
            found_.pop_front();
            return true;
        case ReadKind::incidents:
            // Page after page, from the newest to the oldest and again.
            request.path = "/v1/incidents?state=open";
            request.path += cursor_.empty() ? "" : "&cursor=" + std::exchange(cursor_, {});
            return true;
    }
    return false;
}

void Reader::take(const Answer& answer, ReadWindow& window) {
    const auto kind = static_cast<ReadKind>(answer.tag);
    window.kinds.at(static_cast<std::size_t>(answer.tag))
        .micros.push_back(static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(answer.took).count()));
    bool right = answer.status == 200;
    if (kind == ReadKind::shipment) {
        std::string id = text_member(answer.body, "id");
        right = right && id.starts_with("shp_");
        if (right) {
            found_.push_back(std::move(id));
        }
    } else if (kind == ReadKind::timeline) {
        right = right && answer.body.contains("\"because\"");
    } else {
        cursor_ = text_member(answer.body, "next_cursor");
    }
    if (!right) {
        window.wrong += 1;
        note(fmt::format("{}: {} {:.300}", read_names.at(static_cast<std::size_t>(answer.tag)),
                         answer.status, answer.body));
    }
}

base::Result<ReadWindow> Reader::read(std::uint16_t port, const std::string& key, int seconds,
                                      double per_second) {
    ReadWindow window;
    Connections reading(port, connections, key);
    const auto begun = Clock::now();
    bool good = false;
    std::thread([&] {
        base::take_short_turns();  // or its own wait for a processor would count as the server's
        good = reading.run([this](Request& request) { return next(request); },
                           [&](const Answer& answer) { take(answer, window); },
                           begun + std::chrono::seconds{seconds}, per_second);
    }).join();
    window.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    return good ? base::Result<ReadWindow>(std::move(window))
                : bench_failed("a connection broke while reading");
}

}  // namespace aftermile::bench
