#include "storage/postgres/parameters.hpp"

#include <utility>

#include "base/check.hpp"

namespace aftermile::storage::postgres {

namespace {

void append(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>((value >> shift) & 0xFF));
    }
}

void append_size(std::string& out, std::size_t size) { append(out, size, 4); }

constexpr std::uint64_t null_size = 0xFFFF'FFFF;  // -1

}  // namespace

std::string encode_integer(std::int64_t value) {
    std::string out;
    append(out, static_cast<std::uint64_t>(value), 8);
    return out;
}

std::int64_t decode_integer(std::string_view bytes) {
    // The sign is that of the first byte, whatever the width.
    std::uint64_t value = !bytes.empty() && (bytes.front() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (const char c : bytes) {
        value = (value << 8) | static_cast<unsigned char>(c);
    }
    return static_cast<std::int64_t>(value);
}

void Array::add(std::int64_t value) {
    append_size(elements_, sizeof value);
    append(elements_, static_cast<std::uint64_t>(value), 8);
    ++count_;
}

void Array::add_bytes(std::string_view value) {
    append_size(elements_, value.size());
    elements_ += value;
    ++count_;
}

void Array::add_null() {
    append(elements_, null_size, 4);
    nulls_ = true;
    ++count_;
}

void Array::add(const ports::Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        add(*number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
        add_bytes(*text);
    } else {
        add_null();
    }
}

TypeId Array::type() const {
    switch (element_) {
        case integer_type:
            return integer_array_type;
        case text_type:
            return text_array_type;
        default:
            base::check(element_ == bytes_type, "arrays are of integers, texts or bytes");
            return bytes_array_type;
    }
}

std::string Array::encoded() const {
    std::string out;
    out.reserve(elements_.size() + 20);
    append(out, count_ == 0 ? 0 : 1, 4);
    append(out, nulls_ ? 1 : 0, 4);
    append(out, element_, 4);
    if (count_ > 0) {
        append(out, count_, 4);
        append(out, 1, 4);
    }
    return out += elements_;
}

Array integers(std::span<const std::int64_t> numbers) {
    Array array(integer_type);
    for (const std::int64_t number : numbers) {
        array.add(number);
    }
    return array;
}

Parameters& Parameters::take(TypeId type, std::string bytes, bool null) {
    types_.push_back(type);
    bytes_.push_back(std::move(bytes));
    nulls_.push_back(null);
    return *this;
}

Parameters& Parameters::add(std::int64_t value) {
    return take(integer_type, encode_integer(value));
}

Parameters& Parameters::add_text(std::string_view value) {
    return take(text_type, std::string(value));
}

Parameters& Parameters::add_bytes(std::string_view value) {
    return take(bytes_type, std::string(value));
}

Parameters& Parameters::add_null(TypeId type) { return take(type, {}, true); }

Parameters& Parameters::add(const ports::Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return add(*number);
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
        return add_text(*text);
    }
    return add_null(0);
}

Parameters& Parameters::add(const Array& array) { return take(array.type(), array.encoded()); }

Parameters::Wire Parameters::wire() const {
    Wire wire;
    wire.values.reserve(bytes_.size());
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
        wire.values.push_back(nulls_[i] ? nullptr : bytes_[i].data());
        wire.sizes.push_back(static_cast<int>(bytes_[i].size()));
    }
    wire.formats.assign(bytes_.size(), 1);
    return wire;
}

}  // namespace aftermile::storage::postgres
