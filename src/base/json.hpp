// JSON: a writer of compact text, a read-only view of parsed text, and both ways between a
// Described record (base/record.hpp) and its JSON form. The parser's own headers stay in json.cpp.
//
//   std::string out = base::to_json(stop);                    // {"city":"Ulm","rank":3}
//   auto document = base::JsonDocument::parse(body);
//   base::Problems problems;
//   if (auto read = base::read_json(document->root(), stop, problems); !read) { ... }
//
// The JSON form of members: ids, enums and currencies as text, instants in RFC 3339 with Z, days
// as YYYY-MM-DD, local times without offset, spans in microseconds and minutes as integers, money
// as {"amount": minor units, "currency": code}. Optionals, ids and currencies that hold nothing
// are left out.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/record.hpp"
#include "base/result.hpp"
#include "base/word.hpp"

namespace aftermile::base {

// Appends compact JSON to a text that outlives it. Commas are its own business; keys and values
// must alternate inside objects, which is the caller's. Invalid UTF-8 becomes U+FFFD.
class JsonWriter {
  public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }
    void key(std::string_view name);
    void text(std::string_view value);
    void integer(std::int64_t value);
    void natural(std::uint64_t value);
    void boolean(bool value) { raw(value ? "true" : "false"); }
    void null() { raw("null"); }
    // A complete JSON value that is known to be one, such as a number kept as text.
    void raw(std::string_view json);

  private:
    void separate();
    void open(char bracket);
    void close(char bracket);
    void quoted(std::string_view value);
    std::string& out_;
    bool comma_ = false;
};

enum class JsonKind : unsigned char { null, boolean, integer, decimal, text, array, object };

struct JsonNode;
class JsonItems;

// A view of one value. Cheap to copy; lives no longer than its JsonDocument. Reading it as
// something else than it is gives nothing. `integer` is what fits 64 bits and is written without
// point or exponent; every other number is a `decimal`, exact as its text.
class Json {
  public:
    Json();  // null
    explicit Json(const JsonNode* node) : node_(node) {}

    [[nodiscard]] JsonKind kind() const;
    [[nodiscard]] bool is_null() const { return kind() == JsonKind::null; }
    [[nodiscard]] std::size_t size() const;  // elements or members
    [[nodiscard]] std::optional<Json> get(std::string_view key) const;
    // The same, where an absent member and null mean the same: root["customer"]["email"].
    [[nodiscard]] Json operator[](std::string_view key) const;
    [[nodiscard]] std::optional<std::string_view> as_text() const;
    [[nodiscard]] std::optional<std::int64_t> as_int() const;
    [[nodiscard]] std::optional<bool> as_bool() const;
    // Any number as it was written.
    [[nodiscard]] std::optional<std::string_view> number_text() const;
    // Elements (with empty names) or members in the order written; none for other kinds.
    [[nodiscard]] JsonItems items() const;

  private:
    const JsonNode* node_;
};

struct JsonItem {
    std::string_view name;
    Json value;
};

class JsonItems {
  public:
    class Iterator {
      public:
        explicit Iterator(const JsonNode* at) : at_(at) {}
        [[nodiscard]] JsonItem operator*() const;
        Iterator& operator++();
        friend bool operator==(Iterator, Iterator) = default;

      private:
        const JsonNode* at_;
    };
    JsonItems(const JsonNode* first, const JsonNode* last) : first_(first), last_(last) {}
    [[nodiscard]] Iterator begin() const { return Iterator(first_); }
    [[nodiscard]] Iterator end() const { return Iterator(last_); }

  private:
    const JsonNode* first_;
    const JsonNode* last_;
};

struct JsonLimits {
    std::size_t max_bytes = std::size_t{8} << 20;
    int max_depth = 64;
};

// A parsed text and everything its views point into. Movable; the views stay valid.
class JsonDocument {
  public:
    // RFC 8259, a UTF-8 byte order mark in front allowed. Codes: bad_json (the detail has the
    // byte), bad_utf8, too_deep, too_large, duplicate_key (keeping either of two would be a guess).
    [[nodiscard]] static Result<JsonDocument> parse(std::string_view text, JsonLimits limits = {});
    JsonDocument(JsonDocument&&) noexcept;
    JsonDocument& operator=(JsonDocument&&) noexcept;
    ~JsonDocument();

    [[nodiscard]] Json root() const;

