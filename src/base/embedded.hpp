// Data files that travel inside the program: the catalog, the default policy, the API
// description, page templates and the built console. They are written by the build and live as
// long as the process.
//
//   const auto* file = base::find_embedded("openapi/aftermile.yaml");
#pragma once

#include <span>
#include <string_view>

namespace aftermile::base {

struct EmbeddedFile {
    std::string_view path;   // in the repository; "PATH.gz" beside it is the same, compressed
    std::string_view bytes;  // followed by a zero byte
    std::string_view etag;   // 16 hexadecimal digits of the content's hash
};

// All of them, sorted by path.
[[nodiscard]] std::span<const EmbeddedFile> embedded_files();

// The file of exactly that path, or null.
[[nodiscard]] const EmbeddedFile* find_embedded(std::string_view path);

}  // namespace aftermile::base
