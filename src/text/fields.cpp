#include "text/fields.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>
#include <chrono>

#include "text/clean.hpp"
#include "text/format.hpp"
#include "text/messages.hpp"

namespace aftermile::text {
namespace {

using base::fail;
using base::LocalDay;
using base::Result;

bool is_weekend(LocalDay day) {
    const std::chrono::weekday weekday{day};
    return weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
}

// Writes one field out. Sentences for dates ("on {day}") come from the catalogue, with plain
// texts as arguments, so that this never calls itself again.
class Writer {
  public:
    Writer(const Messages& messages, std::string_view locale, std::string_view name, Merge& merge)
        : messages_{messages}, locale_{locale}, name_{name}, merge_{merge} {}

    Result<void> operator()(const std::string& text) {
        if (text.size() > field_bytes_max) {
            return too_long();
        }
        put("", one_line(text));
        return {};
    }

    Result<void> operator()(LocalDay day) { return (*this)(DayRange{day, day}); }

    Result<void> operator()(const DayRange& range) {
        const bool one_day = range.earliest == range.latest;
        put("", format_day_range(range, locale_));
        Merge words;
        words.texts["day"] = format_day(range.latest, locale_);
        words.texts["earliest"] = format_day(range.earliest, locale_);
        words.texts["latest"] = format_day(range.latest, locale_);
        words.texts["weekend"] = is_weekend(range.latest) ? "yes" : "no";
        if (Result<void> done = put_sentence("_when", one_day ? "date.on" : "date.between", words);
            !done) {
            return done;
        }
        return put_sentence("_by", "date.by", words);
    }

    Result<void> operator()(const Moment& moment) {
        const LocalDay day = moment.zone.day_of(moment.at);
        if (Result<void> done = (*this)(day); !done) {
            return done;
        }
        put("", format_moment(moment.at, moment.zone, locale_));
        put("_day", format_day(day, locale_));
        put("_time", format_time(moment.at, moment.zone, locale_));
        return {};
    }

    Result<void> operator()(Count count) {
        put("", format_count(count.value, locale_));
        put("_" + plural_category(count.value, locale_), "1");
        merge_.counts.emplace(name_, count.value);
        return {};
    }

    Result<void> operator()(base::Money money) {
        put("", format_money(money, locale_));
        return {};
    }

    Result<void> operator()(const Choice& choice) {
        if (!choice.value.empty()) {
            put("_" + choice.value, "1");
        }
        return {};
    }

    Result<void> operator()(const Lines& lines) {
        if (lines.size() > lines_max) {
            return too_long();
        }
        Lines clean;
        for (const std::string& line : lines) {
            if (line.size() > field_bytes_max) {
                return too_long();
            }
            clean.push_back(one_line(line));
        }
        if (!clean.empty()) {
            merge_.lists.emplace(name_, std::move(clean));
        }
        return {};
    }

  private:
    void put(std::string_view suffix, std::string text) {
        if (!text.empty()) {
            merge_.texts.insert_or_assign(fmt::format("{}{}", name_, suffix), std::move(text));
        }
    }

    Result<void> put_sentence(std::string_view suffix, std::string_view key, const Merge& words) {
        const Result<Messages::Found> found = messages_.find(locale_, key);
        if (!found) {
            return std::unexpected(found.error());
        }
        Result<std::string> sentence = format_message(found->pattern, locale_, words);
        if (!sentence) {
            return std::unexpected(sentence.error());
        }
        put(suffix, *std::move(sentence));
        return {};
    }

    Result<void> too_long() const {
        return fail("field_too_long", fmt::format("{} is longer than a message may carry", name_),
                    fmt::format("/{}", name_));
    }

    const Messages& messages_;
    std::string_view locale_;
    std::string_view name_;
    Merge& merge_;
};

// "PT_br" as "pt-BR"; empty when it is no language tag.
std::string canonical(std::string_view locale) {
    std::string tag;
    const auto lower = [](char c) { return static_cast<char>(std::tolower(c)); };
    const auto upper = [](char c) { return static_cast<char>(std::toupper(c)); };
    std::size_t part = 0;
    for (std::size_t i = 0; i < locale.size() && i < 12; ++i) {
        const char c = locale[i] == '_' ? '-' : locale[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && c != '-') {
            break;
        }
        if (c == '-') {
            ++part;
        }
        tag += part == 0 ? lower(c) : upper(c);
    }
    return tag;
}

}  // namespace

bool Merge::has(std::string_view name) const {
    return texts.contains(name) || lists.contains(name);
}

Result<Merge> merge_fields(const Messages& messages, std::string_view locale,
                           const Fields& fields) {
    Merge merge;
    for (const auto& [name, value] : fields) {
        if (Result<void> done = std::visit(Writer{messages, locale, name, merge}, value); !done) {
            return std::unexpected(done.error());
        }
    }
    return merge;
}

std::vector<std::string> locale_chain(std::string_view locale) {
    std::vector<std::string> chain;
    const auto add = [&](std::string tag) {
        if (!tag.empty() && std::ranges::find(chain, tag) == chain.end()) {
            chain.push_back(std::move(tag));
        }
    };
    const std::string tag = canonical(locale);
    const std::string language = tag.substr(0, tag.find('-'));
    add(tag);
    add(language);
    if (language == "pt") {
        add("pt-BR");  // closer to a reader in Lisbon than English is
    }
    add("en");
    return chain;
}

}  // namespace aftermile::text
