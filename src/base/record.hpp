// Records described once: a list of named members gives the stored binary form here, and the
// JSON form in base/json.hpp.
//
//   struct Stop { std::string city; int rank = 0;
//       static constexpr auto fields() {
//           return base::fields(base::field("city", &Stop::city),
//                               base::field("rank", &Stop::rank));
//       } };
//
// Binary form, the grammar:
//   record   = count:varint field*          fields in the order described
//   integer  = zigzag varint | instant = integer of microseconds | bool, enum = varint
//   text     = length:varint byte*            also a Word
//   optional = 0 | 1 value ; list = count:varint value*
// A reader that knows more fields than were written leaves those at their defaults, so members
// may be appended and never removed or reordered. Decoding checks every length against what is
// left, every number against its member's range, and the caps below.
#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/copy_on_write.hpp"
#include "base/enum_names.hpp"
#include "base/ids.hpp"
#include "base/instant.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "base/word.hpp"

namespace aftermile::base {

template <class T, class M>
struct Field {
    std::string_view name;
    M T::* member;
};

template <class T, class M>
constexpr Field<T, M> field(std::string_view name, M T::* member) {
    return {name, member};
}

// The fields of a member stand among those of the record, as if they were its own.
template <class T, class M>
struct FieldsOf {
    CopyOnWrite<M> T::* member;
};

template <class T, class M>
constexpr FieldsOf<T, M> fields_of(CopyOnWrite<M> T::* member) {
    return {member};
}

// The list of a record's fields: a function that calls its argument with all of them. A tuple of
// thirty would be resolved anew in every file that includes the record, which took half of the time
// to compile it.
template <class... F>
constexpr auto fields(F... each) {
    return [each...](auto&& use) { return use(each...); };
}

template <class T>
concept Described = requires { T::fields(); };

template <class T, class F>
constexpr void for_each_field(T& record, F&& f);

template <class T, class R, class M, class F>
constexpr void visit_field(T& record, const Field<R, M>& field, F& f) {
    f(field.name, record.*(field.member));
}
template <class T, class R, class M, class F>
constexpr void visit_field(T& record, const FieldsOf<R, M>& part, F& f) {
    if constexpr (std::is_const_v<T>) {
        for_each_field(*(record.*(part.member)), f);
    } else {
        for_each_field((record.*(part.member)).edit(), f);
    }
}

// Calls `f(name, member reference)` for each described member of `record`.
template <class T, class F>
constexpr void for_each_field(T& record, F&& f) {
    std::remove_const_t<T>::fields()(
        [&](const auto&... each) { (visit_field(record, each, f), ...); });
}

template <class T>
constexpr std::size_t field_count();

template <class T, class M>
constexpr std::size_t count_of(const Field<T, M>&) {
    return 1;
}
template <class T, class M>
constexpr std::size_t count_of(const FieldsOf<T, M>&) {
    return field_count<M>();
}

template <class T>
constexpr std::size_t field_count() {
    return T::fields()([](const auto&... each) { return (count_of(each) + ...); });
}

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_id = false;
template <class K>
inline constexpr bool is_id<Id<K>> = true;

inline constexpr std::size_t record_list_max = 100'000;
inline constexpr int record_depth_max = 32;

class RecordWriter {
  public:
    // Appends to `out`, whose length is right again once the writer is gone.
    explicit RecordWriter(std::string& out) : out_(out), at_(out.data() + out.size()), end_(at_) {
        make_room(size_at_first);
    }
    RecordWriter(const RecordWriter&) = delete;
    RecordWriter& operator=(const RecordWriter&) = delete;
    ~RecordWriter() { out_.resize(written()); }

