// A text that is mostly one of the program's own literals: the name of a rule, a unit, a field.
// Records bear many of them, so a literal is only pointed to, and other letters are shared, not
// copied, by all copies of a Word.
//
//   Word rule = "delivery.scan.folded";
//   Word other = "protection.cover." + row.id;
#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace aftermile::base {

class Word {
  public:
    constexpr Word() = default;
    // NOLINTBEGIN(google-explicit-constructor): written where a text stood, and read as one
    consteval Word(const char* literal) : text_(literal) {}
    Word(const std::string& text) : Word(of(text)) {}
    constexpr operator std::string_view() const { return text_; }
    // NOLINTEND(google-explicit-constructor)
    [[nodiscard]] static Word of(std::string_view text);

    constexpr Word(const Word& other) : text_(other.text_), letters_(other.letters_) {
        if (letters_ != nullptr) {
            letters_->uses.fetch_add(1, std::memory_order_relaxed);
        }
    }
    constexpr Word(Word&& other) noexcept
        : text_(std::exchange(other.text_, {})), letters_(std::exchange(other.letters_, nullptr)) {}
    constexpr Word& operator=(Word other) noexcept {
        std::swap(text_, other.text_);
        std::swap(letters_, other.letters_);
        return *this;
    }
    constexpr ~Word() {
        if (letters_ != nullptr) {
            release();
        }
    }

    [[nodiscard]] constexpr std::string_view text() const { return text_; }
    [[nodiscard]] constexpr bool empty() const { return text_.empty(); }

    template <std::convertible_to<std::string_view> T>
    friend constexpr bool operator==(const Word& word, const T& other) {
        return word.text_ == std::string_view(other);
    }

  private:
    struct Letters {
        std::atomic<std::uint32_t> uses{1};
        std::string text;
    };
    void release();

    std::string_view text_;
    Letters* letters_ = nullptr;  // null: of a literal
};

}  // namespace aftermile::base
