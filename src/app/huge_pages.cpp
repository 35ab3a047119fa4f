#include "app/huge_pages.hpp"

#include <gperftools/malloc_extension.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

namespace aftermile::app {

namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20U;
// Addresses, not memory: a page is there once it is written to.
constexpr std::size_t region = std::size_t{64} << 20U;

// Where tcmalloc takes memory from; it asks for one piece at a time.
class HugePages final : public SysAllocator {
  public:
    void* Alloc(std::size_t bytes, std::size_t* given, std::size_t alignment) override {
        const std::size_t step = std::max(alignment, std::size_t{4096});
        const std::size_t wanted = (bytes + step - 1) / step * step;
        if (wanted < bytes) {
            return nullptr;  // more than there are addresses
        }
        void* piece = take(wanted, step);
        if (piece == nullptr && take_region(wanted + step)) {
            piece = take(wanted, step);
        }
        if (piece != nullptr && given != nullptr) {
            *given = wanted;
        }
        return piece;
    }

  private:
    void* take(std::size_t bytes, std::size_t alignment) {
        void* const piece = std::align(alignment, bytes, next_, room_);
        if (piece != nullptr) {
            next_ = static_cast<std::byte*>(piece) + bytes;
            room_ -= bytes;
        }
        return piece;
    }
    bool take_region(std::size_t least) {
        std::size_t room = std::max(least, region) + huge_page;
        void* start =
            mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (start == MAP_FAILED) {
            return false;
        }
        std::align(huge_page, huge_page, start, room);
        madvise(start, room, MADV_HUGEPAGE);  // or small pages
        next_ = start;
        room_ = room;
        return true;
    }

    void* next_ = nullptr;
    std::size_t room_ = 0;
};

}  // namespace

void use_huge_pages() {
    alignas(HugePages) static std::byte place[sizeof(HugePages)];  // outlives every allocation
    MallocExtension::instance()->SetSystemAllocator(new (place) HugePages);
}

}  // namespace aftermile::app