  private:
    struct Content;
    explicit JsonDocument(std::unique_ptr<Content> content);
    std::unique_ptr<Content> content_;
};

// What is wrong with a body, field by field.
using Problems = std::vector<Error>;
inline constexpr std::size_t problems_max = 100;
inline constexpr std::size_t json_text_max = std::size_t{64} << 10;

// Adds a problem `missing` for every name that `object` lacks or holds as null.
void require_fields(const Json& object, std::initializer_list<std::string_view> names,
                    Problems& problems, std::string_view pointer = {});

namespace json_detail {

// Where the reader is, told as a JSON pointer only when something is wrong there.
struct Path {
    const Path* up = nullptr;
    std::string_view name;
    std::size_t index = 0;
    [[nodiscard]] std::string pointer() const;
};

struct Reading {
    Problems& problems;
    std::string_view base_pointer;
    std::optional<Error> first;
    void add(const Path& path, std::string code, std::string detail);
};

[[nodiscard]] bool expect(const Json& json, JsonKind kind, const Path& path, Reading& reading);
// Adds `unknown_field`, naming the fields that there are.
void unknown_field(const Path& path, const std::vector<std::string_view>& known, Reading& reading);
void read_text(const Json& json, std::string& out, const Path& path, Reading& reading);
std::optional<std::int64_t> read_integer(const Json& json, std::int64_t least, std::uint64_t most,
                                         const Path& path, Reading& reading);
// The position of a text among `names`.
std::optional<std::size_t> read_name(const Json& json, const std::string_view* names,
                                     std::size_t count, const Path& path, Reading& reading);
void read_money(const Json& json, Money& out, const Path& path, Reading& reading);
void read_currency(const Json& json, Currency& out, const Path& path, Reading& reading);
void read_instant(const Json& json, Instant& out, const Path& path, Reading& reading);
void read_day(const Json& json, LocalDay& out, const Path& path, Reading& reading);
void read_local(const Json& json, LocalTime& out, const Path& path, Reading& reading);
void write_money(JsonWriter& writer, Money money);

template <class T>
void read_value(const Json& json, T& out, const Path& path, Reading& reading);

// An absent member stays as it is; null empties an optional and gives others their default.
template <Described T>
void read_members(const Json& json, T& out, const Path& path, Reading& reading) {
    if (!expect(json, JsonKind::object, path, reading)) {
        return;
    }
    for (const JsonItem item : json.items()) {
        const Path member_path{&path, item.name};
        const auto read_if_named = [&](const auto& each) {
            if (each.name != item.name) {
                return false;
            }
            auto& member = out.*(each.member);
            if (!item.value.is_null()) {
                read_value(item.value, member, member_path, reading);
            } else if constexpr (is_optional<std::remove_reference_t<decltype(member)>>) {
                member.reset();
            } else {
                member = T{}.*(each.member);
            }
            return true;
        };
        T::fields()([&](const auto&... each) {
            if (!(read_if_named(each) || ...)) {
                unknown_field(member_path, {each.name...}, reading);
            }
        });
    }
}

template <class T>
void read_list(const Json& json, std::vector<T>& out, const Path& path, Reading& reading) {
    if (!expect(json, JsonKind::array, path, reading)) {
        return;
    }
    if (json.size() > record_list_max) {
        reading.add(path, "out_of_range", "This list is longer than 100000 elements.");
        return;
    }
    out.clear();
    out.reserve(json.size());
    for (const JsonItem item : json.items()) {
        const Path element_path{&path, {}, out.size()};
        read_value(item.value, out.emplace_back(), element_path, reading);
    }
}

template <class T>
void read_value(const Json& json, T& out, const Path& path, Reading& reading) {
    if constexpr (std::same_as<T, std::string>) {
        read_text(json, out, path, reading);
    } else if constexpr (std::same_as<T, bool>) {
        if (expect(json, JsonKind::boolean, path, reading)) {
            out = *json.as_bool();
        }
    } else if constexpr (NamedEnum<T>) {
        if (const auto at = read_name(json, enum_names<T>.data(), enum_count<T>(), path, reading)) {
            out = static_cast<T>(*at);
        }
    } else if constexpr (std::integral<T>) {
        using Limits = std::numeric_limits<T>;
        if (const auto read =
                read_integer(json, static_cast<std::int64_t>(Limits::min()),
                             static_cast<std::uint64_t>(Limits::max()), path, reading)) {
            out = static_cast<T>(*read);
        }
    } else if constexpr (std::same_as<T, Instant>) {
        read_instant(json, out, path, reading);
    } else if constexpr (std::same_as<T, LocalDay>) {
        read_day(json, out, path, reading);
    } else if constexpr (std::same_as<T, LocalTime>) {
        read_local(json, out, path, reading);
    } else if constexpr (std::same_as<T, Span> || std::same_as<T, std::chrono::minutes>) {
        typename T::rep count = out.count();
        read_value(json, count, path, reading);
        out = T{count};
    } else if constexpr (std::same_as<T, Currency>) {
        read_currency(json, out, path, reading);
    } else if constexpr (std::same_as<T, Money>) {
        read_money(json, out, path, reading);
    } else if constexpr (is_id<T>) {
        if (!expect(json, JsonKind::text, path, reading)) {
            return;
        }
        if (auto id = T::parse(*json.as_text())) {
            out = *id;
        } else {
            reading.add(path, "bad_value", std::move(id.error().detail));
        }
    } else if constexpr (is_optional<T>) {
        if (json.is_null()) {
            out.reset();
            return;
        }
        read_value(json, out ? *out : out.emplace(), path, reading);
    } else if constexpr (is_vector<T>) {
        read_list(json, out, path, reading);
    } else {
        static_assert(Described<T>, "describe this type with fields()");
        read_members(json, out, path, reading);
    }
}

template <class T>
[[nodiscard]] bool left_out(const T& value) {
    if constexpr (is_optional<T>) {
        return !value.has_value();
    } else if constexpr (is_id<T> || std::same_as<T, Currency>) {
        return value == T{};
    } else {
        return false;
    }
}

template <class T>
void write_value(JsonWriter& writer, const T& value) {
    if constexpr (std::same_as<T, std::string> || std::same_as<T, Word>) {
        writer.text(value);
    } else if constexpr (std::same_as<T, bool>) {
        writer.boolean(value);
    } else if constexpr (NamedEnum<T> || std::same_as<T, Instant> || std::same_as<T, LocalDay> ||
                         std::same_as<T, LocalTime>) {
        writer.text(to_text(value));
    } else if constexpr (std::unsigned_integral<T>) {
        writer.natural(value);
    } else if constexpr (std::signed_integral<T>) {
        writer.integer(value);
    } else if constexpr (std::same_as<T, Span> || std::same_as<T, std::chrono::minutes>) {
        writer.integer(value.count());
    } else if constexpr (is_id<T> || std::same_as<T, Currency>) {
        if (left_out(value)) {
            writer.null();
        } else if constexpr (is_id<T>) {
            writer.text(value.text());
        } else {
            writer.text(value.code());
        }
    } else if constexpr (std::same_as<T, Money>) {
        write_money(writer, value);
    } else if constexpr (is_optional<T>) {
        if (value) {
            write_value(writer, *value);
        } else {
            writer.null();
        }
    } else if constexpr (is_vector<T>) {
        writer.begin_array();
        for (const auto& each : value) {
            write_value(writer, each);
        }
        writer.end_array();
    } else {
        static_assert(Described<T>, "describe this type with fields()");
        writer.begin_object();
        for_each_field(value, [&writer](std::string_view name, const auto& member) {
            if (!left_out(member)) {
                writer.key(name);
                write_value(writer, member);
            }
        });
        writer.end_object();
    }
}

}  // namespace json_detail

// Any type a record may hold; records themselves as objects.
template <class T>
void write_json(JsonWriter& writer, const T& value) {
    json_detail::write_value(writer, value);
}

template <class T>
[[nodiscard]] std::string to_json(const T& value) {
    std::string out;
    JsonWriter writer(out);
    write_json(writer, value);
    return out;
}

// Applies the members present in `json` to `out`, all or none: with any problem `out` stays as it
// was, all problems (up to problems_max) are appended with their pointers, and the first is
// returned. Codes: unknown_field, wrong_type, missing, bad_value, out_of_range. Lists and texts
// are replaced, nested records merged.
template <Described T>
[[nodiscard]] Result<void> read_json(const Json& json, T& out, Problems& problems,
                                     std::string_view pointer = {}) {
    json_detail::Reading reading{problems, pointer, std::nullopt};
    T read = out;
    json_detail::read_members(json, read, {}, reading);
    if (reading.first) {
        return std::unexpected(std::move(*reading.first));
    }
    out = std::move(read);
    return {};
}

}  // namespace aftermile::base
