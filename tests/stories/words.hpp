// The words of one command, read as the values that they stand for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/stories/stage.hpp"

namespace aftermile::stories {

// Reads a command's words; the first thing it cannot read is kept as the command's fault.
class Words {
  public:
    Words(Stage& stage, const Command& command) : stage_(stage), command_(command) {}

    [[nodiscard]] const std::string& fault() const { return fault_; }
    [[nodiscard]] Stage& stage() { return stage_; }
    [[nodiscard]] const Command& command() const { return command_; }

    void blame(const std::string& what) { fault_ = fault_.empty() ? what : fault_; }

    std::optional<std::string> text(std::string_view name) {
        const std::string* value = command_.find(name);
        return value != nullptr ? std::optional(*value) : std::nullopt;
    }
    // now, -3h (before now), or as written in a feed: with offset, without, or a day alone.
    std::optional<base::WrittenTime> written(std::string_view name) {
        const std::string* value = command_.find(name);
        if (value == nullptr) {
            return std::nullopt;
        }
        base::Instant at = stage_.now();
        if (*value != "now" && !value->starts_with('-')) {
            auto read = base::parse_time(*value);
            if (!read) {
                blame(*value + " is no time");
                return std::nullopt;
            }
            return *read;
        }
        if (value->starts_with('-')) {
            const auto before = parse_span(std::string_view(*value).substr(1));
            if (!before) {
                blame(*value + " is no span");
            }
            at -= before.value_or(base::Span{0});
        }
        return base::WrittenTime{base::LocalTime{at.time_since_epoch()}, std::chrono::minutes{0},
                                 false};
    }
    std::optional<base::Instant> instant(std::string_view name) {
        const auto time = written(name);
        return time ? time->instant() : std::nullopt;
    }
    std::optional<base::LocalDay> day(std::string_view name) {
        const std::string* value = command_.find(name);
        if (value == nullptr) {
            return std::nullopt;
        }
        const auto read = base::parse_day(*value);
        if (!read) {
            blame(*value + " is no day");
            return std::nullopt;
        }
        return *read;
    }
    std::optional<base::Money> money(std::string_view name) {
        const std::string* value = command_.find(name);
        if (value == nullptr || *value == "none") {
            return std::nullopt;
        }
        const auto read = parse_money(*value);
        if (!read) {
            blame(*value + " is no amount, such as 5000USD");
        }
        return read;
    }
    template <class E>
    E word(std::string_view text) {
        const auto read = base::from_text<E>(text);
        if (!read) {
            blame(std::string(text) + " is not a word of that list");
        }
        return read.value_or(E{});
    }
    // US, US-CA or US-CA-94110.
    std::optional<model::AddressInput> place(std::string_view name, std::string_view otherwise) {
        std::string value = command_.get(name, otherwise);
        if (value == "none" || value.empty()) {
            return std::nullopt;
        }
        model::AddressInput address;
        address.country = value.substr(0, 2);
        if (value.size() > 3) {
            const std::size_t dash = value.find('-', 3);
            address.region = value.substr(3, dash == std::string::npos ? dash : dash - 3);
            if (dash != std::string::npos) {
                address.postcode = value.substr(dash + 1);
            }
        }
        return address;
    }
    std::vector<std::string> list(std::string_view name) {
        std::vector<std::string> out;
        std::string value = command_.get(name);
        while (!value.empty()) {
            const std::size_t comma = value.find(',');
            out.push_back(value.substr(0, comma));
            value = comma == std::string::npos ? "" : value.substr(comma + 1);
        }
        return out;
    }
    std::optional<model::PromiseInput> promise() {
        const auto latest = day("promised");
        if (!latest) {
            return std::nullopt;
        }
        return model::PromiseInput{day("earliest"), latest, instant("shown"), text("source")};
    }

  private:
    Stage& stage_;
    const Command& command_;
    std::string fault_;
};

}  // namespace aftermile::stories