    template <class T>
    void put(const T& value) {
        if constexpr (std::same_as<T, std::string> || std::same_as<T, std::string_view>) {
            varint(value.size());
            need(value.size());
            at_ = std::copy_n(value.data(), value.size(), at_);
        } else if constexpr (std::same_as<T, Word>) {
            put(value.text());
        } else if constexpr (std::same_as<T, bool>) {
            varint(value ? 1 : 0);
        } else if constexpr (std::is_enum_v<T>) {
            varint(static_cast<std::uint64_t>(value));
        } else if constexpr (std::unsigned_integral<T>) {
            varint(value);
        } else if constexpr (std::signed_integral<T>) {
            zigzag(value);
        } else if constexpr (std::same_as<T, Instant>) {
            zigzag(microseconds_of(value));
        } else if constexpr (std::same_as<T, LocalTime> || std::same_as<T, LocalDay>) {
            zigzag(value.time_since_epoch().count());
        } else if constexpr (std::same_as<T, Span> || std::same_as<T, std::chrono::minutes>) {
            zigzag(value.count());
        } else if constexpr (std::same_as<T, Currency>) {
            varint(value.number());
        } else if constexpr (std::same_as<T, Money>) {
            zigzag(value.amount);
            varint(value.currency.number());
        } else if constexpr (is_id<T>) {
            zigzag(value.value);
        } else if constexpr (is_optional<T>) {
            varint(value ? 1 : 0);
            if (value) {
                put(*value);
            }
        } else if constexpr (is_vector<T>) {
            varint(value.size());
            for (const auto& each : value) {
                put(each);
            }
        } else {
            static_assert(Described<T>, "describe this type with fields()");
            varint(field_count<T>());
            for_each_field(value, [this](std::string_view, const auto& member) { put(member); });
        }
    }

