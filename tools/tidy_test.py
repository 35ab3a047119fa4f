#!/usr/bin/env python3
"""The house rules that a compiler does not hold.

usage: tidy_test.py [ROOT]

In code: 100 columns, no tabs, no trailing blanks, no notes for later; in src/ also 600 lines a
file, snake_case names of files and tests, `#pragma once`, and no SQL glued from strings outside
the statement builder of storage. Nowhere: paths of somebody's machine.
"""
import pathlib
import re
import subprocess
import sys

LINES_MAX = 600
COLUMNS_MAX = 100
CODE_FOLDERS = ("src", "sim", "bench", "fuzz", "tests", "tools", "cmake")
CODE_SUFFIXES = {".hpp", ".cpp", ".h", ".inc", ".py", ".sh", ".cmake"}
CPP_SUFFIXES = {".hpp", ".cpp", ".h", ".inc"}
TEXT_SUFFIXES = CODE_SUFFIXES | {
    ".md", ".txt", ".toml", ".yaml", ".yml", ".json", ".ts", ".tsx", ".css", ".html", ".sql",
    ".story", ".csv", ".mustache",
}
SKIPPED_FOLDERS = {".git", "build", "node_modules", "dist", ".cache", "data", "__pycache__"}

NOTE_FOR_LATER = re.compile(r"\b(?:TO" r"DO|FIX" r"ME)\b")
MACHINE_PATH = re.compile(r"(?<![\w./}-])/(?:wo" r"rk|ro" r"ot|home/\w+)(?![\w-])")
TEST_NAME = re.compile(
    r"^\s*(?:TEST|TEST_F|TEST_P|TYPED_TEST|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)"
    r"\s*\(\s*(\w+)\s*,\s*(\w+)",
    re.MULTILINE,
)
SNAKE_CASE = re.compile(r"^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$")
SQL = r'"(?:[^"\\\n]|\\.)*\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\s(?:[^"\\\n]|\\.)*"'
RAW_SQL = r'R"(\w*)\([^"]*\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\s'
GLUED_SQL = [
    re.compile(r"\bfmt::format(?:_to)?\s*\([^;\"]*(?:" + SQL + "|" + RAW_SQL + ")"),
    re.compile(SQL + r'(?:\s*"(?:[^"\\\n]|\\.)*")*\s*\+(?!\+)'),
    re.compile(r"\+=?\s*(?:std::string(?:_view)?[({]\s*)?" + SQL),
    re.compile(r"std::(?:string\(|string\{)\s*" + SQL + r"\s*[)}]\s*\+"),
]
STATEMENT_BUILDER = re.compile(r"^src/storage/(?:.*/)?statement[a-z_]*\.[hc]pp$")


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def line_faults(path, text):
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > COLUMNS_MAX:
            yield f"{path}:{number}: {len(line)} columns, at most {COLUMNS_MAX}"
        if "\t" in line:
            yield f"{path}:{number}: a tab"
        if line != line.rstrip():
            yield f"{path}:{number}: trailing blanks"
        if NOTE_FOR_LATER.search(line):
            yield f"{path}:{number}: a note for later: do it or drop it"


def cpp_faults(path, text):
    lines = text.count("\n")
    name = pathlib.PurePath(path)
    if path.startswith("src/"):
        if lines > LINES_MAX:
            yield f"{path}: {lines} lines, at most {LINES_MAX}"
        if not SNAKE_CASE.match(name.name.split(".")[0]):
            yield f"{path}: the file's name is not snake_case"
    if name.suffix == ".hpp" and "#pragma once" not in text:
        yield f"{path}: no #pragma once"
    for match in TEST_NAME.finditer(text):
        if not SNAKE_CASE.match(match.group(2).removeprefix("DISABLED_")):
            where = line_of(text, match.start(2))
            yield f"{path}:{where}: the test's name {match.group(2)} is not snake_case"
        if match.group(2).startswith("DISABLED_"):
            where = line_of(text, match.start(2))
            yield f"{path}:{where}: a disabled test"
    if path.startswith("src/") and not STATEMENT_BUILDER.match(path):
        for pattern in GLUED_SQL:
            for match in pattern.finditer(text):
                yield f"{path}:{line_of(text, match.start())}: SQL glued from strings"


def check_file(path, text):
    """The faults of one file; `path` is relative to the root."""
    faults = []
    suffix = pathlib.PurePath(path).suffix
    if suffix in CODE_SUFFIXES and path.split("/")[0] in CODE_FOLDERS:
        faults += line_faults(path, text)
    if suffix in CPP_SUFFIXES:
        faults += cpp_faults(path, text)
    for match in MACHINE_PATH.finditer(text):
        faults.append(f"{path}:{line_of(text, match.start())}: a machine's path: {match.group()}")
    return faults


def files_of(root):
    """What git knows or would take in; every file where there is no repository."""
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-co", "--exclude-standard"],
        capture_output=True, text=True, check=False,
    )
    if listed.returncode == 0 and (root / ".git").exists():
        paths = listed.stdout.splitlines()
    else:
        paths = [f.relative_to(root).as_posix() for f in root.rglob("*") if f.is_file()]
    for path in sorted(paths):
        parts = pathlib.PurePath(path)
        scripts = parts.suffix == "" and len(parts.parts) == 1
        if SKIPPED_FOLDERS.isdisjoint(parts.parts[:-1]) and (
            parts.suffix in TEXT_SUFFIXES or scripts
        ):
            yield path


def check(root):
    faults = []
    for path in files_of(root):
        file = root / path
        if not file.is_file() or file.stat().st_size > 4_000_000:
            continue
        faults += check_file(path, file.read_text(encoding="utf-8", errors="replace"))
    return faults


def main(arguments):
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).parent.parent)
    faults = check(root)
    print("\n".join(faults) or "house rules: kept")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
