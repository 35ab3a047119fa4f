#!/usr/bin/env python3
"""Writes the list of connectors from their folders.

usage: registry.py SRC_DIR OUT_FILE

A connector is a folder src/connectors/KIND/ID with a manifest.toml and a header ID.hpp which
declares in the namespace aftermile::connectors::KIND::ID

    const ports::Connector& connector();

The output defines what src/connectors/registry.hpp declares in aftermile::connectors:

    std::span<const ports::Connector* const> all_connectors();
"""
import pathlib
import sys

SOURCE = """#include <array>

#include "connectors/registry.hpp"
{includes}
namespace aftermile::connectors {{

std::span<const ports::Connector* const> all_connectors() {{
    static const std::array<const ports::Connector*, {count}> all{{
{rows}    }};
    return all;
}}

}}  // namespace aftermile::connectors
"""


def connectors(src):
    """(kind, id) of every connector, sorted; an id names one connector."""
    found = sorted(
        (manifest.parent.parent.name, manifest.parent.name)
        for manifest in src.glob("connectors/*/*/manifest.toml")
    )
    ids = [identity for _, identity in found]
    twice = sorted({identity for identity in ids if ids.count(identity) > 1})
    if twice:
        raise ValueError(f"more than one connector is named {', '.join(twice)}")
    return found


def source(found):
    includes = "".join(f'#include "connectors/{k}/{i}/{i}.hpp"\n' for k, i in found)
    rows = "".join(f"        &{k}::{i}::connector(),\n" for k, i in found)
    return SOURCE.format(includes=includes, count=len(found), rows=rows)


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    src, out = (pathlib.Path(argument) for argument in arguments)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(source(connectors(src)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
