// Why a decision was made: the event, the rule by name, the versions that it read and the numbers
// that it compared. Every decision carries one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/record.hpp"
#include "model/ids.hpp"

namespace aftermile::model {

enum class Op : unsigned char { lt, le, eq, ge, gt, ne };

// "age_hours 73 >= 72 hours (n = 120)". Units: hours, days, minor_units, ppm, count, instant
// (microseconds since 1970), day (days since 1970), rank.
struct Number {
    base::Word name;
    std::int64_t left = 0;
    Op op = Op::eq;
    std::int64_t right = 0;
    base::Word unit;
    std::optional<std::int64_t> n;  // observations behind a rate
    static constexpr auto fields() {
        return base::fields(base::field("name", &Number::name), base::field("left", &Number::left),
                            base::field("op", &Number::op), base::field("right", &Number::right),
                            base::field("unit", &Number::unit), base::field("n", &Number::n));
    }
    friend bool operator==(const Number&, const Number&) = default;
};

struct Because {
    EventId event;
    base::Word rule;  // layer.subject.case, e.g. delivery.late.promised_day_ended
    std::uint32_t policy_version = 0;
    std::uint32_t profile_version = 0;
    std::uint32_t catalog_version = 0;
    std::vector<Number> numbers;
    static constexpr auto fields() {
        return base::fields(base::field("event", &Because::event),
                            base::field("rule", &Because::rule),
                            base::field("policy_version", &Because::policy_version),
                            base::field("profile_version", &Because::profile_version),
                            base::field("catalog_version", &Because::catalog_version),
                            base::field("numbers", &Because::numbers));
    }
    friend bool operator==(const Because&, const Because&) = default;
};

}  // namespace aftermile::model

template <>
inline constexpr auto aftermile::base::enum_names<aftermile::model::Op> =
    std::to_array<std::string_view>({"<", "<=", "=", ">=", ">", "!="});