  private:
    void varint(std::uint64_t value) {
        need(varint_max);
        while (value >= 0x80) {
            *at_++ = static_cast<char>(value | 0x80);
            value >>= 7;
        }
        *at_++ = static_cast<char>(value);
    }
    void zigzag(std::int64_t value) {
        varint((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
    }
    [[nodiscard]] std::size_t written() const {
        return static_cast<std::size_t>(at_ - out_.data());
    }
    void need(std::size_t bytes) {
        if (static_cast<std::size_t>(end_ - at_) < bytes) {
            make_room(bytes);
        }
    }
    void make_room(std::size_t bytes) {
        const std::size_t size = written();
        out_.resize(std::max(size + bytes, 2 * size));
        at_ = out_.data() + size;
        end_ = out_.data() + out_.size();
    }

    static constexpr std::size_t size_at_first = 256;
    static constexpr std::size_t varint_max = 10;
    std::string& out_;
    char* at_;  // where the next byte goes: whole records are short, so checks of room are few
    char* end_;
};

class RecordReader {
  public:
    explicit RecordReader(std::string_view bytes) : bytes_(bytes) {}

    // False once the bytes ended early or broke the grammar; every later read leaves defaults.
    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] bool at_end() const { return bytes_.empty(); }

    template <class T>
    void get(T& value) {
        if (!good_) {
            return;
        }
        if constexpr (std::same_as<T, std::string>) {
            value.assign(text());
        } else if constexpr (std::same_as<T, Word>) {
            value = Word::of(text());
        } else if constexpr (std::same_as<T, bool>) {
            value = flag();
        } else if constexpr (NamedEnum<T>) {
            const std::uint64_t index = varint();
            if (index >= enum_count<T>()) {
                good_ = false;
                return;
            }
            value = static_cast<T>(index);
        } else if constexpr (std::unsigned_integral<T>) {
            value = in_range<T>(varint());
        } else if constexpr (std::signed_integral<T>) {
            value = in_range<T>(zigzag());
        } else if constexpr (std::same_as<T, Instant>) {
            value = instant_of(zigzag());
        } else if constexpr (std::same_as<T, LocalTime> || std::same_as<T, LocalDay>) {
            value = T{typename T::duration{static_cast<typename T::duration::rep>(zigzag())}};
        } else if constexpr (std::same_as<T, Span> || std::same_as<T, std::chrono::minutes>) {
            value = T{static_cast<typename T::rep>(zigzag())};
        } else if constexpr (std::same_as<T, Currency>) {
            currency(value);
        } else if constexpr (std::same_as<T, Money>) {
            value.amount = zigzag();
            currency(value.currency);
        } else if constexpr (is_id<T>) {
            value.value = zigzag();
        } else if constexpr (is_optional<T>) {
            if (flag()) {
                get(value.emplace());
            } else {
                value.reset();
            }
        } else if constexpr (is_vector<T>) {
            list(value);
        } else {
            static_assert(Described<T>, "describe this type with fields()");
            if (++depth_ > record_depth_max) {
                good_ = false;
                return;
            }
            std::uint64_t written = varint();
            for_each_field(value, [&](std::string_view, auto& member) {
                if (written > 0) {
                    get(member);
                    --written;
                }
            });
            if (written > 0) {
                good_ = false;  // written by a newer version: its extra members are unknown here
            }
            --depth_;
        }
    }

  private:
    template <class T>
    void list(std::vector<T>& value) {
        const std::uint64_t count = varint();
        value.clear();
        if (count > record_list_max || count > bytes_.size()) {
            good_ = false;
            return;
        }
        value.reserve(count);
        for (std::uint64_t i = 0; i < count && good_; ++i) {
            get(value.emplace_back());
        }
    }
    std::string_view text() {
        const std::uint64_t size = varint();
        if (size > bytes_.size()) {
            good_ = false;
            return {};
        }
        const std::string_view read = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return read;
    }
    void currency(Currency& value) {
        auto found = Currency::from_number(in_range<std::uint16_t>(varint()));
        if (!found) {
            good_ = false;
            return;
        }
        value = *found;
    }
    template <class T, class Read>
    T in_range(Read read) {
        if (!std::in_range<T>(read)) {
            good_ = false;
            return T{};
        }
        return static_cast<T>(read);
    }
    bool flag() {
        const std::uint64_t read = varint();
        good_ = good_ && read <= 1;
        return read == 1;
    }
    std::uint64_t varint() {
        if (good_ && !bytes_.empty() && static_cast<unsigned char>(bytes_.front()) < 0x80) {
            const auto byte = static_cast<unsigned char>(bytes_.front());
            bytes_.remove_prefix(1);
            return byte;  // most of them
        }
        return long_varint();
    }
    std::uint64_t long_varint() {
        std::uint64_t value = 0;
        for (int shift = 0; good_ && shift < 64; shift += 7) {
            if (bytes_.empty()) {
                break;
            }
            const auto byte = static_cast<unsigned char>(bytes_.front());
            bytes_.remove_prefix(1);
            if (shift == 63 && byte > 1) {
                break;  // more than 64 bits
            }
            value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if ((byte & 0x80) == 0) {
                return value;
            }
        }
        good_ = false;
        return 0;
    }
    std::int64_t zigzag() {
        const std::uint64_t raw = varint();
        return static_cast<std::int64_t>(raw >> 1) ^ -static_cast<std::int64_t>(raw & 1);
    }
    std::string_view bytes_;
    int depth_ = 0;
    bool good_ = true;
};

template <Described T>
[[nodiscard]] std::string encode(const T& record) {
    std::string out;
    RecordWriter(out).put(record);
    return out;
}

// Refuses truncated or malformed bytes with code `corrupt_record`, and then leaves `record` in
// part.
template <Described T>
[[nodiscard]] Result<void> decode_into(std::string_view bytes, T& record) {
    RecordReader reader(bytes);
    reader.get(record);
    if (!reader.good() || !reader.at_end()) {
        return fail("corrupt_record", "A stored record could not be read back.", {},
                    Family::internal);
    }
    return {};
}
template <Described T>
[[nodiscard]] Result<T> decode(std::string_view bytes) {
    Result<T> record(std::in_place);
    if (auto done = decode_into(bytes, *record); !done) {
        record = std::unexpected(std::move(done.error()));
    }
    return record;
}

}  // namespace aftermile::base
