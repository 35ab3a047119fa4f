#include "base/json.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/check.hpp"
#include "base/text.hpp"

namespace aftermile::base {

// A parsed text is a list of these in document order: a container is followed by everything in
// it, and `span` leads to what comes after.
struct JsonNode {
    const char* text = nullptr;   // of texts and numbers, in the document's arena
    const char* name = nullptr;   // of members
    std::uint32_t text_size = 0;  // of containers: how many they hold
    std::uint32_t name_size = 0;
    std::uint32_t span = 1;  // nodes, this one included
    JsonKind kind = JsonKind::null;
    bool boolean = false;
};

struct JsonDocument::Content {
    std::string arena;  // reserved once: views point into it
    std::vector<JsonNode> nodes;
};

namespace {

constexpr JsonNode null_node{};

std::string_view name_of(const JsonNode& node) { return {node.name, node.name_size}; }
std::string_view text_of(const JsonNode& node) { return {node.text, node.text_size}; }

bool is_container(JsonKind kind) { return kind == JsonKind::array || kind == JsonKind::object; }

// ---- parsing ----

std::size_t digits_end(std::string_view text, std::size_t at) {
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
        ++at;
    }
    return at;
}

// number = [ "-" ] ( "0" | 1-9 digits ) [ "." digits ] [ ("e" | "E") [ "+" | "-" ] digits ]
// Nothing when `text` is no number.
std::optional<JsonKind> kind_of_number(std::string_view text) {
    std::size_t at = text.starts_with('-') ? 1 : 0;
    const std::size_t whole = digits_end(text, at);
    if (whole == at || (text[at] == '0' && whole > at + 1)) {
        return std::nullopt;
    }
    at = whole;
    if (at < text.size() && text[at] == '.') {
        const std::size_t end = digits_end(text, at + 1);
        if (end == at + 1) {
            return std::nullopt;
        }
        at = end;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
            ++at;
        }
        const std::size_t end = digits_end(text, at);
        if (end == at) {
            return std::nullopt;
        }
        at = end;
    }
    if (at != text.size()) {
        return std::nullopt;
    }
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    return read.ec == std::errc{} && read.ptr == end ? JsonKind::integer : JsonKind::decimal;
}

bool has_twice(std::vector<std::string_view>& names) {
    std::sort(names.begin(), names.end());
    return std::adjacent_find(names.begin(), names.end()) != names.end();
}

namespace ondemand = simdjson::ondemand;

// Walks simdjson's stream once, front to back, into nodes.
class Builder {
  public:
    Builder(std::string& arena, std::vector<JsonNode>& nodes, int max_depth)
        : arena_(arena), nodes_(nodes), max_depth_(max_depth) {}

    // False with `code` set when the text is refused.
    bool value(ondemand::value json, std::string_view name, int depth) {
        const std::size_t at = nodes_.size();
        JsonNode& node = nodes_.emplace_back();
        node.name = name.data();
        node.name_size = static_cast<std::uint32_t>(name.size());
        ondemand::json_type type{};
        if (json.type().get(type) != simdjson::SUCCESS) {
            return false;
        }
        if (type == ondemand::json_type::array) {
            return depth < max_depth_ ? array(json, at, depth) : refuse("too_deep");
        }
        if (type == ondemand::json_type::object) {
            return depth < max_depth_ ? object(json, at, depth) : refuse("too_deep");
        }
        if (type == ondemand::json_type::string) {
            std::string_view text;
            if (json.get_string().get(text) != simdjson::SUCCESS) {
                return false;
            }
            keep_text(node, JsonKind::text, text);
            return true;
        }
        return scalar(json, node);
    }
    [[nodiscard]] const char* code() const { return code_; }

