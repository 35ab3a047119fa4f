#include "bench/measure/cold.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

namespace aftermile::bench {

void forget_file(const std::string& path) {
    const int handle = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle >= 0) {
        fdatasync(handle);
        posix_fadvise(handle, 0, 0, POSIX_FADV_DONTNEED);
        close(handle);
    }
}

double cached_percent(const std::string& path) {
    const int handle = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat about{};
    if (handle < 0 || fstat(handle, &about) != 0 || about.st_size == 0) {
        close(handle);
        return 0;
    }
    const auto bytes = static_cast<std::size_t>(about.st_size);
    void* const at = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, handle, 0);
    close(handle);
    if (at == MAP_FAILED) {
        return 0;
    }
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    std::vector<unsigned char> pages((bytes + page - 1) / page);
    mincore(at, bytes, pages.data());
    munmap(at, bytes);
    const auto there = std::ranges::count_if(pages, [](unsigned char each) { return each & 1U; });
    return 100 * static_cast<double>(there) / static_cast<double>(pages.size());
}

}  // namespace aftermile::bench
