// Errors as values. Every fallible function of the rooms base to connectors returns a Result;
// exceptions of libraries are caught where the library is called and become one of these.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace aftermile::base {

// What a failure means for whoever sent the input.
enum class Family : unsigned char {
    rejected,  // the input is wrong and will stay wrong: the sender must change it
    retry,     // nothing was kept, the same input may succeed later
    parked,    // the input was kept and set aside with its reason: an operator decides
    internal,  // we are broken: nothing was kept
};

// `code` is stable and snake_case, `detail` a sentence that says what to do, `pointer` a JSON
// pointer (or a column, or a flag) naming the field at fault, empty when no field is.
struct Error {
    std::string code;
    std::string detail;
    std::string pointer;
    Family family = Family::rejected;
};

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(std::string code, std::string detail,
                                                 std::string pointer = {},
                                                 Family family = Family::rejected) {
    return std::unexpected(Error{std::move(code), std::move(detail), std::move(pointer), family});
}

}  // namespace aftermile::base
