#include "app/huge_pages.hpp"

#include <gperftools/malloc_extension.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>

namespace aftermile::app {

namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20U;
// Addresses, not memory: a page is there once it is written to.
constexpr std::size_t region = std::size_t{64} << 20U;

std::uintptr_t round_up(std::uintptr_t value, std::size_t step) {
    return (value + step - 1) / step * step;
}

// Where tcmalloc takes memory from; it asks for one piece at a time.
class HugePages final : public SysAllocator {
  public:
    void* Alloc(std::size_t bytes, std::size_t* given, std::size_t alignment) override {
        const std::size_t step = std::max(alignment, std::size_t{4096});
        const std::size_t wanted = round_up(bytes, step);
        std::uintptr_t first = round_up(next_, step);
        if (wanted < bytes || next_ == 0 || first + wanted > end_) {
            if (wanted < bytes || !take_region(std::max(wanted + step, region))) {
                return nullptr;
            }
            first = round_up(next_, step);
        }
        next_ = first + wanted;
        if (given != nullptr) {
            *given = wanted;
        }
        return reinterpret_cast<void*>(first);
    }

  private:
    bool take_region(std::size_t bytes) {
        const std::size_t length = round_up(bytes, huge_page) + huge_page;
        void* const mapped =
            mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (mapped == MAP_FAILED) {
            return false;
        }
        const auto start = reinterpret_cast<std::uintptr_t>(mapped);
        next_ = round_up(start, huge_page);
        end_ = start + length;
        madvise(reinterpret_cast<void*>(next_), end_ - next_, MADV_HUGEPAGE);  // or small pages
        return true;
    }

    std::uintptr_t next_ = 0, end_ = 0;
};

}  // namespace

void use_huge_pages() {
    alignas(HugePages) static std::byte place[sizeof(HugePages)];  // outlives every allocation
    MallocExtension::instance()->SetSystemAllocator(new (place) HugePages);
}

}  // namespace aftermile::app
