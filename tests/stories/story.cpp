#include "tests/stories/story.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace aftermile::stories {

namespace {

base::Result<std::vector<std::string>> split(std::string_view line, const std::string& origin) {
    std::vector<std::string> words;
    std::string word;
    bool quoted = false, any = false;
    for (const char c : line) {
        if (c == '"') {
            quoted = !quoted;
            any = true;
        } else if (!quoted && c == '#' && !any) {
            break;
        } else if (!quoted && (c == ' ' || c == '\t')) {
            if (any) {
                words.push_back(std::exchange(word, {}));
            }
            any = false;
        } else {
            word.push_back(c);
            any = true;
        }
    }
    if (quoted) {
        return base::fail("bad_story", origin + ": a quote is not closed.");
    }
    if (any) {
        words.push_back(std::move(word));
    }
    return words;
}

Command command_of(std::vector<std::string> words, int line) {
    Command command;
    command.line = line;
    command.verb = std::move(words.front());
    bool after_arrow = false;
    for (std::size_t i = 1; i < words.size(); ++i) {
        std::string& word = words[i];
        const std::size_t equals = word.find('=');
        if (word == "->") {
            after_arrow = true;
        } else if (after_arrow) {
            command.outcome += (command.outcome.empty() ? "" : " ") + word;
        } else if (equals != std::string::npos && equals > 0) {
            command.values.emplace_back(word.substr(0, equals), word.substr(equals + 1));
        } else {
            command.words.push_back(std::move(word));
        }
    }
    return command;
}

class Parser {
  public:
    Parser(const std::string& path, std::string_view text) : path_(path), rest_(text) {}

    base::Result<std::vector<Command>> block(bool inner) {
        std::vector<Command> commands;
        while (const auto line = next()) {
            auto words = split(*line, origin());
            if (!words) {
                return std::unexpected(words.error());
            }
            if (words->empty()) {
                continue;
            }
            if (words->front() == "}") {
                return inner ? base::Result<std::vector<Command>>(std::move(commands))
                             : base::fail("bad_story", origin() + ": nothing to close.");
            }
            const bool opens = words->back() == "{";
            if (opens) {
                words->pop_back();
            }
            Command command = command_of(std::move(*words), line_);
            if (opens && command.verb == "policy") {
                command.text = raw();
            } else if (opens) {
                auto inside = block(true);
                if (!inside) {
                    return inside;
                }
                command.block = std::move(*inside);
            }
            commands.push_back(std::move(command));
        }
        return inner ? base::fail("bad_story", origin() + ": a block is not closed.")
                     : base::Result<std::vector<Command>>(std::move(commands));
    }

  private:
    std::optional<std::string_view> next() {
        if (rest_.empty()) {
            return std::nullopt;
        }
        const std::size_t end = std::min(rest_.find('\n'), rest_.size());
        const std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        ++line_;
        return line;
    }
    std::string raw() {
        std::string text;
        while (const auto line = next()) {
            if (base::trim(*line) == "}") {
                break;
            }
            text += std::string(*line) + "\n";
        }
        return text;
    }
    [[nodiscard]] std::string origin() const { return path_ + ":" + std::to_string(line_); }

    const std::string& path_;
    std::string_view rest_;
    int line_ = 0;
};

std::size_t factorial(std::size_t n) {
    std::size_t product = 1;
    for (std::size_t i = 2; i <= n && product < 1'000'000; ++i) {
        product *= i;
    }
    return product;
}

// The index-th order of the block, in which index 0 is the written one.
std::vector<Command> ordered(std::vector<Command> block, std::size_t index) {
    std::vector<Command> out;
    while (!block.empty()) {
        const std::size_t below = factorial(block.size() - 1);
        const std::size_t at = (index / below) % block.size();
        index %= below;
        out.push_back(std::move(block[at]));
        block.erase(block.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return out;
}

Telling telling_of(const Story& story, std::size_t number, bool with_fact) {
    Telling telling;
    telling.with_fact = with_fact;
    telling.name = !with_fact    ? "otherwise"
                   : number == 0 ? "in_order"
                                 : "order_" + std::to_string(number);
    for (const Command& command : story.commands) {
        if (command.verb == "shuffle") {
            const std::size_t count = factorial(command.block.size());
            // Spread over all orders where there are more than may be told.
            const std::size_t step = std::max<std::size_t>(1, count / tellings_max);
            auto block = ordered(command.block, number * step % count);
            if (number % 2 == 1 && !block.empty()) {
                block.front().words.emplace_back("together");
                block.front().values.emplace_back("count", std::to_string(block.size()));
            }
            std::ranges::move(block, std::back_inserter(telling.commands));
        } else if (command.verb == "fact" || command.verb == "otherwise") {
            if ((command.verb == "fact") == with_fact) {
                std::ranges::copy(command.block, std::back_inserter(telling.commands));
            }
        } else {
            telling.commands.push_back(command);
        }
    }
    return telling;
}

}  // namespace

const std::string* Command::find(std::string_view name) const {
    for (const auto& [key, value] : values) {
        if (key == name) {
            return &value;
        }
    }
    return nullptr;
}

std::string Command::get(std::string_view name, std::string_view otherwise) const {
    const std::string* value = find(name);
    return value != nullptr ? *value : std::string(otherwise);
}

bool Story::has_fact() const {
    return std::ranges::any_of(commands, [](const Command& each) {
        return each.verb == "fact" || each.verb == "otherwise";
    });
}

base::Result<Story> parse_story(std::string path, std::string_view text) {
    Story story;
    story.path = std::move(path);
    auto commands = Parser(story.path, text).block(false);
    if (!commands) {
        return std::unexpected(commands.error());
    }
    story.commands = std::move(*commands);
    if (story.commands.empty() || story.commands.front().verb != "story") {
        return base::fail("bad_story", story.path + ": a story begins with its name.");
    }
    for (const std::string& word : story.commands.front().words) {
        story.name += (story.name.empty() ? "" : " ") + word;
    }
    story.commands.erase(story.commands.begin());
    return story;
}

std::vector<Telling> tellings_of(const Story& story) {
    std::size_t orders = 1;
    for (const Command& command : story.commands) {
        if (command.verb == "shuffle") {
            orders = std::max(orders, std::min(tellings_max, factorial(command.block.size())));
        }
    }
    std::vector<Telling> tellings;
    for (std::size_t number = 0; number < orders; ++number) {
        tellings.push_back(telling_of(story, number, true));
    }
    if (story.has_fact()) {
        tellings.push_back(telling_of(story, 0, false));
    }
    return tellings;
}

}  // namespace aftermile::stories
