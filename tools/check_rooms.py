#!/usr/bin/env python3
"""Holds every include of src/ to the arrows of tools/rooms.txt.

usage: check_rooms.py [ROOT]

Prints one line for each violation and exits with 1 when there are any. Also held: quoted includes
name a room, folders set apart never include each other, and CMakeLists.txt links the same arrows.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.MULTILINE)
ROOM_CALL = re.compile(r"aftermile_room\(\s*(\w+)([^)]*)\)")


class Law:
    def __init__(self, text):
        self.arrows = {}
        self.apart = {}
        self.beside = {}
        for number, line in enumerate(text.splitlines(), 1):
            line = line.split("#", 1)[0].strip()
            if not line:
                continue
            if line.startswith("apart "):
                _, room, *folders = line.split()
                self.apart.setdefault(room, []).extend(folders)
            elif line.startswith("beside "):
                _, folder, _, *rooms = line.split()
                self.beside[folder] = rooms
            elif "->" in line:
                room, targets = (part.strip() for part in line.split("->"))
                self.arrows[room] = targets.split()
            else:
                raise ValueError(f"rooms.txt:{number}: no arrow, no line `apart` or `beside`")
        for room, targets in self.arrows.items():
            for target in targets:
                if target not in self.arrows:
                    raise ValueError(f"rooms.txt: {room} points to {target}, which is no room")

    def cell(self, path):
        """The folder set apart that holds this path ("core/audit/x.cpp" -> "core/audit")."""
        parts = path.split("/")
        for folder in self.apart.get(parts[0], []):
            pattern = folder.split("/")
            here = parts[1 : 1 + len(pattern)]
            if len(parts) > 1 + len(pattern) and all(
                p in ("*", h) for p, h in zip(pattern, here)
            ):
                return "/".join([parts[0], *here])
        return None

    def verdict(self, path, included):
        """Why the file `path` may not include `included`, or None."""
        source, target = path.split("/")[0], included.split("/")[0]
        if source not in self.arrows:
            return f"{source} is no room of rooms.txt"
        if target in self.beside and ".." not in included:
            if source in self.beside[target]:
                return None
            return f'"{included}": {target} lies outside of the rooms'
        if "/" not in included or target not in self.arrows or ".." in included:
            return f'"{included}" does not start with a room'
        if target != source and target not in self.arrows[source]:
            return f'"{included}": no arrow {source} -> {target}'
        ours, theirs = self.cell(path), self.cell(included)
        if ours and theirs and ours != theirs:
            return f'"{included}": {ours} and {theirs} never meet'
        return None


def check_includes(law, source_dir):
    faults = []
    for file in sorted(source_dir.rglob("*")):
        if file.suffix not in (".hpp", ".cpp", ".h", ".inc"):
            continue
        path = file.relative_to(source_dir).as_posix()
        text = file.read_text(encoding="utf-8", errors="replace")
        for match in INCLUDE.finditer(text):
            reason = law.verdict(path, match.group(1))
            if reason:
                line = text.count("\n", 0, match.start()) + 1
                faults.append(f"src/{path}:{line}: {reason}")
    return faults


def check_links(law, cmake_text):
    faults = []
    seen = set()
    for room, arguments in ROOM_CALL.findall(cmake_text):
        seen.add(room)
        links = re.search(r"\bLINKS\b(.*?)(\bEXTERNAL\b|$)", arguments, re.DOTALL)
        linked = set(links.group(1).split()) - {"embedded"} if links else set()
        permitted = set(law.arrows.get(room, []))
        if linked != permitted:
            wrong = ", ".join(sorted(linked ^ permitted))
            faults.append(f"CMakeLists.txt: room {room} and rooms.txt differ in: {wrong}")
    for room in sorted(set(law.arrows) - seen):
        faults.append(f"CMakeLists.txt: room {room} is missing")
    return faults


def check(root):
    law = Law((root / "tools/rooms.txt").read_text())
    faults = check_includes(law, root / "src")
    for folder in sorted((root / "src").iterdir()):
        if folder.is_dir() and folder.name not in law.arrows:
            faults.append(f"src/{folder.name}: no room of rooms.txt")
    cmake = root / "CMakeLists.txt"
    if cmake.exists():
        faults += check_links(law, cmake.read_text())
    return faults


def main(arguments):
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).parent.parent)
    faults = check(root)
    print("\n".join(faults) or "rooms: every include follows the arrows")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
