#include "bench/measure/figures.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <cmath>
#include <fstream>
#include <thread>

#include "base/json.hpp"

namespace aftermile::bench {

namespace {

// Counts without a fraction, everything else with three digits of one.
std::string written(double value) {
    return value == std::floor(value) ? fmt::format("{:.0f}", value) : fmt::format("{:.3f}", value);
}

}  // namespace

std::string machine() {
    utsname system{};
    uname(&system);
    std::ifstream cpus("/proc/cpuinfo");
    std::string model = "unknown processor";
    for (std::string line; std::getline(cpus, line);) {
        if (line.starts_with("model name")) {
            model = line.substr(line.find(':') + 2);
            break;
        }
    }
    std::ifstream load_file("/proc/loadavg");
    std::string load;
    std::getline(load_file, load);
    return fmt::format("{} x {}, {} {}, load {}", std::thread::hardware_concurrency(), model,
                       system.sysname, system.release, load.substr(0, load.find(' ')));
}

void print_figures(const Figures& figures, std::string_view method, bool json) {
    if (!json) {
        fmt::print("machine: {}\nmethod: {}\n\n", machine(), method);
        for (const auto& [name, value, note] : figures) {
            fmt::print("{:32} {:>14}{}{}\n", name, written(value), note.empty() ? "" : "  ", note);
        }
        return;
    }
    std::string out;
    base::JsonWriter writer(out);
    writer.begin_object();
    writer.key("machine");
    writer.text(machine());
    writer.key("method");
    writer.text(method);
    for (const auto& [name, value, unused] : figures) {
        writer.key(name);
        writer.raw(written(value));
    }
    writer.end_object();
    fmt::print("{}\n", out);
}

}  // namespace aftermile::bench