  private:
    bool refuse(const char* code) {
        code_ = code;
        return false;
    }
    std::string_view keep(std::string_view text) {
        // Unescaped text is never longer than it was written, so the arena never moves.
        check(arena_.size() + text.size() <= arena_.capacity(), "a document's texts fit its size");
        const std::size_t at = arena_.size();
        arena_.append(text);
        return std::string_view(arena_).substr(at);
    }
    void keep_text(JsonNode& node, JsonKind kind, std::string_view text) {
        const std::string_view kept = keep(text);
        node.kind = kind;
        node.text = kept.data();
        node.text_size = static_cast<std::uint32_t>(kept.size());
    }
    void close(std::size_t at, JsonKind kind, std::size_t count) {
        nodes_[at].kind = kind;
        nodes_[at].text_size = static_cast<std::uint32_t>(count);
        nodes_[at].span = static_cast<std::uint32_t>(nodes_.size() - at);
    }
    bool scalar(ondemand::value& json, JsonNode& node) {
        // The token runs to the next one: blanks of JSON behind it are not part of it.
        std::string_view token = json.raw_json_token();
        token = token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
        if (token == "null") {
            node.kind = JsonKind::null;
        } else if (token == "true" || token == "false") {
            node.kind = JsonKind::boolean;
            node.boolean = token == "true";
        } else if (const auto kind = kind_of_number(token)) {
            keep_text(node, *kind, token);
        } else {
            return false;
        }
        return true;
    }
    bool array(ondemand::value& json, std::size_t at, int depth) {
        ondemand::array elements;
        if (json.get_array().get(elements) != simdjson::SUCCESS) {
            return false;
        }
        std::size_t count = 0;
        for (auto each : elements) {
            ondemand::value element;
            if (std::move(each).get(element) != simdjson::SUCCESS ||
                !value(element, {}, depth + 1)) {
                return false;
            }
            ++count;
        }
        close(at, JsonKind::array, count);
        return true;
    }
    bool object(ondemand::value& json, std::size_t at, int depth) {
        ondemand::object members;
        if (json.get_object().get(members) != simdjson::SUCCESS) {
            return false;
        }
        std::size_t count = 0;
        for (auto each : members) {
            ondemand::field member;
            std::string_view name;
            if (std::move(each).get(member) != simdjson::SUCCESS ||
                member.unescaped_key().get(name) != simdjson::SUCCESS ||
                !value(member.value(), keep(name), depth + 1)) {
                return false;
            }
            ++count;
        }
        close(at, JsonKind::object, count);
        return names_differ(at, count) || refuse("duplicate_key");
    }
    bool names_differ(std::size_t object, std::size_t count) const {
        constexpr std::size_t few = 12;  // below that, comparing each with each is cheaper
        std::array<std::string_view, few> seen;
        std::vector<std::string_view> many;
        many.reserve(count > few ? count : 0);
        std::size_t child = object + 1;
        for (std::size_t i = 0; i < count; ++i, child += nodes_[child].span) {
            const std::string_view name = name_of(nodes_[child]);
            if (count > few) {
                many.push_back(name);
                continue;
            }
            if (std::find(seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(i), name) !=
                seen.begin() + static_cast<std::ptrdiff_t>(i)) {
                return false;
            }
            seen[i] = name;
        }
        return !has_twice(many);
    }

    std::string& arena_;
    std::vector<JsonNode>& nodes_;
    int max_depth_;
    const char* code_ = "bad_json";
};

std::unexpected<Error> refused(std::string code, std::size_t byte) {
    if (code == "too_deep") {
        return fail(std::move(code), "This JSON is nested too deeply.");
    }
    if (code == "duplicate_key") {
        return fail(std::move(code),
                    fmt::format("An object that ends before byte {} has a name twice.", byte));
    }
    return fail(std::move(code), fmt::format("This is not JSON: see byte {}.", byte));
}

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

