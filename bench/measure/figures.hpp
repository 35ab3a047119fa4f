// What every measurement says of itself, and how named figures are printed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aftermile::bench {

// Processors, system and load, in one line.
[[nodiscard]] std::string machine();

struct Figure {
    std::string name;
    double value = 0;
    std::string note = {};  // unit, or what it must be; not in the JSON
};
using Figures = std::vector<Figure>;
// To standard output: a line each under machine and method, or one JSON object of all of them.
void print_figures(const Figures& figures, std::string_view method, bool json);

}  // namespace aftermile::bench
