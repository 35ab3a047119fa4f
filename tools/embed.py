#!/usr/bin/env python3
"""Packs data files into one blob, an assembly file that includes it, and a table in C++.

usage: embed.py SOURCE_DIR PATHS_FILE OUT_DIR

PATHS_FILE lists paths below SOURCE_DIR, one a line. Text files of web/dist are stored a second
time as PATH.gz. The output depends on the contents alone, so unchanged files rebuild nothing.
"""
import gzip
import hashlib
import pathlib
import sys

COMPRESSED = {".html", ".css", ".js", ".mjs", ".json", ".svg", ".map", ".txt", ".webmanifest"}

ASSEMBLY = """# Content {digest}
    .section .rodata
    .balign 16
    .globl aftermile_embedded_blob
aftermile_embedded_blob:
    .incbin "embedded.bin"
    .byte 0
    .section .note.GNU-stack,"",@progbits
"""

TABLE = """#include "base/embedded.hpp"

#include <algorithm>
#include <array>

extern "C" const char aftermile_embedded_blob[];

namespace aftermile::base {{
namespace {{

const std::array<EmbeddedFile, {count}> files{{{{
{rows}}}}};

}}  // namespace

std::span<const EmbeddedFile> embedded_files() {{
    return files;
}}

const EmbeddedFile* find_embedded(std::string_view path) {{
    const auto at = std::ranges::lower_bound(files, path, {{}}, &EmbeddedFile::path);
    return at != files.end() && at->path == path ? &*at : nullptr;
}}

}}  // namespace aftermile::base
"""


def collect(source, paths):
    files = {}
    for path in paths:
        content = (source / path).read_bytes()
        files[path] = content
        if path.startswith("web/dist/") and pathlib.PurePath(path).suffix in COMPRESSED:
            files.setdefault(path + ".gz", gzip.compress(content, 9, mtime=0))
    return sorted(files.items(), key=lambda item: item[0].encode())


def quoted(text):
    escaped = text.encode().replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return '"' + "".join(chr(b) if 32 <= b < 127 else f"\\{b:03o}" for b in escaped) + '"'


def generate(files):
    blob = bytearray()
    rows = []
    for path, content in files:
        etag = hashlib.sha256(content).hexdigest()[:16]
        rows.append(
            f"    {{{quoted(path)}, {{aftermile_embedded_blob + {len(blob)}, {len(content)}}},"
            f' "{etag}"}},\n'
        )
        blob += content + b"\0"
    digest = hashlib.sha256(blob).hexdigest()
    return bytes(blob), ASSEMBLY.format(digest=digest), TABLE.format(
        count=len(files), rows="".join(rows)
    )


def main(arguments):
    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    source, paths_file, out = (pathlib.Path(argument) for argument in arguments)
    paths = [line for line in paths_file.read_text().splitlines() if line]
    blob, assembly, table = generate(collect(source, paths))
    out.mkdir(parents=True, exist_ok=True)
    (out / "embedded.bin").write_bytes(blob)
    (out / "embedded.gen.S").write_text(assembly)
    (out / "embedded.gen.cpp").write_text(table)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
