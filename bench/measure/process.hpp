// Children of a measurement: this program again, as the server under test or as its load. Killed
// and waited for when they go out of scope.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aftermile::bench {

struct Usage {
    std::uint64_t written_bytes = 0;  // to the block layer, by /proc/PID/io
    std::chrono::duration<double> cpu{0};
    std::uint64_t resident_bytes = 0, peak_bytes = 0;  // of memory: now, and the most so far
};

class Process {
  public:
    // Runs this program with these arguments; `environment` is set beside what is inherited.
    Process(const std::vector<std::string>& arguments,
            const std::vector<std::pair<std::string, std::string>>& environment);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void write_line(const std::string& line) const;
    // The next line of its standard output; none at its end.
    std::optional<std::string> read_line();
    // SIGTERM, and its end. True when it ended with code 0.
    bool stop();
    bool wait();
    [[nodiscard]] Usage usage() const;

  private:
    pid_t pid_ = -1;
    int in_ = -1, out_ = -1;
    std::string buffer_;
};

// The standard output of one command of this program, without the line's end; none if it failed.
[[nodiscard]] std::optional<std::string> run_command(const std::vector<std::string>& arguments);

}  // namespace aftermile::bench
