#!/usr/bin/env python3
"""Writes the files of a new extension, ready to compile, with a test that fails until it is done.

usage: new.py ROOT KIND ID

A kind is a folder of tools/new/ whose files stand at their place in the repository; @id@ and @Id@
in names and contents become the id in snake_case and in PascalCase, @today@ the day. A file named
*.in loses that ending.
"""
import datetime
import pathlib
import re
import sys


def kinds(root):
    folder = root / "tools/new"
    return sorted(kind.name for kind in folder.iterdir()) if folder.is_dir() else []


def fill(text, identity, today):
    pascal = "".join(word.capitalize() for word in identity.split("_"))
    return text.replace("@id@", identity).replace("@Id@", pascal).replace("@today@", today)


def plan(root, kind, identity, today):
    """{target path: content}"""
    templates = root / "tools/new" / kind
    files = {}
    for template in sorted(templates.rglob("*")):
        if template.is_file():
            name = fill(template.relative_to(templates).as_posix(), identity, today)
            files[root / name.removesuffix(".in")] = fill(template.read_text(), identity, today)
    return files


def main(arguments):
    if len(arguments) != 3 or arguments[1] not in kinds(pathlib.Path(arguments[0])):
        known = kinds(pathlib.Path(arguments[0])) if arguments else []
        print(f"usage: ./dev new KIND ID\nkinds: {' '.join(known)}", file=sys.stderr)
        return 2
    root, kind, identity = pathlib.Path(arguments[0]), arguments[1], arguments[2]
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", identity):
        print(f"An id is snake_case: {identity} is not.", file=sys.stderr)
        return 2
    files = plan(root, kind, identity, datetime.date.today().isoformat())
    for target in files:
        if target.exists():
            print(f"{target.relative_to(root)} exists already.", file=sys.stderr)
            return 1
    for target, content in files.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
        print(target.relative_to(root).as_posix())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
