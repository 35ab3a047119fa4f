// Finding the stories, and making tests of them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/stories/story.hpp"

namespace aftermile::stories {

[[nodiscard]] std::filesystem::path stories_folder();
[[nodiscard]] std::string read_text(const std::filesystem::path& path);
[[nodiscard]] std::vector<Story> read_stories();
void register_stories();

}  // namespace aftermile::stories
