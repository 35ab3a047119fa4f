#include "text/messages.hpp"

#include <fmt/format.h>
#include <optional>

#include "text/clean.hpp"
#include "text/format.hpp"

namespace aftermile::text {
namespace {

using base::fail;
using base::Result;

// "…/locales/pt-BR.txt" gives "pt-BR".
std::optional<std::string> locale_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    const std::string_view folder = slash == std::string_view::npos ? "" : path.substr(0, slash);
    const bool is_ours = folder == "locales" || folder.ends_with("/locales");
    if (!is_ours || !path.ends_with(".txt")) {
        return std::nullopt;
    }
    const std::string_view name = path.substr(slash + 1);
    return std::string{name.substr(0, name.size() - 4)};
}

}  // namespace

Result<Messages> Messages::load(std::span<const SourceFile> files) {
    Messages messages;
    for (const SourceFile& file : files) {
        const std::optional<std::string> locale = locale_of(file.path);
        if (!locale) {
            continue;
        }
        Patterns& patterns = messages.by_locale_[*locale];
        std::string* open = nullptr;
        std::string_view rest = file.bytes;
        for (int number = 1; !rest.empty(); ++number) {
            const std::size_t end = rest.find('\n');
            const std::string_view line = rest.substr(0, end);
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
            const std::string_view content = trimmed(line);
            if (content.empty() || content.starts_with('#')) {
                open = nullptr;
            } else if (line.starts_with(' ') && open != nullptr) {
                *open += fmt::format(" {}", content);
            } else {
                const std::size_t equals = content.find('=');
                const std::string_view key = trimmed(content.substr(0, equals));
                if (equals == std::string_view::npos || key.empty()) {
                    return fail("bad_catalogue",
                                fmt::format("{}:{}: expected key = text", file.path, number));
                }
                open = &patterns[std::string{key}];
                *open = trimmed(content.substr(equals + 1));
            }
        }
    }
    return messages;
}

Result<Messages::Found> Messages::find(std::string_view locale, std::string_view key) const {
    for (const std::string& candidate : locale_chain(locale)) {
        const auto patterns = by_locale_.find(candidate);
        if (patterns == by_locale_.end()) {
            continue;
        }
        if (const auto found = patterns->second.find(key); found != patterns->second.end()) {
            return Found{found->second, patterns->first};
        }
    }
    return fail("unknown_message", fmt::format("no locale has the message {}", key));
}

bool Messages::has(std::string_view locale, std::string_view key) const {
    const auto patterns = by_locale_.find(locale);
    return patterns != by_locale_.end() && patterns->second.contains(key);
}

Result<std::string> Messages::translate(std::string_view locale, std::string_view key,
                                        const Fields& fields) const {
    const Result<Found> found = find(locale, key);
    if (!found) {
        return std::unexpected(found.error());
    }
    // The words and the dates in one sentence speak one language: a sentence that is only there
    // in English has English dates, while "en-US" keeps its own on a sentence of "en".
    const bool same_language = locale.substr(0, 2) == found->locale.substr(0, 2);
    const std::string_view voice = same_language ? locale : found->locale;
    const Result<Merge> merge = merge_fields(*this, voice, fields);
    if (!merge) {
        return std::unexpected(merge.error());
    }
    return format_message(found->pattern, voice, *merge);
}

std::vector<std::string> Messages::locales() const {
    std::vector<std::string> names;
    for (const auto& [name, patterns] : by_locale_) {
        names.push_back(name);
    }
    return names;
}

std::vector<std::string> Messages::keys(std::string_view locale) const {
    std::vector<std::string> names;
    if (const auto patterns = by_locale_.find(locale); patterns != by_locale_.end()) {
        for (const auto& [name, pattern] : patterns->second) {
            names.push_back(name);
        }
    }
    return names;
}

}  // namespace aftermile::text
