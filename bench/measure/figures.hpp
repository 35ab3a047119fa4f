// What every measurement says of itself, and how named figures are printed.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aftermile::bench {

// Processors, system and load, in one line.
[[nodiscard]] std::string machine();

using Figures = std::vector<std::pair<std::string, double>>;
// To standard output: a line each under machine and method, or one JSON object of all of them.
void print_figures(const Figures& figures, std::string_view method, bool json);

}  // namespace aftermile::bench
