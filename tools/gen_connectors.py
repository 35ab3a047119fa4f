#!/usr/bin/env python3
"""Writes the connector registry from the folders of src/connectors, and checks each folder.

usage: gen_connectors.py SOURCE_DIR OUT.cpp

A connector is a folder src/connectors/<kind>/<id>/ with manifest.toml, codec.hpp (a class Codec in
namespace aftermile::connectors::<id>), codec.cpp, codec_test.cpp and fixtures/. The output changes
only when a manifest does, so unchanged folders rebuild nothing.
"""
import pathlib
import re
import sys
import tomllib

REQUIRED = ("id", "name", "kind", "status", "evidence", "capabilities", "auth", "limits")
CAPABILITIES = {"tracking_events", "orders", "shipments"}
FILES = ("codec.hpp", "codec.cpp", "codec_test.cpp", "fixtures")


def faults_of(folder, manifest):
    for key in REQUIRED:
        if not manifest.get(key):
            yield f"{key} is missing"
    for key in manifest.keys() - set(REQUIRED):
        yield f"{key} is unknown"
    if manifest.get("id") != folder.name or not re.fullmatch(r"[a-z][a-z0-9_]*", folder.name):
        yield "id must be the folder's name, in snake_case"
    if manifest.get("kind") != folder.parent.name:
        yield "kind must be the name of the folder above"
    if manifest.get("status") not in ("verified", "unverified"):
        yield "status must be verified or unverified"
    for capability in set(manifest.get("capabilities", ())) - CAPABILITIES:
        yield f"capability {capability} is unknown"
    for name in FILES:
        if not (folder / name).exists():
            yield f"{name} is missing"


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def generate(manifests):
    out = ['#include "connectors/registry.hpp"', "", "#include <array>", ""]
    out += [f'#include "connectors/{m["kind"]}/{m["id"]}/codec.hpp"' for m in manifests]
    out += ["", "namespace aftermile::connectors {", "", "std::span<const Entry> all() {"]
    for m in manifests:
        out.append(f'    static const {m["id"]}::Codec {m["id"]}_codec;')
    out.append(f"    static const std::array<Entry, {len(manifests)}> entries{{{{")
    for m in manifests:
        texts = ", ".join(quoted(m[key]) for key in ("id", "name", "kind"))
        more = ", ".join(quoted(m[key]) for key in ("evidence", "auth", "limits"))
        verified = "true" if m["status"] == "verified" else "false"
        out.append(f'        {{{texts}, {verified}, {more}, &{m["id"]}_codec}},')
    out += ["    }};", "    return entries;", "}", "", "}  // namespace aftermile::connectors", ""]
    return "\n".join(out)


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    source, out = (pathlib.Path(argument) for argument in arguments)
    manifests, faults = [], []
    for path in sorted(source.glob("src/connectors/*/*/manifest.toml")):
        manifest = tomllib.loads(path.read_text())
        place = path.relative_to(source)
        faults += [f"{place}: {fault}" for fault in faults_of(path.parent, manifest)]
        manifests.append(manifest)
    ids = [manifest.get("id") for manifest in manifests]
    faults += [f"two connectors are called {name}" for name in set(ids) if ids.count(name) > 1]
    if faults:
        print("\n".join(sorted(faults)), file=sys.stderr)
        return 1
    text = generate(sorted(manifests, key=lambda manifest: manifest["id"]))
    if not out.exists() or out.read_text() != text:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
