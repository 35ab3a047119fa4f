// A story: a text test. Lines are commands; `#` begins a comment, quotes keep blanks together.
//
//   story Delivered one minute before the promised day is over is not late
//   clock 2026-01-05T15:00:00Z
//   merchant live
//   order O1 promised=2026-01-09 customer=ana@example.test
//   shipment S1 order=O1 service=ground
//   shuffle {                      # told in up to 24 orders, expecting the same of each
//     scan S1 milestone=accepted at=2026-01-05T18:00:00Z
//     scan S1 milestone=delivered at=2026-01-09T23:59:00-08:00
//   }
//   expect no incident S1
//
// `fact { ... }` and `otherwise { ... }` make two stories of one: with the fact, and without it.
// `policy { ... }` publishes the TOML inside. README.md tells what the commands mean.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace aftermile::stories {

struct Command {
    int line = 0;
    std::string verb;
    std::vector<std::string> words;  // what bears no =, without the verb
    std::vector<std::pair<std::string, std::string>> values;
    std::string outcome;  // after "->": duplicate, parked CODE, rejected CODE
    std::string text;     // of a policy
    std::vector<Command> block;

    [[nodiscard]] const std::string* find(std::string_view name) const;
    [[nodiscard]] std::string get(std::string_view name, std::string_view otherwise = {}) const;
    [[nodiscard]] std::string word(std::size_t at) const {
        return at < words.size() ? words[at] : std::string{};
    }
};

struct Story {
    std::string path;
    std::string name;
    std::vector<Command> commands;
    [[nodiscard]] bool has_fact() const;
};

[[nodiscard]] base::Result<Story> parse_story(std::string path, std::string_view text);

// One telling of a story: its commands in one order, with or without its fact. The first command
// of a shuffled block bears the word `together` when the block is to come in as one submission.
struct Telling {
    std::string name;  // in_order, order_7, otherwise
    std::vector<Command> commands;
    bool with_fact = true;
};
inline constexpr std::size_t tellings_max = 24;
[[nodiscard]] std::vector<Telling> tellings_of(const Story& story);

}  // namespace aftermile::stories
