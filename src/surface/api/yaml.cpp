#include "surface/api/yaml.hpp"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "base/json.hpp"
#include "base/text.hpp"

namespace aftermile::surface {
namespace {

struct Line {
    std::size_t indent = 0;
    std::string_view text;  // without indent and end blanks; empty: a blank line
    std::string_view raw;
};

constexpr auto npos = std::string_view::npos;

bool is_number(std::string_view text) {
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    const char first = text.empty() ? '\0' : text.front();
    return read.ec == std::errc{} && read.ptr == text.data() + text.size() &&
           (first == '-' || (first >= '0' && first <= '9'));
}

class Converter {
  public:
    explicit Converter(std::string_view yaml) {
        for (const std::string_view raw : base::split(yaml, '\n')) {
            std::string_view text = raw;
            while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) {
                text.remove_suffix(1);
            }
            const std::size_t indent = std::min(text.find_first_not_of(' '), text.size());
            text.remove_prefix(indent);
            if (text.starts_with('#')) {
                text = {};
            }
            lines_.push_back({indent, text, raw});
        }
    }

    base::Result<std::string> convert() {
        skip_blank();
        if (at_ < lines_.size() && !block(lines_[at_].indent)) {
            return base::fail("bad_yaml", fmt::format("line {}: cannot be read", at_ + 1), {},
                              base::Family::internal);
        }
        return std::move(out_);
    }

  private:
    void skip_blank() {
        while (at_ < lines_.size() && lines_[at_].text.empty()) {
            ++at_;
        }
    }

    static bool is_item(std::string_view text) { return text == "-" || text.starts_with("- "); }

    // The end of a key before ": " or ":" at the end, outside of quotes and brackets.
    static std::size_t colon(std::string_view text) {
        if (text.starts_with('{') || text.starts_with('[')) {
            return npos;
        }
        char quote = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            if (quote != 0) {
                quote = c == quote ? '\0' : quote;
            } else if ((c == '"' || c == '\'') && i == 0) {
                quote = c;
            } else if (c == ':' && (i + 1 == text.size() || text[i + 1] == ' ')) {
                return i;
            }
        }
        return npos;
    }

    bool block(std::size_t indent) {
        skip_blank();
        if (at_ >= lines_.size()) {
            writer_.null();
            return true;
        }
        const std::string_view text = lines_[at_].text;
        if (is_item(text)) {
            return list(indent);
        }
        if (colon(text) != npos) {
            return map(indent);
        }
        return scalar(text, indent);
    }

    bool list(std::size_t indent) {
        writer_.begin_array();
        for (skip_blank();
             at_ < lines_.size() && lines_[at_].indent == indent && is_item(lines_[at_].text);
             skip_blank()) {
            Line& line = lines_[at_];
            const std::size_t dash = std::min<std::size_t>(2, line.text.size());
            std::string_view rest = line.text.substr(dash);
            const std::size_t blanks = std::min(rest.find_first_not_of(' '), rest.size());
            rest.remove_prefix(blanks);
            if (rest.empty()) {
                ++at_;
                skip_blank();
                if (!block(lines_[at_].indent)) {
                    return false;
                }
                continue;
            }
            // "- key: value" is a map that starts on the dash's line.
            line.text = rest;
            line.indent = indent + dash + blanks;
            if (!block(line.indent)) {
                return false;
            }
        }
        writer_.end_array();
        return true;
    }

    bool map(std::size_t indent) {
        writer_.begin_object();
        for (skip_blank(); at_ < lines_.size() && lines_[at_].indent == indent; skip_blank()) {
            const std::string_view text = lines_[at_].text;
            const std::size_t end = colon(text);
            if (end == npos) {
                return false;
            }
            writer_.key(unquoted(text.substr(0, end)));
            std::string_view value = text.substr(end + 1);
            value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
            if (!member(value, indent)) {
                return false;
            }
        }
        writer_.end_object();
        return true;
    }

    bool member(std::string_view value, std::size_t indent) {
        if (!value.empty()) {
            return value.starts_with('|') ? literal(value, indent) : scalar(value, indent);
        }
        ++at_;
        skip_blank();
        const bool deeper =
            at_ < lines_.size() && (lines_[at_].indent > indent ||
                                    (lines_[at_].indent == indent && is_item(lines_[at_].text)));
        if (!deeper) {
            writer_.null();
            return true;
        }
        return block(lines_[at_].indent);
    }

    // "|" keeps one line end at the end, "|-" none, "|+" all.
    bool literal(std::string_view head, std::size_t indent) {
        ++at_;
        std::string text;
        std::size_t own = 0;
        std::size_t ends = 0;
        while (at_ < lines_.size()) {
            std::string_view raw = lines_[at_].raw;
            const std::size_t first = raw.find_first_not_of(' ');
            if (first == npos) {
                ++ends;
                ++at_;
                continue;
            }
            if (first <= indent) {
                break;
            }
            own = own == 0 ? first : own;
            text.append(ends, '\n');
            ends = 1;
            text += raw.substr(std::min(own, first));
            ++at_;
        }
        text.append(head == "|-" ? 0 : head == "|+" ? ends : std::min<std::size_t>(ends, 1), '\n');
        writer_.text(text);
        return true;
    }

