// The parameters of one statement in PostgreSQL's binary form.
//
//   Parameters parameters;
//   parameters.add(merchant).add_text(owner);           // $1 bigint, $2 text
//   Array ids(integer_type); ids.add(7); parameters.add(ids);  // $3 bigint[]
//
// An array on the wire, every number in network order:
//   dimensions (1, or 0 when empty) | has nulls | element type | length | lower bound (1)
//   then for each element its size (-1: null) and its bytes
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ports/schema.hpp"

namespace aftermile::storage::postgres {

// Types as the server numbers them (pg_type.dat); 0 leaves the type to the server.
using TypeId = unsigned int;
inline constexpr TypeId bytes_type = 17;
inline constexpr TypeId integer_type = 20;
inline constexpr TypeId text_type = 25;
inline constexpr TypeId bytes_array_type = 1001;
inline constexpr TypeId text_array_type = 1009;
inline constexpr TypeId integer_array_type = 1016;

// One column of many rows; becomes a parameter that `unnest` makes rows of again.
class Array {
  public:
    explicit Array(TypeId element) : element_(element) {}
    void add(std::int64_t value);
    void add_bytes(std::string_view value);  // also text
    void add_null();
    void add(const ports::Value& value);

    [[nodiscard]] TypeId type() const;
    [[nodiscard]] std::string encoded() const;

  private:
    TypeId element_;
    std::uint32_t count_ = 0;
    bool nulls_ = false;
    std::string elements_;
};

[[nodiscard]] Array integers(std::span<const std::int64_t> numbers);

[[nodiscard]] inline TypeId type_of(ports::ColumnType type) {
    return type == ports::ColumnType::integer ? integer_type : text_type;
}

class Parameters {
  public:
    Parameters& add(std::int64_t value);
    Parameters& add_text(std::string_view value);
    Parameters& add_bytes(std::string_view value);
    Parameters& add_null(TypeId type);
    Parameters& add(const ports::Value& value);
    Parameters& add(const Array& array);

    [[nodiscard]] int count() const { return static_cast<int>(types_.size()); }
    [[nodiscard]] const TypeId* types() const { return types_.data(); }
    // As libpq takes them; valid until the next `add`.
    struct Wire {
        std::vector<const char*> values;
        std::vector<int> sizes, formats;
    };
    [[nodiscard]] Wire wire() const;

  private:
    Parameters& take(TypeId type, std::string bytes, bool null = false);

    std::vector<TypeId> types_;
    std::vector<std::string> bytes_;
    std::vector<bool> nulls_;
};

// A number in network order, as results have it too.
[[nodiscard]] std::string encode_integer(std::int64_t value);
[[nodiscard]] std::int64_t decode_integer(std::string_view bytes);  // of 1, 2, 4 or 8 bytes

}  // namespace aftermile::storage::postgres
