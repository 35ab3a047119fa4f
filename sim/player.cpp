#include "sim/player.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.hpp"

namespace aftermile::sim {
namespace {

base::Result<base::JsonDocument> document_of(const Answer& answer, std::string_view what) {
    if (answer.status != 200) {
        return base::fail("refused", fmt::format("{} answered {}: {}", what, answer.status,
                                                 answer.body.substr(0, 500)));
    }
    return base::JsonDocument::parse(answer.body);
}

}  // namespace

Player::Player(std::string host, std::uint16_t port, std::string key, std::vector<Post> plan,
               base::Instant clock, Move move)
    : client_(std::move(host), port, std::move(key)),
      plan_(std::move(plan)),
      clock_(clock),
      move_(std::move(move)) {}

base::Result<void> Player::move_to(base::Instant at) {
    if (move_) {
        return move_(at);
    }
    auto answer = client_.post("/v1/test-clock", "application/json",
                               fmt::format(R"({{"advance_to":"{}"}})", base::to_text(at)));
    if (!answer) {
        return std::unexpected(answer.error());
    }
    ++tally_.requests;
    if (answer->status != 200) {
        return base::fail("refused", fmt::format("The clock answered {}: {}", answer->status,
                                                 answer->body.substr(0, 500)));
    }
    return {};
}

base::Result<void> Player::play_until(base::Instant until) {
    while (clock_ < until || (next_ < plan_.size() && plan_[next_].at <= clock_)) {
        // Nights and weekends without posts are crossed in one go.
        base::Instant to = std::min(clock_ + step, until);
        if (next_ < plan_.size() && plan_[next_].at > to) {
            to = std::min(plan_[next_].at, until);
        } else if (next_ == plan_.size()) {
            to = until;
        }
        if (to > clock_) {
            if (auto moved = move_to(to); !moved) {
                return moved;
            }
            clock_ = to;
        }
        std::size_t last = next_;
        while (last < plan_.size() && plan_[last].at <= clock_) {
            ++last;
        }
        for (const Door door : {Door::orders, Door::shipments, Door::tracking_events}) {
            if (auto sent = send(door, next_, last); !sent) {
                return sent;
            }
        }
        if (auto sent = send_reports(next_, last); !sent) {
            return sent;
        }
        next_ = last;
        if (progress_ && !progress_(clock_)) {
            return base::fail("stopped", "Stopped before the end.", {}, base::Family::retry);
        }
    }
    return {};
}

base::Result<void> Player::send(Door door, std::size_t first, std::size_t last) {
    std::string lines;
    std::size_t count = 0;
    for (std::size_t i = first; i < last; ++i) {
        if (plan_[i].door != door) {
            continue;
        }
        lines += plan_[i].body;
        lines += '\n';
        if (++count == elements_max) {
            if (auto sent = send_lines(door, lines); !sent) {
                return sent;
            }
            lines.clear();
            count = 0;
        }
    }
    return count > 0 ? send_lines(door, lines) : base::Result<void>{};
}

base::Result<void> Player::send_lines(Door door, const std::string& lines) {
    auto answer = client_.post(path_of(door), "application/x-ndjson", lines);
    if (!answer) {
        return std::unexpected(answer.error());
    }
    ++tally_.requests;
    auto document = document_of(*answer, path_of(door));
    if (!document) {
        return std::unexpected(document.error());
    }
    const base::Json root = document->root();
    const auto count = [&](std::string_view name) {
        return static_cast<std::uint64_t>(root[name].as_int().value_or(0));
    };
    tally_.posted += static_cast<std::uint64_t>(std::ranges::count(lines, '\n'));
    tally_.accepted += count("accepted");
    tally_.duplicates += count("duplicates");
    tally_.parked += root["parked"].size();
    for (const base::JsonItem item : root["parked"].items()) {
        if (tally_.first_parked.empty()) {
            tally_.first_parked = item.value["detail"].as_text().value_or("no reason");
        }
    }
    return {};
}

base::Result<void> Player::send_reports(std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
        if (plan_[i].door != Door::reports) {
            continue;
        }
        auto answer = client_.post(path_of(Door::reports), "application/json", plan_[i].body);
        if (!answer) {
            return std::unexpected(answer.error());
        }
        ++tally_.requests;
        ++tally_.posted;
        if (answer->status / 100 != 2) {
            return base::fail("refused", fmt::format("A report was answered {}: {}", answer->status,
                                                     answer->body.substr(0, 500)));
        }
        ++tally_.accepted;
    }
    return {};
}

}  // namespace aftermile::sim
