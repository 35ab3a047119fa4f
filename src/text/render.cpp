// One message: merge the fields into the template's lines, cut the result into blocks, write the
// blocks as text and as HTML. Structure is read off the template before anything is merged, by
// marks that no value can contain (one_line strips control characters), so a value can neither
// open a list nor forge a link.
#include <fmt/format.h>
#include <array>

#include "text/clean.hpp"
#include "text/mustache.hpp"
#include "text/templates.hpp"

namespace aftermile::text {
namespace {

using base::fail;
using base::Result;

constexpr char headline_mark = '\x01';
constexpr char item_mark = '\x02';
constexpr char link_mark = '\x03';   // before label and before address
constexpr char blank_mark = '\x04';  // a blank line of the template: the library drops some
constexpr std::string_view default_colour = "#1f4e5f";

struct Block {
    enum class Kind : unsigned char { headline, paragraph, list, link };
    Kind kind;
    std::vector<std::string> lines;  // a link's are label and address
};

// A line that holds a section's tag and nothing else: neither the tag nor its line end is text.
bool is_section_line(std::string_view line) {
    const bool tag = line.starts_with("{{#") || line.starts_with("{{^") || line.starts_with("{{/");
    return tag && line.find("}}") + 2 == line.size();
}

// Replaces "# ", "* " and "[label](address)" at the start of the template's own lines.
std::string mark_structure(std::string_view body) {
    std::string marked;
    while (!body.empty()) {
        const std::size_t end = body.find('\n');
        const std::string_view line = body.substr(0, end);
        body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
        const std::size_t middle = line.find("](");
        if (is_section_line(line)) {
            marked += line;
            continue;
        }
        if (trimmed(line).empty()) {
            marked += blank_mark;
        } else if (line.starts_with("# ")) {
            marked += fmt::format("{}{}", headline_mark, line.substr(2));
        } else if (line.starts_with("* ")) {
            marked += fmt::format("{}{}", item_mark, line.substr(2));
        } else if (line.starts_with('[') && line.ends_with(')') &&
                   middle != std::string_view::npos) {
            marked += fmt::format("{0}{1}{0}{2}", link_mark, line.substr(1, middle - 1),
                                  line.substr(middle + 2, line.size() - middle - 3));
        } else {
            marked += line;
        }
        marked += '\n';
    }
    return marked;
}

Result<std::vector<Block>> blocks_of(std::string_view filled) {
    std::vector<Block> blocks;
    bool fresh = true;  // a blank line ended the block before
    while (!filled.empty()) {
        const std::size_t end = filled.find('\n');
        const std::string_view line = filled.substr(0, end);
        filled.remove_prefix(end == std::string_view::npos ? filled.size() : end + 1);
        const char mark = line.empty() ? ' ' : line.front();
        const std::string content = one_line(line);
        if (content.empty()) {
            fresh = true;
            continue;
        }
        if (mark == headline_mark) {
            blocks.push_back({Block::Kind::headline, {content}});
        } else if (mark == link_mark) {
            const std::size_t middle = line.find(link_mark, 1);
            const std::string address = one_line(line.substr(middle + 1));
            if (!is_web_address(address)) {
                return fail("bad_link", fmt::format("not a web address: {}", address));
            }
            blocks.push_back({Block::Kind::link, {one_line(line.substr(1, middle - 1)), address}});
        } else {
            const Block::Kind kind = mark == item_mark ? Block::Kind::list : Block::Kind::paragraph;
            const bool continues = !blocks.empty() && blocks.back().kind == kind &&
                                   (!fresh || kind == Block::Kind::list);
            if (continues) {
                blocks.back().lines.push_back(content);
            } else {
                blocks.push_back({kind, {content}});
            }
        }
        fresh = false;
    }
    return blocks;
}

std::string joined(const std::vector<std::string>& lines, std::string_view between) {
    std::string out;
    for (const std::string& line : lines) {
        out += fmt::format("{}{}", out.empty() ? std::string_view{} : between, line);
    }
    return out;
}

std::string text_of(const Block& block) {
    switch (block.kind) {
        case Block::Kind::headline:
        case Block::Kind::paragraph:
            return joined(block.lines, " ") + "\n\n";
        case Block::Kind::list:
            return "- " + joined(block.lines, "\n- ") + "\n\n";
        case Block::Kind::link:
            return fmt::format("{}:\n{}\n\n", block.lines[0], block.lines[1]);
    }
    return {};
}

std::string html_of(const Block& block, std::string_view colour) {
    switch (block.kind) {
        case Block::Kind::headline:
            return fmt::format(
                "<h1 class=\"ink\" style=\"margin:0 0 16px;font-size:24px;line-height:32px;"
                "font-weight:600;color:#1c1c1a\">{}</h1>\n",
                html_escape(joined(block.lines, " ")));
        case Block::Kind::paragraph:
            return fmt::format("<p class=\"ink\" style=\"margin:0 0 16px;color:#1c1c1a\">{}</p>\n",
                               html_escape(joined(block.lines, " ")));
        case Block::Kind::list: {
            std::string html =
                "<ul class=\"ink\" style=\"margin:0 0 16px;padding:0 0 0 20px;"
                "color:#1c1c1a\">\n";
            for (const std::string& line : block.lines) {
                html += fmt::format("<li style=\"margin:0 0 4px\">{}</li>\n", html_escape(line));
            }
            return html + "</ul>\n";
        }
        case Block::Kind::link:
            return fmt::format(
                "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" "
                "style=\"margin:8px 0 24px\"><tr><td bgcolor=\"{0}\" style=\"background:{0};"
                "border-radius:4px\"><a href=\"{1}\" style=\"display:inline-block;"
                "padding:12px 20px;color:{2};font-weight:600;text-decoration:none\">{3}</a>"
                "</td></tr></table>\n",
                colour, html_escape(block.lines[1]), ink_on(colour), html_escape(block.lines[0]));
    }
    return {};
}

Fields pick(const Fields& fields, std::initializer_list<std::string_view> names) {
    Fields picked;
    for (const std::string_view name : names) {
        if (const auto found = fields.find(name); found != fields.end()) {
            picked.insert(*found);
        }
    }
    return picked;
}

// The sentences around every message, in the message's own language.
struct Frame {
    std::string greeting;  // empty without a name
    std::string closing;
    std::vector<std::string> footer;
    std::string preferences;  // the link's label
};

Result<Frame> frame_of(const Messages& messages, std::string_view locale, const Fields& fields,
                       const Merge& merge) {
    Frame frame;
    struct Part {
        std::string_view key;
        std::string_view field;  // shown only with it
        std::string* into;
    };
    std::string reason;
    std::string support;
    const std::array<Part, 5> parts{{
        {"mail.greeting", "shopper", &frame.greeting},
        {"mail.closing", "merchant", &frame.closing},
        {"mail.reason", "order", &reason},
        {"mail.support", "support_email", &support},
        {"mail.preferences", "preferences_url", &frame.preferences},
    }};
    const Fields known = pick(fields, {"shopper", "merchant", "order", "support_email"});
    for (const Part& part : parts) {
        if (!merge.has(part.field)) {
            continue;
        }
        Result<std::string> sentence = messages.translate(locale, part.key, known);
        if (!sentence) {
            return std::unexpected(sentence.error());
        }
        *part.into = *std::move(sentence);
    }
    for (std::string& line : std::array{support, reason}) {
        if (!line.empty()) {
            frame.footer.push_back(std::move(line));
        }
    }
    if (const auto address = merge.texts.find("postal_address"); address != merge.texts.end()) {
        frame.footer.push_back(address->second);
    }
    return frame;
}

Result<std::string> link_field(const Merge& merge, std::string_view name) {
    const auto found = merge.texts.find(name);
    if (found == merge.texts.end()) {
        return std::string{};
    }
    const bool embedded = name == "brand_logo_url" && found->second.starts_with("cid:");
    if (!embedded && !is_web_address(found->second)) {
        return fail("bad_link", fmt::format("not a web address: {}", found->second),
                    fmt::format("/{}", name));
    }
    return found->second;
}

std::string write_text(const std::vector<Block>& blocks, const Frame& frame,
                       const std::string& preferences_url) {
    std::string text = frame.greeting.empty() ? "" : frame.greeting + "\n\n";
    for (const Block& block : blocks) {
        text += text_of(block);
    }
    text += frame.closing + "\n\n--\n" + joined(frame.footer, "\n") + "\n";
    if (!preferences_url.empty()) {
        text += fmt::format("{}: {}\n", frame.preferences, preferences_url);
    }
    return text;
}

Result<std::string> write_html(const TemplateSet& set, std::string_view locale,
                               const std::vector<Block>& blocks, const Frame& frame,
                               const Merge& merge, const std::string& subject) {
    const auto logo = link_field(merge, "brand_logo_url");
    const auto preferences = link_field(merge, "preferences_url");
    if (!logo || !preferences) {
        return std::unexpected(!logo ? logo.error() : preferences.error());
    }
    const auto brand = merge.texts.find("brand_colour");
    const std::string colour =
        colour_or(brand == merge.texts.end() ? std::string_view{} : brand->second, default_colour);
    std::string body;
    if (!frame.greeting.empty()) {
        body += html_of({Block::Kind::paragraph, {frame.greeting}}, colour);
    }
    for (const Block& block : blocks) {
        body += html_of(block, colour);
    }
    body += html_of({Block::Kind::paragraph, {frame.closing}}, colour);
    Merge outer;
    const auto put = [&](const char* name, std::string value) {
        if (!value.empty()) {
            outer.texts[name] = std::move(value);
        }
    };
    put("language", std::string{locale});
    put("subject", subject);
    put("merchant", merge.texts.at("merchant"));
    put("colour", colour);
    put("colour_text", readable_on(colour, "#ffffff"));
    put("logo_url", *logo);
    put("preferences_url", *preferences);
    put("preferences", frame.preferences);
    outer.lists["footer"] = frame.footer;
    Merge raw;
    raw.texts["body"] = std::move(body);
    return fill(set.layout(), outer, Escape::html, raw);
}

Result<std::string> fill_checked(const std::string& source, const Merge& merge) {
    const Result<std::vector<Tag>> tags = tags_of(source);
    if (!tags) {
        return std::unexpected(tags.error());
    }
    if (const Result<void> complete = require_fields(*tags, merge); !complete) {
        return std::unexpected(complete.error());
    }
    return fill(source, merge, Escape::none);
}

}  // namespace

Result<Rendered> render(const TemplateSet& set, std::string_view notification,
                        std::string_view locale, const Fields& fields) {
    const Result<TemplateSet::Found> found = set.find(notification, locale, fields);
    if (!found) {
        return std::unexpected(found.error());
    }
    // "en-US" keeps its dates on a template of "en"; a reader of French gets English throughout.
    const bool same_language = locale.substr(0, 2) == found->locale.substr(0, 2);
    const std::string_view voice = same_language ? locale : found->locale;
    const Result<Merge> merge = merge_fields(set.messages(), voice, fields);
    if (!merge) {
        return std::unexpected(merge.error());
    }
    if (!merge->texts.contains("merchant")) {
        return fail("missing_field", "the message cannot be written without merchant", "/merchant");
    }
    const auto subject = fill_checked(found->tmpl->subject, *merge);
    const auto body = fill_checked(mark_structure(found->tmpl->body), *merge);
    if (!subject || !body) {
        return std::unexpected(!subject ? subject.error() : body.error());
    }
    const auto blocks = blocks_of(*body);
    const auto frame = frame_of(set.messages(), voice, fields, *merge);
    if (!blocks || !frame) {
        return std::unexpected(!blocks ? blocks.error() : frame.error());
    }
    Rendered rendered{.subject = one_line(*subject), .text = {}, .html = {}};
    auto html = write_html(set, voice, *blocks, *frame, *merge, rendered.subject);
    if (!html) {
        return std::unexpected(html.error());
    }
    if (html->size() > html_bytes_max) {
        return fail("message_too_long", "the message is longer than mail readers show");
    }
    rendered.html = *std::move(html);
    const auto preferences = link_field(*merge, "preferences_url");
    rendered.text = write_text(*blocks, *frame, preferences.value_or(""));
    return rendered;
}

}  // namespace aftermile::text
