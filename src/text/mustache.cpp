#include "text/mustache.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <exception>
#include <kainjow/mustache.hpp>

#include "text/clean.hpp"

namespace aftermile::text {
namespace {

namespace library = kainjow::mustache;

using base::fail;
using base::Result;

bool is_name(std::string_view text) {
    if (text == ".") {
        return true;
    }
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

Tag tag_of(std::string_view content) {
    const char mark = content.empty() ? ' ' : content.front();
    const Tag::Kind kind = mark == '#'   ? Tag::Kind::section
                           : mark == '^' ? Tag::Kind::inverted
                           : mark == '/' ? Tag::Kind::end
                                         : Tag::Kind::variable;
    const std::string_view name = kind == Tag::Kind::variable ? content : content.substr(1);
    return {kind, std::string{trimmed(name)}};
}

// Derived names lead back to the field that a caller can set.
std::string field_of(std::string_view name) {
    for (const std::string_view suffix : {"_when", "_by", "_day", "_time"}) {
        if (name.ends_with(suffix)) {
            return std::string{name.substr(0, name.size() - suffix.size())};
        }
    }
    return std::string{name};
}

}  // namespace

Result<std::vector<Tag>> tags_of(std::string_view source) {
    std::vector<Tag> tags;
    std::vector<std::string> open;
    for (std::size_t at = source.find("{{"); at != std::string_view::npos;
         at = source.find("{{", at)) {
        const std::size_t end = source.find("}}", at);
        if (end == std::string_view::npos) {
            return fail("bad_template", "a tag is not closed");
        }
        Tag tag = tag_of(trimmed(source.substr(at + 2, end - at - 2)));
        at = end + 2;
        if (!is_name(tag.name)) {
            return fail("bad_template", fmt::format("the tag {{{{{}}}}} is not allowed", tag.name));
        }
        if (tag.kind == Tag::Kind::section || tag.kind == Tag::Kind::inverted) {
            open.push_back(tag.name);
        } else if (tag.kind == Tag::Kind::end) {
            if (open.empty() || open.back() != tag.name) {
                return fail("bad_template", fmt::format("{{{{/{}}}}} closes nothing", tag.name));
            }
            open.pop_back();
        }
        tags.push_back(std::move(tag));
    }
    if (!open.empty()) {
        return fail("bad_template", fmt::format("the section {} is not closed", open.back()));
    }
    return tags;
}

Result<void> require_fields(const std::vector<Tag>& tags, const Merge& merge) {
    std::size_t hidden = 0;  // depth of sections below the outermost one that is not shown
    for (const Tag& tag : tags) {
        const bool opens = tag.kind == Tag::Kind::section || tag.kind == Tag::Kind::inverted;
        if (hidden > 0) {
            hidden += opens ? 1 : 0;
            hidden -= tag.kind == Tag::Kind::end ? 1 : 0;
        } else if (opens) {
            const bool shown = merge.has(tag.name) == (tag.kind == Tag::Kind::section);
            hidden = shown ? 0 : 1;
        } else if (tag.kind == Tag::Kind::variable && tag.name != "." &&
                   !merge.texts.contains(tag.name)) {
            return fail("missing_field",
                        fmt::format("the message cannot be written without {}", tag.name),
                        fmt::format("/{}", field_of(tag.name)));
        }
    }
    return {};
}

Result<std::string> fill(const std::string& source, const Merge& merge, Escape escape,
                         const Merge& raw) {
    try {
        library::mustache compiled{source};
        if (!compiled.is_valid()) {
            return fail("bad_template", compiled.error_message());
        }
        compiled.set_custom_escape([escape](const std::string& text) {
            return escape == Escape::html ? html_escape(text) : text;
        });
        library::data data;
        for (const auto& [name, text] : merge.texts) {
            data.set(name, text);
        }
        for (const auto& [name, lines] : merge.lists) {
            library::data list{library::data::type::list};
            for (const std::string& line : lines) {
                list.push_back(line);
            }
            data.set(name, list);
        }
        for (const auto& [name, html] : raw.texts) {
            data.set(name, html);
        }
        return compiled.render(data);
    } catch (const std::exception& error) {
        return fail("bad_template", error.what(), {}, base::Family::internal);
    }
}

}  // namespace aftermile::text
