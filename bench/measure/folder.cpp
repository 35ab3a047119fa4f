#include "bench/measure/folder.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace aftermile::bench {

Folder::Folder(std::string name) : path_(std::move(name)), kept_(!path_.empty()) {
    if (!kept_) {
        path_ = "/tmp/aftermile-bench-XXXXXX";
        path_ = mkdtemp(path_.data()) == nullptr ? std::string() : path_;
        return;
    }
    std::error_code error;
    std::filesystem::create_directories(path_, error);
    path_ = error ? std::string() : path_;
}

Folder::~Folder() {
    std::error_code error;
    if (!kept_ && !path_.empty()) {
        std::filesystem::remove_all(path_, error);
    }
}

int say_failed(std::string_view bench, const base::Error& error) {
    fmt::print(stderr, "bench {}: {} {}\n", bench, error.code, error.detail);
    return 1;
}

}  // namespace aftermile::bench
