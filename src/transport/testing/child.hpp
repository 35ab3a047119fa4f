// A server in a process of its own, for the length of a test.
#pragma once

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace aftermile::transport::testing {

class Child {
  public:
    // Runs a script of this folder and reads the port that it prints first.
    explicit Child(const std::string& script, const std::vector<std::string>& arguments = {}) {
        int ends[2];
        if (pipe(ends) != 0) {
            std::abort();
        }
        // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment
        const char* tree = std::getenv("AFTERMILE_SOURCE_DIR");
        const std::string path =
            (std::filesystem::path{tree == nullptr ? "." : tree} / "src/transport/testing" / script)
                .string();
        pid_ = fork();
        if (pid_ == 0) {
            dup2(ends[1], STDOUT_FILENO);
            close(ends[0]);
            close(ends[1]);
            std::vector<char*> argv{const_cast<char*>("python3"), const_cast<char*>(path.c_str())};
            for (const std::string& argument : arguments) {
                argv.push_back(const_cast<char*>(argument.c_str()));
            }
            argv.push_back(nullptr);
            execv("/usr/bin/python3", argv.data());
            _exit(127);
        }
        close(ends[1]);
        std::FILE* out = fdopen(ends[0], "r");
        if (std::fscanf(out, "%d", &port_) != 1) {
            port_ = 0;
        }
        std::fclose(out);
    }
    ~Child() { stop(); }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void stop() {
        if (pid_ > 0) {
            kill(pid_, SIGKILL);
            waitpid(pid_, nullptr, 0);
            pid_ = -1;
        }
    }
    [[nodiscard]] int port() const { return port_; }

  private:
    pid_t pid_ = -1;
    int port_ = 0;
};

}  // namespace aftermile::transport::testing
