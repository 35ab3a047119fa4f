#include "bench/measure/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace aftermile::bench {

Process::Process(const std::vector<std::string>& arguments,
                 const std::vector<std::pair<std::string, std::string>>& environment) {
    std::array<int, 2> to{};
    std::array<int, 2> from{};
    if (pipe2(to.data(), O_CLOEXEC) != 0 || pipe2(from.data(), O_CLOEXEC) != 0) {
        return;
    }
    std::vector<std::string> words{"aftermile"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);  // a measurement that is ended leaves nobody behind
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        for (const auto& [name, value] : environment) {
            setenv(name.c_str(), value.c_str(), 1);
        }
        execv("/proc/self/exe", argv.data());
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    in_ = to[1];
    out_ = from[0];
}

Process::~Process() {
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
        wait();
    }
    close(in_);
    close(out_);
}

void Process::write_line(const std::string& line) const {
    const std::string text = line + '\n';
    [[maybe_unused]] const auto written = write(in_, text.data(), text.size());
}

std::optional<std::string> Process::read_line() {
    while (true) {
        const auto end = buffer_.find('\n');
        if (end != std::string::npos) {
            std::string line = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            return line;
        }
        std::array<char, 4096> piece{};
        const auto got = read(out_, piece.data(), piece.size());
        if (got <= 0) {
            return std::nullopt;
        }
        buffer_.append(piece.data(), static_cast<std::size_t>(got));
    }
}

bool Process::stop() {
    if (pid_ > 0) {
        kill(pid_, SIGTERM);
    }
    return wait();
}

bool Process::wait() {
    int status = -1;
    if (pid_ > 0) {
        waitpid(pid_, &status, 0);
        pid_ = -1;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Usage Process::usage() const {
    Usage usage;
    const std::string folder = "/proc/" + std::to_string(pid_);
    std::ifstream io(folder + "/io");
    for (std::string name; io >> name;) {
        std::uint64_t value = 0;
        io >> value;
        usage.written_bytes = name == "write_bytes:" ? value : usage.written_bytes;
    }
    std::ifstream status(folder + "/status");
    for (std::string text; std::getline(status, text);) {
        const auto bytes = [&text] {
            return std::strtoull(text.c_str() + text.find(':') + 1, nullptr, 10) * 1'024;
        };
        usage.resident_bytes = text.starts_with("VmRSS:") ? bytes() : usage.resident_bytes;
        usage.peak_bytes = text.starts_with("VmHWM:") ? bytes() : usage.peak_bytes;
    }
    std::ifstream stat(folder + "/stat");
    std::string line;
    std::getline(stat, line);
    std::istringstream fields(line.substr(line.rfind(')') + 1));
    std::string skipped;
    for (int i = 0; i < 11; ++i) {  // from the state up to the time in user mode
        fields >> skipped;
    }
    double user = 0;
    double system = 0;
    fields >> user >> system;
    usage.cpu =
        std::chrono::duration<double>((user + system) / static_cast<double>(sysconf(_SC_CLK_TCK)));
    return usage;
}

std::optional<std::string> run_command(const std::vector<std::string>& arguments) {
    Process process(arguments, {});
    auto line = process.read_line();
    return process.wait() ? line : std::nullopt;
}

}  // namespace aftermile::bench
