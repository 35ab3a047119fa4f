#include "base/word.hpp"

namespace aftermile::base {

Word Word::of(std::string_view text) {
    Word word;
    if (!text.empty()) {
        word.letters_ = new Letters{.uses = 1, .text = std::string(text)};
        word.text_ = word.letters_->text;
    }
    return word;
}

void Word::release() {
    if (letters_->uses.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        delete letters_;
    }
}

}  // namespace aftermile::base
