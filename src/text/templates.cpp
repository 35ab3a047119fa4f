#include "text/templates.hpp"

#include <fmt/format.h>
#include <charconv>

#include "text/clean.hpp"
#include "text/mustache.hpp"

namespace aftermile::text {
namespace {

using base::fail;
using base::Result;

struct Location {
    std::string_view locale;
    std::string_view name;
};

// ".../templates/en/shipped.txt" gives en and shipped.
std::optional<Location> location_of(std::string_view path) {
    if (!path.ends_with(".txt")) {
        return std::nullopt;
    }
    const std::size_t slash = path.rfind('/');
    const std::size_t before = slash == std::string_view::npos || slash == 0
                                   ? std::string_view::npos
                                   : path.rfind('/', slash - 1);
    if (before == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view folder = path.substr(0, before);
    if (folder != "templates" && !folder.ends_with("/templates")) {
        return std::nullopt;
    }
    const std::string_view file = path.substr(slash + 1);
    return Location{path.substr(before + 1, slash - before - 1), file.substr(0, file.size() - 4)};
}

std::unexpected<base::Error> bad(const SourceFile& file, std::string_view why) {
    return fail("bad_template", fmt::format("{}: {}", file.path, why));
}

Result<void> read_head(const SourceFile& file, std::string_view head, Template& tmpl) {
    while (!head.empty()) {
        const std::size_t end = head.find('\n');
        const std::string_view line = trimmed(head.substr(0, end));
        head.remove_prefix(end == std::string_view::npos ? head.size() : end + 1);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) {
            return bad(file, "expected `name: value` before the line ---");
        }
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (const std::string_view name = line.substr(0, colon); name == "version") {
            const auto parsed =
                std::from_chars(value.data(), value.data() + value.size(), tmpl.version);
            if (parsed.ec != std::errc{} || tmpl.version < 1) {
                return bad(file, "the version is a whole number from 1");
            }
        } else if (name == "subject") {
            tmpl.subject = value;
        } else if (name == "variant") {
            tmpl.variant = value;
        } else {
            return bad(file, fmt::format("unknown entry {}", name));
        }
    }
    return {};
}

Result<Template> parse(const SourceFile& file) {
    constexpr std::string_view line = "\n---\n";
    const std::size_t end = file.bytes.find(line);
    if (end == std::string_view::npos) {
        return bad(file, "no line --- between head and body");
    }
    Template tmpl;
    tmpl.path = file.path;
    if (Result<void> read = read_head(file, file.bytes.substr(0, end), tmpl); !read) {
        return std::unexpected(read.error());
    }
    tmpl.body = file.bytes.substr(end + line.size());
    if (tmpl.version == 0 || tmpl.subject.empty() || trimmed(tmpl.body).empty()) {
        return bad(file, "version, subject and body must be there");
    }
    for (const std::string* part : {&tmpl.subject, &tmpl.body}) {
        if (const Result<std::vector<Tag>> tags = tags_of(*part); !tags) {
            return bad(file, tags.error().detail);
        }
    }
    return tmpl;
}

const std::string* choice(const Fields& fields, std::string_view name) {
    const auto found = fields.find(name);
    const Choice* value = found == fields.end() ? nullptr : std::get_if<Choice>(&found->second);
    return value == nullptr ? nullptr : &value->value;
}

}  // namespace

Result<TemplateSet> TemplateSet::load(std::span<const SourceFile> files) {
    TemplateSet set;
    for (const SourceFile& file : files) {
        if (file.path.ends_with("templates/layout.html")) {
            set.layout_ = file.bytes;
            continue;
        }
        const std::optional<Location> location = location_of(file.path);
        if (!location) {
            continue;
        }
        Result<Template> parsed = parse(file);
        if (!parsed) {
            return std::unexpected(parsed.error());
        }
        set.by_locale_[std::string{location->locale}].insert_or_assign(std::string{location->name},
                                                                       *std::move(parsed));
    }
    if (set.layout_.empty()) {
        return fail("bad_template", "templates/layout.html is missing");
    }
    Result<Messages> messages = Messages::load(files);
    if (!messages) {
        return std::unexpected(messages.error());
    }
    set.messages_ = *std::move(messages);
    return set;
}

const Template* TemplateSet::exact(std::string_view locale, std::string_view name) const {
    const auto templates = by_locale_.find(locale);
    if (templates == by_locale_.end()) {
        return nullptr;
    }
    const auto found = templates->second.find(name);
    return found == templates->second.end() ? nullptr : &found->second;
}

Result<TemplateSet::Found> TemplateSet::find(std::string_view notification, std::string_view locale,
                                             const Fields& fields) const {
    for (const std::string& candidate : locale_chain(locale)) {
        const Template* base = exact(candidate, notification);
        if (base == nullptr) {
            continue;
        }
        const std::string_view key = by_locale_.find(candidate)->first;
        if (const std::string* word = choice(fields, base->variant); word != nullptr) {
            const Template* variant = exact(candidate, fmt::format("{}.{}", notification, *word));
            if (variant != nullptr) {
                return Found{variant, key};
            }
        }
        return Found{base, key};
    }
    return fail("unknown_template", fmt::format("there is no template {}", notification));
}

std::vector<std::string> TemplateSet::names(std::string_view locale) const {
    std::vector<std::string> names;
    if (const auto templates = by_locale_.find(locale); templates != by_locale_.end()) {
        for (const auto& [name, tmpl] : templates->second) {
            names.push_back(name);
        }
    }
    return names;
}

Result<int> template_version(const TemplateSet& set, std::string_view notification,
                             std::string_view locale, const Fields& fields) {
    const Result<TemplateSet::Found> found = set.find(notification, locale, fields);
    if (!found) {
        return std::unexpected(found.error());
    }
    return found->tmpl->version;
}

Needs needs_of(const Template& tmpl) {
    Needs needs;
    for (const std::string* part : {&tmpl.subject, &tmpl.body}) {
        const Result<std::vector<Tag>> tags = tags_of(*part);
        std::vector<std::string> open;
        for (const Tag& tag : tags.value_or(std::vector<Tag>{})) {
            switch (tag.kind) {
                case Tag::Kind::section:
                case Tag::Kind::inverted:
                    open.push_back(tag.name);
                    needs.optional.insert(tag.name);
                    break;
                case Tag::Kind::end:
                    open.pop_back();
                    break;
                case Tag::Kind::variable:
                    if (tag.name != ".") {
                        (open.empty() ? needs.required : needs.optional).insert(tag.name);
                    }
                    break;
            }
        }
    }
    for (const std::string& name : needs.required) {
        needs.optional.erase(name);
    }
    return needs;
}

}  // namespace aftermile::text
