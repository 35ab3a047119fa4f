#include "storage/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace aftermile::storage {

namespace {

std::unexpected<base::Error> failed(const std::string& what, const std::string& file) {
    const int error = errno;
    return base::fail(error == ENOSPC ? "disk_full" : "store_failed",
                      what + ' ' + file + ": " + std::generic_category().message(error), {},
                      base::Family::retry);
}

// A file descriptor that is closed at the end of its block.
class Descriptor {
  public:
    explicit Descriptor(int file) : file_(file) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (file_ >= 0) {
            ::close(file_);
        }
    }
    [[nodiscard]] int get() const { return file_; }
    [[nodiscard]] bool good() const { return file_ >= 0; }

  private:
    int file_;
};

bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
    return true;
}

base::Result<void> sync_folder_of(const std::string& file) {
    const auto folder = std::filesystem::path(file).parent_path().string();
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.good() || ::fsync(opened.get()) != 0) {
        return failed("Could not sync the folder", folder);
    }
    return {};
}

int open_lock(const std::string& file) {
    return ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

}  // namespace

base::Result<void> make_folder(const std::string& folder) {
    std::error_code error;
    const bool made = std::filesystem::create_directories(folder, error);
    if (!error && made) {
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    }
    if (error) {
        return base::fail("no_data_folder",
                          "Could not make the data folder " + folder + ": " + error.message());
    }
    return {};
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
}

FileLock::~FileLock() {
    if (file_ >= 0) {
        ::close(file_);
    }
}

base::Result<std::optional<FileLock>> FileLock::try_take(const std::string& file) {
    FileLock lock(open_lock(file));
    if (lock.file_ < 0) {
        return failed("Could not open", file);
    }
    if (::flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            return std::optional<FileLock>{};
        }
        return failed("Could not lock", file);
    }
    return std::optional<FileLock>(std::move(lock));
}

base::Result<FileLock> FileLock::take(const std::string& file) {
    FileLock lock(open_lock(file));
    if (lock.file_ < 0) {
        return failed("Could not open", file);
    }
    while (::flock(lock.file_, LOCK_EX) != 0) {
        if (errno != EINTR) {
            return failed("Could not lock", file);
        }
    }
    return lock;
}

base::Result<void> make_private_file(const std::string& file) {
    // Never opens a file that exists: closing it again would drop SQLite's locks on it.
    const Descriptor made(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!made.good() && errno != EEXIST) {
        return failed("Could not make", file);
    }
    return {};
}

base::Result<void> sync_file(const std::string& file) {
    {
        const Descriptor opened(::open(file.c_str(), O_RDWR | O_CLOEXEC));
        if (!opened.good() || ::fsync(opened.get()) != 0) {
            return failed("Could not sync", file);
        }
    }
    return sync_folder_of(file);
}

base::Result<std::optional<std::string>> read_small_file(const std::string& file) {
    const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened.good()) {
        if (errno == ENOENT) {
            return std::optional<std::string>{};
        }
        return failed("Could not open", file);
    }
    std::array<char, 4096> buffer{};
    const auto count = ::read(opened.get(), buffer.data(), buffer.size());
    if (count < 0) {
        return failed("Could not read", file);
    }
    return std::optional(std::string(buffer.data(), static_cast<std::size_t>(count)));
}

base::Result<bool> create_secret_file(const std::string& file, const std::string& bytes) {
    // Written aside and linked into place: a name that exists always has all its bytes.
    const std::string aside = file + '.' + std::to_string(::getpid()) + ".new";
    ::unlink(aside.c_str());
    {
        const Descriptor opened(
            ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!opened.good() || !write_all(opened.get(), bytes) || ::fsync(opened.get()) != 0) {
            auto error = failed("Could not write", aside);
            ::unlink(aside.c_str());
            return error;
        }
    }
    const bool created = ::link(aside.c_str(), file.c_str()) == 0;
    const int link_error = errno;
    ::unlink(aside.c_str());
    if (!created && link_error != EEXIST) {
        errno = link_error;
        return failed("Could not create", file);
    }
    if (auto synced = sync_folder_of(file); !synced) {
        return std::unexpected(synced.error());
    }
    return created;
}

base::Result<void> zero_file(const std::string& file) {
    const Descriptor opened(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    if (!opened.good() && errno == ENOENT) {
        return {};
    }
    struct stat about{};
    if (!opened.good() || ::fstat(opened.get(), &about) != 0) {
        return failed("Could not open", file);
    }
    const std::string zeros(64 * 1024, '\0');
    for (auto left = static_cast<std::size_t>(about.st_size); left > 0;) {
        const std::size_t count = std::min(left, zeros.size());
        if (!write_all(opened.get(), std::string_view(zeros).substr(0, count))) {
            return failed("Could not overwrite", file);
        }
        left -= count;
    }
    if (::fsync(opened.get()) != 0) {
        return failed("Could not sync", file);
    }
    return {};
}

}  // namespace aftermile::storage
