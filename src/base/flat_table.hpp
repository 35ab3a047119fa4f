// Values by key in one piece of memory, for tables that outgrow the processor's cache: a look-up is
// one miss of it, and `bring_near` lets several misses be waited for together.
//
//   FlatTable<std::int64_t, Value> table;
//   table.bring_near(7);                    // and other keys, and other work
//   if (Value* value = table.find(7)) ...   // stays there until something is put in or taken out
//
// The key that is made from nothing (0) is nobody's: it is never found and cannot be put in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.hpp"

namespace aftermile::base {

// Asks the processor for memory that will be read soon. Any address may be named.
inline void bring_near(const void* bytes, std::size_t size) {
    constexpr std::size_t line = 64;
    const auto* at = static_cast<const char*>(bytes);
    for (std::size_t i = 0; i < size; i += line) {
        __builtin_prefetch(at + i);
    }
}

// `Spread` makes a number of a key; it need not be well distributed.
template <class Key, class Value, class Spread>
class FlatTable {
  public:
    [[nodiscard]] std::size_t size() const { return size_; }

    void bring_near(const Key& key) const {
        if (!slots_.empty()) {
            __builtin_prefetch(&slots_[home_of(key)]);
        }
    }
    [[nodiscard]] const Value* find(const Key& key) const {
        if (slots_.empty()) {
            return nullptr;
        }
        const Slot& slot = slots_[place_of(key)];
        return slot.key == Key{} ? nullptr : &slot.value;
    }
    [[nodiscard]] Value* find(const Key& key) {
        return const_cast<Value*>(std::as_const(*this).find(key));
    }
    // Made when it is not there.
    Value& operator[](const Key& key) {
        check(!(key == Key{}), "the empty key stands for nothing");
        if ((size_ + 1) * 8 > slots_.size() * 5) {  // at most five eighths are taken
            rebuild(slots_.empty() ? slots_min : slots_.size() * 2);
        }
        Slot& slot = slots_[place_of(key)];
        if (slot.key == Key{}) {
            slot.key = key;
            ++size_;
        }
        return slot.value;
    }
    void erase(const Key& key) {
        if (slots_.empty()) {
            return;
        }
        std::size_t hole = place_of(key);
        if (slots_[hole].key == Key{}) {
            return;
        }
        --size_;
        // What follows without a gap moves up, unless it is at home behind the hole.
        for (std::size_t at = next(hole); !(slots_[at].key == Key{}); at = next(at)) {
            const std::size_t home = home_of(slots_[at].key);
            if (((at - home) & mask()) >= ((at - hole) & mask())) {
                slots_[hole] = std::move(slots_[at]);
                hole = at;
            }
        }
        slots_[hole] = Slot{};
    }
    // `f(key, value)` of every one, in no order.
    template <class F>
    void each(F f) const {
        for (const Slot& slot : slots_) {
            if (!(slot.key == Key{})) {
                f(slot.key, slot.value);
            }
        }
    }
    // Those of which `f(key, value)` is true.
    template <class F>
    void erase_if(F f) {
        for (Slot& slot : slots_) {
            if (!(slot.key == Key{}) && f(std::as_const(slot.key), slot.value)) {
                slot = Slot{};
                --size_;
            }
        }
        rebuild(slots_.size());
    }

  private:
    struct Slot {
        Key key{};
        Value value{};
    };
    static constexpr std::size_t slots_min = 16;

    [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }
    [[nodiscard]] std::size_t next(std::size_t at) const { return (at + 1) & mask(); }
    [[nodiscard]] std::size_t home_of(const Key& key) const {
        constexpr std::uint64_t golden = 0x9E3779B97F4A7C15;  // 2 to the 64 by the golden ratio
        return static_cast<std::size_t>((Spread{}(key)*golden) >> 32) & mask();
    }
    // Of the key, or where it would be.
    [[nodiscard]] std::size_t place_of(const Key& key) const {
        std::size_t at = home_of(key);
        while (!(slots_[at].key == Key{}) && !(slots_[at].key == key)) {
            at = next(at);
        }
        return at;
    }
    void rebuild(std::size_t count) {
        std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(count));
        for (Slot& slot : before) {
            if (!(slot.key == Key{})) {
                slots_[place_of(slot.key)] = std::move(slot);
            }
        }
    }

    std::vector<Slot> slots_;  // a power of two of them, or none
    std::size_t size_ = 0;
};

}  // namespace aftermile::base
