// Files out of the page cache, so that reading them reads the disk.
#pragma once

#include <string>

namespace aftermile::bench {

// Asks the kernel to forget the file's pages: the caller's own files, nobody's permission needed.
// Pages that are dirty are written first.
void forget_file(const std::string& path);
// The share of its pages that are in the page cache, in percent.
[[nodiscard]] double cached_percent(const std::string& path);

}  // namespace aftermile::bench
