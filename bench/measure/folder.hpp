// The folder that a measurement writes in, and how one ends that could not be made.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace aftermile::bench {

// A folder of the caller's name, made if need be and kept; or without a name a new one below /tmp.
class Folder {
  public:
    explicit Folder(std::string name);
    ~Folder();  // removes one without a name
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }  // empty: it cannot be made

  private:
    std::string path_;
    bool kept_;
};

// What `run` returns for that folder; code `bench_failed` when there is none, or for the
// std::runtime_error of a workload or a database.
template <class Run>
auto in_folder(const std::string& name, Run run) -> decltype(run(name)) {
    try {
        const Folder folder(name);
        if (folder.path().empty()) {
            return base::fail("bench_failed", name + " is not a folder that could be made.");
        }
        return run(folder.path());
    } catch (const std::runtime_error& error) {
        return base::fail("bench_failed", error.what());
    }
}

// To standard error. The exit code.
[[nodiscard]] int say_failed(std::string_view bench, const base::Error& error);

}  // namespace aftermile::bench
