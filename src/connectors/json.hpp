// What every codec needs to read a foreign JSON body: parse it once, take members whose absence,
// null or wrong type all mean "not told". For translation units that may pay for simdjson.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace aftermile::connectors {

inline constexpr std::size_t body_bytes_max = std::size_t{16} << 20;

// Parses a body whose outermost value is an object. The result lives in memory of this thread and
// is valid until the thread's next call. Code `bad_json` for malformed or truncated text, invalid
// UTF-8, nesting deeper than 1,024, and bodies over the limit.
[[nodiscard]] base::Result<simdjson::dom::object> parse_object(std::string_view body);

// The member's text; empty when absent, null or of another type.
[[nodiscard]] std::string_view text_of(simdjson::dom::object from, std::string_view key);
// The same for ids, which are numbers or texts.
[[nodiscard]] std::string id_of(simdjson::dom::object from, std::string_view key);
[[nodiscard]] std::int64_t integer_of(simdjson::dom::object from, std::string_view key,
                                      std::int64_t otherwise);
// Absent, null and other types give `otherwise`.
[[nodiscard]] bool truth_of(simdjson::dom::object from, std::string_view key, bool otherwise);
// False when absent, null or of another type.
[[nodiscard]] bool object_of(simdjson::dom::object from, std::string_view key,
                             simdjson::dom::object& into);
[[nodiscard]] bool array_of(simdjson::dom::object from, std::string_view key,
                            simdjson::dom::array& into);

// "us" -> "US"; anything but two letters gives "".
[[nodiscard]] std::string country_code(std::string_view text);

}  // namespace aftermile::connectors
