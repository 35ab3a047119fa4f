#include "base/failpoint.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <string>

namespace aftermile::base {

namespace {

struct Point {
    std::string name;
    std::uint64_t fatal_pass = 0;
    int signal = SIGKILL;
    std::atomic<std::uint64_t> passes = 0;
};
struct Armed {
    std::deque<Point> points;  // a deque: atomics do not move
    std::string log_file;
};
Armed& armed() {
    static Armed all;
    return all;
}

bool add_point(std::string_view entry) {
    const auto colon = entry.find(':');
    if (colon == 0 || colon == std::string_view::npos) {
        return false;
    }
    constexpr std::string_view stops = ":stop";
    const bool goes_on = entry.ends_with(stops);
    entry.remove_suffix(goes_on ? stops.size() : 0);
    if (entry.size() <= colon) {
        return false;
    }
    const std::string_view number = entry.substr(colon + 1);
    std::uint64_t pass = 0;
    const char* const end = number.data() + number.size();
    const auto read = std::from_chars(number.data(), end, pass);
    if (read.ec != std::errc{} || read.ptr != end || pass == 0) {
        return false;
    }
    auto& point = armed().points.emplace_back();
    point.name = entry.substr(0, colon);
    point.fatal_pass = pass;
    point.signal = goes_on ? SIGSTOP : SIGKILL;
    return true;
}

bool arm_from_environment() {
    // NOLINTBEGIN(concurrency-mt-unsafe): before any other thread starts
    const char* points = std::getenv("AFTERMILE_FAILPOINTS");
    const char* log_file = std::getenv("AFTERMILE_FAILPOINT_LOG");
    // NOLINTEND(concurrency-mt-unsafe)
    if (points == nullptr) {
        return true;
    }
    // A run that was to die and does not would pass for a survivor.
    if (!arm_failpoints(points, log_file == nullptr ? "" : log_file)) {
        std::abort();
    }
    return true;
}

void append_to_log(const Point& point) {
    if (armed().log_file.empty()) {
        return;
    }
    const std::string line = point.name + ' ' + std::to_string(point.fatal_pass) + '\n';
    const int file =
        ::open(armed().log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file >= 0) {
        [[maybe_unused]] const auto written = ::write(file, line.data(), line.size());
        ::close(file);
    }
}

}  // namespace

namespace detail {

bool failpoints_armed = false;

void pass_failpoint(std::string_view name) {
    for (auto& point : armed().points) {
        if (point.name == name && point.passes.fetch_add(1) + 1 == point.fatal_pass) {
            append_to_log(point);
            ::raise(point.signal);  // this thread stops first, and here
        }
    }
}

}  // namespace detail

bool arm_failpoints(std::string_view points, std::string_view log_file) {
    detail::failpoints_armed = false;
    armed().points.clear();
    armed().log_file = log_file;
    while (!points.empty()) {
        const auto comma = points.find(',');
        if (!add_point(points.substr(0, comma))) {
            armed().points.clear();
            return false;
        }
        points = comma == std::string_view::npos ? "" : points.substr(comma + 1);
    }
    detail::failpoints_armed = !armed().points.empty();
    return true;
}

namespace {
[[maybe_unused]] const bool environment_read = arm_from_environment();
}

}  // namespace aftermile::base
