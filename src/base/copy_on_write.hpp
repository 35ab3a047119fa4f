// A value that copies share until one of them is edited: a copy costs a count, not the value.
// Copies may be in several threads, each of them in one.
//
//   CopyOnWrite<Label> label;
//   label.edit().weight_grams = 1200;    // of this copy alone
//   label->weight_grams;
#pragma once

#include <memory>

namespace aftermile::base {

template <class T>
class CopyOnWrite {
  public:
    CopyOnWrite() : value_(std::make_shared<T>()) {}

    [[nodiscard]] const T& operator*() const { return *value_; }
    [[nodiscard]] const T* operator->() const { return value_.get(); }
    // Whether neither was edited since one was copied from the other.
    [[nodiscard]] bool shares(const CopyOnWrite& other) const { return value_ == other.value_; }
    // Stays valid until this is copied, moved or gone.
    [[nodiscard]] T& edit() {
        if (value_.use_count() > 1) {
            value_ = std::make_shared<T>(*value_);
        }
        return *value_;
    }

  private:
    std::shared_ptr<T> value_;  // null only once moved from
};

}  // namespace aftermile::base
