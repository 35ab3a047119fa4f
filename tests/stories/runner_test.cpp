// Tells every story of this folder on every store, in every order it allows.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/stories/runner.hpp"
#include "tests/stories/stage.hpp"

namespace aftermile::stories {

namespace fs = std::filesystem;

fs::path stories_folder() {
    const char* tree = std::getenv("AFTERMILE_SOURCE_DIR");
    return tree != nullptr ? fs::path(tree) / "tests" / "stories"
                           : fs::path(__FILE__).parent_path();
}

std::string read_text(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<Story> read_stories() {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::recursive_directory_iterator(stories_folder())) {
        if (entry.path().extension() == ".story") {
            paths.push_back(entry.path());
        }
    }
    std::ranges::sort(paths);
    std::vector<Story> stories;
    for (const fs::path& path : paths) {
        auto story = parse_story(path.string(), read_text(path));
        if (story) {
            stories.push_back(std::move(*story));
        } else {
            Story broken;
            broken.path = path.string();
            broken.name = story.error().detail;
            stories.push_back(std::move(broken));
        }
    }
    return stories;
}

namespace {

const Command* find_command(const Telling& telling, std::string_view verb) {
    const auto at = std::ranges::find(telling.commands, verb, &Command::verb);
    return at == telling.commands.end() ? nullptr : &*at;
}

class Folder {
  public:
    Folder() : path_(fs::temp_directory_path() / ("story_" + std::to_string(::getpid()))) {
        fs::remove_all(path_);
        fs::create_directories(path_);
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string path() const { return path_.string(); }

  private:
    fs::path path_;
};

void play(Stage& stage, const Story& story, const Telling& telling) {
    for (std::size_t i = 0; i < telling.commands.size(); ++i) {
        const Command& command = telling.commands[i];
        std::vector<Command> more;
        if (const std::string* together = command.find("count");
            together != nullptr && !command.words.empty() && command.words.back() == "together") {
            const auto size = static_cast<std::size_t>(std::atoi(together->c_str()));
            more.assign(telling.commands.begin() + static_cast<std::ptrdiff_t>(i + 1),
                        telling.commands.begin() + static_cast<std::ptrdiff_t>(i + size));
        }
        if (command.verb == "expect") {
            expect(stage, story, command);
        } else if (command.verb == "reason") {
            expect_reason(stage, story, command, telling.with_fact);
        } else if (!perform(stage, story, command, more)) {
            fail_at(story, command.line, "nobody knows the command " + command.verb);
        }
        i += more.size();
    }
    replay_purely(stage, story);
}

void tell(const StoreFactory& factory, const Story& story, const Telling& telling) {
    const Command* clock = find_command(telling, "clock");
    const Command* merchant = find_command(telling, "merchant");
    const auto start = base::parse_instant(clock != nullptr ? clock->word(0) : "");
    if (!start) {
        fail_at(story, 1, "say when: clock 2026-01-05T15:00:00Z");
        return;
    }
    const auto mode =
        base::from_text<model::Mode>(merchant != nullptr ? merchant->word(0) : "live");
    const Folder folder;
    const std::uint64_t before = postgres_statements();
    auto stage = Stage::open(factory, folder.path(), *start, mode.value_or(model::Mode::live));
    if (!stage) {
        fail_at(story, 1, stage.error().detail);
        return;
    }
    play(**stage, story, telling);
    if ((postgres_statements() > before) != factory.in_postgres) {
        fail_at(story, 1, "told on another store than " + factory.name);
    }
}

class StoryTest : public testing::Test {
  public:
    StoryTest(const StoreFactory& factory, const Story& story) : factory_(factory), story_(story) {}
    void TestBody() override {
        if (story_.commands.empty()) {
            FAIL() << story_.name;
        }
        for (const Telling& telling : tellings_of(story_)) {
            SCOPED_TRACE("told " + telling.name + ": " + story_.name);
            tell(factory_, story_, telling);
            if (HasFailure()) {
                return;  // other orders would say the same again
            }
        }
    }

  private:
    const StoreFactory& factory_;
    const Story& story_;
};

}  // namespace

// delivery/late_by_a_minute.story on SQLite is the test delivery.late_by_a_minute_on_sqlite.
void register_stories() {
    static const std::vector<Story> stories = read_stories();
    for (const Story& story : stories) {
        const fs::path path(story.path);
        for (const StoreFactory& factory : store_factories()) {
            testing::RegisterTest(path.parent_path().filename().c_str(),
                                  (path.stem().string() + "_on_" + factory.name).c_str(), nullptr,
                                  nullptr, story.path.c_str(), 1, [&]() -> testing::Test* {
                                      return new StoryTest(factory, story);
                                  });
        }
    }
}

namespace {

[[maybe_unused]] const bool registered = (register_stories(), true);

}  // namespace

}  // namespace aftermile::stories
