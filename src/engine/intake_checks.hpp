// The checks of intake: each adds a problem that names the field.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "engine/intake.hpp"
#include "engine/limits.hpp"

namespace aftermile::engine {

// Collects problems below one pointer.
class Checker {
  public:
    Checker(const IntakeContext& context, base::Problems& problems)
        : context_(context), problems_(problems), before_(problems.size()) {}

    void add(std::string_view field, std::string code, std::string detail) {
        if (problems_.size() < base::problems_max) {
            problems_.push_back({std::move(code), std::move(detail),
                                 context_.pointer + "/" + std::string(field),
                                 base::Family::rejected});
        }
    }
    [[nodiscard]] bool good() const { return problems_.size() == before_; }
    [[nodiscard]] std::unexpected<base::Error> invalid() const {
        const base::Error& first = problems_[before_];
        return base::fail("invalid", first.detail, first.pointer);
    }

    void text(std::string_view field, std::string_view value, std::size_t bytes_max,
              bool required = false) {
        if (value.size() > bytes_max) {
            add(field, "out_of_range",
                "This text is longer than " + std::to_string(bytes_max) + " bytes.");
        } else if (required && base::trim(value).empty()) {
            add(field, "missing", "This field is required.");
        } else if (!base::is_utf8(value)) {
            add(field, "bad_value", "This text is not valid UTF-8.");
        } else if (value.find('\0') != std::string_view::npos) {
            add(field, "bad_value", "This text has a NUL character.");
        }
    }
    // What a record is asked for by: it can be written in an address and in one line of a message.
    void reference(std::string_view field, std::string_view value, bool required = false) {
        const auto control = [](char c) { return (c >= '\0' && c < ' ') || c == '\x7F'; };
        if (std::ranges::any_of(value, control)) {
            add(field, "bad_value", "A reference has no control characters.");
        } else {
            text(field, value, limits::reference_bytes, required);
        }
    }
    void optional_text(std::string_view field, const std::optional<std::string>& value,
                       std::size_t bytes_max = limits::short_text_bytes) {
        if (value) {
            text(field, *value, bytes_max);
        }
    }
    void money(std::string_view field, const base::Money& value) {
        if (value.amount < 0 || value.amount > limits::amount) {
            add(field, "out_of_range", "An amount is neither negative nor above 10^12.");
        }
        if (value.is_zero() && value.currency == base::Currency{}) {
            return;
        }
        if (currency_ == base::Currency{}) {
            currency_ = value.currency;
        } else if (value.currency != currency_) {
            add(field, "currency_mismatch",
                "Every amount of one order is in one currency, here " +
                    std::string(currency_.code()) + ".");
        }
    }
    void money(std::string_view field, const std::optional<base::Money>& value) {
        if (value) {
            money(field, *value);
        }
    }
    void currency(std::string_view field, const std::optional<std::string>& code) {
        if (!code) {
            return;
        }
        if (auto parsed = base::Currency::parse(*code)) {
            currency_ = *parsed;
        } else {
            add(field, "bad_value", "This is not an ISO 4217 currency code.");
        }
    }
    void count(std::string_view field, std::int64_t value, std::int64_t least, std::int64_t most) {
        if (value < least || value > most) {
            add(field, "out_of_range",
                "This must lie between " + std::to_string(least) + " and " + std::to_string(most) +
                    ".");
        }
    }
    void size(std::string_view field, std::size_t value, std::size_t most) {
        if (value > most) {
            add(field, "out_of_range",
                "This list is longer than " + std::to_string(most) + " elements.");
        }
    }
    void instant(std::string_view field, const std::optional<base::Instant>& at) {
        if (!at) {
            return;
        }
        if (*at < base::instant_of(0)) {
            add(field, "before_1970", "This is before 1970.");
        } else if (*at > context_.now + limits::future) {
            future_ = future_.empty() ? std::string(field) : future_;
        }
    }
    // A zone-less time may lie up to half a day beside its instant: the limit stays generous.
    void written(std::string_view field, const std::optional<base::WrittenTime>& at) {
        if (at) {
            instant(field, at->instant().value_or(base::Instant{at->local.time_since_epoch()}));
        }
    }
    void promise(const std::optional<model::PromiseInput>& promised) {
        if (!promised) {
            return;
        }
        if (promised->earliest && promised->latest && *promised->latest < *promised->earliest) {
            add("promised/latest", "bad_value", "The latest day is before the earliest.");
        }
        for (const auto& day : {promised->earliest, promised->latest}) {
            if (day && day->time_since_epoch().count() < 0) {
                add("promised", "before_1970", "This is before 1970.");
            }
        }
        instant("promised/shown_at", promised->shown_at);
        optional_text("promised/source", promised->source);
    }
    void park_if_future(Element& element) const {
        if (!future_.empty()) {
            element.parked =
                base::Error{"in_the_future", "This lies more than 24 hours in the future.",
                            context_.pointer + "/" + future_, base::Family::parked};
        }
    }

  private:
    const IntakeContext& context_;
    base::Problems& problems_;
    std::size_t before_;
    base::Currency currency_;
    std::string future_;
};

}  // namespace aftermile::engine