Result<JsonDocument> JsonDocument::parse(std::string_view text, JsonLimits limits) {
    constexpr std::size_t bytes_max = std::numeric_limits<std::uint32_t>::max() - 2;
    if (text.size() > std::min(limits.max_bytes, bytes_max)) {
        return fail("too_large", fmt::format("This JSON is larger than {} bytes.",
                                             std::min(limits.max_bytes, bytes_max)));
    }
    const std::size_t skipped = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    // simdjson treats a scalar at the root apart; as the only element of an array it is one more
    // value. Whatever is wrong about the brackets then, is wrong without them.
    std::string wrapped;
    wrapped.reserve(text.size() + 2 + simdjson::SIMDJSON_PADDING);
    wrapped.append("[").append(text.substr(skipped)).append("]");

    auto content = std::make_unique<Content>();
    content->arena.reserve(text.size());
    content->nodes.reserve(text.size() / 16 + 4);
    ondemand::parser parser;
    ondemand::document document;
    const auto started =
        parser.iterate(wrapped.data(), wrapped.size(), wrapped.capacity()).get(document);
    if (started == simdjson::UTF8_ERROR) {
        return fail("bad_utf8", "This JSON is not UTF-8.");
    }
    if (started != simdjson::SUCCESS) {
        return refused("bad_json", text.size());
    }
    const auto byte = [&] {
        const char* at = nullptr;
        if (document.current_location().get(at) != simdjson::SUCCESS) {
            return text.size();
        }
        const auto offset = static_cast<std::size_t>(at - wrapped.data());
        return std::min(text.size(), offset + skipped - std::min<std::size_t>(offset, 1));
    };
    ondemand::value root;
    Builder builder(content->arena, content->nodes, std::min(limits.max_depth, 512) + 1);
    if (document.get_value().get(root) != simdjson::SUCCESS || !builder.value(root, {}, 0)) {
        return refused(builder.code(), byte());
    }
    const char* behind = nullptr;
    const bool at_end = document.current_location().get(behind) != simdjson::SUCCESS;
    if (!at_end || content->nodes.front().text_size != 1) {
        return refused("bad_json", byte());
    }
    return JsonDocument(std::move(content));
}

JsonDocument::JsonDocument(std::unique_ptr<Content> content) : content_(std::move(content)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Json JsonDocument::root() const { return Json(&content_->nodes[1]); }  // within the brackets

// ---- views ----

Json::Json() : node_(&null_node) {}

JsonKind Json::kind() const { return node_->kind; }

std::size_t Json::size() const { return is_container(node_->kind) ? node_->text_size : 0; }

JsonItems Json::items() const {
    if (!is_container(node_->kind)) {
        return {node_, node_};
    }
    return {node_ + 1, node_ + node_->span};
}

std::optional<Json> Json::get(std::string_view key) const {
    if (node_->kind == JsonKind::object) {
        for (const JsonItem item : items()) {
            if (item.name == key) {
                return item.value;
            }
        }
    }
    return std::nullopt;
}

Json Json::operator[](std::string_view key) const { return get(key).value_or(Json()); }

std::optional<std::string_view> Json::as_text() const {
    if (node_->kind != JsonKind::text) {
        return std::nullopt;
    }
    return text_of(*node_);
}

std::optional<std::int64_t> Json::as_int() const {
    if (node_->kind != JsonKind::integer) {
        return std::nullopt;
    }
    std::int64_t value = 0;
    std::from_chars(node_->text, node_->text + node_->text_size, value);
    return value;
}

std::optional<bool> Json::as_bool() const {
    if (node_->kind != JsonKind::boolean) {
        return std::nullopt;
    }
    return node_->boolean;
}

std::optional<std::string_view> Json::number_text() const {
    if (node_->kind != JsonKind::integer && node_->kind != JsonKind::decimal) {
        return std::nullopt;
    }
    return text_of(*node_);
}

JsonItem JsonItems::Iterator::operator*() const { return {name_of(*at_), Json(at_)}; }

JsonItems::Iterator& JsonItems::Iterator::operator++() {
    at_ += at_->span;
    return *this;
}

}  // namespace aftermile::base