    // A scalar or flow value, which deeper lines may continue.
    bool scalar(std::string_view value, std::size_t indent) {
        std::string text(value);
        ++at_;
        while (!is_closed(text) && at_ < lines_.size()) {
            text += " ";
            text += lines_[at_++].text;
        }
        const bool plain = text.front() != '"' && text.front() != '\'' && text.front() != '{' &&
                           text.front() != '[';
        while (plain && at_ < lines_.size() && !lines_[at_].text.empty() &&
               lines_[at_].indent > indent) {
            text += " ";
            text += lines_[at_++].text;
        }
        std::string_view left = text;
        const bool good = plain ? plain_scalar(left) : flow(left);
        return good && (plain || base::trim(left).empty() || base::trim(left).starts_with('#'));
    }

    // Whether quotes and brackets that were opened are closed again.
    static bool is_closed(std::string_view text) {
        char quote = 0;
        int depth = 0;
        const bool flows = text.front() == '{' || text.front() == '[';
        if (!flows && text.front() != '"' && text.front() != '\'') {
            return true;
        }
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            if (quote != 0) {
                const bool doubled =
                    quote == '\'' && c == '\'' && i + 1 < text.size() && text[i + 1] == '\'';
                if (doubled || (quote == '"' && c == '\\')) {
                    ++i;
                } else if (c == quote) {
                    quote = '\0';
                }
                continue;
            }
            const bool starts = i == 0 || std::string_view("[{,: ").find(text[i - 1]) != npos;
            if ((c == '"' || c == '\'') && starts) {
                quote = c;
            } else if (c == '{' || c == '[') {
                ++depth;
            } else if (c == '}' || c == ']') {
                --depth;
            }
        }
        return quote == 0 && depth <= 0;
    }

    bool plain_scalar(std::string_view& text) {
        if (const auto comment = text.find(" #"); comment != npos) {
            text = text.substr(0, comment);
        }
        text = base::trim(text);
        if (text == "true" || text == "false") {
            writer_.boolean(text == "true");
        } else if (text == "null" || text == "~" || text.empty()) {
            writer_.null();
        } else if (is_number(text)) {
            writer_.raw(text);
        } else {
            writer_.text(text);
        }
        return true;
    }

    static void skip_blanks(std::string_view& text) {
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    }

    bool flow(std::string_view& text) {
        skip_blanks(text);
        if (text.starts_with('{')) {
            return flow_map(text);
        }
        if (text.starts_with('[')) {
            return flow_list(text);
        }
        if (text.starts_with('"') || text.starts_with('\'')) {
            std::string value;
            if (!quoted(text, value)) {
                return false;
            }
            writer_.text(value);
            return true;
        }
        const std::size_t end = std::min(text.find_first_of(",]}"), text.size());
        std::string_view value = text.substr(0, end);
        text.remove_prefix(end);
        return plain_scalar(value);
    }

    bool flow_list(std::string_view& text) {
        text.remove_prefix(1);
        writer_.begin_array();
        for (skip_blanks(text); !text.starts_with(']'); skip_blanks(text)) {
            if (text.empty() || !flow(text)) {
                return false;
            }
            skip_blanks(text);
            if (text.starts_with(',')) {
                text.remove_prefix(1);
            }
        }
        text.remove_prefix(1);
        writer_.end_array();
        return true;
    }

    bool flow_map(std::string_view& text) {
        text.remove_prefix(1);
        writer_.begin_object();
        for (skip_blanks(text); !text.starts_with('}'); skip_blanks(text)) {
            std::string key;
            if (text.starts_with('"') || text.starts_with('\'')) {
                if (!quoted(text, key)) {
                    return false;
                }
            } else {
                const std::size_t end = text.find(':');
                if (end == npos) {
                    return false;
                }
                key = base::trim(text.substr(0, end));
                text.remove_prefix(end);
            }
            skip_blanks(text);
            if (!text.starts_with(':')) {
                return false;
            }
            text.remove_prefix(1);
            writer_.key(key);
            if (!flow(text)) {
                return false;
            }
            skip_blanks(text);
            if (text.starts_with(',')) {
                text.remove_prefix(1);
            }
        }
        text.remove_prefix(1);
        writer_.end_object();
        return true;
    }

    static bool quoted(std::string_view& text, std::string& out) {
        const char quote = text.front();
        for (std::size_t i = 1; i < text.size(); ++i) {
            const char c = text[i];
            if (c == quote) {
                if (quote == '\'' && i + 1 < text.size() && text[i + 1] == '\'') {
                    out += '\'';
                    ++i;
                    continue;
                }
                text.remove_prefix(i + 1);
                return true;
            }
            if (quote == '"' && c == '\\' && i + 1 < text.size()) {
                const char next = text[++i];
                out += next == 'n' ? '\n' : next == 't' ? '\t' : next;
                continue;
            }
            out += c;
        }
        return false;
    }

    static std::string unquoted(std::string_view key) {
        std::string out;
        if (key.starts_with('\'') || key.starts_with('"')) {
            (void)quoted(key, out);
            return out;
        }
        return std::string(base::trim(key));
    }

    std::vector<Line> lines_;
    std::size_t at_ = 0;
    std::string out_;
    base::JsonWriter writer_{out_};
};

}  // namespace

base::Result<std::string> yaml_to_json(std::string_view yaml) { return Converter(yaml).convert(); }

}  // namespace aftermile::surface
